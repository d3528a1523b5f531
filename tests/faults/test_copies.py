"""A store that is copied file by file while others write to it."""

import shutil
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreCorrupt
from jupyter_mlops.storage.opened import open_store

pytestmark = pytest.mark.faults

LOG = """
import jupyter_mlops as mlflow
run = mlflow.start_run()
print("begun", flush=True)
step = 0
while True:
    mlflow.log_metric("loss", float(step), step=step)
    step += 1
    if step % 2000 == 0:
        mlflow.get_run(run.info.run_id)
"""


def test_a_copy_of_a_store_in_use_holds_a_prefix_of_each_writer(child, sql, tmp_path, capsys):
    writers = [child(LOG) for _ in range(2)]
    for writer in writers:
        assert writer.stdout.readline() == "begun\n"
    time.sleep(0.3)
    counts = []
    for number in range(8):
        target = tmp_path / f"copy{number}"
        target.mkdir()
        # The lease keeps the database at rest, as `jupyter mlops store backup` does; the journal is written on.
        with open_store().files.at_rest("copy"):
            shutil.copy(tmp_path / "mlops.duckdb", target)
            shutil.copytree(tmp_path / "mlops.duckdb.journal", target / "mlops.duckdb.journal")
        path = target / "mlops.duckdb"
        rows = sql("SELECT count(*), count(DISTINCT step), max(step) FROM metrics GROUP BY rid", path)
        assert all(count == distinct == greatest + 1 for count, distinct, greatest in rows), rows
        assert len(rows) == 2
        assert sql("SELECT DISTINCT status FROM runs", path) == [("KILLED",)]  # nobody writes to the copy's segments
        counts.append(sum(row[0] for row in rows))
        time.sleep(0.05)
    assert counts == sorted(counts)
    with capsys.disabled():
        print(f"\n[faults] 8 copies of a store in use held {counts} points")


def test_a_copy_without_the_lease_opens_or_says_that_it_is_damaged(child, tmp_path):
    """Nobody can promise a whole file to who copies it while it is written: but never half of it is shown as all."""
    writer = child(LOG)
    assert writer.stdout.readline() == "begun\n"
    time.sleep(0.3)
    opened = 0
    for number in range(10):
        target = tmp_path / f"copy{number}"
        target.mkdir()
        shutil.copytree(tmp_path / "mlops.duckdb.journal", target / "mlops.duckdb.journal")
        for suffix in ("", ".wal"):
            if (tmp_path / f"mlops.duckdb{suffix}").exists():
                shutil.copy(tmp_path / f"mlops.duckdb{suffix}", target)
        mlflow.set_tracking_uri(target / "mlops.duckdb")
        try:
            (run,) = mlflow.search_runs(output_format="list")
        except StoreCorrupt:
            continue
        history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
        assert sorted(m.step for m in history) == list(range(len(history)))
        opened += 1
    assert opened
