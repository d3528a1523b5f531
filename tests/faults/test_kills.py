"""Processes that die by SIGKILL: what a call returned for is there, once."""

import json
import os
import signal
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from tests.faults.amounts import KILLS

pytestmark = pytest.mark.faults

LOG_UNTIL_KILLED = """
import os, signal, sys
import jupyter_mlops as mlflow
mlflow.start_run(run_id=None, run_name="killed")
print(mlflow.active_run().info.run_id, flush=True)
for step in range(int(sys.argv[1])):
    mlflow.log_metric("loss", 0.5, step=step)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("points", [1, 2, 777])
def test_killed_right_after_a_metric_keeps_exactly_those_that_returned(child, sql, points):
    process = child(LOG_UNTIL_KILLED, points)
    run_id = process.stdout.readline().strip()
    assert process.wait() == -signal.SIGKILL
    assert len(MlflowClient().get_metric_history(run_id, "loss")) == points
    assert sql("SELECT count(*), count(DISTINCT step), min(step), max(step) FROM metrics") == [
        (points, points, 0, points - 1)
    ]


def test_killed_owner_ends_as_killed_at_its_last_record(child, value):
    process = child(LOG_UNTIL_KILLED, 5)
    run_id = process.stdout.readline().strip()
    process.wait()
    before = time.time_ns() // 1_000_000
    time.sleep(0.05)
    run = mlflow.get_run(run_id)
    assert run.info.status == "KILLED"
    assert run.info.end_time == max(m.timestamp for m in MlflowClient().get_metric_history(run_id, "loss"))
    assert run.info.end_time <= before
    assert value("SELECT count(*) FROM run_owners") == 0


def test_run_made_by_a_client_stays_running_when_its_process_dies(child):
    process = child("""
        import os, signal
        from jupyter_mlops import MlflowClient
        client = MlflowClient()
        run_id = client.create_run("0").info.run_id
        client.log_metric(run_id, "loss", 1.0)
        print(run_id, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    run_id = process.stdout.readline().strip()
    process.wait()
    info = mlflow.get_run(run_id).info
    assert (info.status, info.end_time) == ("RUNNING", None)


def test_given_up_run_is_revived_by_a_later_record_of_a_living_process(child):
    process = child(LOG_UNTIL_KILLED, 3)
    run_id = process.stdout.readline().strip()
    process.wait()
    assert mlflow.get_run(run_id).info.status == "KILLED"
    time.sleep(0.01)
    MlflowClient().log_metric(run_id, "loss", 1.0)
    info = mlflow.get_run(run_id).info
    assert (info.status, info.end_time) == ("RUNNING", None)


def test_forked_child_that_logs_on_keeps_the_run_of_its_dead_parent_open(child):
    process = child("""
        import os, signal, sys, time
        import jupyter_mlops as mlflow
        run = mlflow.start_run()
        mlflow.log_metric("parent", 1.0)
        print(run.info.run_id, flush=True)
        parent = os.getpid()
        if os.fork():
            os.kill(parent, signal.SIGKILL)
        while os.getppid() == parent:
            time.sleep(0.01)
        time.sleep(0.01)
        mlflow.log_metric("child", 2.0)
        print("logged", flush=True)
        sys.stdin.readline()
        os._exit(0)
    """)
    run_id = process.stdout.readline().strip()
    assert process.stdout.readline() == "logged\n"
    for _ in range(2):
        run = mlflow.get_run(run_id)
        assert (run.info.status, run.data.metrics) == ("RUNNING", {"parent": 1.0, "child": 2.0})
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.read() == ""  # the child has ended
    assert mlflow.get_run(run_id).info.status == "KILLED"


# One process per attempt, forked from a parent that has imported all but opened nothing, so that an attempt takes
# milliseconds. The worker writes ``L`` and the number of points whose calls returned, ``B`` before a fold, ``E`` after.
KILL_INSIDE_FOLDS = """
import json, os, random, signal, sys, time, traceback
import duckdb, numpy
import jupyter_mlops as mlflow
from jupyter_mlops.storage.duckdb import files
from jupyter_mlops.storage.opened import open_store

wanted = int(sys.argv[1])
chance = random.Random(sys.argv[2])

def work(pipe):
    fold = files.fold
    def marked(*arguments):
        os.write(pipe, b"B\\n")
        try:
            return fold(*arguments)
        finally:
            os.write(pipe, b"E\\n")
    files.fold = marked
    run = mlflow.start_run()
    os.write(pipe, f"R {run.info.run_id}\\n".encode())
    step = 0
    while True:
        for step in range(step, step + 200):
            mlflow.log_metric("loss", float(step), step=step)
        step += 1
        os.write(pipe, f"L {step}\\n".encode())
        open_store().last_change()

landed, attempts, expected = 0, 0, {}
while landed < wanted and attempts < 20 * wanted:
    attempts += 1
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            work(writing)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(9)
    os.close(writing)
    begins, text = chance.randint(1, 4), b""
    while text.count(b"B\\n") < begins:
        more = os.read(reading, 65536)
        assert more, f"the worker died by itself: {text}"
        text += more
    pause = time.perf_counter() + chance.uniform(0, 0.03)
    while time.perf_counter() < pause:
        pass
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    while more := os.read(reading, 65536):
        text += more
    os.close(reading)
    lines = text.decode().split("\\n")
    inside = [line for line in lines if line in "BE" and line][-1] == "B"
    landed += inside
    run_id = next(line[2:] for line in lines if line.startswith("R"))
    logged = [int(line[2:]) for line in lines if line.startswith("L")][-1]
    expected[run_id] = (logged, inside)
print(json.dumps([landed, attempts, expected]))
"""


def test_kills_inside_folds_lose_and_double_nothing(python, sql, capsys):
    wanted = max(50, KILLS)
    landed, attempts, expected = json.loads(python(KILL_INSIDE_FOLDS, wanted, "kills"))
    found = {
        run_id: (count, distinct, least, greatest, summary, status)
        for run_id, count, distinct, least, greatest, summary, status in sql(
            "SELECT run_id, count(*), count(DISTINCT m.step), min(m.step), max(m.step), any_value(l.count), any_value(status) "
            "FROM metrics m JOIN runs USING (rid) JOIN latest_metrics l USING (rid) GROUP BY run_id"
        )
    }
    assert landed >= wanted
    assert len(found) == attempts
    for run_id, (logged, inside) in expected.items():
        count, distinct, least, greatest, summary, status = found[run_id]
        assert count == distinct == greatest + 1 == summary, run_id
        assert least == 0
        assert count == logged if inside else count >= logged, run_id  # outside a fold some more may have been logged
        assert status == "KILLED"
    assert sql("SELECT count(*) FROM rejected") == [(0,)]
    assert not [name for name in os.listdir("mlops.duckdb.journal") if name.endswith(".seg")]
    with capsys.disabled():
        points = sum(row[0] for row in found.values())
        print(f"\n[faults] kills inside folds: {landed} landed of {attempts}; {points} points, none lost or doubled")
