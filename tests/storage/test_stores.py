"""Where a store lies, what it keeps on disk, and that its folder can move."""

import os
import pathlib
import shlex
import shutil
import stat
import threading
import time

import duckdb
import msgspec
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import InvalidParameter, StoreBusy, StoreCorrupt, StoreError, StoreNewer, StoreNotKnown
from jupyter_mlops.storage.duckdb import intakes
from jupyter_mlops.storage.journal.heads import Head, read_head, write_head
from jupyter_mlops.storage.journal.operations import METRIC
from jupyter_mlops.storage.locate import known_stores, locate_key, store_path
from jupyter_mlops.storage.opened import open_store


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("duckdb:////data/team.duckdb", "/data/team.duckdb"),
        ("duckdb:///team.duckdb", "{cwd}/team.duckdb"),
        ("sqlite:////data/mlflow.db", "/data/mlflow.duckdb"),
        ("sqlite:///mlflow.db", "{cwd}/mlflow.duckdb"),
        ("file:/data/runs", "/data/runs.duckdb"),
        ("file:///data/runs", "/data/runs.duckdb"),
        ("file:///data/my%20runs", "/data/my runs.duckdb"),
        ("duckdb:///.", "{cwd}/mlops.duckdb"),
        ("duckdb:////tmp", "/tmp/mlops.duckdb"),
        ("./mlruns", "{cwd}/mlruns.duckdb"),
        ("mine.duckdb", "{cwd}/mine.duckdb"),
        ("/a/../b/x.duckdb", "/b/x.duckdb"),
        (".", "{cwd}/mlops.duckdb"),
    ],
)
def test_forms_of_tracking_uris(uri, path):
    mlflow.set_tracking_uri(uri)
    assert mlflow.get_tracking_uri() == path.format(cwd=os.getcwd()) == os.environ["MLFLOW_TRACKING_URI"]


@pytest.mark.parametrize("uri", ["postgresql://bob:secret@host/db", "mysql://host/db", "ftp://host/x"])
def test_uris_of_other_places_are_refused_without_their_password(uri):
    with pytest.raises(InvalidParameter) as caught:
        store_path(uri)
    assert "secret" not in str(caught.value)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize(
    "place",
    [r"C:\Users\ann\runs", "C:/Users/ann/runs", "file:///C:/Users/ann/mlruns", r"file:///c:\mlruns", "duckdb:///C:/x.duckdb", r"sqlite:///C:\x.db"],
)
def test_paths_of_windows_make_no_folder_of_that_name_here(place, tmp_path):
    for call in (mlflow.set_tracking_uri, lambda place: mlflow.create_experiment("there", place)):
        with pytest.raises(InvalidParameter, match="a path of Windows"):
            call(place)
    assert [path.name for path in tmp_path.iterdir() if ":" in path.name] == []


def test_mlflows_uris_are_explained_once(caplog):
    for _ in range(2):
        store_path("sqlite:////data/mlflow.db")
    assert caplog.text.count("means the store /data/mlflow.duckdb") == 1


@pytest.mark.parametrize(("uri", "name"), [("sqlite:///mlflow.db", "mlflow.db"), ("file:old runs", "old runs"), ("mlruns", "mlruns")])
def test_where_an_mlflow_store_lies_the_command_that_brings_it_in_is_named(uri, name, caplog, tmp_path):
    if name.endswith(".db"):
        (tmp_path / name).write_bytes(b"SQLite format 3\0 and so on")
    else:
        (tmp_path / name / "0").mkdir(parents=True)
    path = store_path(uri)
    command = caplog.messages[0].partition("jupyter mlops import ")[2]
    assert shlex.split(command) == [str(tmp_path / name), "--store", path]


def test_where_no_mlflow_store_lies_no_command_is_named(caplog, tmp_path):
    (tmp_path / "mlruns").mkdir()
    for uri in ("sqlite:///mlflow.db", "mlruns"):
        store_path(uri)
    assert "import" not in caplog.text


def test_which_store_is_meant(monkeypatch, tmp_path):
    assert mlflow.get_tracking_uri() == str(tmp_path / "mlops.duckdb")
    assert not mlflow.is_tracking_uri_set()
    monkeypatch.setenv("JUPYTER_MLOPS_SERVER_STORE", "/s/server.duckdb")
    assert mlflow.get_tracking_uri() == "/s/server.duckdb"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "/s/mlflow.duckdb")
    assert mlflow.get_tracking_uri() == "/s/mlflow.duckdb"
    monkeypatch.setenv("JUPYTER_MLOPS_TRACKING_URI", "/s/ours.duckdb")
    assert mlflow.get_tracking_uri() == "/s/ours.duckdb"
    mlflow.set_tracking_uri("/s/set.duckdb")
    assert mlflow.get_tracking_uri() == "/s/set.duckdb"
    assert mlflow.is_tracking_uri_set()
    mlflow.set_tracking_uri(None)
    assert mlflow.get_tracking_uri() == "/s/ours.duckdb"


def test_the_nearest_store_upwards_is_meant(tmp_path, monkeypatch):
    (tmp_path / "mlops.duckdb").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert mlflow.get_tracking_uri() == str(tmp_path / "mlops.duckdb")


def test_the_store_is_found_by_child_processes(python):
    mlflow.set_tracking_uri("elsewhere.duckdb")
    assert python("import jupyter_mlops; print(jupyter_mlops.get_tracking_uri())").strip() == os.path.abspath(
        "elsewhere.duckdb"
    )


def test_opened_stores_are_listed_for_this_user():
    store = open_store("some.duckdb")
    assert known_stores()[store.key] == locate_key(store.key) == store.path
    with pytest.raises(StoreNotKnown):
        locate_key("0" * 16)
    assert stat.S_IMODE(os.stat(os.path.join(os.environ["JUPYTER_MLOPS_DATA_DIR"], "stores.json")).st_mode) == 0o600


def test_logging_makes_the_journal_and_reading_the_database(value):
    with mlflow.start_run():
        mlflow.log_metric("loss", 0.5)
    assert sorted(os.listdir()) == ["data", "mlartifacts", "mlops.duckdb.journal", "mlops.duckdb.lock"]
    assert value("SELECT count(*) FROM runs") == 1
    kept = ["mlartifacts", "mlops.duckdb", "mlops.duckdb.journal", "mlops.duckdb.lock"]
    assert sorted(os.listdir()) == ["data", *kept]
    for folder in ("mlops.duckdb.journal", "mlartifacts"):
        assert pathlib.Path(folder, ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(("folder_mode", "file_mode", "journal_mode"), [(0o750, 0o600, 0o700), (0o770, 0o660, 0o2770)])
def test_files_have_the_mode_that_the_folder_asks_for(tmp_path, folder_mode, file_mode, journal_mode):
    folder = tmp_path / "team"
    folder.mkdir()
    folder.chmod(folder_mode)
    mlflow.set_tracking_uri(folder / "mlops.duckdb")
    with mlflow.start_run() as run:
        mlflow.get_run(run.info.run_id)
        modes = {
            entry.name: stat.S_IMODE(entry.stat().st_mode)
            for entry in [*os.scandir(folder), *os.scandir(folder / "mlops.duckdb.journal")]
            if not entry.name.startswith(".")
        }
    assert modes.pop("mlops.duckdb.journal") == modes.pop("mlartifacts") == journal_mode
    assert set(modes.values()) == {file_mode}, modes


def test_a_lock_behind_a_symbolic_link_is_not_followed(tmp_path):
    (tmp_path / "mlops.duckdb.lock").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError):
        mlflow.search_experiments()
    assert not (tmp_path / "victim").exists()


def test_the_stores_folder_can_move(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    mlflow.set_tracking_uri(old / "mlops.duckdb")
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.5)
        mlflow.log_text("hello", "notes/a.txt")
    MlflowClient().create_registered_model("m")
    MlflowClient().create_model_version("m", f"{run.info.artifact_uri}/notes", run.info.run_id)
    open_store().close()
    shutil.move(old, new)
    mlflow.set_tracking_uri(new / "mlops.duckdb")
    moved = mlflow.get_run(run.info.run_id)
    assert moved.data.metrics == {"loss": 0.5}
    assert moved.info.artifact_uri == str(new / "mlartifacts" / "0" / run.info.run_id / "artifacts")
    assert pathlib.Path(MlflowClient().download_artifacts(run.info.run_id, "notes/a.txt")).read_text() == "hello"
    assert MlflowClient().get_model_version("m", "1").source == f"{moved.info.artifact_uri}/notes"
    assert mlflow.get_experiment("0").artifact_location == str(new / "mlartifacts" / "0")


def test_a_location_with_a_colon_below_the_stores_folder(tmp_path):
    number = mlflow.create_experiment("colon", str(tmp_path / "a:b"))
    assert mlflow.get_experiment(number).artifact_location == str(tmp_path / "a:b")


def test_a_store_that_was_taken_away_is_begun_anew():
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.5)
    mlflow.get_run(run.info.run_id)
    for name in os.listdir():
        if name.startswith("mlops.duckdb"):
            shutil.rmtree(name) if os.path.isdir(name) else os.unlink(name)
    time.sleep(1.1)  # writers look at the store each second
    with mlflow.start_run() as second:
        mlflow.log_metric("loss", 0.7)
    assert [r.info.run_id for r in mlflow.search_runs(output_format="list")] == [second.info.run_id]


def test_a_journal_that_is_removed_while_it_is_in_use_is_begun_anew(caplog, sql):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.0, step=0)
        mlflow.get_run(run.info.run_id)
        shutil.rmtree("mlops.duckdb.journal")
        until = time.monotonic() + 10
        while "was removed while it was in use" not in caplog.text and time.monotonic() < until:
            time.sleep(0.05)
        for step in range(1, 4):
            mlflow.log_metric("loss", 1.0, step=step)
        assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
    assert sql("SELECT step, status FROM metrics JOIN runs USING (rid) ORDER BY 1") == [
        (step, "FINISHED") for step in range(4)
    ]


@pytest.mark.parametrize("place", ["/proc/none/mlops.duckdb", "a-file/mlops.duckdb"])
def test_a_place_where_no_store_can_be(place):
    pathlib.Path("a-file").touch()
    mlflow.set_tracking_uri(place)
    for call in (mlflow.start_run, mlflow.search_experiments):
        with pytest.raises(StoreError, match="cannot be made or opened"):
            call()


def test_a_file_that_is_no_database():
    with open("mlops.duckdb", "wb") as file:
        file.write(b"this is no database" * 1000)
    with pytest.raises(StoreError, match=r"mlops\.duckdb"):
        mlflow.search_experiments()


def test_a_duckdb_file_of_other_software_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE sales AS SELECT 1 AS price")
    content = path.read_bytes()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", str(path))
    for refused in (lambda: mlflow.set_tracking_uri(path), lambda: mlflow.set_registry_uri(str(path)), mlflow.start_run, mlflow.search_runs):
        with pytest.raises(InvalidParameter, match=r"sales.duckdb is a DuckDB file, but no store .* keep runs in another file"):
            refused()
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("sales")] == ["sales.duckdb"]
    assert path.read_bytes() == content


def test_an_empty_duckdb_file_and_a_store_that_was_copied_alone_become_stores(tmp_path, monkeypatch):
    duckdb.connect(str(tmp_path / "empty.duckdb"), config={"storage_compatibility_version": "v1.2.0"}).close()
    with mlflow.start_run():
        mlflow.log_metric("loss", 1.0)
    mlflow.search_runs()
    shutil.copy(open_store().path, tmp_path / "copied.duckdb")
    for name, before in (("empty", 0), ("copied", 1)):
        mlflow.set_tracking_uri(tmp_path / f"{name}.duckdb")
        with mlflow.start_run():
            pass
        assert len(mlflow.search_runs()) == before + 1


def test_a_store_of_a_newer_version(value):
    assert value("SELECT count(*) FROM experiments") == 1
    head = read_head("mlops.duckdb.journal")
    write_head("mlops.duckdb.journal", Head(head.store_id, min_writer=99))
    with pytest.raises(StoreNewer):
        read_head("mlops.duckdb.journal")
    with open("mlops.duckdb.journal/head.json", "w") as file:
        file.write("{")
    with pytest.raises(StoreCorrupt):
        read_head("mlops.duckdb.journal")


def test_threads_of_one_process_read_and_write_at_once(value):
    errors = []

    def work(number):
        try:
            with mlflow.start_run(run_name=str(number)) as run:
                for step in range(200):
                    mlflow.log_metric("loss", float(step), step=step)
                    if step % 50 == 0:
                        assert mlflow.get_run(run.info.run_id).data.metrics["loss"] == step
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert value("SELECT count(*) FROM metrics") == 1200
    assert value("SELECT count(*) FROM runs WHERE status = 'FINISHED'") == 6


def test_who_holds_the_lease_is_named():
    store = open_store()
    store.last_change()
    inside, done = threading.Event(), threading.Event()

    def hold():
        with store.files.session("a long purpose"):
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    try:
        with pytest.raises(StoreBusy, match="a long purpose") as caught, store.files.session("read", wait_s=0.2):
            pass
        assert caught.value.error_code == "TEMPORARILY_UNAVAILABLE"
    finally:
        done.set()
        thread.join()


def test_more_records_than_one_lease_takes(monkeypatch, value):
    monkeypatch.setattr(intakes, "AT_MOST", 100)
    with mlflow.start_run():
        for step in range(950):
            mlflow.log_metric("loss", 0.5, step=step)
    assert value("SELECT count(*) FROM metrics") == 950
    assert value("SELECT count FROM latest_metrics") == 950


@pytest.mark.parametrize("batch", [
    [[mlflow.entities.Metric("m", 0.5, 1, step) for step in range(40)], [], []],
    [[], [], [mlflow.entities.RunTag(f"t{n}", "v") for n in range(13)]],
], ids=["metrics", "tags"])  # fmt: skip
def test_a_lease_takes_no_more_batches_than_records(monkeypatch, batch):
    """Each lease: a look whether more came; forty points, or thirteen tags, are as much as 40 records."""
    monkeypatch.setattr(intakes, "AT_MOST", 100)
    store = open_store()
    run_id = MlflowClient().create_run("0").info.run_id
    change = store.last_change()
    for _ in range(8):
        store.log_batch(run_id, *batch)
    assert store.last_change() == change + 3  # three batches, three, two


def test_records_of_runs_that_are_not_there_are_kept_as_rejected(sql):
    store = open_store()
    store.log_metric("f" * 32, "loss", 0.5, None, 0)
    store.log_param("f" * 32, "lr", "1")
    deleted = MlflowClient().create_run("0").info.run_id
    store.delete_run(deleted)
    store.set_tag(deleted, "after", "its end")
    store.log_metric(deleted, "loss", 0.25, 7, 3)
    kept = MlflowClient().create_run("0").info.run_id
    store.log_metric(kept, "acc", 0.75, 8, 4)
    store.log_metric("e" * 32, "loss", 0.125, 9, 5)
    assert sorted(sql("SELECT run_id, kind, reason FROM rejected")) == sorted([
        ("f" * 32, 4, "no such run"), ("f" * 32, 5, "no such run"), ("e" * 32, 4, "no such run"),
        (deleted, 4, "the run is deleted"), (deleted, 6, "the run is deleted"),
    ])  # fmt: skip
    assert sql("SELECT key, value, timestamp, step FROM metrics") == [("acc", 0.75, 8, 4)]
    with store.files.session("test") as session:
        ((record,),) = session.rows("SELECT record FROM store.rejected WHERE run_id = ?", ["e" * 32])
    assert msgspec.msgpack.decode(record) == ["loss", 0.125, 9, 5]


def test_records_of_many_runs_that_are_not_there_cost_no_more_than_those_of_one():
    """One look at each record, not one for each run: of a million looks this would last seconds."""
    intake = intakes.Intake()
    ids = [f"{number:032x}" for number in range(3_000)]
    for run_id in ids * 4:
        intake.take([METRIC, 1, run_id, "loss", 0.5, None, 0], "writer")
    before = time.process_time()
    intake.refuse(dict.fromkeys(ids, "no such run"))
    assert time.process_time() - before < 1
    assert (len(intake.rejected), intake.metrics) == (12_000, ([], [], [], [], []))


def test_of_two_processes_values_of_a_param_the_earlier_stays(sql):
    from jupyter_mlops.storage.journal.operations import PARAM

    run_id = MlflowClient().create_run("0").info.run_id
    store = open_store()
    store.last_change()
    for time_ms, text in ((200, "late"), (100, "early"), (300, "later")):
        store.files.writer().append((PARAM, time_ms, run_id, "lr", text))
        store.last_change()
    assert sql("SELECT value FROM params") == [("early",)]
    assert sorted(sql("SELECT kept, refused FROM conflicts")) == [("early", "late"), ("early", "later")]


def test_a_read_waits_no_longer_than_it_says(child):
    with mlflow.start_run():
        pass
    store = open_store()
    store.last_change()
    holder = child("""
        import fcntl, sys
        file = open("mlops.duckdb.lock", "r+")
        fcntl.flock(file, fcntl.LOCK_EX)
        print("held", flush=True)
        sys.stdin.readline()
    """)
    assert holder.stdout.readline() == "held\n"
    store.files.wait_s = 2.0
    begin = time.monotonic()
    with pytest.raises(StoreBusy):
        store.last_change()
    assert 2.0 <= time.monotonic() - begin < 3.9  # not the same time again for a look at what was folded last


def test_a_busy_store_within_a_session_is_told_as_it_is():
    with pytest.raises(StoreBusy, match="somebody"), open_store().files.session("test"):
        raise StoreBusy("somebody else", "x")


def test_a_folder_with_the_store_is_logged_without_its_backups():
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
    mlflow.search_runs()
    pathlib.Path("mlops.duckdb.before-restore-x").write_text("x")
    pathlib.Path("mlops.duckdb.backups/one").mkdir(parents=True)
    pathlib.Path("mlops.duckdb.backups/one/mlops.duckdb").write_text("x")
    pathlib.Path("mine.txt").write_text("x")
    mlflow.log_artifacts(".", run_id=run.info.run_id)
    assert "mine.txt" in [info.path for info in MlflowClient().list_artifacts(run.info.run_id)]
    assert not [info for info in MlflowClient().list_artifacts(run.info.run_id) if info.path.startswith("mlops.duckdb")]
