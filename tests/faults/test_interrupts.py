"""Interrupts (the notebook's stop button) at any moment: the next call works, and nobody else has to wait."""

import random
import signal
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.tracking import stacks
from tests.faults.amounts import INTERRUPTS

pytestmark = pytest.mark.faults

WORKER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background hands down a SIGINT that is ignored
import jupyter_mlops as mlflow
from jupyter_mlops.storage.opened import open_store

what, times = sys.argv[1], int(sys.argv[2])
run = mlflow.start_run()
run_id, returned, begun = run.info.run_id, 0, 0
print(run_id, flush=True)

def work():
    global returned, begun
    for _ in range(50):
        begun += 1
        mlflow.log_metric("loss", 0.5, step=begun)
        returned += 1
    if what == "log":
        time.sleep(0.0005)  # half of the time: a backlog of millions is another test's business
    elif what == "fold":
        open_store().last_change()
    elif what == "read":
        assert mlflow.get_run(run_id).data.metrics
        assert len(mlflow.search_runs()) == 1

for count in range(times):
    try:
        while True:
            work()
            if count and not told:
                told = True
                print("worked", flush=True)
    except KeyboardInterrupt:
        told = False
        print("interrupted", flush=True)
work()
mlflow.end_run()
print(returned, begun, flush=True)
"""


@pytest.mark.parametrize("what", ["log", "fold", "read"])
def test_interrupted_many_times(child, sql, capsys, what):
    chance = random.Random(what)
    worker = child(WORKER, what, INTERRUPTS)
    run_id = worker.stdout.readline().strip()
    store = open_store()
    longest = 0.0
    time.sleep(0.3)
    for count in range(INTERRUPTS):
        if count:
            assert worker.stdout.readline() == "worked\n"
        time.sleep(chance.uniform(0, 0.02))
        worker.send_signal(signal.SIGINT)
        assert worker.stdout.readline() == "interrupted\n"
        begin = time.monotonic()
        with store.files.session("read", wait_s=1.0) as session:  # raises StoreBusy when the worker kept the lease
            assert session.row("SELECT 1") == (1,)
        longest = max(longest, time.monotonic() - begin)
    returned, begun = map(int, worker.stdout.readline().split())
    assert worker.wait() == 0
    (row,) = sql("SELECT count(*), count(DISTINCT step), any_value(status) FROM metrics JOIN runs USING (rid)")
    points, distinct, status = row
    assert points == distinct
    assert returned <= points <= begun  # a call that was interrupted may have written its point
    assert status == "FINISHED"
    assert mlflow.get_run(run_id).data.metrics == {"loss": 0.5}
    assert sql("SELECT count(*) FROM rejected") == [(0,)]
    with capsys.disabled():
        print(
            f"\n[faults] {INTERRUPTS} interrupts while {what}: {points} points, {returned} returned; longest wait of a reader {longest:.3f} s"
        )


@pytest.fixture
def interrupting(monkeypatch):
    """Make a function send an interrupt to its own process when it has done its work."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt_after(place, name):
        real = getattr(place, name)

        def wrapper(*arguments, **keywords):
            result = real(*arguments, **keywords)
            signal.raise_signal(signal.SIGINT)
            return result

        monkeypatch.setattr(place, name, wrapper)

    yield interrupt_after
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("module", ["duckdb", "_duckdb", "pandas", "pandas.errors", "pandas._libs.tslibs"])
def test_interrupted_while_packages_load_for_the_first_read(python, module):
    """pandas cannot be imported again in a process in which its first import was broken off."""
    script = """
        import signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)
        import jupyter_mlops as mlflow
        mlflow.start_run()
        class Interrupting:
            def find_spec(self, name, path=None, target=None):
                if name == sys.argv[1]:
                    sys.meta_path.remove(self)
                    signal.raise_signal(signal.SIGINT)
        sys.meta_path.insert(0, Interrupting())
        try:
            print(mlflow.search_runs())
        except KeyboardInterrupt:
            print(len(mlflow.search_runs()))
        mlflow.end_run()
    """
    assert python(script, module) == "1\n"


def test_interrupted_between_the_start_of_a_run_and_its_block(interrupting, sql):
    interrupting(DuckDBStore, "create_run")
    with pytest.raises(KeyboardInterrupt), mlflow.start_run():
        pytest.fail("the block was entered")
    assert mlflow.active_run() is None
    assert sql("SELECT status FROM runs") == [("KILLED",)]


def test_interrupted_between_the_end_of_a_block_and_that_of_its_run(interrupting, sql):
    interrupting(stacks, "remove")
    with pytest.raises(KeyboardInterrupt), mlflow.start_run():
        pass
    mlflow.start_run(tags={"bare": "yes"})
    with pytest.raises(KeyboardInterrupt):
        mlflow.end_run()
    assert mlflow.active_run() is None
    assert sql("SELECT status FROM runs") == [("FINISHED",)] * 2


INTERRUPT_ITSELF = """
import random, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import jupyter_mlops as mlflow
from jupyter_mlops.storage.opened import open_store

times = int(sys.argv[1])
chance = random.Random(5)
run = mlflow.start_run()
mlflow.log_metric("loss", 0.0, step=0)
mlflow.search_runs()
client, returned, begun, interrupted = mlflow.MlflowClient(), 1, 1, 0
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
while interrupted < times:
    try:
        signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.0001, 0.06))
        while True:
            for _ in range(20):
                begun += 1
                mlflow.log_metric("loss", 0.5, step=begun)
                returned += 1
            assert mlflow.get_run(run.info.run_id).data.metrics
            client.get_metric_history(run.info.run_id, "loss")
            client.set_tag(run.info.run_id, "t", begun)
    except KeyboardInterrupt:
        interrupted += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        with open_store().files.session("look", wait_s=0.5) as session:  # no lease was kept, nothing is attached
            assert session.row("SELECT 1") == (1,)
mlflow.end_run()
print(returned, begun)
"""


def test_interrupted_by_its_own_timer(python, sql, capsys):
    returned, begun = map(int, python(INTERRUPT_ITSELF, INTERRUPTS).split())
    (row,) = sql("SELECT count(*), count(DISTINCT step), any_value(status) FROM metrics JOIN runs USING (rid)")
    assert row[0] == row[1]
    assert returned <= row[0] <= begun
    assert row[2] == "FINISHED"
    with capsys.disabled():
        print(f"\n[faults] {INTERRUPTS} interrupts by a timer: {row[0]} points, {returned} returned")
