"""``head.json`` damaged: it is set aside and written anew, and no record is lost over it."""

import pathlib
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.opened import open_store

pytestmark = pytest.mark.faults

HEAD = pathlib.Path("mlops.duckdb.journal/head.json")
DAMAGES = {"empty": b"", "half": None, "zeros": bytes(300), "other": b'{"experiments": 3}'}


def damage(how):
    data = DAMAGES[how]
    HEAD.write_bytes(HEAD.read_bytes()[:40] if data is None else data)


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("folded", [True, False])
def test_damaged_head_is_mended_by_the_next_reader(python, sql, caplog, how, folded):
    python("""
        import jupyter_mlops as mlflow
        with mlflow.start_run(run_name="before"):
            mlflow.log_metric("loss", 1.0)
    """)
    if folded:
        assert mlflow.set_experiment("mine").experiment_id == "1"
    damage(how)
    with mlflow.start_run(run_name="after"):
        mlflow.log_metric("loss", 2.0)
    assert sql("SELECT run_name, value FROM runs JOIN metrics USING (rid) ORDER BY value") == [
        ("before", 1.0), ("after", 2.0)]  # fmt: skip
    assert "set aside as head.json.aside" in caplog.text
    assert HEAD.with_name("head.json.aside").exists()
    known = DuckDBStore(open_store().path).files.head()
    assert known.has_file
    assert [e.name for e in known.experiments] == (["Default", "mine"] if folded else ["Default"])


@pytest.mark.parametrize("folded", [True, False])
def test_damaged_head_stops_no_process_that_logs(child, sql, folded):
    logger = child("""
        import sys, jupyter_mlops as mlflow
        with mlflow.start_run():
            mlflow.log_metric("loss", 0.0, step=0)
            print("ready", flush=True)
            for step, _ in enumerate(sys.stdin, 1):
                mlflow.log_metric("loss", float(step), step=step)
                mlflow.log_param(f"p{step}", step)
                print(step, flush=True)
    """)
    assert logger.stdout.readline() == "ready\n"
    if folded:
        mlflow.search_runs()
    damage("half")
    time.sleep(1.1)  # so that the logging process looks at the head again
    for step in range(1, 4):
        logger.stdin.write("\n")
        logger.stdin.flush()
        assert logger.stdout.readline() == f"{step}\n"
    assert sql("SELECT count(*) FROM metrics") == [(4,)]
    logger.stdin.write("\n")
    logger.stdin.flush()
    assert logger.stdout.readline() == "4\n"
    assert sql("SELECT count(*), (SELECT count(*) FROM params) FROM metrics") == [(5, 4)]
    assert sql("SELECT count(*) FROM rejected") == [(0,)]


def test_a_writer_of_the_head_that_died_leaves_nothing_that_stays(python):
    python("""
        import os, signal, jupyter_mlops as mlflow
        mlflow.start_run()
        mlflow.search_runs()
        replace = os.replace
        os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        mlflow.create_experiment("a")
    """, check=False)  # fmt: skip
    assert mlflow.get_experiment_by_name("a") is not None
    mlflow.create_experiment("b")
    assert sorted(path.name for path in HEAD.parent.iterdir() if "head" in path.name) == ["head.json"]
    assert {e.name for e in DuckDBStore(open_store().path).files.head().experiments} == {"Default", "a", "b"}
