"""Models of Python code: what they are given, what is saved with them, what is refused."""

import json
import logging
import lzma
import pathlib
import sys
import threading

import cloudpickle
import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.models import Model, infer_signature


@pytest.fixture(autouse=True)
def by_value():
    """Classes of this module go with the model, as those of a notebook do."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


class Asked(mlflow.pyfunc.PythonModel):
    """Says how it was called."""

    loads = 0

    def load_context(self, context):
        self.loads += 1
        self.seen = sorted(context.artifacts)

    def predict(self, context, model_input, params=None):
        return [self.loads, self.seen, context.model_config, params, model_input]


class Bare(mlflow.pyfunc.PythonModel):
    def predict(self, model_input):
        return model_input


class Streams(Bare):
    def predict_stream(self, model_input, params=None):
        yield from model_input


def options(folder):
    return Model.load(folder).flavors["python_function"]


def test_the_guides_model(tmp_path, model, frame):
    import pickle

    class CustomModel(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            import pickle

            with open(context.artifacts["model_path"], "rb") as file:
                self.model = pickle.load(file)

        def predict(self, context, model_input):
            return self.model.predict(model_input)

    (tmp_path / "model.pkl").write_bytes(pickle.dumps(model))
    with mlflow.start_run():
        info = mlflow.pyfunc.log_model(
            artifact_path="model", python_model=CustomModel(), artifacts={"model_path": str(tmp_path / "model.pkl")}
        )
    (tmp_path / "model.pkl").unlink()
    assert (mlflow.pyfunc.load_model(info.model_uri).predict(frame) == model.predict(frame)).all()
    needed = pathlib.Path(mlflow.pyfunc.get_model_dependencies(info.model_uri)).read_text()
    assert "scikit-learn==" in needed, "found in what load_context loads"


def test_context_and_params(tmp_path):
    (tmp_path / "x").write_text("")
    signature = infer_signature("a", params={"top": 3})
    given = Asked()
    mlflow.pyfunc.save_model(
        tmp_path / "m",
        python_model=given,
        artifacts={"one": "x", "two": tmp_path / "x"},
        model_config={"k": 1},
        signature=signature,
    )
    assert not hasattr(given, "seen"), "the user's object is left as it was"
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert loaded.predict("a")[:4] == [1, ["one", "two"], {"k": 1}, {"top": 3}]
    assert loaded.predict("a", params={"top": 4})[:4] == [1, ["one", "two"], {"k": 1}, {"top": 4}]
    again = mlflow.pyfunc.load_model(tmp_path / "m", model_config={"k": 2, "more": 3})
    assert again.predict("a")[2] == again.model_config == {"k": 2, "more": 3}
    assert type(loaded.unwrap_python_model()).__name__ == type(loaded.get_raw_model()).__name__ == "Asked"
    assert loaded.metadata.signature == signature


def test_artifacts_by_any_uri_and_of_one_name(tmp_path):
    with mlflow.start_run() as run:
        mlflow.log_text("logged", "deep/a.txt")
    (tmp_path / "a.txt").write_text("local")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("in a folder")
    uris = {
        "run": f"runs:/{run.info.run_id}/deep/a.txt", "local": "a.txt", "file": (tmp_path / "a.txt").as_uri(), "folder": "folder",
    }  # fmt: skip
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Asked(), artifacts=uris)
    said = options(tmp_path / "m")["artifacts"]
    assert {name: info["uri"] for name, info in said.items()} == uris
    texts = {n: (tmp_path / "m" / i["path"]) for n, i in said.items()}
    assert texts["run"].read_text() == "logged"
    assert texts["local"].read_text() == texts["file"].read_text() == "local"
    assert (texts["folder"] / "a.txt").read_text() == "in a folder"


@pytest.mark.parametrize("uri", ["nothing", "runs:/0123/x", 3, "hf:/org/model", None])
def test_artifacts_that_are_not_there(uri, tmp_path):
    with pytest.raises(MlflowException):
        mlflow.pyfunc.save_model(tmp_path / "m", python_model=Bare(), artifacts={"a": uri})
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "either python_model"),
        ({"python_model": Bare(), "loader_module": "x"}, "either python_model"),
        ({"python_model": Bare(), "data_path": "x"}, "either python_model"),
        ({"artifacts": {}, "loader_module": "x"}, "either python_model"),
        ({"artifacts": {"a": "x"}}, "Neither"),
        ({"data_path": "x"}, "Neither"),
        ({"python_model": Bare}, "instance"),
        ({"python_model": 3}, "PythonModel"),
        ({"python_model": "nothing.py"}, "nothing.py"),
        ({"python_model": LinearRegression()}, "flavor of their own"),
        ({"python_model": lambda a, b: a, "pip_requirements": []}, "exactly one"),
        ({"python_model": lambda data: data}, "pip_requirements"),
        ({"python_model": Bare(), "model_config": 3}, "model_config"),
        ({"python_model": Bare(), "infer_code_paths": True, "code_paths": ["x"]}, "not both"),
        ({"python_model": Bare(), "code_paths": "x"}, "list"),
    ],
)
def test_what_is_refused(given, why, tmp_path):
    with pytest.raises(InvalidParameter, match=why):
        mlflow.pyfunc.save_model(tmp_path / "m", **given)
    assert not (tmp_path / "m").exists()


def test_what_cannot_be_pickled_says_what_to_do(tmp_path):
    model = Bare()
    model.lock = threading.Lock()
    with pytest.raises(InvalidParameter, match=r"load_context.*my_model\.py"):
        mlflow.pyfunc.save_model(tmp_path / "m", python_model=model)


def test_streams(tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Streams())
    mlflow.pyfunc.save_model(tmp_path / "n", python_model=Bare())
    assert (options(tmp_path / "m")["streamable"], options(tmp_path / "n")["streamable"]) == (True, False)
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    pieces = loaded.predict_stream(["abc"])
    assert next(pieces) == "a"
    assert list(pieces) == ["b", "c"]
    assert list(loaded.predict_stream(pd.DataFrame({"x": [1], "y": [2]}))) == ["x", "y"]
    with pytest.raises(InvalidParameter, match="one row"):
        loaded.predict_stream(["a", "b"])
    with pytest.raises(MlflowException, match="stream"):
        mlflow.pyfunc.load_model(tmp_path / "n").predict_stream("a")


def test_params_that_predict_does_not_take(tmp_path, caplog):
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Bare(), signature=infer_signature("a", params={"k": 1}))
    with caplog.at_level(logging.WARNING):
        assert mlflow.pyfunc.load_model(tmp_path / "m").predict("a", params={"k": 2, "z": 1}).to_numpy().tolist() == [
            ["a"]
        ]
    assert "ignored" in caplog.text


CODE = """
import jupyter_mlops as mlflow
from mlflow.models import ModelConfig, set_model

config = ModelConfig(development_config={"by": 1})

class Times(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input * config.get("by")

set_model(Times())
"""


def test_models_from_code(tmp_path):
    (tmp_path / "times.py").write_text(CODE)
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=tmp_path / "times.py", model_config={"by": 3})
    mlflow.pyfunc.save_model(tmp_path / "n", python_model="times.py")
    said = options(tmp_path / "m")
    assert (said["model_code_path"], said["loader_module"]) == ("times.py", "mlflow.pyfunc.loaders.code_model")
    assert not (tmp_path / "m" / "python_model.pkl").exists()
    assert mlflow.pyfunc.load_model(tmp_path / "m").predict(2) == 6
    assert mlflow.pyfunc.load_model(tmp_path / "m", model_config={"by": 4}).predict(2) == 8
    assert mlflow.pyfunc.load_model(tmp_path / "n").predict(2) == 2
    assert "mlflow" not in sys.modules, "only while it was loaded"
    assert mlflow.models.__spec__.name == "jupyter_mlops.models", "no module of ours is loaded a second time"


@pytest.mark.parametrize(
    ("code", "why"),
    [("x = 1", "set_model"), ("1 / 0", "ZeroDivisionError"), ("def f(:", "SyntaxError"), ("import nothing_of_that_name", "nothing_of"),
     ("import jupyter_mlops as m; m.models.set_model('x')", "set_model"), ("import mlflow.langchain", "langchain")],
)  # fmt: skip
def test_code_that_makes_no_model(code, why, tmp_path):
    (tmp_path / "it.py").write_text(code)
    with pytest.raises(MlflowException, match=why):
        mlflow.pyfunc.save_model(tmp_path / "m", python_model="it.py")
    assert not (tmp_path / "m").exists()


def test_modules_of_ones_own_are_found(python, tmp_path):
    """A class in a package of the project, with what that imports, loaded where the project is not."""
    project = tmp_path / "project"
    (project / "own_package").mkdir(parents=True)
    for name, text in {
        "own_package/__init__.py": "",
        "own_package/models.py": "import jupyter_mlops as mlflow\nfrom .parts import factor\n\nclass Mine(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input):\n        import own_second\n        return model_input * factor() + own_second.MORE\n",
        "own_package/parts.py": "import sklearn\n\ndef factor():\n    return 3\n", "own_second.py": "MORE = 1\n", "unused.py": "",
    }.items():  # fmt: skip
        (project / name).write_text(text)
    save = """
        import sys; sys.path.insert(0, sys.argv[1])
        import jupyter_mlops as mlflow
        from own_package.models import Mine
        mlflow.pyfunc.save_model(sys.argv[2], python_model=Mine(), infer_code_paths=True)
    """
    python(save, project, tmp_path / "m")
    found = sorted(p.relative_to(tmp_path / "m/code").as_posix() for p in (tmp_path / "m/code").rglob("*.py"))
    assert found == ["own_package/__init__.py", "own_package/models.py", "own_package/parts.py", "own_second.py"]
    assert "scikit-learn==" in (tmp_path / "m" / "requirements.txt").read_text()
    load = "import sys, jupyter_mlops as mlflow; print(mlflow.pyfunc.load_model(sys.argv[1]).predict(2))"
    assert python(load, tmp_path / "m").strip() == "7"


def test_a_module_that_a_function_imports_is_needed(tmp_path):
    def parse(model_input):
        import yaml

        return yaml.safe_load(model_input)

    mlflow.pyfunc.save_model(tmp_path / "m", python_model=parse, input_example="1")
    needed = (tmp_path / "m" / "requirements.txt").read_text()
    assert f"PyYAML=={yaml.__version__}" in needed
    assert f"cloudpickle=={cloudpickle.__version__}" in needed
    assert "jupyter" not in needed


def test_compressed_pickles_of_mlflow_are_read(tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Bare())
    place = tmp_path / "m" / "python_model.pkl"
    place.write_bytes(lzma.compress(place.read_bytes()))
    said = Model.load(tmp_path / "m")
    said.flavors["python_function"]["python_model_compression"] = "lzma"
    said.save(str(tmp_path / "m" / "MLmodel"))
    assert mlflow.pyfunc.load_model(tmp_path / "m", trust=True).predict("x") == "x"


def test_a_model_inside_of_a_trusted_one_is_trusted_while_that_is_loaded(tmp_path, model, frame):
    class Outer(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            self.model = mlflow.sklearn.load_model(context.artifacts["inner"])

        def predict(self, context, model_input):
            return self.model.predict(model_input)

    mlflow.sklearn.save_model(model, tmp_path / "inner", serialization_format="pickle")
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Outer(), artifacts={"inner": str(tmp_path / "inner")})
    for folder in (tmp_path / "m", tmp_path / "m" / "artifacts" / "inner"):
        (folder / "jupyter_mlops.signature").unlink()
    assert len(mlflow.pyfunc.load_model(tmp_path / "m", trust=True).predict(frame)) == 4
    with pytest.raises(PermissionError):
        mlflow.sklearn.load_model(tmp_path / "m" / "artifacts" / "inner")


def test_dependencies(tmp_path):
    mlflow.pyfunc.save_model(
        tmp_path / "m", python_model=Bare(), conda_env={"name": "e", "dependencies": ["c-lib", {"pip": ["a==1"]}]}
    )
    conda = yaml.safe_load(
        pathlib.Path(mlflow.pyfunc.get_model_dependencies(tmp_path / "m", format="conda")).read_text()
    )
    assert conda["dependencies"] == ["c-lib", {"pip": ["mlflow", "a==1"]}]
    assert pathlib.Path(mlflow.pyfunc.get_model_dependencies(tmp_path / "m")).read_text() == "mlflow\na==1"
    (tmp_path / "m" / "requirements.txt").unlink()
    assert pathlib.Path(mlflow.pyfunc.get_model_dependencies(str(tmp_path / "m"))).read_text() == "mlflow\na==1\n"
    with pytest.raises(InvalidParameter, match="poetry"):
        mlflow.pyfunc.get_model_dependencies(tmp_path / "m", format="poetry")
    with pytest.raises(NotFound):
        mlflow.pyfunc.get_model_dependencies(tmp_path / "nothing")


def test_other_versions_are_one_warning(tmp_path, caplog):
    mlflow.pyfunc.save_model(
        tmp_path / "m",
        python_model=Bare(),
        pip_requirements=["numpy==1.0", "no-such-package==2", "pandas", "mlflow==1"],
    )
    with caplog.at_level(logging.WARNING):
        mlflow.pyfunc.load_model(tmp_path / "m", suppress_warnings=True)
        assert not caplog.records
        mlflow.pyfunc.load_model(tmp_path / "m")
    (record,) = caplog.records
    assert [line.split() for line in record.getMessage().splitlines()[1:]] == [
        ["package", "saved", "with", "here"], ["numpy", "1.0", np.__version__], ["no-such-package", "2", "not", "installed"],
    ]  # fmt: skip


def test_set_signature(tmp_path):
    with mlflow.start_run():
        info = mlflow.pyfunc.log_model("m", python_model=Bare(), registered_model_name="m")
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Bare())
    signature = infer_signature(pd.DataFrame({"a": [1.5]}))
    for uri in (info.model_uri, str(tmp_path / "m"), (tmp_path / "m").as_uri()):
        mlflow.models.set_signature(uri, signature)
        loaded = mlflow.pyfunc.load_model(uri)  # still signed
        assert loaded.metadata.signature == signature
        with pytest.raises(InvalidParameter, match="'a'|lacks"):
            loaded.predict(pd.DataFrame({"b": [1.5]}))
    with pytest.raises(InvalidParameter, match="registered"):
        mlflow.models.set_signature("models:/m/1", signature)
    with pytest.raises(InvalidParameter):
        mlflow.models.set_signature(info.model_uri, "long")


def test_requests_are_validated_without_a_server(tmp_path, model, frame, capsys):
    mlflow.sklearn.save_model(model, tmp_path / "m", input_example=frame)
    request = mlflow.models.convert_input_example_to_serving_input(frame)
    assert request == (tmp_path / "m" / "serving_input_example.json").read_text()
    assert list(mlflow.models.validate_serving_input(tmp_path / "m", request)) == list(model.predict(frame))
    whole = {"dataframe_records": [{"a": 1, "b": 2}]}  # JSON's integers for columns of double
    assert len(mlflow.models.validate_serving_input(str(tmp_path / "m"), whole)) == 1
    for wrong in (
        "[",
        "[]",
        {},
        {"inputs": 1, "instances": 2},
        {"dataframe_split": []},
        {"dataframe_records": [{"a": "x"}]},
        {"inputs": 1, "z": 1},
    ):
        with pytest.raises(InvalidParameter):
            mlflow.models.validate_serving_input(tmp_path / "m", wrong)
    mlflow.models.predict(tmp_path / "m", input_data=request)
    assert json.loads(capsys.readouterr().out) == {"predictions": model.predict(frame).tolist()}
    frame.to_csv("in.csv", index=False)
    mlflow.models.predict(tmp_path / "m", input_path="in.csv", content_type="csv", output_path="out.json")
    assert json.loads(pathlib.Path("out.json").read_text())["predictions"] == model.predict(frame).tolist()
    for wrong, message in (
        ({"input_data": request, "env_manager": "poetry"}, "env_manager is one of local"),
        ({"input_path": "in.csv"}, "If it is CSV, say so: content_type='csv'"), ({"input_data": "[1]"}, "a JSON object with one of dataframe_split"),
        ({"input_data": request, "content_type": "parquet"}, "content_type is 'json' or 'csv'"), ({"input_path": "none.csv"}, "'none.csv' cannot be read"),
    ):  # fmt: skip
        with pytest.raises(InvalidParameter, match=message):
            mlflow.models.predict(tmp_path / "m", **wrong)


def test_texts_of_digits_in_csv_are_texts_where_the_model_takes_texts(tmp_path, capsys):
    class Codes(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input["code"]

    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Codes(), signature=infer_signature(pd.DataFrame({"code": ["007"]})), pip_requirements=[])
    mlflow.models.predict(tmp_path / "m", input_data="code\n007\n", content_type="csv")
    assert json.loads(capsys.readouterr().out) == {"predictions": [{"code": "007"}]}  # of a Series, as a server of MLflow answers


def test_what_stands_for_mlflow_is_not_pinned(python, tmp_path):
    """Also where its version is asked for, as under as_mlflow."""
    (tmp_path / "code.py").write_text("import pandas\nfrom mlflow.models import set_model\nset_model(lambda model_input: model_input)\n")
    lines = python(f"""
        import jupyter_mlops, importlib.metadata
        jupyter_mlops.install_as_mlflow()
        import mlflow
        assert importlib.metadata.version("mlflow") == "2.22.0"
        mlflow.pyfunc.save_model({str(tmp_path / "m")!r}, python_model={str(tmp_path / "code.py")!r})
        print(open({str(tmp_path / "m" / "requirements.txt")!r}).read())
    """).splitlines()
    assert lines[0] == "mlflow"
    assert sum(line.startswith("mlflow") for line in lines) == 1
    assert any(line.startswith("pandas==") for line in lines)
