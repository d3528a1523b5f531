"""An import that is called again: what changed in the source follows, what was made here is never overwritten."""

import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import ArtifactCorrupt
from jupyter_mlops.importers.imports import import_store
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.upkeep.garbage import find_garbage, remove_garbage


@pytest.fixture
def source(database, tmp_path):
    """A copy of a database that a test may change; its artifacts stay where they are."""
    return shutil.copy(database.folder / "mlflow.db", tmp_path / "mlflow.db")


@pytest.fixture
def client():
    return mlflow.MlflowClient("mine.duckdb")


def _change(source, *statements):
    with contextlib.closing(sqlite3.connect(source)) as connection, connection:
        for sql, *bound in statements:
            assert connection.execute(sql, bound).rowcount, sql


def _run_of(database, name):
    return next(run_id for run_id, run in database.dump["runs"].items() if run["name"] == name)


def test_a_run_that_went_on_in_the_source_is_brought_up_to_date(database, source, client, sql):
    run_id = _run_of(database, "still running")
    import_store(source, "mine.duckdb")
    client.set_tag(run_id, "mine", "kept")
    client.log_metric(run_id, "loss", 9.0, 1_600_000_000_000, step=-1)
    _change(
        source,
        ("UPDATE runs SET status = 'FINISHED', end_time = 1900000000000, name = 'done' WHERE run_uuid = ?", run_id),
        ("INSERT INTO metrics VALUES ('loss', 0.5, 1900000000000, ?, 1, 0)", run_id),
        ("INSERT INTO params VALUES ('late', 'yes', ?)", run_id),
        ("INSERT INTO tags VALUES ('theirs', 'new', ?)", run_id),
    )
    report = import_store(source, "mine.duckdb")
    assert (report.runs_new, report.runs_updated, report.runs_unchanged) == (0, 1, len(database.dump["runs"]) - 1)
    run = client.get_run(run_id)
    assert (run.info.status, run.info.end_time, run.info.run_name) == ("FINISHED", 1900000000000, "done")
    assert (run.data.params["late"], run.data.tags["theirs"], run.data.tags["mine"]) == ("yes", "new", "kept")
    assert [m.value for m in client.get_metric_history(run_id, "loss")] == [9.0, 1.0, 0.5]
    query = (
        f"SELECT m.value, min, max, first, count FROM latest_metrics m JOIN runs USING (rid) WHERE run_id = '{run_id}'"
    )
    assert sql(query, "mine.duckdb") == [(0.5, 0.5, 9.0, 9.0, 3)]


def test_tags_follow_the_source_until_they_are_set_here(database, source, client):
    run_id = _run_of(database, "run 0 ü")
    import_store(source, "mine.duckdb")
    client.set_tag(run_id, "team", "red")
    _change(
        source,
        ("UPDATE tags SET value = 'green' WHERE key = 'team' AND run_uuid = ?", run_id),
        ("DELETE FROM tags WHERE key = 'note' AND run_uuid = ?", run_id),
    )
    import_store(source, "mine.duckdb")
    tags = client.get_run(run_id).data.tags
    assert tags["team"] == "red"
    assert "note" not in tags


def test_a_run_that_was_deleted_here_stays_deleted(database, source, client):
    run_id = _run_of(database, "run 0 ü")
    import_store(source, "mine.duckdb")
    client.delete_run(run_id)
    _change(source, ("INSERT INTO tags VALUES ('theirs', 'new', ?)", run_id))
    assert import_store(source, "mine.duckdb").runs_updated == 1
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"


def test_what_is_here_from_elsewhere_is_left_alone(database, source, client, sql):
    """A run of that id, a model of that name: reported, and every row of them as it was."""
    run_id = _run_of(database, "run 0 ü")
    client.create_registered_model("line", description="mine")
    client.create_model_version("line", "/my/model")
    client.log_metric(client.create_run("0").info.run_id, "m", 1.0)
    sql("SELECT 1", "mine.duckdb")
    with open_store("mine.duckdb").files.session("prepare") as session, session.transaction():
        session.rows("UPDATE store.runs SET run_id = ?", [run_id])
    before = {
        name: sql(f"FROM {name} ORDER BY ALL", "mine.duckdb") for name in ("runs", "metrics", "registered_models")
    }
    for _ in range(2):
        report = import_store(source, "mine.duckdb")
        assert len(report.conflicts) == 2
        assert run_id in report.conflicts[0]
        assert "line" in report.conflicts[1]
    assert client.get_registered_model("line").description == "mine"
    assert [v.source for v in client.search_model_versions("name = 'line'")] == ["/my/model"]
    for name, rows in before.items():
        assert set(rows) <= set(sql(f"FROM {name}", "mine.duckdb"))
    assert not os.path.exists(f"mlartifacts/1/{run_id}")


def test_versions_that_were_made_here_keep_their_numbers(database, source, client):
    import_store(source, "mine.duckdb")
    made = client.create_model_version("line", "/my/model")
    now = 1_900_000_000_000
    _change(
        source,
        ("INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage, source, status, workspace) "
         "VALUES ('line', 5, ?, ?, 'None', '/their/5', 'READY', 'default')", now, now),
        ("INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage, source, status, workspace) "
         "VALUES ('line', 6, ?, ?, 'None', '/their/6', 'READY', 'default')", now, now),
    )  # fmt: skip
    report = import_store(source, "mine.duckdb")
    assert made.version == "5"
    assert report.conflicts == ["version 5 of model line was made here too"]
    assert {v.version: v.source for v in client.search_model_versions("name = 'line'")}.items() >= {
        "5": "/my/model", "6": "/their/6",
    }.items()  # fmt: skip


def test_an_import_is_no_way_round_a_gate(database, source, client):
    import_store(source, "mine.duckdb")
    mlflow.set_registry_uri("mine.duckdb")
    for where in ({"stage": "Archived"}, {"alias": "best"}):
        mlflow.registry.require("line", rule="tags.reviewed", **where)
    now = 1_900_000_000_000
    _change(
        source,
        ("UPDATE model_versions SET current_stage = 'Archived', description = 'theirs' WHERE name = 'line' AND version = 1",),
        ("INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage, source, status, workspace) "
         "VALUES ('line', 7, ?, ?, 'Archived', '/their/7', 'READY', 'default')", now, now),
        ("INSERT INTO registered_model_aliases (alias, version, name, workspace) VALUES ('best', 1, 'line', 'default')",),
        ("INSERT INTO registered_model_aliases (alias, version, name, workspace) VALUES ('free', 1, 'line', 'default')",),
    )  # fmt: skip
    before = client.get_model_version("line", "1").current_stage
    report = import_store(source, "mine.duckdb")
    assert before != "Archived"
    assert [conflict.partition(":")[0] for conflict in report.conflicts] == [
        "version 1 to Archived of model line", "version 7 to Archived of model line", "@best to version 1 of model line",
    ]  # fmt: skip
    first, seventh = client.get_model_version("line", "1"), client.get_model_version("line", "7")
    assert (first.current_stage, first.description, seventh.current_stage) == (before, "theirs", "None")
    aliases = client.get_registered_model("line").aliases
    assert (aliases.get("best"), aliases["free"]) == (None, "1")


def test_experiments_of_one_name_are_merged_and_taken_numbers_replaced(database, source, client):
    taken = [client.create_experiment(name) for name in ("other", "gone", "more")]
    report = import_store(source, "mine.duckdb")
    names = {e.name: e.experiment_id for e in client.search_experiments(view_type=3)}
    assert report.experiments_merged == 2  # Default, gone
    assert names["gone"] == taken[1]
    moved = {old: names[e["name"]] for old, e in database.dump["experiments"].items() if names[e["name"]] != old}
    assert report.renumbered == moved != {}
    for run_id, run in database.dump["runs"].items():
        expected = names[database.dump["experiments"][run["experiment"]]["name"]]
        assert client.get_run(run_id).info.experiment_id == expected
    assert client.get_experiment(taken[1]).lifecycle_stage == "active"
    assert not any((again := import_store(source, "mine.duckdb")).conflicts) and again.runs_updated == 0


def test_artifacts_may_stay_and_follow_later(database, source, client):
    run_id = _run_of(database, "run 0 ü")
    import_store(source, "mine.duckdb", artifacts=False)
    theirs = client.get_run(run_id).info.artifact_uri
    assert theirs.startswith(str(database.folder))
    assert not os.path.exists("mlartifacts")
    report = import_store(source, "mine.duckdb")
    assert report.artifact_files > 0
    ours = client.get_run(run_id).info.artifact_uri
    assert ours == f"{os.getcwd()}/mlartifacts/1/{run_id}/artifacts"
    assert client.get_model_version("line", "1").source.startswith(f"{os.getcwd()}/mlartifacts")
    report = import_store(source, "mine.duckdb", artifacts=False)
    assert report.runs_updated == 0
    assert client.get_run(run_id).info.artifact_uri == ours


def test_a_dry_run_writes_nothing_and_says_what_would_be(database, source, sql):
    expected = len(database.dump["runs"])
    planned = import_store(source, "mine.duckdb", dry_run=True)
    assert (planned.runs_new, planned.models_new) == (expected, len(database.dump["models"]))
    assert sorted(os.listdir()) == ["data", "mlflow.db"]
    done = import_store(source, "mine.duckdb")
    assert (planned.runs_new, planned.points, planned.experiments_new) == (
        done.runs_new,
        done.points,
        done.experiments_new,
    )
    before = sql("FROM meta ORDER BY ALL", "mine.duckdb")
    again = import_store(source, "mine.duckdb", dry_run=True)
    assert (again.runs_new, again.runs_updated, again.runs_unchanged) == (0, 0, expected)
    assert sql("FROM meta ORDER BY ALL", "mine.duckdb") == before


def test_imports_are_in_the_audit_trail(source, sql):
    import_store(source, "mine.duckdb")
    rows = sql("SELECT action, kind, name FROM audit WHERE action = 'import' ORDER BY name", "mine.duckdb")
    assert rows == [("import", "model", name) for name in ("empty", "far", "line")]


def test_artifacts_that_lie_where_ours_do_are_used_in_place(database, tmp_path, client):
    """MLflow's server keeps them in ``mlartifacts`` beside its database, and so do we."""
    source = shutil.copy(database.folder / "mlflow.db", tmp_path / "mlflow.db")
    shutil.copytree(database.folder / "mlruns", tmp_path / "mlartifacts")
    old = str(database.folder / "mlruns")
    _change(source, ("UPDATE runs SET artifact_uri = replace(artifact_uri, ?, 'mlflow-artifacts:')", old))
    _change(
        source, ("UPDATE logged_models SET artifact_location = replace(artifact_location, ?, 'mlflow-artifacts:')", old)
    )
    for _ in range(2):
        report = import_store(source, "mine.duckdb")
        assert (report.artifact_files, report.problems) == (0, [])
    assert (report.runs_updated, report.logged_models) == (0, 0)
    run_id = _run_of(database, "run 0 ü")
    assert {info.path for info in client.list_artifacts(run_id)} == {"a.json", "texts"}


def test_models_with_an_id_of_their_own_are_kept(database, source, sql):
    import_store(source, "mine.duckdb")
    rows = sql("SELECT l.name, l.status, run_id FROM logged_models l JOIN runs USING (rid) ORDER BY 1", "mine.duckdb")
    run_id = database.dump["models"]["line"]["versions"]["1"]["run_id"]
    assert rows == [("model", "LOGGED_MODEL_READY", run_id), ("second", "LOGGED_MODEL_READY", run_id)]


_KILLED_GC = """
    import os, signal, sys
    from jupyter_mlops.storage.opened import open_store
    from jupyter_mlops.upkeep import garbage

    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(garbage, sys.argv[1], die)
    store = open_store("mine.duckdb")
    list(garbage.remove_garbage(store, garbage.find_garbage(store)))
"""


@pytest.mark.parametrize("moment", ["_set_aside", "_remove"])
@pytest.mark.parametrize("found", ["before", "after"])
def test_runs_that_come_back_keep_their_artifacts(database, source, client, python, sql, moment, found):
    """A removal was killed before their files were gone; the next one finds or removes them after they are back."""
    run_id = _run_of(database, "run 0 ü")
    import_store(source, "mine.duckdb")
    there = {info.path for info in client.list_artifacts(run_id)}
    client.delete_run(run_id)
    assert python(_KILLED_GC, moment, check=False).returncode == -signal.SIGKILL
    assert sql(f"SELECT count(*) FROM runs WHERE run_id = '{run_id}'", "mine.duckdb") == [(0,)]
    store = open_store("mine.duckdb")
    garbage = find_garbage(store)
    assert run_id in {item.run_id for item in garbage.leftovers}
    assert import_store(source, "mine.duckdb").runs_new
    if found == "after":
        garbage = find_garbage(store)
        assert not garbage.leftovers
    list(remove_garbage(store, garbage))
    assert {info.path for info in client.list_artifacts(run_id)} == there != set()
    assert sql("SELECT count(*) FROM tombstones WHERE kind = 'artifacts'", "mine.duckdb") == [(0,)]


def test_a_note_of_artifacts_does_not_touch_a_run_that_is_there(database, source, client):
    """Whoever left the note: a store that was written by an older version has such."""
    run_id = _run_of(database, "run 0 ü")
    import_store(source, "mine.duckdb")
    store = open_store("mine.duckdb")
    uri = client.get_run(run_id).info.artifact_uri
    with store.files.session("prepare") as session, session.transaction() as change:
        note = f"{run_id}:{session.relative(uri)}"
        session.rows("INSERT INTO store.tombstones (kind, id, change) VALUES ('artifacts', ?, ?)", [note, change])
    list(remove_garbage(store, find_garbage(store)))
    assert client.list_artifacts(run_id)


def test_artifacts_that_were_logged_here_are_kept_and_what_is_copied_has_its_digest(database, tmp_path, client):
    folder = shutil.copytree(database.folder, tmp_path / "theirs")
    source, run_id = folder / "mlflow.db", _run_of(database, "run 0 ü")
    _change(source, ("UPDATE runs SET artifact_uri = replace(artifact_uri, ?, ?)", str(database.folder), str(folder)))
    theirs = next(folder.glob(f"mlruns/*/{run_id}/artifacts"))
    import_store(source, "mine.duckdb")
    ours = tmp_path / "mlartifacts" / "1" / run_id / "artifacts"
    check = ["sha256sum", "--check", "--strict", f"{ours}.sha256/imported"]
    subprocess.run(check, cwd=ours, check=True, capture_output=True)
    client.log_text(run_id, "mine", "mine.txt")
    client.log_text(run_id, "mine", "a.json")
    for name in ("mine.txt", "a.json", "new.txt"):
        (theirs / name).write_text("changed there")
    (theirs / "texts" / "more.txt").write_text("old")
    report = import_store(source, "mine.duckdb")
    assert sorted(report.problems) == [
        f"run {run_id}: artifact {name}: it was logged here too, and is left alone" for name in ("a.json", "mine.txt")
    ]
    (theirs / "texts" / "more.txt").write_text("follows")
    import_store(source, "mine.duckdb")
    expected = {"mine.txt": "mine", "a.json": "mine", "new.txt": "changed there", "texts/more.txt": "follows"}
    for name, text in expected.items():
        assert pathlib.Path(client.download_artifacts(run_id, name, str(tmp_path))).read_text() == text
    (ours / "new.txt").write_text("rotten")
    with pytest.raises(ArtifactCorrupt):
        client.download_artifacts(run_id, "new.txt", str(tmp_path))
