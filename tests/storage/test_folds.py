"""What a fold leaves behind, and that nothing new is no change."""

import os
import pathlib

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.operations import OPEN, UPDATE
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


@pytest.fixture
def pair():
    """Two writers of one store, as two processes are; each folds what both wrote."""
    stores = [DuckDBStore(os.path.abspath("mlops.duckdb")) for _ in range(2)]
    yield stores
    for store in stores:
        store.close()


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cut", [False, True])
def test_an_end_and_a_name_that_are_read_late_change_nothing(pair, sql, cut, late):
    first, second = pair
    run = first.create_run("0", "begun", "ann", 1, {}, owned=True).info.run_id
    first.last_change()
    time = first.get_run(run).info.start_time + 10**13
    parts = [
        (first, [(UPDATE, time + 1, run, "FINISHED", time + 1, "older")]),
        (second, [(OPEN, time + 2, run), (UPDATE, time + 3, run, "RUNNING", None, "newer")]),
    ]
    for store, records in reversed(parts) if late else parts:
        for record in records:
            store.files.writer().append(record)
        if cut:
            store.last_change()
    first.last_change()
    assert sql("SELECT status, run_name FROM runs") == [("RUNNING", "newer")]
    assert sql("SELECT value FROM tags WHERE key = 'mlflow.runName'") == [("newer",)]
    assert sql("SELECT writer FROM run_owners") == [(second.files.writer().writer_id,)]


def test_an_heir_that_owns_the_run_already_owns_it_once(pair, sql):
    first, second = pair
    run = second.create_run("0", "n", "ann", 1, {}, owned=True).info.run_id
    first.own_run(run)
    first.last_change()
    second.close()
    first.log_metric(run, "loss", 0.5, None, 0)
    first.last_change()
    assert sql("SELECT count(*) FROM run_owners") == [(1,)]
    assert sql("SELECT status FROM runs") == [("RUNNING",)]
