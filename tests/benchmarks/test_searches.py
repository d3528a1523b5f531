"""Searches and single reads in a store of 100,000 runs, each with 20 params, 20 metrics and 5 tags."""

import shutil

import duckdb
import pytest

import jupyter_mlops as mlflow

RUNS = 100_000
ALL = "ids = [e.experiment_id for e in client.search_experiments()]"
SEARCH = "assert len(client.search_runs(ids, {filter!r}, order_by={order}, max_results={most})) == {most}"
FRAME = "assert mlflow.search_runs(ids, {filter!r}, order_by={order}, max_results=1000).shape == (1000, 51)"


@pytest.fixture
def plain(large_store, tmp_path):
    """Plain DuckDB with the store's file attached, which nobody here has open."""
    with duckdb.connect(shutil.copy(large_store(RUNS), tmp_path / "plain.duckdb"), read_only=True) as connection:
        yield connection


def test_plain_search(benchmark, plain):
    """The floor of a search: its two metrics joined by hand, ids alone."""
    sql = """
    SELECT rid FROM (SELECT rid FROM latest_metrics WHERE key = 'acc' AND value > 0.9) AS a
    JOIN (SELECT rid, value FROM latest_metrics WHERE key = 'loss') AS b USING (rid) ORDER BY b.value LIMIT 100"""
    benchmark.pedantic(lambda: plain.execute(sql).fetchall(), rounds=20, warmup_rounds=2)


def test_plain_frame(benchmark, plain):
    """The floor of a DataFrame: the same cells, ready as columns."""
    numbers, texts = (f"random() AS n{n}" for n in range(20)), (f"'text ' || i AS t{n}" for n in range(31))
    source = duckdb.connect()
    source.execute(f"CREATE TABLE wide AS SELECT {', '.join([*numbers, *texts])} FROM range(1000) AS r(i)")
    benchmark.pedantic(lambda: source.execute("FROM wide").df(), rounds=20, warmup_rounds=2)
    source.close()


def test_plain_session(benchmark, large_store, tmp_path):
    """The floor of every read: to attach the file, and to let it go."""
    path = shutil.copy(large_store(RUNS), tmp_path / "plain.duckdb")
    connection = duckdb.connect()

    def look():
        connection.execute(f"ATTACH '{path}' AS plain (READ_ONLY)")
        connection.execute("SELECT value FROM plain.meta").fetchall()
        connection.execute("DETACH plain")

    benchmark.pedantic(look, rounds=50, warmup_rounds=2)
    connection.close()


FOUR = "metrics.acc > 0.5 and params.model = 'forest' and tags.team = 'vision' and metrics.f1 < 0.9"
CASES = {
    "filter and order by metrics": ("metrics.acc > 0.9", ["metrics.loss ASC"], 0.05),
    "no filter": ("", None, 0.05),
    "four clauses and an order": (FOUR, ["metrics.loss ASC"], None),
}


@pytest.mark.parametrize("case", CASES)
def test_search(beside_mlflow, case):
    filter_string, order, budget = CASES[case]
    statement = SEARCH.format(filter=filter_string, order=order, most=100)
    what = f"search of 100,000 runs, 100 rows: {case}"
    beside_mlflow(what, statement, ALL, runs=RUNS, floor="test_plain_search", budget=budget)


def test_search_one_experiment(beside_mlflow):
    setup = "ids = [client.get_experiment_by_name('boosting').experiment_id]"
    statement = SEARCH.format(filter="metrics.acc > 0.9", order=["metrics.loss ASC"], most=100)
    what = "search of one experiment of 15,000 among 100,000 runs, 100 rows: filter and order by metrics"
    beside_mlflow(what, statement, setup, runs=RUNS, floor="test_plain_search", budget=0.05)


def test_search_frame(beside_mlflow):
    statement = FRAME.format(filter="metrics.acc > 0.9", order=["metrics.loss ASC"])
    beside_mlflow(
        "`search_runs`, 1,000 of 100,000 runs × 45 columns to a DataFrame", statement, ALL, runs=RUNS,
        floor="test_plain_frame", budget=0.15,
    )  # fmt: skip


def test_get_run(beside_mlflow):
    setup = ALL + "\nrun = client.search_runs(ids, 'metrics.acc > 0.5', max_results=1)[0].info.run_id"
    beside_mlflow(
        "`get_run` in a store of 100,000", "client.get_run(run)", setup, runs=RUNS, floor="test_plain_session"
    )


def test_last_change(benchmark, large_store):
    """What the panel asks for each second."""
    from jupyter_mlops.storage.opened import open_store

    store = open_store(large_store(RUNS))
    benchmark.extra_info.update(what="to see that nothing is new in 100,000 runs", floor="test_plain_session")
    benchmark.pedantic(store.last_change, rounds=50, warmup_rounds=2)


def test_panel_page(benchmark, large_store):
    """A page of runs as JSON, as the panel and the MLflow client ask for it."""
    import msgspec

    from jupyter_mlops.server.rest.endpoints import call
    from jupyter_mlops.server.rest.requests import Request
    from jupyter_mlops.storage.opened import open_store

    store = open_store(large_store(RUNS))
    arguments = {"experiment_ids": ["1"], "max_results": 100, "order_by": ["metrics.acc DESC"]}

    def page():
        status, answer = call("POST", "api/2.0/mlflow/runs/search", lambda: Request(store, arguments))
        assert status == 200
        return msgspec.json.encode(answer)

    benchmark.extra_info.update(what="a page of 100 of 50,000 runs as JSON, ordered by a metric", budget=0.5)
    benchmark.pedantic(page, rounds=20, warmup_rounds=2)


def test_read_after_logging(benchmark, large_store):
    mlflow.set_tracking_uri(large_store(RUNS))
    with mlflow.start_run() as run:
        benchmark.extra_info.update(what="`get_run` among 100,000 runs, 1,000 new points folded first")

        def log():
            for step in range(1000):
                mlflow.log_metric("loss", 0.5, step=step)
            return (run.info.run_id,), {}

        benchmark.pedantic(mlflow.get_run, setup=log, rounds=20)
