"""Models that another process predicts for: in an environment of their own, or deployed."""

import os
import sys

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.naive_bayes import GaussianNB

import jupyter_mlops as mlflow
from jupyter_mlops.environments.builds import kept_environments
from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.evaluation import pieces
from jupyter_mlops.evaluation.environment_models import environment_model

RANDOM = np.random.default_rng(0)
X = pd.DataFrame(RANDOM.normal(size=(40, 2)), columns=["a", "b"])
TWO = np.where(X["a"] + RANDOM.normal(size=40) > 0, "yes", "no")
CONFIG = {"log_model_explainability": False, "sample_weights": RANDOM.uniform(0.5, 2, 40), "confidence_level": None, "max_classes_for_multiclass_roc_pr": 1}


class Shifted(mlflow.pyfunc.PythonModel):
    """A number that is as far away as it is told."""

    def predict(self, context, model_input, params=None):
        return model_input["a"] + params["by"]


def test_in_its_own_environment_a_model_is_found_to_be_as_good_as_here(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(tmp_path / "environments"))
    monkeypatch.setattr(pieces, "_ROWS", 16)
    call = {"data": X.assign(c="not the model's", y=TWO), "targets": "y", "model_type": "classifier", "evaluator_config": CONFIG}
    with mlflow.start_run():
        uri = mlflow.sklearn.log_model(
            GaussianNB().fit(X, TWO), "model", serialization_format="pickle", pip_requirements=[f"scikit-learn=={sklearn.__version__}"]
        ).model_uri
    here = mlflow.evaluate(uri, **call)
    there = mlflow.evaluate(uri, **call, env_manager="uv", extra_metrics=[mlflow.metrics.latency()])
    assert len(kept_environments()) == 1
    assert {name: there.metrics[name] for name in here.metrics} == pytest.approx(here.metrics, abs=1e-12)
    assert there.artifacts.keys() - here.artifacts.keys() == {"eval_results_table"}
    assert there.metrics["latency/mean"] > 0
    with pytest.raises(MlflowException, match="feature names"):
        mlflow.evaluate(uri, **{**call, "data": X[["a"]].assign(y=TWO)}, env_manager="uv")


class Odd(mlflow.pyfunc.PythonModel):
    """Reads, writes, fails and ends as models of others do."""

    def predict(self, context, model_input, params=None):
        what = model_input.iloc[0, 0]
        print("said", sys.stdin.read(), flush=True)
        if what == 1:
            raise ValueError("\udcff")
        if what == 2:
            os._exit(3)
        return [f"{list(model_input.columns)} {[str(kind) for kind in model_input.dtypes]}"]


def test_what_a_model_reads_writes_and_raises_does_not_stop_the_talk(tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "odd", python_model=Odd(), pip_requirements=["cloudpickle", "pandas"])
    with environment_model(str(tmp_path / "odd"), "local") as model:
        asked = [pd.DataFrame([[what, 0.5]], columns=[7, "b"]) for what in range(3)]
        assert list(model.predict(asked[0])) == ["[7, 'b'] ['int64', 'float64']"]
        with pytest.raises(MlflowException, match=r"ValueError: \\udcff"):
            model.predict(asked[1])
        with pytest.raises(MlflowException, match="ended with 3: the model's code"):
            model.predict(asked[2])


def test_a_deployment_is_evaluated_by_its_predictions(monkeypatch):
    call = {"data": X.assign(y=X["a"]), "targets": "y", "model_type": "regressor", "evaluator_config": CONFIG}
    monkeypatch.setattr(pieces, "_ROWS", 16)
    with mlflow.start_run():
        signature = mlflow.models.infer_signature(X, X["a"], params={"by": 0.0})
        uri = mlflow.pyfunc.log_model("model", python_model=Shifted(), signature=signature, pip_requirements=["pandas"]).model_uri
    here = mlflow.deployments.get_deploy_client()
    here.create_deployment("shifted", uri)
    try:
        assert mlflow.evaluate("endpoints:/shifted", **call).metrics["max_error"] == 0
        assert mlflow.evaluate("endpoints:/shifted", **call, inference_params={"by": 2.0}).metrics["max_error"] == pytest.approx(2)
    finally:
        here.delete_deployment("shifted")
    with pytest.raises(NotFound, match="shifted"):
        mlflow.evaluate("endpoints:/shifted", **call)
    monkeypatch.setenv("MLFLOW_DEPLOYMENTS_TARGET", "nowhere:/eu")
    with pytest.raises(NotFound, match="no target 'nowhere'"):
        mlflow.evaluate("endpoints:/shifted", **call)
    with pytest.raises(NotFound, match="no target 'mycloud'"):
        mlflow.deployments.set_deployments_target("mycloud")
