"""A process that is stopped (Ctrl-Z, a debugger, a suspended container) while it holds the lease."""

import os
import signal
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreBusy
from jupyter_mlops.storage.opened import open_store

pytestmark = pytest.mark.faults

HOLD = """
import os, signal
import jupyter_mlops as mlflow
from jupyter_mlops.storage.opened import open_store
with mlflow.start_run():
    mlflow.log_metric("loss", 1.0)
    with open_store().files.session("a long look") as session:
        print("inside", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
        assert session.row("SELECT count(*) FROM store.metrics") == (1,)
    print("outside", flush=True)
"""


def test_others_wait_log_on_and_are_told_who_it_is(child, sql):
    holder = child(HOLD)
    assert holder.stdout.readline() == "inside\n"
    os.waitid(os.P_PID, holder.pid, os.WSTOPPED | os.WNOWAIT)
    store = open_store()
    store.files.wait_s = 0.3
    with mlflow.start_run():
        begin = time.monotonic()
        for step in range(1000):
            mlflow.log_metric("loss", 2.0, step=step)
        assert time.monotonic() - begin < 10  # a thousand that waited would wait for 300 s
        for _ in range(3):
            with pytest.raises(StoreBusy, match=rf"process {holder.pid} .*a long look"):
                mlflow.search_runs()
    holder.send_signal(signal.SIGCONT)
    assert holder.stdout.readline() == "outside\n"
    assert holder.wait() == 0
    store.files.wait_s = 10
    assert sql("SELECT count(*) FROM metrics") == [(1001,)]
    assert sql("SELECT DISTINCT status FROM runs") == [("FINISHED",)]


def test_a_waiter_gets_its_turn_when_the_holder_goes_on(child):
    holder = child(HOLD)
    assert holder.stdout.readline() == "inside\n"
    waiter = child("import jupyter_mlops as mlflow\nprint(len(mlflow.search_runs()), flush=True)")
    time.sleep(1)
    assert waiter.poll() is None
    holder.send_signal(signal.SIGCONT)
    assert waiter.stdout.readline() == "1\n"


def test_a_holder_that_is_killed_while_stopped_gives_its_turn_up(child, sql):
    holder = child(HOLD)
    assert holder.stdout.readline() == "inside\n"
    os.waitid(os.P_PID, holder.pid, os.WSTOPPED | os.WNOWAIT)
    holder.kill()
    assert sql("SELECT status, count(*) FROM runs JOIN metrics USING (rid) GROUP BY ALL") == [("KILLED", 1)]
