"""scikit-learn models: saved in MLflow's format, read back by other means, registered and asked for predictions."""

import io
import os
import pickle

import cloudpickle
import numpy as np
import pytest
import skops.io
import yaml
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import jupyter_mlops as mlflow
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.models import infer_signature
from jupyter_mlops.models.enforcement import fit_input

X, y = load_wine(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def model():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(X, y)


def test_the_folder_is_as_mlflow_writes_it(model, tmp_path):
    mlflow.sklearn.save_model(
        model, tmp_path / "m", signature=infer_signature(X, model.predict(X)), input_example=X.head(2)
    )
    written = yaml.safe_load((tmp_path / "m" / "MLmodel").read_text())
    assert written["flavors"]["python_function"]["loader_module"] == "mlflow.sklearn"
    assert written["flavors"]["sklearn"]["serialization_format"] == "skops"
    assert written["signature"]["inputs"].startswith('[{"type": "double", "name": "alcohol", "required": true}')
    assert written["saved_input_example_info"]["pandas_orient"] == "split"
    loaded = skops.io.loads((tmp_path / "m" / "model.skops").read_bytes())
    assert (loaded.predict(X) == model.predict(X)).all()
    assert f"scikit-learn=={__import__('sklearn').__version__}" in (tmp_path / "m" / "requirements.txt").read_text()
    with pytest.raises(AlreadyExists):
        mlflow.sklearn.save_model(model, tmp_path / "m")


@pytest.mark.parametrize("estimator", [make_pipeline(FunctionTransformer(lambda x: x), LogisticRegression(max_iter=9))])
@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_what_skops_does_not_hold_is_pickled(estimator, tmp_path):
    mlflow.sklearn.save_model(estimator.fit(X, y), tmp_path / "m")
    loaded = cloudpickle.load(io.BytesIO((tmp_path / "m" / "model.pkl").read_bytes()))
    assert (loaded.predict(X) == mlflow.sklearn.load_model(tmp_path / "m").predict(X)).all()


def test_a_model_goes_from_run_to_registry_to_prediction(model):
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            model, "model", signature=infer_signature(X, model.predict(X)), registered_model_name="wine"
        )
    assert info.model_uri == f"runs:/{run.info.run_id}/model"
    assert str(info.registered_model_version) == "1"
    client = mlflow.MlflowClient()
    client.transition_model_version_stage("wine", "1", "Production")
    client.set_registered_model_alias("wine", "champion", "1")
    for uri in (
        info.model_uri,
        "models:/wine/1",
        "models:/wine/Production",
        "models:/wine@champion",
        "models:/wine/latest",
    ):
        assert (mlflow.pyfunc.load_model(uri).predict(X) == model.predict(X)).all()
    history = mlflow.get_run(run.info.run_id).data.tags["mlflow.log-model.history"]
    assert yaml.safe_load(history)[0]["artifact_path"] == "model"


def test_log_model_starts_a_run_and_takes_either_name(model):
    info = mlflow.sklearn.log_model(model, name="model")
    assert mlflow.active_run().info.run_id == info.run_id
    mlflow.end_run()
    for names in ({}, {"artifact_path": "a", "name": "b"}):
        with pytest.raises(InvalidParameter):
            mlflow.sklearn.log_model(model, **names)


def test_predict_keeps_to_the_signature(model, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m", signature=infer_signature(X, model.predict(X)))
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    shuffled = X[list(reversed(X.columns))].assign(more=1)
    assert (loaded.predict(shuffled) == model.predict(X)).all()
    with pytest.raises(InvalidParameter, match="alcohol"):
        loaded.predict(X.drop(columns="alcohol"))
    with pytest.raises(InvalidParameter, match="hue"):
        loaded.predict(X.assign(hue="red"))


def test_another_folder_is_no_model(tmp_path):
    with pytest.raises(NotFound):
        mlflow.pyfunc.load_model(tmp_path)
    with pytest.raises(NotFound):
        mlflow.pyfunc.load_model(tmp_path / "nothing")


class Evil:
    def __reduce__(self):
        return (open, ("ran", "w"))


def test_a_pickle_of_somebody_else_does_not_run(model, tmp_path, monkeypatch):
    mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format="cloudpickle")
    mlflow.sklearn.load_model(tmp_path / "m")
    (tmp_path / "m" / "model.pkl").write_bytes(pickle.dumps(Evil()))
    monkeypatch.chdir(tmp_path)
    for load in (mlflow.sklearn.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(PermissionError, match="trust=True"):
            load(tmp_path / "m")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("change", ["tamper", "add", "unsign", "other user"])
def test_only_what_this_user_saved_and_nobody_changed_is_trusted(model, tmp_path, monkeypatch, change):
    folder = tmp_path / "m"
    mlflow.sklearn.save_model(model, folder, serialization_format="pickle")
    if change == "tamper":
        (folder / "requirements.txt").write_text("other")
    elif change == "add":
        (folder / "more.py").write_text("")
    elif change == "unsign":
        (folder / "jupyter_mlops.signature").unlink()
    else:
        monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path / "somebody"))
    with pytest.raises(PermissionError):
        mlflow.sklearn.load_model(folder)
    assert (mlflow.sklearn.load_model(folder, trust=True).predict(X) == model.predict(X)).all()


def test_the_key_is_this_users_alone(model, tmp_path):
    from jupyter_mlops.storage.locate import data_folder

    mlflow.sklearn.save_model(model, tmp_path / "m")
    key = os.stat(f"{data_folder()}/model_signing.key")
    assert key.st_mode & 0o777 == 0o600
    assert key.st_size == 32


def test_arrays_are_not_cast():
    signature = infer_signature(np.zeros((2, 3), dtype="float32"))

    assert fit_input(np.ones((5, 3), dtype="float32"), signature.inputs).shape == (5, 3)
    for wrong in (np.ones((5, 3)), np.ones((5, 4), dtype="float32"), np.ones(3, dtype="float32"), [[1.0, 2.0, 3.0]]):
        with pytest.raises(InvalidParameter):
            fit_input(wrong, signature.inputs)


def test_arguments_in_the_wrong_order_are_told(model):
    with pytest.raises(InvalidParameter, match="not a Pipeline: give arguments by their names"):
        mlflow.sklearn.log_model("model", model)
