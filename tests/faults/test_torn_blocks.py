"""A process killed within the write of a block of metadata, which DuckDB writes over itself: nothing is lost.

One kill in some thousands hits such a write, so the halves are put together here: of the file as it was before a
checkpoint and as it was after it, which both come from real processes.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreCorrupt
from tests.conftest import ROOT

pytestmark = pytest.mark.faults

FIRST, BLOCK, PAGE = 12_288, 262_144, 4096
POINTS = 3000
# The second fold is committed to the write-ahead log; the process dies before its checkpoint.
KILLED_BEFORE_CHECKPOINT = """
import os, signal, sys
import jupyter_mlops as mlflow
from jupyter_mlops.storage.duckdb import sessions
with mlflow.start_run():
    for step in range(1000):
        mlflow.log_metric("loss", step * 0.37, step=step)
    mlflow.search_runs()
    for step in range(1000, int(sys.argv[1])):
        mlflow.log_metric("loss", step * 0.37, step=step)
        mlflow.log_metric(f"m{step}", 1.0)
    sessions._detach = lambda engine: os.kill(os.getpid(), signal.SIGKILL)
    mlflow.search_runs()
"""
CHECKPOINT = """
import sys, duckdb
with duckdb.connect(sys.argv[1]) as connection:
    metadata = connection.execute("SELECT block_id FROM pragma_metadata_info()").fetchall()
    rows = connection.execute("SELECT min(block_id) FROM pragma_storage_info('metrics') WHERE block_id >= 0").fetchall()
    print([[block for (block,) in answer] for answer in (metadata, rows)])
    connection.execute("CHECKPOINT")
"""


def _run(script, *arguments, cwd):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, check=False)


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory):
    """Folders with the store before and after a checkpoint, where blocks were written over, and one of rows."""
    before = tmp_path_factory.mktemp("before")
    assert _run(KILLED_BEFORE_CHECKPOINT, POINTS, cwd=before).returncode == -9
    after = tmp_path_factory.mktemp("after") / "copied"
    shutil.copytree(before, after)
    metadata, (rows,) = json.loads(_run(CHECKPOINT, after / "mlops.duckdb", cwd=after).stdout)
    old, new = ((folder / "mlops.duckdb").read_bytes() for folder in (before, after))
    places = {block: FIRST + BLOCK * block for block in metadata}
    differing = [
        at for at in places.values() if at + BLOCK <= min(len(old), len(new)) and old[at : at + BLOCK] != new[at : at + BLOCK]
    ]
    if not differing:
        pytest.skip("this version of DuckDB writes no block over itself: there is nothing that a kill can tear")
    return before, old, new, differing, FIRST + BLOCK * rows


def _put(before, data):
    shutil.copytree(before, ".", dirs_exist_ok=True)
    pathlib.Path("mlops.duckdb").write_bytes(data)


@pytest.mark.parametrize("pages", [1, 2, 3, 63])
def test_torn_blocks_of_metadata_are_mended_and_nothing_is_lost(before_and_after, sql, pages, caplog):
    before, old, new, differing, _ = before_and_after
    mended = 0
    for at in differing:
        torn = bytearray(old)
        torn[at : at + pages * PAGE] = new[at : at + pages * PAGE]
        mended += torn[at : at + BLOCK] not in (old[at : at + BLOCK], new[at : at + BLOCK])
        _put(before, torn)
        assert mlflow.sql("SELECT count(*) AS n, sum(value) AS total FROM metrics WHERE key = 'loss'").iloc[0].tolist() == [
            POINTS, pytest.approx(0.37 * POINTS * (POINTS - 1) / 2),
        ]  # fmt: skip
        assert len(mlflow.search_runs().iloc[0].filter(like="metrics.")) == 1 + POINTS - 1000
    assert caplog.text.count("is whole again") == mended
    assert mended or pages > 1
    assert sql("SELECT count(*), count(DISTINCT step) FROM metrics WHERE key = 'loss'") == [(POINTS, POINTS)]
    assert not list(pathlib.Path().glob("*.mending*"))


def test_damaged_rows_are_told_and_not_passed_over(before_and_after, caplog):
    before, old, *_, block_of_rows = before_and_after
    rotten = bytearray(old)
    rotten[block_of_rows + 100] ^= 4
    _put(before, rotten)
    with pytest.raises(StoreCorrupt):
        mlflow.sql("SELECT sum(value), sum(step), max(key) FROM metrics")
    assert "whole again" not in caplog.text


def test_without_an_unfinished_checkpoint_nothing_is_mended(before_and_after):
    before, old, new, differing, _ = before_and_after
    torn = bytearray(old)
    torn[differing[0] : differing[0] + PAGE] = new[differing[0] : differing[0] + PAGE]
    torn[differing[0] + 8] ^= 4
    _put(before, torn)
    pathlib.Path("mlops.duckdb.wal").unlink()
    with pytest.raises(StoreCorrupt):
        mlflow.search_runs()
    assert bytes(torn) == pathlib.Path("mlops.duckdb").read_bytes()
