"""A metric of a million points, and the curves of a hundred runs."""

import shutil

import duckdb
import pytest

RUNS = 10_000
LONG = """
ids = [e.experiment_id for e in client.search_experiments()]
run = client.search_runs(ids, "", 3, order_by=["start_time DESC"], max_results=1)[0].info.run_id
"""


@pytest.fixture
def plain(large_store, tmp_path):
    """Plain DuckDB on a copy of the store."""
    with duckdb.connect(shutil.copy(large_store(RUNS), tmp_path / "plain.duckdb"), read_only=True) as connection:
        yield connection


def test_plain_history(benchmark, plain):
    """The floor of a history: its columns as they lie in the file."""
    sql = f"SELECT value, timestamp, step FROM metrics WHERE rid = {RUNS} AND key = 'loss'"
    assert len(plain.execute(sql).df()) == 1_000_000
    benchmark.pedantic(lambda: plain.execute(sql).df(), rounds=10, warmup_rounds=1)


def test_plain_curve(benchmark, plain):
    """The floor of a curve: least and greatest of a thousand parts."""
    sql = f"SELECT step // 1000, min(value), max(value) FROM metrics WHERE rid = {RUNS} AND key = 'loss' GROUP BY 1 ORDER BY 1"
    assert len(plain.execute(sql).fetchall()) == 1000
    benchmark.pedantic(lambda: plain.execute(sql).fetchall(), rounds=10, warmup_rounds=1)


def test_history_list(beside_mlflow):
    beside_mlflow(
        "`get_metric_history`: a list of 1,000,000 points", "assert len(client.get_metric_history(run, 'loss')) == 1_000_000",
        LONG, runs=RUNS, rounds=5, mlflow_rounds=1, floor="test_plain_history",
    )  # fmt: skip


def test_history_frame(benchmark, large_store, beside_mlflow):
    """MLflow's users make the frame of the list."""
    frame = """
    if hasattr(mlflow, "metric_history_frame"):
        frame = mlflow.metric_history_frame(run, "loss")
    else:
        frame = pandas.DataFrame([(p.step, p.timestamp, p.value) for p in client.get_metric_history(run, "loss")])
    assert frame.shape == (1_000_000, 3)
    """
    beside_mlflow(
        "1,000,000 points to a DataFrame", frame, "import pandas" + LONG, runs=RUNS, rounds=5, mlflow_rounds=1,
        floor="test_plain_history", budget=0.25,
    )  # fmt: skip


def _curves(benchmark, path, count, what, **note):
    from jupyter_mlops.storage.opened import open_store
    from jupyter_mlops.views.charts.curves import curves

    store = open_store(path)
    found = store.search_runs(None, "", 3, count, ["start_time DESC"], None)
    ids = [run.info.run_id for run in found]
    benchmark.extra_info.update(what=what, **note)
    benchmark.pedantic(curves, args=(store, ids), kwargs={"key": note.get("key")}, rounds=10, warmup_rounds=1)


def test_curve(benchmark, large_store):
    what = "the curve of 1,000,000 points, thinned to 2,000, as a figure"
    _curves(benchmark, large_store(RUNS), 1, what, key="loss", floor="test_plain_curve", budget=0.12)


def test_curves(benchmark, large_store):
    _curves(
        benchmark, large_store(RUNS), 101, "curves of 100 runs of 1,000 points and one of 1,000,000; no metric named"
    )
