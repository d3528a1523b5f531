"""What the registry knows of evaluations: gates that ask whether a version passed."""

import shutil

import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import GateRefused, ModelValidationFailedException
from jupyter_mlops.models import MetricThreshold

DATA = pd.DataFrame({"a": [1, 2, 3, 4], "y": [0, 1, 0, 1]})
CALL = {"data": DATA, "targets": "y", "model_type": "classifier", "evaluator_config": {"confidence_level": None}}
HARD, EASY = ({"accuracy_score": MetricThreshold(least, greater_is_better=True)} for least in (0.9, 0.4))


@pytest.fixture
def version():
    with mlflow.start_run():
        mlflow.pyfunc.log_model("model", python_model=lambda rows: [0] * len(rows), pip_requirements=[], registered_model_name="m-judged")
    mlflow.MlflowClient().set_registered_model_alias("m-judged", "challenger", 1)
    mlflow.registry.require("m-judged", stage="Production", rule="evaluation passed")
    return mlflow.MlflowClient()


def move(client):
    client.transition_model_version_stage("m-judged", 1, "Production")


@pytest.mark.filterwarnings("ignore:.*type hint")
def test_a_version_passes_a_gate_when_its_evaluation_did(version):
    uri = "models:/m-judged@challenger"
    result = mlflow.evaluate(uri, **CALL)
    assert result.version == "models:/m-judged/1"
    mlflow.validate_evaluation_results({}, result)  # asks for nothing
    with pytest.raises(GateRefused, match="was not evaluated"):
        move(version)
    with pytest.raises(ModelValidationFailedException, match=r"accuracy_score is 0\.5") as failed:
        mlflow.evaluate(uri, **CALL, validation_thresholds=HARD)
    result = mlflow.evaluate(uri, **CALL)  # says nothing of thresholds
    with pytest.raises(GateRefused, match="the latest evaluation failed"):
        move(version)
    mlflow.validate_evaluation_results(EASY, result)
    move(version)
    edges = mlflow.registry.lineage("m-judged", 1).to_frame().astype(str).to_string()
    assert "evaluated, failed" in edges
    assert "evaluated, passed" in edges
    assert failed.value.result.metrics["accuracy_score"] == 0.5


@pytest.mark.filterwarnings("ignore:.*type hint")
def test_a_model_in_a_folder_of_a_version_passes_nothing_for_it(version, tmp_path):
    place = version.get_model_version("m-judged", 1).source
    shutil.copytree(place, tmp_path / "other")
    shutil.copytree(tmp_path / "other", f"{place}/other")
    assert mlflow.evaluate("models:/m-judged/1/other", **CALL, validation_thresholds=EASY).version is None
    with pytest.raises(GateRefused, match="was not evaluated"):
        move(version)


def test_models_of_no_registry_are_judged_alone():
    with pytest.raises(ModelValidationFailedException):
        mlflow.evaluate(lambda rows: [0] * len(rows), **CALL, validation_thresholds=HARD)
