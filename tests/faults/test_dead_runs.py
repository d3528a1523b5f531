"""Runs of which nobody here can tell whether they go on: given up after a time without records, if one is set."""

import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import InvalidParameter
from tests.conftest import ROOT

pytestmark = pytest.mark.faults

# As if on another machine that shares the folder: another host name, and a kernel that was booted another time.
ON_ANOTHER_MACHINE = """
import os, signal, socket, sys
socket.gethostname = lambda: "faraway"
from jupyter_mlops.storage.journal import segments, writers
segments.machine_boot = writers.machine_boot = lambda: "another boot"
import jupyter_mlops as mlflow
run = mlflow.start_run()
mlflow.log_metric("loss", 1.0)
print(run.info.run_id, flush=True)
if sys.argv[1:2] == ["wait"]:
    if sys.argv[2] == "unseen":  # a lock that does not reach across the network
        import fcntl
        from jupyter_mlops.storage.opened import open_store
        fcntl.flock(open_store().files.writer().begin().fd, fcntl.LOCK_UN)
    print("waits", flush=True)
    sys.stdin.readline()
    mlflow.log_metric("loss", 2.0, step=1)
    print("logged", flush=True)
    sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


def state(run_id):
    info = mlflow.get_run(run_id).info
    return info.status, info.end_time


@pytest.fixture
def timeout(monkeypatch):
    return lambda text: monkeypatch.setenv("JUPYTER_MLOPS_DEAD_RUN_TIMEOUT", text)


def test_a_run_of_another_machine_is_left_alone(python, timeout, sql):
    done = python(ON_ANOTHER_MACHINE, check=False)
    run_id = done.stdout.strip()
    for _ in range(2):
        assert state(run_id) == ("RUNNING", None)
    assert sql("SELECT count(*) FROM metrics") == [(1,)]  # what it logged is read all the same
    timeout("1h")
    assert state(run_id) == ("RUNNING", None)
    time.sleep(0.3)
    timeout("0.2s")
    status, end_time = state(run_id)
    assert status == "KILLED"
    assert sql("SELECT last_record_time, reaped FROM runs") == [(end_time, True)]
    assert sql("SELECT status FROM runs", None) == [("KILLED",)]


def test_a_later_record_of_another_machine_revives_its_run(child, timeout, sql):
    process = child(ON_ANOTHER_MACHINE, "wait", "unseen")
    run_id = process.stdout.readline().strip()
    assert process.stdout.readline() == "waits\n"
    time.sleep(0.4)
    timeout("0.3")
    assert state(run_id)[0] == "KILLED"
    timeout("1h")  # the record below must not be too old for a machine that is slow
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "logged\n"
    assert state(run_id) == ("RUNNING", None)
    assert sql("SELECT count(*) FROM metrics") == [(2,)]


def test_a_lock_that_is_seen_tells_that_the_run_goes_on(child, timeout):
    process = child(ON_ANOTHER_MACHINE, "wait", "seen")
    run_id = process.stdout.readline().strip()
    assert process.stdout.readline() == "waits\n"
    time.sleep(0.3)
    timeout("0.2")
    assert state(run_id)[0] == "RUNNING"
    process.kill()
    process.wait()
    assert state(run_id)[0] == "KILLED"


def test_a_container_that_is_gone_is_known_to_be_dead(python):
    """Another host name on the same running kernel: what the lock says is true."""
    done = python(ON_ANOTHER_MACHINE.replace('"another boot"', "segments.machine_boot.__wrapped__()").replace(
        "segments.machine_boot = writers.machine_boot = lambda: segments.machine_boot.__wrapped__()\n", ""), check=False)  # fmt: skip
    assert state(done.stdout.strip())[0] == "KILLED"


def test_a_silent_run_of_a_client_is_given_up_and_revived(timeout, sql, python):
    client = MlflowClient()
    run_id = client.create_run("0").info.run_id
    client.log_metric(run_id, "loss", 1.0)
    before = time.time_ns() // 1_000_000
    time.sleep(0.4)
    assert state(run_id) == ("RUNNING", None)
    timeout("0.3s")
    status, end_time = state(run_id)
    assert status == "KILLED"
    assert end_time <= before
    change = client.get_run(run_id) and sql("SELECT value FROM meta WHERE key = 'change'")
    assert sql("SELECT value FROM meta WHERE key = 'change'") == change  # given up once, not with every read
    timeout("1h")  # the records below must not be too old for a machine that is slow
    client.log_metric(run_id, "loss", 2.0)
    assert state(run_id) == ("RUNNING", None)
    # A short process that logs to it does not become its owner: the run outlives it.
    python(f'from jupyter_mlops import MlflowClient; MlflowClient().log_metric("{run_id}", "loss", 3.0, step=2)')
    assert state(run_id) == ("RUNNING", None)
    client.set_terminated(run_id)
    time.sleep(0.4)
    timeout("0.3s")
    assert state(run_id)[0] == "FINISHED"


def test_a_silent_run_of_a_living_process_here_goes_on(timeout):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
        time.sleep(0.3)
        timeout("0.1s")
        assert state(run.info.run_id) == ("RUNNING", None)


@pytest.mark.parametrize("text", ["soon", "-1", "0", "2 weeks", "1h30"])
def test_a_timeout_that_is_no_time_is_said_so(timeout, text):
    timeout(text)
    with pytest.raises(InvalidParameter, match="JUPYTER_MLOPS_DEAD_RUN_TIMEOUT"):
        mlflow.search_runs()


def test_the_setting_is_documented():
    assert "JUPYTER_MLOPS_DEAD_RUN_TIMEOUT" in (ROOT / "README.md").read_text("utf-8")
