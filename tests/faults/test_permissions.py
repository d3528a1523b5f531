"""Files and folders of a store that a process may read but not write, or not even read."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from tests.conftest import ROOT

pytestmark = pytest.mark.faults

TRY = """
import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreError
for call in (lambda: len(mlflow.search_runs()), lambda: mlflow.create_experiment("a"), lambda: mlflow.start_run()):
    try:
        print(type(call()).__name__)
    except StoreError as error:
        print(type(error).__name__)
"""


@pytest.fixture
def bound():
    """Run a script in a process that is bound by the modes of files, as root is not."""

    def run(script):
        command = [sys.executable, "-c", script]
        if os.geteuid() == 0:
            if shutil.which("setpriv") is None:
                pytest.skip("root may write everywhere: install setpriv (util-linux), or run as another user")
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run


@pytest.fixture
def modes():
    """Set the modes of the store's files, and give them back in the end."""
    with mlflow.start_run():
        mlflow.log_metric("loss", 1.0)
    mlflow.search_runs()
    folder = pathlib.Path.cwd() / "mlops.duckdb.journal"
    kept = {path: path.stat().st_mode for path in (folder.parent, *folder.parent.glob("mlops*"), *folder.iterdir())}

    def change(**wanted):
        names = {"folder": folder.parent, "journal": folder, "head": folder / "head.json"}
        for name, mode in wanted.items():
            names.get(name, folder.parent / f"mlops.duckdb{'.lock' if name == 'lock' else ''}").chmod(mode)

    yield change
    for path, mode in kept.items():
        path.chmod(mode)


def test_what_may_be_read_is_shown_and_not_changed(bound, modes):
    before = pathlib.Path("mlops.duckdb").read_bytes()
    modes(database=0o400, lock=0o400, head=0o400, journal=0o500, folder=0o500)
    assert bound(TRY) == ["int", "StoreReadOnly", "StoreReadOnly"]
    assert pathlib.Path("mlops.duckdb").read_bytes() == before


def test_what_is_logged_beside_a_read_only_database_waits_in_the_journal(bound, modes):
    modes(database=0o400)
    log = TRY + "mlflow.log_metric('loss', 2.0)\nmlflow.end_run()\n"
    assert bound(log) == ["int", "StoreReadOnly", "ActiveRun"]
    modes(database=0o600)
    found = MlflowClient().search_runs(["0"], order_by=["start_time"])
    assert [(run.data.metrics["loss"], run.info.status) for run in found] == [(1.0, "FINISHED"), (2.0, "FINISHED")]


def test_what_may_not_even_be_read_is_said_so(bound, modes):
    modes(database=0o000)
    assert bound(TRY)[:2] == ["StoreReadOnly"] * 2
    modes(database=0o600, journal=0o000)
    assert bound(TRY) == ["int", "StoreReadOnly", "StoreReadOnly"]  # what was folded last needs no journal
