"""A backup is the store as of one moment, whoever writes meanwhile; a restore brings it back and loses nothing more."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound, StoreBusy, StoreCorrupt, StoreError
from jupyter_mlops.storage.duckdb import backups as copies
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.upkeep.backups import back_up, list_backups, prune, restore

WRITER = """
import itertools, sys
import jupyter_mlops as mlflow
with mlflow.start_run(run_name="writer"):
    print(mlflow.active_run().info.run_id, flush=True)
    for step in itertools.count():
        mlflow.log_metric("loss", step, step=step)
        if step % 500 == 0:
            print(step, flush=True)
            mlflow.get_run(mlflow.active_run().info.run_id)
"""


@pytest.mark.parametrize("at_once", [copies._AT_ONCE, 1_000_000], ids=["at once", "piece by piece"])
def test_a_backup_taken_while_others_log_holds_a_prefix_of_each_writer(filled, child, plain, monkeypatch, at_once):
    monkeypatch.setattr(copies, "_AT_ONCE", at_once)
    monkeypatch.setattr(copies, "_STEP", 500_000)
    writers = [child(WRITER) for _ in range(2)]
    for writer in writers:
        assert [writer.stdout.readline() for _ in range(3)][-1] == "500\n"
    backup = back_up(filled)
    assert writers[0].poll() is None
    database = os.path.join(backup.folder, "mlops.duckdb")
    for run_id, count, greatest, summary in plain(
        database,
        "SELECT run_id, count(*), max(m.step), any_value(l.count) FROM runs JOIN metrics m USING (rid) "
        "JOIN latest_metrics l USING (rid) WHERE run_name = 'writer' GROUP BY run_id",
    ):
        assert count == greatest + 1 == summary, run_id
        assert count > 500
    assert plain(database, "SELECT count(*) FROM metrics m JOIN runs USING (rid) WHERE run_name LIKE 'run-%'") == [(150,)]
    assert copies.sha256_of(database) == backup.manifest.sha256
    notes = sorted(pathlib.Path(backup.folder, "mlartifacts").rglob("notes.txt"))
    assert [note.read_text() for note in notes] == [f"notes of {number}" for number in range(3)]


def test_artifacts_that_did_not_change_take_no_room_in_the_next_backup(filled):
    first, second = back_up(filled), back_up(filled)
    (one, *_), (other, *_) = (sorted(pathlib.Path(b.folder).rglob("notes.txt")) for b in (first, second))
    assert one.stat().st_ino == other.stat().st_ino
    run = mlflow.search_runs(output_format="list")[0]
    MlflowClient().log_text(run.info.run_id, "other notes", "notes.txt")
    third = back_up(filled)
    texts = sorted(path.read_text() for path in pathlib.Path(third.folder).rglob("notes.txt"))
    assert texts == ["notes of 0", "notes of 1", "other notes"]
    assert sorted(path.read_text() for path in pathlib.Path(second.folder).rglob("notes.txt"))[-1] == "notes of 2"


def test_a_restore_brings_back_what_was_and_keeps_what_is(filled, python, value):
    backup = back_up(filled)
    client, change = MlflowClient(), filled.last_change()
    client.delete_registered_model("forest")
    python("import jupyter_mlops as m; [m.MlflowClient().set_tag(r, 'late', 'yes') for r in m.search_runs()['run_id']]")
    shutil.rmtree("mlartifacts")
    later = filled.last_change()
    restored = restore(filled)
    assert (restored.backup.folder, restored.artifacts) == (backup.folder, 3)
    assert [model.name for model in client.search_registered_models()] == ["forest"]
    assert value("SELECT count(*) FROM tags WHERE key = 'late'") == 0
    assert filled.last_change() > later > change
    assert os.path.getsize(restored.aside) > 0
    run = mlflow.search_runs(output_format="list")[0]
    assert mlflow.MlflowClient().list_artifacts(run.info.run_id)[0].path == "notes.txt"


def test_what_living_writers_logged_since_the_backup_comes_back(filled, child, value):
    writer = child("""
        import sys
        import jupyter_mlops as mlflow
        mlflow.start_run(run_name="alive")
        for line in sys.stdin:
            mlflow.log_metric("loss", float(line))
            print("logged", flush=True)
    """)

    def log(number):
        writer.stdin.write(f"{number}\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "logged\n"

    log(1)
    backup = back_up(filled)
    log(2)
    assert value("SELECT count(*) FROM metrics JOIN runs USING (rid) WHERE run_name = 'alive'") == 2
    restore(filled, backup.folder)
    log(3)
    assert value("SELECT count(*) FROM metrics JOIN runs USING (rid) WHERE run_name = 'alive'") == 3
    assert value("SELECT count(*) FROM rejected") == 0


@pytest.mark.parametrize("damaged", [False, True])
def test_experiments_of_living_notebooks_stay(filled, child, sql, damaged):
    """A notebook in an experiment that the backup lacks logs on, also after the restore, and no id is given twice."""
    writer = child("""
        import sys
        import jupyter_mlops as mlflow
        mlflow.set_experiment("later")
        with mlflow.start_run(run_name="ended"):
            mlflow.log_metric("loss", 1)
        mlflow.start_run(run_name="open")
        for line in sys.stdin:
            mlflow.log_metric("loss", float(line))
            print("logged", flush=True)
    """)

    def log(number):
        writer.stdin.write(f"{number}\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "logged\n"

    back_up(filled)
    log(1)
    if damaged:
        filled.last_change()
        with open(filled.path, "r+b") as file:
            file.truncate(20_000)
    restore(filled)
    log(2)
    assert sql("SELECT run_name, count(*) FROM metrics JOIN runs USING (rid) JOIN experiments e USING (experiment_id) "
               "WHERE e.name = 'later' GROUP BY ALL ORDER BY ALL") == [("ended", 1), ("open", 2)]  # fmt: skip
    assert sql("SELECT count(*) FROM rejected") == [(0,)]
    assert mlflow.create_experiment("another") == "2"


def test_what_was_set_aside_is_never_overwritten(filled, python):
    backup = back_up(filled)
    python("import jupyter_mlops as m; m.MlflowClient().create_registered_model('precious'); m.get_run")
    first, second = restore(filled, backup.folder), restore(filled, backup.folder)
    assert first.aside != second.aside
    script = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).sql('SELECT name FROM registered_models ORDER BY 1').fetchall())"
    assert python(script, first.aside) == "[('forest',), ('precious',)]\n"
    assert python(script, second.aside) == "[('forest',)]\n"


def test_a_backup_of_another_store_must_be_meant(filled, tmp_path):
    backup = back_up(filled)
    mlflow.set_tracking_uri(tmp_path / "other" / "mlops.duckdb")
    with mlflow.start_run(run_name="mine"):
        pass
    other = open_store()
    with pytest.raises(InvalidState, match="another store"):
        restore(other, backup.folder)
    assert list(mlflow.search_runs()["tags.mlflow.runName"]) == ["mine"]
    assert restore(other, backup.folder, force=True).artifacts == 3
    assert len(mlflow.search_runs()) == 3


def test_the_newest_is_the_newest_in_any_time_zone(filled, monkeypatch):
    made = []
    for zone in ("Asia/Tokyo", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        made.append(back_up(filled, artifacts=False).folder)
        time.sleep(0.002)
    monkeypatch.undo()
    time.tzset()
    assert [backup.folder for backup in list_backups(filled)] == made
    assert prune(filled, 1) == made[:1]


def test_one_backup_that_cannot_be_read_does_no_harm_to_the_others(filled, caplog):
    good, bad = back_up(filled), back_up(filled, why="repair")
    (pathlib.Path(bad.folder) / "backup.json").write_text('{"store": ')
    shutil.rmtree("mlartifacts")
    assert [backup.folder for backup in list_backups(filled)] == [good.folder]
    assert "cannot be read" in caplog.text
    assert restore(filled).artifacts == 3


def test_an_experiments_folder_may_lie_on_another_disk(filled, tmp_path, caplog):
    shutil.move("mlartifacts/0", tmp_path / "large")
    os.symlink(tmp_path / "large", "mlartifacts/0")
    (run, *_) = [path for path in (tmp_path / "large").iterdir() if path.is_dir()]
    os.symlink("/etc/hostname", run / "artifacts" / "link.txt")
    copied = [path.name for path in pathlib.Path(back_up(filled).folder).rglob("*.txt")]
    assert copied == ["notes.txt"] * 3
    assert "1 links below" in caplog.text
    with pytest.raises(InvalidParameter, match="among what they copy"):
        back_up(filled, "mlartifacts/backups")


def test_a_backup_without_artifacts_in_between_changes_nothing(filled):
    first, _, second = back_up(filled), back_up(filled, artifacts=False), back_up(filled)
    (one, *_), (other, *_) = (sorted(pathlib.Path(b.folder).rglob("notes.txt")) for b in (first, second))
    assert one.stat().st_ino == other.stat().st_ino


def test_a_corrupted_database_is_restored(filled):
    back_up(filled)
    with open(filled.path, "r+b") as file:
        file.truncate(20_000)
    with pytest.raises(StoreCorrupt):
        mlflow.search_runs()
    with mlflow.start_run(run_name="meanwhile"):  # logging goes on
        mlflow.log_metric("loss", 0.5)
    restore(filled)
    assert sorted(mlflow.search_runs()["tags.mlflow.runName"]) == ["meanwhile", "run-0", "run-1", "run-2"]


def test_a_damaged_backup_is_refused_and_nothing_changes(filled, value):
    backup = back_up(filled)
    database = pathlib.Path(backup.folder, "mlops.duckdb")
    data = bytearray(database.read_bytes())
    data[len(data) // 2] ^= 1
    database.write_bytes(data)
    with pytest.raises(StoreCorrupt, match="is not what was copied"):
        restore(filled)
    assert value("SELECT count(*) FROM runs") == 3
    (pathlib.Path(backup.folder) / "backup.json").write_text('{"database": "../../etc/passwd"}')
    with pytest.raises(StoreCorrupt):
        restore(filled, backup.folder)


def test_without_a_backup_there_is_nothing_to_restore(filled):
    with pytest.raises(NotFound, match="There is no backup"):
        restore(filled)


def test_a_restore_waits_for_a_tool_that_has_the_store_open(filled, child):
    back_up(filled)
    tool = child(f"""
        import duckdb, sys
        connection = duckdb.connect({filled.path!r})
        print("open", flush=True)
        sys.stdin.readline()
    """)
    assert tool.stdout.readline() == "open\n"
    with pytest.raises(StoreBusy, match=str(tool.pid)):
        restore(filled)
    assert not [name for name in os.listdir() if "before-restore" in name]


def test_a_backup_that_was_killed_is_no_backup_and_is_removed_by_the_next(filled, child):
    killed = child("""
        import os, signal
        from jupyter_mlops.storage.duckdb import backups
        from jupyter_mlops.storage.opened import open_store
        from jupyter_mlops.upkeep.backups import back_up
        backups.BackupFolder.finish = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        back_up(open_store())
    """)
    assert killed.wait() == -signal.SIGKILL
    (left,) = [name for name in os.listdir("mlops.duckdb.backups") if name.endswith(".partial")]
    assert list_backups(filled) == []
    backup = back_up(filled)
    assert left not in os.listdir("mlops.duckdb.backups")
    assert [found.folder for found in list_backups(filled)] == [backup.folder]


def test_only_the_oldest_backups_are_removed(filled, tmp_path):
    place = str(tmp_path / "elsewhere")
    made = [back_up(filled, place, artifacts=False).folder for _ in range(3)]
    kept = back_up(filled, place, artifacts=False, why="repair").folder
    assert prune(filled, 1, place) == made[:2]
    assert sorted(name for name in os.listdir(place) if name != ".gitignore") == sorted(map(os.path.basename, [made[2], kept]))


@pytest.mark.faults
def test_a_full_disk_leaves_no_half_backup(filled, tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount a tmpfs: run as root")
    try:
        with pytest.raises(StoreError, match="No space left"):
            back_up(filled, str(place))
        assert os.listdir(place) == [".gitignore"]
    finally:
        subprocess.run(["umount", place], check=True)
    assert back_up(filled).manifest.artifacts


def test_logging_and_reading_go_on_while_a_backup_is_made(filled, child):
    """Nobody waits longer than a lease: the longest call of a reader is told apart from the length of the backup."""
    pathlib.Path("mlartifacts/0/big").mkdir(parents=True)
    for number in range(20):
        pathlib.Path(f"mlartifacts/0/big/{number}").write_bytes(os.urandom(1 << 20))
    process = child("""
        import jupyter_mlops
        from jupyter_mlops.storage.opened import open_store
        from jupyter_mlops.upkeep.backups import back_up
        print("begins", flush=True)
        back_up(open_store())
    """)
    assert process.stdout.readline() == "begins\n"
    reads = 0
    while process.poll() is None:
        assert filled.last_change() > 0
        reads += 1
        time.sleep(0.001)
    assert process.returncode == 0
    assert reads > 3
