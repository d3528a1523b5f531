"""The store's file in the hands of another tool, and a disk that is full."""

import contextlib
import os
import subprocess
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import JournalFull, StoreBusy, StoreError, StoreReadOnly
from jupyter_mlops.storage.opened import open_store
from tests.faults.disks import small_disk

pytestmark = pytest.mark.faults


def test_file_open_for_writing_elsewhere_stops_readers_but_no_logging(child):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0, step=0)
        assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 1.0}
        holder = child(
            """
            import duckdb, sys
            connection = duckdb.connect(sys.argv[1])
            print("open", flush=True)
            sys.stdin.readline()
        """,
            open_store().path,
        )
        assert holder.stdout.readline() == "open\n"
        begin = time.monotonic()
        for step in range(1, 1000):
            mlflow.log_metric("loss", 1.0, step=step)
        assert time.monotonic() - begin < 10  # one that waited would wait for 30 s
        open_store().files.wait_s = 0.3
        with pytest.raises(StoreBusy, match=f"process {holder.pid} ") as caught:
            mlflow.get_run(run.info.run_id)
        assert f"process {holder.pid} " in caught.value.holder
        assert time.monotonic() - begin < 5
        holder.stdin.write("\n")
        holder.stdin.flush()
        holder.wait()
        assert len(MlflowClient().get_metric_history(run.info.run_id, "loss")) == 1000


def test_file_open_in_this_very_process_is_said_so():
    import duckdb

    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
    mlflow.get_run(run.info.run_id)
    store = open_store()
    store.files.wait_s = 0.1
    with duckdb.connect(store.path), pytest.raises(StoreBusy, match="This very process"):
        mlflow.get_run(run.info.run_id)
    assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 1.0}


def test_file_open_for_reading_elsewhere_delays_readers_until_it_is_closed(child):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
    mlflow.get_run(run.info.run_id)
    reader = child(
        """
        import duckdb, sys, time
        with duckdb.connect(sys.argv[1], read_only=True):
            print("open", flush=True)
            time.sleep(0.5)
    """,
        open_store().path,
    )
    assert reader.stdout.readline() == "open\n"
    assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 1.0}


HOLD_FOR_READING = """
import duckdb, sys
with duckdb.connect(sys.argv[1], read_only=True):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_file_open_for_reading_elsewhere_is_shown_as_it_was_folded_last(child, caplog):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0, step=0)
        mlflow.get_run(run.info.run_id)
        reader = child(HOLD_FOR_READING, open_store().path)
        assert reader.stdout.readline() == "open\n"
        mlflow.log_metric("loss", 2.0, step=1)
        begin = time.monotonic()
        for _ in range(3):
            assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 1.0}
            assert len(mlflow.search_runs()) == 1
        assert time.monotonic() - begin < 5
        assert caplog.text.count(f"open in process {reader.pid} ") == 1
        assert "shown as of" in caplog.text
        open_store().files.wait_s = 0.2
        with pytest.raises(StoreBusy, match=f"process {reader.pid} "):
            mlflow.create_experiment("later")
        reader.stdin.write("\n")
        reader.stdin.flush()
        reader.wait()
        assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 2.0}
        assert mlflow.create_experiment("later") == "1"


def test_a_reader_of_this_very_process_stops_no_reads():
    import duckdb

    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
    mlflow.get_run(run.info.run_id)
    with duckdb.connect(open_store().path, read_only=True):
        assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 1.0}
    mlflow.set_experiment("and writes go on")


@pytest.fixture
def read_only_copy(tmp_path):
    """Another view of the test's folder, in which nothing may be written."""
    folder = tmp_path / "view"
    folder.mkdir()
    for command in (["mount", "--bind", tmp_path, folder], ["mount", "-o", "remount,bind,ro", folder]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"a folder cannot be mounted read-only: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_store_that_may_not_be_written_is_shown_as_it_was_folded_last(read_only_copy, caplog):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0, step=0)
        mlflow.get_run(run.info.run_id)
        mlflow.log_metric("loss", 2.0, step=1)
        mlflow.set_tracking_uri(read_only_copy / "mlops.duckdb")
        assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 1.0}
        assert "Read-only" in caplog.text
        for call in (
            lambda: mlflow.create_experiment("a"), lambda: MlflowClient().create_run("0"),
            lambda: MlflowClient().create_registered_model("m"),
        ):  # fmt: skip
            with pytest.raises(StoreReadOnly) as caught:
                call()
            assert caught.value.error_code == "PERMISSION_DENIED"
        mlflow.set_tracking_uri(read_only_copy / "nothing" / "mlops.duckdb")
        with pytest.raises(StoreReadOnly):
            mlflow.search_experiments()


@pytest.fixture(name="small_disk")
def _small_disk(tmp_path):
    with small_disk(tmp_path / "small", 4) as folder:
        yield folder


def test_full_disk_refuses_whole_calls_and_recovers(small_disk, sql, capsys):
    mlflow.set_tracking_uri(small_disk / "mlops.duckdb")
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.0, step=0)
        assert mlflow.get_run(run.info.run_id).data.metrics
        filler = small_disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            size = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize - 8192
            file.write(b"x" * size)
        returned, refused = 1, 0
        for step in range(1, 2000):
            try:
                mlflow.log_metric("loss", float(step), step=step)
                returned += 1
            except JournalFull:
                refused += 1
        assert refused > 0
        assert returned > 1
        with contextlib.suppress(StoreError):  # a read that has no room to fold says so
            mlflow.get_run(run.info.run_id)
        os.unlink(filler)
        mlflow.log_metric("loss", -1.0, step=5000)
    assert sql("SELECT count(*), count(DISTINCT step), max(step) FROM metrics") == [(returned + 1, returned + 1, 5000)]
    assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"
    assert sql("SELECT count(*) FROM rejected") == [(0,)]
    with capsys.disabled():
        print(f"\n[faults] full disk: {returned} calls returned and are kept, {refused} raised and left nothing")


def test_full_disk_leaves_the_head_file_whole(small_disk):
    from jupyter_mlops.storage.journal.heads import new_head, read_head, write_head

    head = new_head()
    write_head(str(small_disk), head)
    with open(small_disk / "filler", "wb", buffering=0) as file:
        while file.write(b"x" * 65536) == 65536:
            pass
    with pytest.raises(OSError):
        for number in range(2000):
            write_head(str(small_disk), head.with_experiments(head.experiments * 50))
            (small_disk / f"more{number}").write_bytes(b"x" * 4096)
    assert read_head(str(small_disk)) is not None
