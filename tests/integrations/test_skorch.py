"""skorch's MlflowLogger logs to us."""

import json

import pytest


@pytest.fixture(scope="module")
def trained(train):
    return train("train_skorch.py")


@pytest.fixture
def told(trained):
    assert "RuntimeError: boom" in trained.stderr, trained.stderr
    return json.loads((trained.folder / "told.json").read_text())


@pytest.mark.parametrize("name", ["fluent", "client"])
def test_every_point_is_what_the_net_remembers(trained, told, histories, name):
    rows, run_id = told[name]
    points = [(key, step, value) for step, row in enumerate(rows, 1) for key, value in row.items()]
    assert len(points) == 3 * 4
    assert histories(trained, run_id) == sorted(points)


def test_the_net_is_an_artifact(trained, told, artifacts):
    folder = artifacts(trained, told["fluent"][1])
    assert sorted(path.name for path in folder.iterdir()) == [
        "criterion.pth",
        "history.json",
        "optimizer.pth",
        "params.pth",
    ]
    assert [row["epoch"] for row in json.loads((folder / "history.json").read_text())] == [1, 2, 3]
    assert (folder / "params.pth").stat().st_size > 1000


def test_runs_end_as_the_training_did(trained, told, sql):
    rows = sql("SELECT run_name, status FROM runs ORDER BY rid", trained.store)
    assert rows == [("fluent", "FINISHED"), ("client", "FINISHED"), ("fails", "FAILED")]


def test_we_print_nothing(trained):
    assert trained.stdout == ""
