"""What runs code is loaded only when this user saved it, or says so."""

import contextlib
import os
import pathlib
import pickle
import stat

import pytest
import skops.io
import yaml
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, InvalidState, UntrustedModel
from jupyter_mlops.models.trust import ModelFolder

LOADERS = [mlflow.sklearn.load_model, mlflow.pyfunc.load_model]


class Majority(ClassifierMixin, BaseEstimator):
    """Predicts what is most frequent: an estimator that skops does not know."""

    def __init__(self, size=1):
        self.size = size

    def fit(self, X, y):
        self.value_ = max(set(y), key=list(y).count)
        return self

    def predict(self, X):
        return [self.value_] * len(X)


class Malicious:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (pathlib.Path(self.path),)


@pytest.fixture
def saved(model, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format="cloudpickle")
    return tmp_path / "m"


def swap(folder, content):
    (folder / "model.pkl").write_bytes(content)


@pytest.mark.parametrize("load", LOADERS)
def test_own_models_load(load, saved, frame):
    assert len(load(saved).predict(frame)) == 4


@pytest.mark.parametrize("load", LOADERS)
def test_a_malicious_pickle_does_not_run(load, saved, tmp_path):
    witness = tmp_path / "ran"
    swap(saved, pickle.dumps(Malicious(str(witness))))
    with pytest.raises(UntrustedModel, match=r"model\.pkl.*cloudpickle.*trust=True"):
        load(saved)
    assert not witness.exists()
    with contextlib.suppress(Exception):  # what it makes is no model
        load(saved, trust=True)
    assert witness.exists()


@pytest.mark.parametrize("load", LOADERS)
def test_added_changed_and_unsigned_folders_are_refused(load, saved, frame):
    extra = saved / "code.py"
    extra.write_text("x = 1")
    with pytest.raises(UntrustedModel):
        load(saved)
    extra.unlink()
    load(saved)
    (saved / "jupyter_mlops.signature").unlink()
    with pytest.raises(UntrustedModel, match="not signed"):
        load(saved)
    assert len(load(saved, trust=True).predict(frame)) == 4


def test_a_changed_mlmodel_is_refused(saved):
    text = (saved / "MLmodel").read_text().replace("predict_fn: predict", "predict_fn: predict_proba")
    (saved / "MLmodel").write_text(text)
    with pytest.raises(UntrustedModel):
        mlflow.pyfunc.load_model(saved)


def test_what_is_read_is_what_was_verified(saved):
    folder = ModelFolder(str(saved))
    assert folder.signed
    swap(saved, b"other bytes, after the signature was verified")
    with pytest.raises(UntrustedModel, match="changed while"):
        folder.read("model.pkl")


class Reads(mlflow.pyfunc.PythonModel):
    """Loads the model among its artifacts at once, and reads the text when it predicts."""

    def load_context(self, context):
        self.inner = mlflow.sklearn.load_model(context.artifacts["inner"])

    def predict(self, context, model_input, params=None):
        return pathlib.Path(context.artifacts["text"]).read_text()


@pytest.fixture
def shared(saved, tmp_path):
    """A signed model with artifacts, in a folder that others can write to."""
    (saved / "jupyter_mlops.signature").unlink()  # the outer model's will do
    (tmp_path / "text").write_text("mine")
    artifacts = {"text": str(tmp_path / "text"), "inner": str(saved)}
    mlflow.pyfunc.save_model(tmp_path / "s", python_model=Reads(), artifacts=artifacts, pip_requirements=[])
    (tmp_path / "s").chmod(0o777)
    return tmp_path / "s"


def test_what_others_put_into_artifacts_after_the_check_is_not_read(shared, frame):
    loaded = mlflow.pyfunc.load_model(shared)
    swap(shared / "artifacts" / "m", b"theirs")
    (shared / "artifacts" / "text").write_text("theirs")
    assert loaded.predict(frame) == "mine"
    with pytest.raises(UntrustedModel):
        mlflow.pyfunc.load_model(shared)


def test_paths_are_of_a_copy_only_where_others_can_write(shared):
    copied = pathlib.Path(ModelFolder(shared).path())
    assert copied != shared
    assert ModelFolder(copied).signed
    assert ModelFolder(shared).path("artifacts/text") == str(copied / "artifacts" / "text")  # not copied again
    (shared / "artifacts" / "text").write_text("theirs")
    folder = ModelFolder(shared, trust=True)
    (shared / "artifacts" / "text").write_text("others'")
    with pytest.raises(UntrustedModel, match="was changed"):
        folder.path("artifacts")
    shared.chmod(0o755)
    assert ModelFolder(shared, trust=True).path("artifacts/text") == str(shared / "artifacts" / "text")
    shared.parent.chmod(0o777)  # the whole folder could be replaced by another
    assert ModelFolder(shared, trust=True).path("artifacts/text") != str(shared / "artifacts" / "text")


def test_what_others_put_there_is_not_signed_with_a_new_signature_of_the_model(saved, monkeypatch, tmp_path):
    class Watched(ModelFolder):  # somebody who waits for it to be verified
        def __init__(self, root):
            super().__init__(root)
            swap(saved, pickle.dumps(Malicious(tmp_path / "ran")))

    monkeypatch.setattr("jupyter_mlops.models.changes.ModelFolder", Watched)
    mlflow.models.set_signature(saved, mlflow.models.infer_signature(["text"]))
    with pytest.raises(UntrustedModel):
        mlflow.sklearn.load_model(saved)
    assert not (tmp_path / "ran").exists()


def test_another_users_signature_is_none(saved, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path / "other"))
    with pytest.raises(UntrustedModel, match="not yours"):
        mlflow.sklearn.load_model(saved)
    assert not (tmp_path / "other" / "model_signing.key").exists()


def test_skops_loads_unsigned_when_its_types_are_trusted(model, tmp_path, frame):
    mlflow.sklearn.save_model(model, tmp_path / "m")
    (tmp_path / "m" / "jupyter_mlops.signature").unlink()
    assert len(mlflow.pyfunc.load_model(tmp_path / "m").predict(frame)) == 4


def test_skops_with_other_types_needs_a_signature(frame, tmp_path):
    mlflow.sklearn.save_model(Majority(3).fit(frame, [0, 1, 1, 1]), tmp_path / "m", serialization_format="skops")
    assert skops.io.get_untrusted_types(file=tmp_path / "m" / "model.skops") == [f"{__name__}.Majority"]
    mlflow.sklearn.load_model(tmp_path / "m")
    (tmp_path / "m" / "jupyter_mlops.signature").unlink()
    with pytest.raises(UntrustedModel, match="Majority"):
        mlflow.sklearn.load_model(tmp_path / "m")
    assert mlflow.sklearn.load_model(tmp_path / "m", trust=True).size == 3


def test_a_search_with_scikit_learns_own_splits_loads_unsigned(model, frame, tmp_path):
    search = GridSearchCV(model, {"C": [0.1, 1.0]}, cv=2).fit(frame, [0, 1, 0, 1])
    mlflow.sklearn.save_model(search, tmp_path / "m")
    assert skops.io.get_untrusted_types(file=tmp_path / "m" / "model.skops")
    (tmp_path / "m" / "jupyter_mlops.signature").unlink()
    assert mlflow.sklearn.load_model(tmp_path / "m").best_params_ == search.best_params_


def test_mlmodel_cannot_vouch_for_its_own_types(frame, tmp_path):
    mlflow.sklearn.save_model(Majority(3).fit(frame, [0, 1, 1, 1]), tmp_path / "m", serialization_format="skops")
    assert "Majority" in (tmp_path / "m" / "MLmodel").read_text()
    (tmp_path / "m" / "jupyter_mlops.signature").write_text("{}")
    with pytest.raises(UntrustedModel, match="Majority"):
        mlflow.pyfunc.load_model(tmp_path / "m")


def test_mlmodel_cannot_call_a_foreign_loader(model, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m")
    path = tmp_path / "m" / "MLmodel"
    form = yaml.safe_load(path.read_text())
    form["flavors"]["python_function"]["loader_module"] = "os"
    path.write_text(yaml.safe_dump(form))
    with pytest.raises(UntrustedModel, match="'os'"):
        mlflow.pyfunc.load_model(tmp_path / "m")


@pytest.mark.parametrize("trust", [False, True])
def test_links_that_lead_out_are_refused(saved, trust, tmp_path):
    (tmp_path / "outside").write_text("x")
    os.symlink(tmp_path / "outside", saved / "inside")
    with pytest.raises(InvalidParameter, match="leads out"):
        mlflow.sklearn.load_model(saved, trust=trust)


def test_the_key_is_the_users_alone(saved, tmp_path):
    key = tmp_path / "data" / "model_signing.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    key.chmod(0o644)
    with pytest.raises(InvalidState, match="0600"):
        mlflow.sklearn.load_model(saved)


def test_code_is_run_only_when_trusted(model, tmp_path):
    (tmp_path / "my_module_of_a_model.py").write_text("value = 7\n")
    mlflow.sklearn.save_model(model, tmp_path / "m", code_paths=[str(tmp_path / "my_module_of_a_model.py")])
    (tmp_path / "m" / "code" / "my_module_of_a_model.py").write_text("value = 8\n")
    with pytest.raises(UntrustedModel, match="code"):
        mlflow.sklearn.load_model(tmp_path / "m")


def test_code_that_was_added_before_is_not_added_again(model, tmp_path):
    """A server that loads a model again and again keeps one copy of its code, and its modules."""
    import sys

    for number in (1, 2):
        (tmp_path / "mlops_test_module.py").write_text(f"VALUE = {number}\n")
        mlflow.sklearn.save_model(model, tmp_path / f"m{number}", code_paths=[str(tmp_path / "mlops_test_module.py")])
    before = list(sys.path)
    try:
        mlflow.sklearn.load_model(tmp_path / "m1")
        first = __import__("mlops_test_module")
        mlflow.sklearn.load_model(tmp_path / "m1")
        assert __import__("mlops_test_module") is first
        mlflow.sklearn.load_model(tmp_path / "m2")
        assert __import__("mlops_test_module").VALUE == 2
        mlflow.sklearn.load_model(tmp_path / "m1")
        assert __import__("mlops_test_module").VALUE == 1
        assert len(sys.path) == len(before) + 2
    finally:
        sys.path[:] = before
        sys.modules.pop("mlops_test_module", None)
