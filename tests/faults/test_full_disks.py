"""A disk that fills up while a store is folded and checkpointed: what had returned is there when there is room again."""

import contextlib
import os

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import JournalFull, StoreError
from jupyter_mlops.storage.opened import open_store
from tests.faults.disks import small_disk

pytestmark = pytest.mark.faults


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", 24) as folder:
        mlflow.set_tracking_uri(folder / "mlops.duckdb")
        yield folder


def fill(disk, leave):
    room = os.statvfs(disk)
    size = room.f_bavail * room.f_frsize - leave
    if size > 0:
        with open(disk / "filler", "ab", buffering=0) as file:
            file.write(bytes(size))


@pytest.mark.parametrize("room", [0, 4096, 30_000, 100_000, 300_000, 600_000, 1_200_000, 2_500_000])
def test_no_room_to_fold_or_checkpoint(disk, sql, room):
    """The less room, the earlier it fails: at the attachment, in the transaction, at its end, at the checkpoint."""
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.0, step=0)
        assert mlflow.get_run(run.info.run_id).data.metrics
        returned = 1
        for step in range(1, 20_000):
            mlflow.log_metric("loss", step * 0.37, step=step)
            returned += 1
        fill(disk, room)
        failed = 0
        for _ in range(3):
            try:
                assert mlflow.get_run(run.info.run_id).data.metrics["loss"] == (returned - 1) * 0.37
            except StoreError:
                failed += 1
            with contextlib.suppress(JournalFull):
                mlflow.log_metric("loss", returned * 0.37, step=returned)
                returned += 1
            fill(disk, room)
        if room <= 30_000:
            assert failed
        os.unlink(disk / "filler")
        assert mlflow.get_run(run.info.run_id).data.metrics["loss"] == (returned - 1) * 0.37
    assert sql("SELECT count(*), count(DISTINCT step), max(step) FROM metrics") == [(returned, returned, returned - 1)]
    assert sql("SELECT count FROM latest_metrics") == [(returned,)]
    assert sql("SELECT count(*) FROM rejected") == [(0,)]
    assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"
    assert not (disk / "mlops.duckdb.wal").exists()


def test_killed_while_the_disk_is_full(disk, child, sql):
    """A log that could not be checkpointed, and a process that then dies."""
    process = child("""
        import os, signal, jupyter_mlops as mlflow
        from jupyter_mlops.errors import JournalFull, StoreError
        with mlflow.start_run() as run:
            mlflow.search_runs()
            for step in range(20_000):
                mlflow.log_metric("loss", step * 0.37, step=step)
            disk = os.path.dirname(mlflow.get_tracking_uri())
            room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            with open(disk + "/filler", "wb", buffering=0) as file:
                file.write(bytes(room - 900_000))
            try:
                mlflow.search_runs()
            except StoreError:
                pass
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    process.wait()
    (disk / "filler").unlink(missing_ok=True)
    assert open_store().path == str(disk / "mlops.duckdb")
    assert sql("SELECT count(*), count(DISTINCT step) FROM metrics") == [(20_000, 20_000)]
    assert sql("SELECT status FROM runs") == [("KILLED",)]
