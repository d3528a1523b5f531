"""What a fold leaves behind, and that nothing new is no change."""

import os
import pathlib

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.storage.opened import open_store

LOG_AND_DIE = """
import os, jupyter_mlops as mlflow
mlflow.start_run()
mlflow.log_metric("loss", 0.5)
os._exit(0)
"""


def segments():
    return list(pathlib.Path("mlops.duckdb.journal").glob("*.seg"))


def test_a_segment_that_may_not_be_deleted_is_folded_once_and_is_no_news(python, monkeypatch, sql):
    """As with the segments of a colleague, in a folder where only owners may delete."""
    python(LOG_AND_DIE)

    def refuse(path):
        raise PermissionError(path)

    monkeypatch.setattr(os, "unlink", refuse)
    change = open_store().last_change()
    assert len(segments()) == 1
    assert [open_store().last_change() for _ in range(3)] == [change] * 3
    assert sql("SELECT count(*) FROM metrics") == [(1,)]
    monkeypatch.undo()
    assert open_store().last_change() == change
    assert segments() == []


def test_reading_is_no_change():
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.5)
        change = open_store().last_change()
        mlflow.get_run(run.info.run_id)
        mlflow.search_runs()
        assert open_store().last_change() == change
        mlflow.log_metric("loss", 0.5)
        assert open_store().last_change() > change


@pytest.mark.parametrize("count", [1, 20, 21, 150])
def test_runs_are_fetched_with_their_own_data_however_many(count):
    ids = []
    for number in range(count):
        run = MlflowClient().create_run("0", run_name=f"r{number}")
        MlflowClient().log_param(run.info.run_id, "n", number)
        MlflowClient().log_metric(run.info.run_id, "m", number)
        ids.append(run.info.run_id)
    ids.reverse()
    found = open_store().get_runs([*ids, "f" * 32])
    assert [run.info.run_id for run in found] == ids
    for number, run in zip(reversed(range(count)), found, strict=True):
        assert (run.data.params, run.data.metrics) == ({"n": str(number)}, {"m": float(number)})
        assert run.data.tags == {"mlflow.runName": f"r{number}"}
    assert open_store().get_run(ids[0]) == found[0]
