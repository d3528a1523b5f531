"""What every flavor must do, as tests: inherit the class, give it the flavor, a model and data, run pytest.

A flavor of your own (``docs/flavors.md`` shows how one is written)::

    import numpy as np
    import my_flavor
    from jupyter_mlops.testing.flavors import FlavorContract


    class TestMyFlavor(FlavorContract):
        flavor = my_flavor
        model_argument = "my_model"  # of save_model and log_model
        package = "my-library"  # must be among the requirements
        runs_code = False  # loading needs no trust: the format holds no code
        trusted_loader = False  # a flavor outside of this package, without an entry point

        @pytest.fixture
        def model(self):
            return my_library.fit(...)

        @pytest.fixture
        def data(self):
            return np.ones((3, 2), "float32")

Override `predict` when the loaded model has no method of that name, `assert_same` when predictions are no arrays or
frames, `given` when ``save_model`` needs more arguments. The tests run in an empty current folder with a store of its own:
have a fixture for that as in the package's ``conftest.py``.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
from types import ModuleType
from typing import Any, ClassVar

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, MlflowException, NotFound, UntrustedModel
from jupyter_mlops.models import Model, infer_signature
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.models.trust import SIGNATURE_FILE

__all__ = ["FlavorContract"]


@pytest.mark.filterwarnings("ignore:The inferred schema has integer columns")
class FlavorContract:
    """Tests of a flavor.

    Attributes
    ----------
    flavor : module
        Has ``save_model``, ``log_model`` and ``load_model``.
    flavor_name : str
        Its name in ``MLmodel``; by default the module's ``FLAVOR_NAME``.
    model_argument : str
        Name of the model among the arguments of ``save_model`` and ``log_model``.
    package : str
        One that must be among the requirements.
    runs_code : bool
        Whether loading runs what is in the folder, and so needs a signature or ``trust=True``.
    trusted_loader : bool
        Whether ``pyfunc.load_model`` knows the loader; False for a flavor outside of this package
        that no entry point names.
    takes_code_paths : bool
    given : dict
        Further arguments of ``save_model`` and ``log_model``.
    """

    flavor: ClassVar[ModuleType]
    flavor_name: ClassVar[str | None] = None
    model_argument: ClassVar[str]
    package: ClassVar[str]
    runs_code: ClassVar[bool] = True
    trusted_loader: ClassVar[bool] = True
    takes_code_paths: ClassVar[bool] = True
    given: ClassVar[dict[str, Any]] = {}

    @pytest.fixture
    def model(self) -> Any:
        """A model that is ready to predict. Override it."""
        raise NotImplementedError

    @pytest.fixture
    def data(self) -> Any:
        """Some rows that it takes: a DataFrame or an array. Override it."""
        raise NotImplementedError

    def predict(self, model: Any, data: Any) -> Any:
        """Predictions of a model that `load_model` of the flavor returns, and of the one that was saved."""
        return model.predict(data)

    def assert_same(self, one: Any, other: Any) -> None:
        """Fail unless both predictions are equal."""
        import numpy as np

        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-6)

    # ---- what the tests use

    @pytest.fixture
    def expected(self, model: Any, data: Any) -> Any:
        """What the model predicts before it is saved."""
        return self.predict(model, data)

    @pytest.fixture
    def signature(self, data: Any, expected: Any) -> ModelSignature:
        """Of the data, by hand."""
        return infer_signature(data, expected)

    def name(self) -> str:
        """The flavor's name in ``MLmodel``."""
        return self.flavor_name or str(self.flavor.FLAVOR_NAME)

    def save(self, model: Any, path: Any, **given: Any) -> pathlib.Path:
        """Save the model; returns the folder."""
        self.flavor.save_model(path=path, **{self.model_argument: model, **self.given, **given})
        return pathlib.Path(path)

    def log(self, model: Any, *names: Any, **given: Any) -> Any:
        """Log the model to a run of its own."""
        arguments = {self.model_argument: model, **self.given, **given}
        with mlflow.start_run():
            return self.flavor.log_model(**dict(zip(["artifact_path"], names, strict=False)), **arguments)

    def _check(self, uri: Any, data: Any, expected: Any, **given: Any) -> None:
        self.assert_same(self.predict(self.flavor.load_model(uri, **given), data), expected)
        self.assert_same(mlflow.pyfunc.load_model(uri, **given).predict(data), expected)

    # ---- saved and loaded

    def test_what_is_saved_is_loaded(self, model: Any, data: Any, expected: Any, tmp_path: pathlib.Path) -> None:
        self._check(self.save(model, tmp_path / "m"), data, expected)
        self._check(str(tmp_path / "m"), data, expected)
        self._check((tmp_path / "m").as_uri(), data, expected)

    def test_a_moved_folder_is_loaded(self, model: Any, data: Any, expected: Any, tmp_path: pathlib.Path) -> None:
        self.save(model, tmp_path / "m").rename(tmp_path / "elsewhere")
        self._check(tmp_path / "elsewhere", data, expected)

    def test_a_copy_is_loaded(self, model: Any, data: Any, expected: Any, tmp_path: pathlib.Path) -> None:
        self._check(self.save(model, tmp_path / "m"), data, expected, dst_path=str(tmp_path / "copy"))
        assert (tmp_path / "copy" / "MLmodel").is_file()

    def test_the_folder_is_one_of_mlflows(self, model: Any, tmp_path: pathlib.Path) -> None:
        folder = self.save(model, tmp_path / "m")
        said = Model.load(folder)
        assert self.name() in said.flavors
        pyfunc = said.flavors["python_function"]
        assert pyfunc["env"] == {"conda": "conda.yaml", "virtualenv": "python_env.yaml"}
        assert pyfunc["python_version"] == sys.version.split()[0]
        assert {"MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt", SIGNATURE_FILE} <= set(
            os.listdir(folder)
        )
        assert not any(isinstance(value, str) and os.path.isabs(value) for value in pyfunc.values())

    def test_a_path_that_is_taken_is_left_alone(self, model: Any, tmp_path: pathlib.Path) -> None:
        (tmp_path / "m").mkdir()
        (tmp_path / "m" / "mine").write_text("x")
        with pytest.raises(AlreadyExists):
            self.save(model, tmp_path / "m")
        assert os.listdir(tmp_path / "m") == ["mine"]
        (tmp_path / "m" / "mine").unlink()
        self.save(model, tmp_path / "m")

    def test_what_cannot_be_saved_leaves_nothing(self, model: Any, tmp_path: pathlib.Path) -> None:
        for wrong in ({"input_example": object()}, {"signature": "none"}, {"extra_files": [tmp_path / "nothing"]}):
            with pytest.raises(MlflowException):
                self.save(model, tmp_path / "m", **wrong)
            assert not (tmp_path / "m").exists()

    def test_arguments_that_are_misspelt_are_refused(self, model: Any, tmp_path: pathlib.Path) -> None:
        for call in (
            lambda: self.save(model, tmp_path / "m", sginature=None),
            lambda: self.log(model, "m", sginature=None),
        ):
            with pytest.raises(TypeError, match="sginature"):
                call()
        assert not (tmp_path / "m").exists()

    def test_other_folders_are_no_models(self, model: Any, tmp_path: pathlib.Path) -> None:
        for place in (tmp_path, tmp_path / "nothing"):
            with pytest.raises(NotFound):
                self.flavor.load_model(place)
        self.save(model, tmp_path / "m")
        said = Model.load(tmp_path / "m")
        said.flavors = {"another": {}}
        said.save(str(tmp_path / "m" / "MLmodel"))
        with pytest.raises(NotFound, match="another"):
            self.flavor.load_model(tmp_path / "m", trust=True)

    # ---- what is said of it

    def test_a_signature_is_kept_and_kept_to(
        self, model: Any, data: Any, expected: Any, signature: ModelSignature, tmp_path: pathlib.Path
    ) -> None:
        folder = self.save(model, tmp_path / "m", signature=signature)
        loaded = mlflow.pyfunc.load_model(folder)
        assert loaded.metadata.signature == signature
        self.assert_same(loaded.predict(data), expected)
        with pytest.raises(InvalidParameter):
            loaded.predict(object())

    def test_a_signature_is_inferred_from_an_example(self, model: Any, data: Any, tmp_path: pathlib.Path) -> None:
        said = Model.load(self.save(model, tmp_path / "m", input_example=data))
        assert said.get_input_schema() == infer_signature(data).inputs
        assert said.get_output_schema() is not None
        assert Model.load(self.save(model, tmp_path / "n", input_example=data, signature=False)).signature is None

    def test_an_example_comes_back(self, model: Any, data: Any, tmp_path: pathlib.Path) -> None:
        folder = self.save(model, tmp_path / "m", input_example=data)
        self.assert_same(Model.load(folder).load_input_example(folder), data)
        assert set(json.loads((folder / "serving_input_example.json").read_text())) & {"dataframe_split", "inputs"}

    def test_an_example_keeps_to_the_signature(
        self, model: Any, data: Any, signature: ModelSignature, tmp_path: pathlib.Path
    ) -> None:
        with pytest.raises(InvalidParameter):
            self.save(model, tmp_path / "m", signature=signature, input_example="something else")
        assert not (tmp_path / "m").exists()

    def test_params_have_a_schema(
        self, model: Any, data: Any, expected: Any, signature: ModelSignature, tmp_path: pathlib.Path
    ) -> None:
        with_params = infer_signature(data, expected, params={"mlops_scale": 1.5})
        loaded = mlflow.pyfunc.load_model(self.save(model, tmp_path / "m", signature=with_params))
        self.assert_same(loaded.predict(data, params={"mlops_scale": 2}), expected)
        with pytest.raises(InvalidParameter, match="mlops_scale"):
            loaded.predict(data, params={"mlops_scale": "wide"})

    def test_metadata_is_kept(self, model: Any, tmp_path: pathlib.Path) -> None:
        metadata = {"team": "churn", "deep": {"list": [1, 2.5, None]}}
        assert Model.load(self.save(model, tmp_path / "m", metadata=metadata)).metadata == metadata

    def test_extra_files_are_kept(self, model: Any, data: Any, expected: Any, tmp_path: pathlib.Path) -> None:
        (tmp_path / "notes.txt").write_text("a note")
        folder = self.save(model, tmp_path / "m", extra_files=[str(tmp_path / "notes.txt")])
        assert (folder / "extra_files" / "notes.txt").read_text() == "a note"
        assert Model.load(folder).flavors[self.name()]["extra_files"] == [{"path": "extra_files/notes.txt"}]
        self._check(folder, data, expected)

    # ---- requirements

    def test_what_it_needs_is_found(self, model: Any, tmp_path: pathlib.Path) -> None:
        lines = (self.save(model, tmp_path / "m") / "requirements.txt").read_text().splitlines()
        assert lines[0].partition("==")[0] == "mlflow", lines
        assert self.package in [line.partition("==")[0] for line in lines]
        assert all("==" in line for line in lines[1:])

    def test_requirements_of_the_users(self, model: Any, tmp_path: pathlib.Path) -> None:
        (tmp_path / "r.txt").write_text("# comment\nmine==1\n-c c.txt\n")
        pathlib.Path("c.txt").write_text("numpy<9\n")
        folder = self.save(model, tmp_path / "m", pip_requirements=str(tmp_path / "r.txt"))
        assert (folder / "requirements.txt").read_text() == "mlflow\nmine==1\n-c constraints.txt"
        assert (folder / "constraints.txt").read_text() == "numpy<9"
        more = (self.save(model, tmp_path / "n", extra_pip_requirements=["mine==1"]) / "requirements.txt").read_text()
        assert "mine==1" in more
        assert self.package in more
        conda = {"name": "own", "dependencies": ["python=3.11", {"pip": ["mine==1"]}]}
        assert "name: own" in (self.save(model, tmp_path / "o", conda_env=conda) / "conda.yaml").read_text()
        with pytest.raises(InvalidParameter, match="only one"):
            self.save(model, tmp_path / "p", conda_env=conda, pip_requirements=["mine"])

    # ---- trust

    def test_strangers_models_run_no_code(self, model: Any, data: Any, expected: Any, tmp_path: pathlib.Path) -> None:
        folder = self.save(model, tmp_path / "m")
        (folder / SIGNATURE_FILE).unlink()
        for load, runs_code in (
            (self.flavor.load_model, self.runs_code),
            (mlflow.pyfunc.load_model, self.runs_code or not self.trusted_loader),
        ):
            if runs_code:
                with pytest.raises(UntrustedModel, match="trust=True"):
                    load(folder)
            else:
                load(folder)
        self._check(folder, data, expected, trust=True)

    def test_links_out_of_the_folder_are_refused(self, model: Any, tmp_path: pathlib.Path) -> None:
        folder = self.save(model, tmp_path / "m")
        (tmp_path / "outside").write_text("x")
        (folder / "inside").symlink_to(tmp_path / "outside")
        with pytest.raises(InvalidParameter, match="leads out"):
            self.flavor.load_model(folder, trust=True)

    @pytest.mark.parametrize("way", ["../../outside", "/etc/passwd", "..", "a/../../../outside"])
    def test_paths_out_of_the_folder_are_refused(self, way: str, model: Any, tmp_path: pathlib.Path) -> None:
        """Whichever option of the flavor names a file."""
        folder = self.save(model, tmp_path / "m")
        written = (folder / "MLmodel").read_text()
        (tmp_path / "outside").mkdir()
        files = {p.relative_to(folder).as_posix() for p in folder.rglob("*")}
        found = 0
        for flavor, options in Model.load(folder).flavors.items():
            for option, value in options.items():
                if isinstance(value, str) and value in files:
                    said = Model.from_yaml(written)
                    for name in said.flavors:  # both flavors may say where it is
                        if said.flavors[name].get(option) == value or name == flavor:
                            said.flavors[name][option] = way
                    said.save(str(folder / "MLmodel"))
                    found += 1
                    loader = mlflow.pyfunc if flavor == "python_function" else self.flavor
                    with pytest.raises(MlflowException):
                        loader.load_model(folder, trust=True)
        assert found

    # ---- code

    def test_code_comes_with_the_model(self, model: Any, data: Any, expected: Any, tmp_path: pathlib.Path) -> None:
        if not self.takes_code_paths:
            pytest.skip("this flavor takes no code_paths")
        module = f"mlops_contract_{self.name()}"
        (tmp_path / f"{module}.py").write_text("VALUE = 7\n")
        folder = self.save(model, tmp_path / "m", code_paths=[str(tmp_path / f"{module}.py")])
        assert Model.load(folder).flavors["python_function"]["code"] == "code"
        before = list(sys.path)
        try:
            self._check(folder, data, expected)
            assert __import__(module).VALUE == 7
            (folder / "code" / f"{module}.py").write_text("VALUE = 8\n")
            with pytest.raises(UntrustedModel):
                self.flavor.load_model(folder)
            self._check(folder, data, expected, trust=True)
            assert __import__(module).VALUE == 8
        finally:
            sys.path[:] = before
            sys.modules.pop(module, None)

    def test_code_cannot_hide_python_itself(self, model: Any, tmp_path: pathlib.Path) -> None:
        if not self.takes_code_paths:
            pytest.skip("this flavor takes no code_paths")
        (tmp_path / "json.py").write_text("")
        with pytest.raises(InvalidParameter, match="json"):
            self.save(model, tmp_path / "m", code_paths=[str(tmp_path / "json.py")])

    # ---- logged and registered

    def test_logged_by_either_name(self, model: Any, data: Any, expected: Any) -> None:
        for info in (self.log(model, "deep/model"), self.log(model, name="model")):
            assert info.model_uri.startswith(f"runs:/{info.run_id}/")
            self._check(info.model_uri, data, expected)
            history = mlflow.get_run(info.run_id).data.tags["mlflow.log-model.history"]
            assert self.name() in json.loads(history)[-1]["flavors"]
        for names in ({}, {"artifact_path": "a", "name": "b"}):
            with pytest.raises(InvalidParameter):
                self.log(model, **names)

    def test_registered_while_logged(self, model: Any, data: Any, expected: Any) -> None:
        versions = [self.log(model, "model", registered_model_name="contract") for _ in range(2)]
        assert [int(info.registered_model_version) for info in versions] == [1, 2]
        self._check("models:/contract/2", data, expected)

    def test_logging_with_all_that_goes_with_it(
        self, model: Any, data: Any, expected: Any, signature: ModelSignature, tmp_path: pathlib.Path
    ) -> None:
        info = self.log(
            model, "model", signature=signature, input_example=data, metadata={"a": 1}, pip_requirements=["mine==1"]
        )
        assert (info.signature, info.metadata) == (signature, {"a": 1})
        assert info.saved_input_example_info["artifact_path"] == "input_example.json"
        self._check(info.model_uri, data, expected)
