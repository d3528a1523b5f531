"""Sources that are damaged or mean harm: taken as far as they go, each problem told, nothing let out of its place."""

import contextlib
import json
import os
import shutil
import sqlite3
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.importers.imports import import_store
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.upkeep.garbage import find_garbage


@pytest.fixture
def mlruns(folder, tmp_path):
    """A copy of an mlruns folder, moved to where it was not written."""
    return shutil.copytree(folder.folder / "mlruns", tmp_path / "mlruns")


@pytest.fixture
def source(database, tmp_path):
    return shutil.copy(database.folder / "mlflow.db", tmp_path / "mlflow.db")


@pytest.fixture
def client():
    return mlflow.MlflowClient("mine.duckdb")


def _run_of(peer, name):
    return next((run_id, run["experiment"]) for run_id, run in peer.dump["runs"].items() if run["name"] == name)


def _execute(source, sql, *bound):
    with contextlib.closing(sqlite3.connect(source)) as connection, connection:
        assert connection.execute(sql, bound).rowcount


def test_a_folder_that_was_moved_has_its_artifacts_with_it(folder, mlruns, client):
    report = import_store(mlruns, "mine.duckdb")
    assert report.problems == []
    run_id, _ = _run_of(folder, "run 0 ü")
    assert {info.path for info in client.list_artifacts(run_id)} == {"a.json", "texts"}
    assert client.get_experiment_by_name("gone").lifecycle_stage == "deleted"


@pytest.mark.parametrize("place", ["file:///C:/Users/ann/mlruns", r"C:\Users\ann\mlruns", r"file:///C:\Users\ann\mlruns"])
def test_a_store_that_was_written_on_windows_has_its_artifacts_with_it(place, database, source, client, tmp_path):
    shutil.copytree(database.folder / "mlruns", tmp_path / "mlruns")
    run_id, _ = _run_of(database, "run 0 ü")
    _execute(source, "UPDATE runs SET artifact_uri = ? || '/' || experiment_id || '/' || run_uuid || '/artifacts'", place)
    if "\\" in place:
        _execute(source, "UPDATE runs SET artifact_uri = replace(artifact_uri, '/' || experiment_id || '/', ? || experiment_id || ?)", "\\", "\\")
    _execute(source, "UPDATE experiments SET artifact_location = ? || '/' || experiment_id", place)
    import_store(source, "mine.duckdb")
    assert {info.path for info in client.list_artifacts(run_id)} == {"a.json", "texts"}
    assert client.get_run(run_id).info.artifact_uri.startswith(str(tmp_path))


def test_what_cannot_be_read_is_told_and_the_rest_is_taken(folder, mlruns, client):
    (bad, experiment), (line, _), (lost, _) = (_run_of(folder, f"run {n} ü") for n in range(3))
    (mlruns / experiment / bad / "meta.yaml").write_text("run_id: [")
    metric = mlruns / experiment / line / "metrics" / "train" / "loss"
    metric.write_text("1600000000000 nonsense 0\n1600000000000 0.25 7\n\n1 2 3 4\n1600000000000 0.5")
    shutil.rmtree(mlruns / experiment / lost / "artifacts")
    meta = mlruns / experiment / lost / "meta.yaml"
    meta.write_text(meta.read_text().replace(str(folder.folder), "/nowhere"))
    (mlruns / "models" / "line" / "version-2" / "meta.yaml").write_bytes(b"\xff\xfe\x00")
    gone = next(path for path in (mlruns / ".trash").iterdir() if path.is_dir())
    (gone / "meta.yaml").unlink()
    report = import_store(mlruns, "mine.duckdb")
    assert report.runs_new == len(folder.dump["runs"]) - 1
    for expected in (
        f"run {bad}: meta.yaml cannot be read",
        f"run {line}: metric 'train/loss' has 2 lines that are no points",
        f"run {lost}: its folder of artifacts is missing",
        "model line version-2: meta.yaml cannot be read",
        f"experiment {gone.name}: No such file or directory",
    ):
        assert any(problem.startswith(expected) for problem in report.problems), (expected, report.problems)
    assert sorted((m.value, m.step) for m in client.get_metric_history(line, "train/loss")) == [(0.25, 7), (0.5, 0)]
    assert {v.version for v in client.search_model_versions("name = 'line'")} == {"1", "3"}
    assert client.get_registered_model("line").aliases == {"old": "1"}


def test_a_damaged_database_is_taken_as_far_as_it_can_be_read(database, source):
    with open(source, "r+b") as file:
        size = os.path.getsize(source)
        with contextlib.closing(sqlite3.connect(source)) as connection:
            (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'params'").fetchone()
            (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        assert page * page_size <= size
        file.seek((page - 1) * page_size)
        file.write(b"\xff" * page_size)
    report = import_store(source, "mine.duckdb")
    assert report.models_new == len(database.dump["models"])
    assert any("cannot be read: database disk image is malformed" in problem for problem in report.problems)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: None, NotFound),
        (lambda path: path.write_bytes(b"no database" * 100), InvalidParameter),
        (lambda path: path.write_bytes(b""), InvalidParameter),
        (lambda path: path.mkdir(), InvalidParameter),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close(), InvalidParameter),
    ],
)
def test_what_is_no_store_of_mlflow_is_refused_and_nothing_is_made(make, error, tmp_path):
    make(tmp_path / "thing")
    with pytest.raises(error, match="thing"):
        import_store(tmp_path / "thing", "mine.duckdb")
    assert not os.path.exists("mine.duckdb")
    assert not os.path.exists("mine.duckdb.journal")


@pytest.fixture
def secret(tmp_path):
    """A file of this machine that no import may bring in."""
    path = tmp_path / "private"
    path.mkdir()
    (path / "key").write_text("the secret")
    return path


def _nowhere(text):
    for parent, _, names in os.walk("mlartifacts"):
        for name in names:
            with open(os.path.join(parent, name), "rb") as file:
                assert text.encode() not in file.read(), os.path.join(parent, name)


def test_links_are_not_followed_out_of_artifacts(folder, mlruns, secret, client):
    run_id, experiment = _run_of(folder, "run 0 ü")
    other, _ = _run_of(folder, "run 1 ü")
    artifacts = mlruns / experiment / run_id / "artifacts"
    (artifacts / "passwd").symlink_to("/etc/passwd")
    (artifacts / "stolen").symlink_to(secret / "key")
    (artifacts / "folder").symlink_to(secret)
    (artifacts / "up").symlink_to("../meta.yaml")
    (artifacts / "inside").symlink_to("a.json")
    os.mkfifo(artifacts / "pipe")
    shutil.rmtree(mlruns / experiment / other / "artifacts")
    (mlruns / experiment / other / "artifacts").symlink_to(secret)
    (mlruns / experiment / other / "params" / "stolen").symlink_to(secret / "key")
    (mlruns / experiment / other / "tags" / "folder").symlink_to(secret)
    report = import_store(mlruns, "mine.duckdb")
    assert {info.path for info in client.list_artifacts(run_id)} == {"a.json", "inside", "texts"}
    refused = [problem for problem in report.problems if problem.startswith(f"run {run_id}: artifact")]
    assert len(refused) == 5
    assert any(problem.startswith(f"run {other}:") and "nothing is copied" in problem for problem in report.problems)
    assert client.get_run(other).data.params == folder.dump["runs"][other]["params"]
    _nowhere("the secret")
    _nowhere("root:")


@pytest.mark.parametrize(
    "uri",
    ["{secret}", "file://{secret}", "{tmp}/mlruns/../private", "mlflow-artifacts:/../private", "mlflow-artifacts:/%2e%2e/private",
     "private", "{tmp}/{run}/artifacts"],
)  # fmt: skip
def test_artifacts_are_only_those_of_the_run_itself(uri, database, source, secret, client, tmp_path):
    run_id, _ = _run_of(database, "run 0 ü")
    (tmp_path / run_id).mkdir()
    (tmp_path / run_id / "artifacts").symlink_to(secret)
    _execute(
        source,
        "UPDATE runs SET artifact_uri = ? WHERE run_uuid = ?",
        uri.format(secret=secret, tmp=tmp_path, run=run_id),
        run_id,
    )
    report = import_store(source, "mine.duckdb")
    assert client.list_artifacts(run_id) == []
    assert report.runs_new == len(database.dump["runs"])
    assert any(problem.startswith(f"run {run_id}") for problem in report.problems) or ".." not in uri
    _nowhere("the secret")


def test_yaml_runs_no_code(folder, mlruns, client):
    run_id, experiment = _run_of(folder, "run 0 ü")
    meta = mlruns / experiment / run_id / "meta.yaml"
    meta.write_text(f"run_id: {run_id}\nrun_name: !!python/object/apply:os.system ['touch harm']\n")
    bomb = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9 if n else ['x'] * 9)}]\n" for n in range(12))
    (mlruns / "models" / "empty" / "meta.yaml").write_text(bomb + "name: *a11\n")
    began = time.monotonic()
    report = import_store(mlruns, "mine.duckdb")
    assert time.monotonic() - began < 30
    assert any(problem.startswith(f"run {run_id}: meta.yaml cannot be read") for problem in report.problems)
    assert not os.path.exists("harm")


def test_names_and_keys_that_may_not_be(database, source, client):
    """Too long, with control characters, no text at all: what can be kept is, and reports are fit for a terminal."""
    run_id, _ = _run_of(database, "run 0 ü")
    _execute(source, "UPDATE experiments SET name = ? WHERE name = 'gone'", "x" * 5000)
    _execute(source, "UPDATE experiments SET name = ? WHERE name = 'models'", "\x1b[31mred\nline\x00")
    _execute(source, "INSERT INTO params VALUES (?, 'v', ?)", "\x1b]0;title\x07", run_id)
    _execute(source, "INSERT INTO params VALUES (?, 'v', ?)", "../../up", run_id)
    _execute(source, "INSERT INTO params VALUES ('long', ?, ?)", "v" * 10**6, run_id)
    _execute(source, "INSERT INTO tags VALUES ('bytes', ?, ?)", b"\xff\xfe", run_id)
    _execute(source, "INSERT INTO metrics VALUES ('text', 'much', 1, ?, 0, 0)", run_id)
    _execute(source, "INSERT INTO metrics VALUES ('late', 1.0, ?, ?, 0, 0)", 2**62, run_id)
    _execute(source, "INSERT INTO registered_models (name, workspace) VALUES ('../evil', 'default')")
    _execute(source, "INSERT INTO runs (run_uuid, experiment_id, lifecycle_stage) VALUES ('../../x', 1, 'active')")
    _execute(
        source,
        "INSERT INTO experiments (experiment_id, name, workspace) VALUES (9223372036854775807, 'last', 'default')",
    )
    report = import_store(source, "mine.duckdb")
    names = {e.name for e in client.search_experiments(view_type=3)}
    assert "\x1b[31mred\nline\x00" in names
    assert any(name.startswith("xxx") and len(name) == 500 for name in names)
    run = client.get_run(run_id)
    assert len(run.data.params["long"]) == 6000
    assert not {"\x1b]0;title\x07", "../../up"} & run.data.params.keys()
    assert "text" not in run.data.metrics
    assert run.data.metrics["late"] == 1.0
    assert int(client.create_experiment("next")) < 10**18
    assert len(report.problems) >= 6
    assert all(problem.isprintable() for problem in report.problems)
    assert json.dumps(report.problems)
    assert {m.name for m in client.search_registered_models()} == {"line", "empty", "far"}
    assert import_store(source, "mine.duckdb").runs_updated == 0


def test_what_is_shown_of_a_source_is_one_printable_line():
    assert shown("a\x1b[2J\u202eb\n" + "c" * 500).isprintable()
    assert len(shown("c" * 500)) == 120


def test_a_run_on_a_server_keeps_its_uri(database, source, client):
    run_id, _ = _run_of(database, "run 0 ü")
    _execute(source, "UPDATE runs SET artifact_uri = 's3://bucket/1/x/artifacts' WHERE run_uuid = ?", run_id)
    _execute(source, "UPDATE experiments SET artifact_location = 's3://bucket/9' WHERE name = 'gone'")
    report = import_store(source, "mine.duckdb")
    assert (report.remote, report.problems) == (1, [])
    assert client.get_run(run_id).info.artifact_uri == "s3://bucket/1/x/artifacts"
    assert client.get_experiment_by_name("gone").artifact_location == "s3://bucket/9"


def test_a_place_that_is_none_is_told_and_the_run_has_its_own(database, source, client):
    run_id, _ = _run_of(database, "run 0 ü")
    _execute(source, "UPDATE runs SET artifact_uri = 'http://ann:pw@[' WHERE run_uuid = ?", run_id)
    _execute(source, "UPDATE experiments SET artifact_location = 'http://[' WHERE name = 'gone'")
    report = import_store(source, "mine.duckdb")
    assert "'http://[' is no place of artifacts" in "\n".join(report.problems)
    assert "pw" not in "\n".join(report.problems)
    assert client.list_artifacts(run_id) == []
    client.log_text(run_id, "notes", "notes.txt")
    assert os.path.exists(f"mlartifacts/1/{run_id}/artifacts/notes.txt")


def test_a_run_in_a_place_that_is_none_stops_nobody(database, source, client):
    """A store that was written by an older version has such."""
    run_id, _ = _run_of(database, "run 0 ü")
    import_store(source, "mine.duckdb")
    store = open_store("mine.duckdb")
    with store.files.session("prepare") as session, session.transaction():
        session.rows("UPDATE store.runs SET artifact_uri = 'http://[' WHERE run_id = ?", [run_id])
    client.delete_run(run_id)
    assert any("http://[ is no folder" in line for line in find_garbage(store).kept)
    for ask in (client.list_artifacts, lambda which: client.download_artifacts(which, "notes.txt")):
        with pytest.raises(InvalidParameter, match="no place of artifacts"):
            ask(run_id)


@pytest.mark.parametrize("kind", ["database", "folder"])
def test_credentials_in_the_url_of_the_code_stay_behind(database, source, folder, mlruns, client, kind):
    run_id, experiment = _run_of(database if kind == "database" else folder, "run 0 ü")
    url = "https://ann:tok@host/code.git"
    if kind == "database":
        _execute(source, "INSERT OR REPLACE INTO tags VALUES ('mlflow.source.git.repoURL', ?, ?)", url, run_id)
    else:
        (mlruns / experiment / run_id / "tags" / "mlflow.source.git.repoURL").write_text(url)
    import_store(source if kind == "database" else mlruns, "mine.duckdb")
    assert client.get_run(run_id).data.tags["mlflow.source.git.repoURL"] == "https://host/code.git"
