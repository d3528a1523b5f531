"""Hugging Face's Trainer with ``report_to="mlflow"`` logs to us."""

import json

import pytest


@pytest.fixture(scope="module")
def trained(train):
    return train(
        "train_transformers.py",
        MLFLOW_EXPERIMENT_NAME="bert",
        MLFLOW_TAGS='{"team": "blue"}',
        MLFLOW_FLATTEN_PARAMS="1",
    )


@pytest.fixture
def told(trained):
    assert "RuntimeError: boom" in trained.stderr
    return json.loads((trained.folder / "told.json").read_text())


def test_every_point_is_what_the_trainer_logged(trained, told, histories):
    points = [
        (key, row["step"], float(value))
        for row in told["first"] + told["again"]
        for key, value in row.items()
        if key != "step"
    ]
    assert len(points) > 80
    assert histories(trained, told["run_id"]) == sorted(points)


def test_params_and_tags(trained, told, pairs):
    params = pairs(trained, told["run_id"], "params")
    assert len(params) > 100  # more than MLflow takes at once
    assert (params["hidden_size"], params["num_train_epochs"], params["eval_strategy"]) == ("16", "2", "epoch")
    assert params["id2label.0"] == "LABEL_0"
    tags = pairs(trained, told["run_id"], "tags")
    assert (tags["team"], tags["mlflow.runName"]) == ("blue", "first")


def test_runs_end_as_the_training_did_and_can_be_resumed(trained, told, sql):
    assert told["again_run_id"] == told["run_id"]
    query = "SELECT e.name, r.run_name, r.status FROM runs r JOIN experiments e USING (experiment_id) ORDER BY r.rid"
    assert sql(query, trained.store) == [("bert", "first", "FINISHED"), ("bert", "fails", "FAILED")]


def test_we_print_nothing(trained):
    assert trained.stdout == ""


def test_checkpoints_are_artifacts(train, sql, artifacts):
    """With ``HF_MLFLOW_LOG_ARTIFACTS`` the callback logs each as a model of Python code that has it as its artifact."""
    trained = train("train_transformers.py", "checkpoints", HF_MLFLOW_LOG_ARTIFACTS="1")
    assert trained.returncode == 0, trained.stderr
    ((run_id, status),) = sql("SELECT run_id, status FROM runs", trained.store)
    assert status == "FINISHED"
    checkpoints = sorted((trained.folder / "out").glob("checkpoint-*"))
    assert [checkpoint.name for checkpoint in checkpoints] == ["checkpoint-4", "checkpoint-8"]
    for checkpoint in checkpoints:
        kept = artifacts(trained, run_id) / checkpoint.name
        assert "loader_module: mlflow.pyfunc.model" in (kept / "MLmodel").read_text()
        for name in ("model.safetensors", "optimizer.pt", "trainer_state.json"):
            copy = kept / "artifacts" / checkpoint.name / name
            assert copy.read_bytes() == (checkpoint / name).read_bytes()
    assert trained.stdout == ""
