"""``kill -9`` in the middle of each thing a process does with a store: only those that landed inside are counted.

Workers are forked from a parent that has imported all but opened nothing, so that an attempt takes milliseconds. A worker
writes ``B`` before, ``E`` after each thing; the killer waits for a ``B``, then a random part of a moment.
"""

import json

import pytest

from tests.faults.amounts import KILLS

pytestmark = pytest.mark.faults

KILL = """
import json, os, random, signal, sys, time
import duckdb, numpy, pandas
import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.storage.duckdb import files, fold, lease, migrations, sessions
from jupyter_mlops.storage.journal import segments
from jupyter_mlops.storage.opened import open_store

what, wanted, longest = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
chance = random.Random(what)
pipe = None

def say(text):
    os.write(pipe, text.encode() + b"\\n")

class inside:
    def __enter__(self):
        say("B")
    def __exit__(self, *_):
        say("E")

def marked(place, name):
    real = getattr(place, name)
    def wrapper(*arguments, **keywords):
        with inside():
            return real(*arguments, **keywords)
    setattr(place, name, wrapper)

def log(attempt):
    run = mlflow.start_run()
    say("R " + run.info.run_id)
    step = 0
    while True:
        with inside():
            for step in range(step, step + 20):
                mlflow.log_metric("loss", float(step), step=step)
            mlflow.log_params({f"p{step}": step, f"q{step}": step})
        step += 1
        say(f"L {step}")

def read(attempt):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
    say("R " + run.info.run_id)
    client = MlflowClient()
    while True:
        mlflow.get_run(run.info.run_id)  # others killed before leave much to fold the first time
        with inside():
            mlflow.get_run(run.info.run_id)
            mlflow.search_runs(max_results=50)
            mlflow.sql("SELECT count(*) FROM metrics")

def detach(attempt):
    marked(sessions, "_detach")
    run = mlflow.start_run()
    say("R " + run.info.run_id)
    step = 0
    while True:
        for step in range(step, step + 500):
            mlflow.log_metric("loss", float(step), step=step)
        step += 1
        say(f"L {step}")
        open_store().last_change()

def create(attempt):
    mlflow.set_tracking_uri(f"new{attempt}/mlops.duckdb")
    with inside():
        with mlflow.start_run() as run:
            say("R " + run.info.run_id)
            mlflow.log_metric("loss", 0.0, step=0)
            say("L 1")
        mlflow.search_runs()
        mlflow.create_experiment("made")

def register(attempt):
    client, number = MlflowClient(), 0
    client.create_registered_model(f"model{attempt}")
    while True:
        with inside():
            made = client.create_model_version(f"model{attempt}", "/somewhere")
            client.set_registered_model_alias(f"model{attempt}", "best", made.version)
            client.transition_model_version_stage(f"model{attempt}", made.version, "Production", archive_existing_versions=True)
        say(f"V {made.version}")

landed, attempts, told = 0, 0, []
while landed < wanted and attempts < 20 * wanted:
    attempts += 1
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            pipe = writing
            globals()[what](attempts)
            time.sleep(10)
        finally:
            os._exit(9)
    os.close(writing)
    begins, text = chance.randint(1, 1 if what == "create" else 3), b""
    while text.count(b"B\\n") < begins:
        more = os.read(reading, 65536)
        assert more, f"the worker died by itself: {text}"
        text += more
    pause = time.perf_counter() + chance.uniform(0, longest)
    while time.perf_counter() < pause:
        pass
    os.kill(pid, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    while more := os.read(reading, 65536):
        text += more
    os.close(reading)
    lines = text.decode().split("\\n")
    within = [line for line in lines if line in ("B", "E")][-1] == "B"
    landed += within
    told.append([attempts, within, {line[0]: line[2:] for line in lines if line[:1] in "RLV" and line}])
print(json.dumps([landed, attempts, told]))
"""


@pytest.fixture
def kill(python, capsys):
    def run(what, longest_s):
        landed, attempts, told = json.loads(python(KILL, what, KILLS, longest_s))
        assert landed >= KILLS
        with capsys.disabled():
            print(f"\n[faults] kills inside {what}: {landed} landed of {attempts}")
        return told

    return run


def compare_points(sql, told, path=None):
    """Every point once; nothing of what had returned is missing."""
    found = {
        run_id: row
        for run_id, *row in sql(
            "SELECT run_id, count(m.step), count(DISTINCT m.step), coalesce(max(m.step), -1), any_value(l.count), any_value(status) "
            "FROM runs LEFT JOIN metrics m USING (rid) LEFT JOIN latest_metrics l USING (rid) GROUP BY run_id",
            path,
        )
    }
    for number, _, said in told:
        if "R" not in said:
            continue
        count, distinct, greatest, summary, status = found[said["R"]]
        assert count == distinct == greatest + 1 == (summary or 0), number
        assert count >= int(said.get("L", 0)), number
        assert status in ("KILLED", "FINISHED"), number
    assert sql("SELECT count(*) FROM rejected WHERE reason NOT LIKE 'torn%'", path) == [(0,)]


def test_kills_inside_logging(kill, sql):
    told = kill("log", 0.0006)
    compare_points(sql, told)
    # A batch of two params is there whole or not at all.
    assert sql("SELECT count(*) FILTER (key LIKE 'p%') - count(*) FILTER (key LIKE 'q%') FROM params GROUP BY rid HAVING 1") == [
        (0,)] * sql("SELECT count(DISTINCT rid) FROM params")[0][0]  # fmt: skip


def test_kills_inside_reading(kill, sql):
    told = kill("read", 0.02)
    assert sql("SELECT count(*), count(DISTINCT rid) FROM metrics") == [(len(told), len(told))]
    assert sql("SELECT DISTINCT status FROM runs") == [("FINISHED",)]


def test_kills_inside_checkpoints(kill, sql):
    compare_points(sql, kill("detach", 0.002))


def test_kills_inside_the_creation_of_a_store(kill, sql):
    for number, _, said in kill("create", 0.12):
        path = f"new{number}/mlops.duckdb"
        compare_points(sql, [[number, True, said]], path)
        assert sql("SELECT count(*) FROM experiments WHERE experiment_id = 0", path) == [(1,)]
        assert sql("SELECT count(*), count(DISTINCT value) FROM meta WHERE key IN ('schema', 'store_id')", path) == [(2, 2)]


def test_kills_inside_the_registry(kill, sql):
    for number, _, said in kill("register", 0.03):
        returned = int(said.get("V", 0))
        (row,) = sql(
            "SELECT count(version), coalesce(max(version), 0), count(*) FILTER (stage = 'Production'), "
            f"(SELECT count(*) FROM audit a WHERE a.name = 'model{number}' AND a.kind = 'version' AND a.action = 'create') "
            f"FROM registered_models LEFT JOIN model_versions USING (mid) WHERE name = 'model{number}'"
        )
        made, greatest, in_production, audited = row
        assert made == greatest == audited, number
        assert made - returned in (0, 1), number
        assert in_production <= 1
        assert in_production or made <= 1
