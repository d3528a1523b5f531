"""All that MLflow's client reads of its store, ours reads after the import: field by field, for 2.22 and 3.17."""

import copy
import os
import shutil

import numpy as np
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.importers.imports import import_store
from tests.importers.dump_store import dump
from tests.importers.fill_database import fill_database

_GREATEST = "1.7976931348623157e+308"  # what MLflow's databases keep in place of an infinity


@pytest.fixture
def imported(peer):
    report = import_store(peer.source, "mine.duckdb")
    assert report.problems == report.conflicts == []
    return mlflow.MlflowClient("mine.duckdb")


def _with_infinities(value):
    if isinstance(value, list):
        return [_with_infinities(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_infinities(item) for key, item in value.items()}
    return {_GREATEST: "inf", "-" + _GREATEST: "-inf"}.get(value, value) if isinstance(value, str) else value


def test_experiments(peer, imported):
    expected, found = copy.deepcopy(peer.dump["experiments"]), dump(imported)["experiments"]
    for experiments in (expected, found):
        experiments["0"]["times"].pop()  # Default is there in every store: the two are merged
    assert found == expected
    assert {e["stage"] for e in expected.values()} == {"active", "deleted"}


def test_runs(peer, imported):
    expected, found = _with_infinities(peer.dump["runs"]), dump(imported)["runs"]
    for run in expected.values():  # its folders hold a point once more for each model of the run
        run["histories"] = {k: [p for n, p in enumerate(h) if p not in h[:n]] for k, h in run["histories"].items()}
    assert found.keys() == expected.keys()
    for run_id, run in expected.items():
        of_models = {p for p in found[run_id]["artifacts"] if p.startswith(("model/", "second/"))}
        if not of_models & run["artifacts"].keys():  # MLflow 3 keeps them elsewhere, and lists them nowhere
            for path in of_models:
                del found[run_id]["artifacts"][path]
        assert found[run_id] == run
    assert sum(len(run["artifacts"]) for run in expected.values()) >= 4
    assert {"inf", "-inf", "nan"} <= {
        point[0] for run in expected.values() for point in run["histories"].get("odd", [])
    }


def test_registered_models(peer, imported):
    expected, found = copy.deepcopy(peer.dump["models"]), dump(imported)["models"]
    for models in (expected, found):
        for version in models["line"]["versions"].values():
            version.pop("source")  # see the next test
        if peer.is_served:  # the protocol does not tell what is empty from what is not there
            for entry in (*models.values(), *(v for model in models.values() for v in model["versions"].values())):
                entry |= {name: None for name, value in entry.items() if value == ""}
    assert found == expected
    assert found["line"]["aliases"] == {"champion": "2", "old": "1"}
    assert found["far"]["versions"]["1"]["source"] == "s3://bucket/somewhere/model"


def test_models_load_from_what_was_copied(peer, imported):
    mlflow.set_tracking_uri("mine.duckdb")
    run_id = imported.get_model_version("line", "1").run_id
    uris = [
        "models:/line/1",
        "models:/line/3",
        "models:/line@champion",
        "models:/line/Production",
        f"runs:/{run_id}/model",
    ]
    for uri in uris:
        model = mlflow.pyfunc.load_model(uri, trust=True, suppress_warnings=True)
        assert np.allclose(model.predict(np.array([[2.0]])), 5.0)
    for number in "123":
        assert imported.get_model_version("line", number).source.startswith(f"{os.getcwd()}/mlartifacts/")


def test_numbers_of_deleted_versions_stay_used(peer, imported):
    assert {v.version for v in imported.search_model_versions("name = 'line'")} == {"1", "2", "3"}
    deleted_last = 0 if peer.is_served else 1  # of which no server tells
    assert imported.create_model_version("line", "/somewhere").version == str(4 + deleted_last)


def test_summaries_are_those_of_a_fold(peer, imported, sql):
    """Min, max, first and count of what was imported are those of the same points when they are logged here."""
    mlflow.set_tracking_uri("logged.duckdb")
    client = mlflow.MlflowClient("logged.duckdb")
    twins = {}
    for run_id, run in peer.dump["runs"].items():
        twins[run_id] = client.create_run("0").info.run_id
        for key in run["histories"]:
            for point in imported.get_metric_history(run_id, key):
                client.log_metric(twins[run_id], key, point.value, point.timestamp, point.step)
    query = (
        "SELECT run_id, key, m.value, timestamp, step, min, min_step, max, max_step, first, first_timestamp, first_step, count "
        "FROM latest_metrics m JOIN runs USING (rid) ORDER BY ALL"
    )
    ours = {(row[0], row[1]): repr(row[2:]) for row in sql(query, "mine.duckdb")}
    logged = {(row[0], row[1]): repr(row[2:]) for row in sql(query, "logged.duckdb")}
    assert ours == {(r, key): logged[twins[r], key] for r, key in ours}


def test_a_second_import_changes_nothing(peer, imported, sql):
    tables = [name for (name,) in sql("SELECT table_name FROM duckdb_tables()", "mine.duckdb")]
    before = {name: sql(f"FROM {name} ORDER BY ALL", "mine.duckdb") for name in tables}
    report = import_store(peer.source, "mine.duckdb")
    assert (report.runs_new, report.runs_updated, report.models_new, report.models_updated, report.artifact_files) == (
        0,
    ) * 5
    assert report.runs_unchanged == len(peer.dump["runs"])
    assert report.models_unchanged == len(peer.dump["models"])
    assert {name: sql(f"FROM {name} ORDER BY ALL", "mine.duckdb") for name in tables} == before


@pytest.mark.parametrize("points", [60_000, 210_000])
def test_long_histories_come_whole(points, database, folder, tmp_path, sql):
    """Beyond what is read at once, in a database and in a folder."""
    path = shutil.copy(database.folder / "mlflow.db", tmp_path / "mlflow.db")
    (run_id,) = fill_database(path, 1, keys=1, points=points)
    mlruns = shutil.copytree(folder.folder / "mlruns", tmp_path / "mlruns")
    metric = next(mlruns.glob("*/*/metrics/a"))
    metric.write_text("".join(f"{1_600_000_000_000 + n} {n / 7} {n}\n" for n in range(points)))
    for source, key in ((path, "m0"), (mlruns, "a")):
        import_store(source, "mine.duckdb")
        query = "SELECT count(*), count(DISTINCT step) FROM metrics JOIN runs USING (rid) WHERE key = '{}' AND step >= 0 AND run_id {}"
        which = f"= '{run_id}'" if key == "m0" else f"= '{metric.parent.parent.name}'"
        assert sql(query.format(key, which), "mine.duckdb") == [(points, points)]
