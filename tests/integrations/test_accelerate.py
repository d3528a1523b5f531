"""Accelerate's MLflowTracker logs to us."""

import json

import pytest


@pytest.fixture(scope="module")
def trained(train):
    return train("train_accelerate.py")


@pytest.fixture
def told(trained):
    assert "RuntimeError: boom" in trained.stderr, trained.stderr
    return json.loads((trained.folder / "told.json").read_text())


def test_points_params_and_tags(trained, told, histories, pairs):
    assert histories(trained, told["run_id"]) == [("loss", step, loss) for step, loss in enumerate(told["losses"])]
    assert pairs(trained, told["run_id"], "params") == {"rate": "0.1", "layers": "2"}  # it drops what is too long
    assert "values no longer than 6000 characters" in trained.stderr
    tags = pairs(trained, told["run_id"], "tags")
    assert (tags["team"], tags["mlflow.runName"], tags["mlflow.note.content"]) == ("blue", "first", "a *first* try")


def test_artifacts(trained, told, artifacts):
    folder = artifacts(trained, told["run_id"])
    assert (folder / "one" / "a.txt").read_text() == (folder / "all" / "a.txt").read_text() == "a"


def test_runs_end_as_the_script_did_and_can_be_resumed(trained, told, sql):
    query = "SELECT e.name, r.run_name, r.status FROM runs r JOIN experiments e USING (experiment_id) ORDER BY r.rid"
    assert sql(query, trained.store) == [("accelerated", "first", "FINISHED"), ("accelerated", "fails", "FAILED")]
    assert sql("SELECT key, value FROM experiment_tags", trained.store) == [("team", "blue")]


def test_we_print_nothing(trained):
    assert trained.stdout == ""
