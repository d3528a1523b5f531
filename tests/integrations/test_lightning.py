"""Lightning's MLFlowLogger, of both packages that it comes in, logs to us."""

import csv
import json

import pytest


@pytest.fixture(scope="module", params=["lightning.pytorch", "pytorch_lightning"])
def trained(request, train):
    return train("train_lightning.py", request.param)


@pytest.fixture
def told(trained):
    assert trained.returncode == 0, trained.stderr
    return json.loads((trained.folder / "told.json").read_text())


def test_every_point_is_what_its_csv_logger_wrote(trained, told, histories):
    rows = _csv(trained.folder / "csv")
    again = [(f"again-{key}", step, value) for key, step, value in _csv(trained.folder / "csv-again")]
    assert len(rows) == len(again) == 3 * (8 * 2 + 2 * 2)  # per epoch: loss and epoch of each step, then both losses
    assert histories(trained, told["first"]) == sorted(rows + again)


def _csv(folder):
    with open(folder / "metrics.csv") as file:
        rows = list(csv.DictReader(file))
    return [(key, int(row["step"]), float(text)) for row in rows for key, text in row.items() if key != "step" and text]


def test_params_and_tags(trained, told, pairs):
    assert pairs(trained, told["first"], "params") == {"rate": "0.1", "fails": "False"}
    tags = pairs(trained, told["first"], "tags")
    assert (tags["team"], tags["mlflow.runName"]) == ("blue", "first")
    assert tags["mlflow.source.name"].endswith("train_lightning.py")


def test_checkpoints_are_artifacts_and_the_best_one_is_called_so(trained, told, artifacts):
    folder = artifacts(trained, told["first"])
    checkpoints = sorted((trained.folder / "checkpoints").iterdir())
    assert len(checkpoints) == 2
    for checkpoint in checkpoints:
        kept = folder / checkpoint.stem
        assert (kept / checkpoint.name).read_bytes() == checkpoint.read_bytes()
        aliases = "['latest', 'best']" if checkpoint.name == told["best"] else "['latest']"
        assert (kept / "aliases.txt").read_text() == aliases
        assert f"original_filename: {checkpoint.name}" in (kept / "metadata.yaml").read_text()


def test_runs_end_as_the_training_did_and_can_be_resumed(trained, told, sql):
    assert told["resumed"] == told["first"]
    assert dict(sql("SELECT run_id, status FROM runs", trained.store)) == {
        told["first"]: "FINISHED",
        told["failed"]: "FAILED",
    }


def test_we_print_nothing(trained):
    assert trained.stdout == ""
