"""`sql()`: what it answers, what it refuses, and that it can be stopped."""

import os
import pathlib
import re
import signal
import time

import numpy as np
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound, QueryTooLong, StoreBusy
from jupyter_mlops.storage.duckdb import queries

DOC = pathlib.Path(__file__).parent.parent.parent / "docs" / "sql.md"
HEAVY = "SELECT count(*) FROM range(100000) a, range(1000000) b WHERE a.range + b.range = 5"


@pytest.fixture
def run():
    with mlflow.start_run(run_name="first") as active:
        mlflow.log_param("depth", 3)
        mlflow.log_metric("acc", 0.5, step=1)
        mlflow.log_metric("acc", 0.9, step=2)
    return active.info.run_id


def test_the_documented_views_are_those_that_there_are(run):
    documented = {}
    for section in re.split(r"^## ", DOC.read_text(), flags=re.MULTILINE)[1:]:
        documented[section.split()[0]] = re.findall(r"^\| `(\w+)` \| ([A-Z ]+) \| \S", section, flags=re.MULTILINE)
    views = list(mlflow.sql("SHOW TABLES")["name"])
    assert sorted(documented) == views
    for view in views:
        found = mlflow.sql(f"DESCRIBE {view}")
        assert list(zip(found["column_name"], found["column_type"], strict=True)) == documented[view], view


def test_runs_have_ids_names_times_and_absolute_places(run, tmp_path):
    row = mlflow.sql("FROM runs").iloc[0]
    info = mlflow.get_run(run).info
    assert (row["run_id"], row["run_name"], row["experiment_id"], row["experiment_name"]) == (
        run,
        "first",
        "0",
        "Default",
    )
    assert row["artifact_uri"] == info.artifact_uri == str(tmp_path / "mlartifacts" / "0" / run / "artifacts")
    assert row["start_time"] == pd.Timestamp(info.start_time, unit="ms", tz="UTC")
    assert row["duration_s"] == (info.end_time - info.start_time) / 1000
    assert str(mlflow.sql("FROM runs")["end_time"].dtype) == "datetime64[us, UTC]"


def test_artifact_places_are_those_of_the_store_that_is_asked(run, tmp_path):
    mlflow.sql("FROM runs")
    other = tmp_path / "other" / "mlops.duckdb"
    mlflow.MlflowClient(str(other)).create_run("0")
    found = mlflow.sql("SELECT artifact_uri FROM runs", store=other).iloc[0, 0]
    assert found.startswith(str(tmp_path / "other" / "mlartifacts"))


def test_identical_points_are_one_and_strange_times_are_none(run):
    client = mlflow.MlflowClient()
    other = client.create_run("0").info.run_id
    for _ in range(3):
        client.log_metric(other, "loss", float("nan"), timestamp=7, step=1)
    client.log_metric(other, "loss", 2.0, timestamp=2**62, step=2)
    found = mlflow.sql("SELECT value, timestamp FROM metrics WHERE run_id = ? ORDER BY step", other)
    assert np.isnan(found["value"][0])
    assert found["value"][1:].tolist() == [2.0]
    assert found["timestamp"].isna().tolist() == [False, True]


def test_values_are_bound_by_place_and_by_name(run):
    query = "SELECT value FROM metrics WHERE key = {} AND value > {}"
    expected = [0.9]
    assert mlflow.sql(query.format("?", "?"), "acc", 0.6)["value"].tolist() == expected
    assert mlflow.sql(query.format("?", "?"), parameters=["acc", 0.6])["value"].tolist() == expected
    named = {"key": "acc", "least": np.float32(0.6), "unused": object()}
    assert mlflow.sql(query.format("$key", "$least"), parameters=named)["value"].tolist() == expected
    several = mlflow.sql(
        "SELECT value FROM metrics WHERE step IN (SELECT unnest($steps))", parameters={"steps": np.array([2])}
    )
    assert several["value"].tolist() == expected
    with pytest.raises(InvalidParameter, match=r"\$least"):
        mlflow.sql(query.format("$key", "$least"), parameters={"key": "acc"})
    with pytest.raises(InvalidParameter, match="not both"):
        mlflow.sql("SELECT ?", 1, parameters=[1])


def test_python_variables_are_no_tables(run, monkeypatch):
    frame = pd.DataFrame({"a": [1]})
    monkeypatch.setattr(queries, "frame", frame, raising=False)  # DuckDB looks where the query is run, too
    with pytest.raises(InvalidParameter, match="frame"):
        mlflow.sql("FROM frame")
    assert len(frame) == 1


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO 'out.csv'",
        "WITH x AS (COPY (SELECT 1) TO 'out.csv') FROM x",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv'",
        "FROM (WITH x AS (COPY (SELECT 1) TO 'out.csv') FROM x)",
        "INSERT INTO store.tags VALUES (1, 'a', 'b', 0)",
        "WITH x AS (INSERT INTO store.tags VALUES (1, 'a', 'b', 0) RETURNING *) FROM x",
        "EXPLAIN ANALYZE INSERT INTO store.tags VALUES (1, 'a', 'b', 0)",
        "EXPLAIN ANALYZE /* */ DELETE FROM store.runs",
        "EXPLAIN (ANALYZE /* ) SELECT 1 -- */ ) COPY (SELECT 1) TO 'out.csv'",
        "/* /* */ EXPLAIN SELECT 1 -- */ EXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv'",
        "/* /* */ EXPLAIN SELECT 1 -- */ */ EXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv'",
        "-- \rEXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv' --\nEXPLAIN SELECT 1",
        "-- \rEXPLAIN SELECT 1 --\nEXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv'",
        "-- EXPLAIN \nEXPLAIN ANALYZE INSERT INTO store.tags\nSELECT 1, 'a', 'b', 0",
        "DELETE FROM runs",
        "UPDATE store.runs SET status = 'FAILED'",
        "CREATE TABLE store.x (a INTEGER)",
        "CREATE TEMP TABLE x AS SELECT 1",
        "ATTACH 'other.duckdb'",
        "DETACH store",
        "PRAGMA memory_limit='2GB'",
        "SET threads = 1",
        "INSTALL httpfs",
        "CHECKPOINT store",
        "CALL force_checkpoint('store')",
        "BEGIN",
        "COMMIT",
        "EXPORT DATABASE 'out'",
        "SELECT 1; SELECT 2",
        "COMMIT; DELETE FROM store.runs",
        "FROM enable_logging('QueryLog', storage = 'file', storage_config = {'path': 'out'})",
        "SELECT (SELECT count(*) FROM query('SELECT 1'))",
        "FROM runs, json_execute_serialized_sql('{}')",
        "FROM checkpoint('store')",
        "PIVOT params ON key USING first(value)",
        "",
        "-- nothing",
    ],
)
def test_what_does_not_only_read_is_refused(run, sql, tmp_path, query):
    before = {name: sql(f"SELECT * FROM {name}") for name in ("runs", "tags", "metrics")}
    with pytest.raises(InvalidParameter):
        mlflow.sql(query)
    assert {name: sql(f"SELECT * FROM {name}") for name in before} == before
    assert not [name for name in os.listdir(tmp_path) if name.startswith(("out", "other"))]


@pytest.mark.parametrize(
    "query",
    [
        "-- why\nEXPLAIN SELECT 1",
        "-- why\r\n  -- so\n EXPLAIN ANALYZE SELECT 1",
        "/* why\n-- */ /**/ EXPLAIN FROM runs",
        "EXPLAIN /* why */ SELECT 1 -- so",
        "EXPLAIN (FORMAT json) SELECT 1",
        "-- why\nSELECT 1 /* so */",
    ],
)
def test_comments_may_stand_before_what_reads(run, query):
    assert len(mlflow.sql(query)) == 1


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    for store in (tmp_path / "none" / "x.duckdb", None):
        with pytest.raises(NotFound, match="no store at"):
            mlflow.sql("FROM runs", store=store)
    assert not [name for name in os.listdir(tmp_path) if name != "data"]


@pytest.mark.parametrize(
    "wrong", [{"parameters": "abc"}, {"parameters": b"abc"}, {"parameters": 5}, {"timeout_s": "5"}, {"timeout_s": None}, {"timeout_s": 0}]
)
def test_arguments_of_another_kind_are_refused(run, wrong):
    with pytest.raises(InvalidParameter, match=next(iter(wrong))):
        mlflow.sql("SELECT ?, ?, ?", **wrong)


def test_a_write_that_the_check_overlooks_fails_in_the_transaction(run, sql, monkeypatch):
    monkeypatch.setattr(queries, "_READING", {*queries._READING, "INSERT_QUERY_NODE"})
    with pytest.raises(InvalidParameter, match="read-only|needs a SELECT"):
        mlflow.sql("WITH x AS (INSERT INTO store.tags VALUES (1, 'a', 'b', 0) RETURNING *) FROM x")
    assert sql("SELECT count(*) FROM tags WHERE key = 'a'") == [(0,)]


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("SELEC 1", r"LINE 1: SELEC 1\n *\^"),
        ("SELECT run_idd FROM runs", r'"run_id"[\s\S]*LINE 1'),
        ("FROM run", "Did you mean"),
        ("SELECT key::INTEGER FROM params", "Could not convert string 'depth'"),
    ],
)
def test_errors_are_ours_and_point_at_the_place(run, query, hint):
    with pytest.raises(InvalidParameter, match=hint):
        mlflow.sql(query)
    assert len(mlflow.sql("FROM runs")) == 1


def test_files_generated_rows_and_settings_can_be_read(run, tmp_path):
    (tmp_path / "labels.csv").write_text("key,label\ndepth,Depth\n")
    labels = mlflow.sql("SELECT label FROM params JOIN 'labels.csv' USING (key)")
    assert labels["label"].tolist() == ["Depth"]
    assert mlflow.sql("FROM read_csv('labels.csv')").shape == (1, 2)
    assert mlflow.sql("SELECT sum(range) AS s FROM range(3), unnest([1, 2]) t(x)")["s"].tolist() == [6]
    assert "runs" in set(mlflow.sql("SELECT view_name FROM duckdb_views()")["view_name"])


def test_nothing_is_left_in_the_file_and_the_views_survive_another_store(run, sql, tmp_path):
    mlflow.sql("FROM runs")
    assert sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal") == [(0,)]
    mlflow.set_tracking_uri(tmp_path / "second.duckdb")
    mlflow.set_experiment("second")
    assert len(mlflow.sql("FROM runs")) == 0


@pytest.mark.parametrize("query", [HEAVY, "SELECT range, range::VARCHAR || 'x' AS t FROM range(200000000)"])
def test_a_long_query_is_stopped_and_lets_others_go_on(run, query):
    begin = time.monotonic()
    with pytest.raises(QueryTooLong, match="timeout_s") as raised:
        mlflow.sql(query, timeout_s=0.2)
    assert time.monotonic() - begin < 20
    assert isinstance(raised.value, MlflowException)
    assert len(mlflow.sql("FROM runs")) == 1


@pytest.mark.faults
def test_an_interrupt_stops_a_query_at_once(child):
    script = f"""
        import signal, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        import jupyter_mlops as mlflow
        mlflow.set_experiment("x")
        mlflow.sql("FROM runs")
        print("ready", flush=True)
        try:
            mlflow.sql("{HEAVY}", timeout_s=60)
        except KeyboardInterrupt:
            print("stopped", len(mlflow.sql("FROM runs")), flush=True)
    """
    process = child(script)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "stopped 0\n"
    assert time.monotonic() - begin < 20  # of the 60 that it may take
    assert process.wait() == 0


def test_who_holds_the_file_by_a_connection_of_their_own_is_told_of_sql(run, monkeypatch):
    import duckdb

    store = mlflow.MlflowClient()._store
    monkeypatch.setattr(store.files, "wait_s", 0.1)
    mlflow.sql("FROM runs")
    with duckdb.connect(store.path), pytest.raises(StoreBusy, match=r"jupyter_mlops\.sql"):
        mlflow.get_run(run)
