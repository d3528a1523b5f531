"""Other processes for tests: Python scripts, and a plain DuckDB that knows nothing of this package."""

import json
import os
import pathlib
import subprocess
import sys
import textwrap

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from tests.mlflow_peers import each_mlflow_python, mlflow_python  # noqa: F401 - fixtures

ROOT = pathlib.Path(__file__).parent.parent
_READER = """
import json, sys, time, duckdb

def rows(path, sql):
    for _ in range(200):
        try:
            with duckdb.connect(path, read_only=True) as connection:
                return connection.execute(sql).fetchall()
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            time.sleep(0.05)  # another process has its turn
    raise TimeoutError(f"{path} was locked for 10 s")

for line in sys.stdin:
    try:
        answer = [None, rows(*json.loads(line))]
    except Exception as error:  # one query that fails is one test that fails
        answer = [f"{type(error).__name__}: {error}", None]
    print(json.dumps(answer, default=str), flush=True)
"""


def _command(script, arguments):
    return [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]


def _environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def python():
    """Run a script in a process of its own to its end; returns what it printed."""

    def run(script, *arguments, check=True):
        done = subprocess.run(
            _command(script, arguments), capture_output=True, text=True, env=_environment(), timeout=120, check=False
        )
        if check:
            assert done.returncode == 0, done.stderr
            return done.stdout
        return done

    return run


@pytest.fixture
def child():
    """Start a script in a process of its own; it is killed when the test ends. Its output can be read line by line."""
    started = []

    def start(script, *arguments):
        process = subprocess.Popen(
            _command(script, arguments), stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env=_environment()
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stdin.close()


@pytest.fixture(scope="session")
def _plain_duckdb():
    command = [sys.executable, "-c", _READER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def sql(_plain_duckdb):
    """Rows of a query on a store's file, as a plain DuckDB in another process sees them after a fold."""
    from jupyter_mlops.storage.opened import open_store

    def ask(query, path=None):
        store = open_store(path)
        store.last_change()
        _plain_duckdb.stdin.write(json.dumps([store.path, query]) + "\n")
        _plain_duckdb.stdin.flush()
        problem, rows = json.loads(_plain_duckdb.stdout.readline())
        assert problem is None, problem
        return [tuple(row) for row in rows]

    return ask


@pytest.fixture
def value(sql):
    """The one value of a query, see `sql`."""
    return lambda query, path=None: sql(query, path)[0][0]


@pytest.fixture
def store(tmp_path):
    """Folder of the test's store."""
    return tmp_path


@pytest.fixture
def frame():
    """Two columns of numbers."""
    return pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 0.0, 1.0, 2.0]})


@pytest.fixture
def model(frame):
    """A small fitted classifier of `frame`."""
    return LogisticRegression().fit(frame, [0, 1, 0, 1])
