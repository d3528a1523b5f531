"""From the start of a process to what it is for."""

import statistics
import time

import pytest

ROUNDS = 15
FIRST = "import os, {0} as m; m.set_tracking_uri({1!r}); m.start_run(); m.log_metric('loss', 0.5); os._exit(0)"


@pytest.fixture
def starts(benchmark, run_python, mlflow_python):
    """Time a script here and in MLflow's Python."""

    def time_both(script, theirs=None, **note):
        times = []
        for _ in range(4 if theirs else 0):
            began = time.perf_counter()
            run_python(theirs, mlflow_python)
            times.append(time.perf_counter() - began)
        benchmark.extra_info.update(mlflow=statistics.median(times[1:]) if times else None, **note)
        benchmark.pedantic(run_python, args=(script,), rounds=ROUNDS, warmup_rounds=2)

    return time_both


def test_bare_python(benchmark, run_python):
    benchmark.pedantic(run_python, args=("pass",), rounds=ROUNDS, warmup_rounds=2)


def test_import(starts):
    what = "start of Python and the import"
    starts("import jupyter_mlops", "import mlflow", what=what, floor="test_bare_python", budget=0.06, over_floor=True)


def test_first_metric(starts):
    ours, theirs = FIRST.format("jupyter_mlops", "ours.duckdb"), FIRST.format("mlflow", "sqlite:///theirs.db")
    what = "start of Python to the first metric on disk"
    starts(ours, theirs, what=what, floor="test_bare_python", budget=0.15)


def test_whole_short_run(starts):
    script = "import {0} as m; m.set_tracking_uri({1!r}); m.start_run(); m.log_metric('loss', 0.5); m.end_run()"
    ours, theirs = script.format("jupyter_mlops", "ours.duckdb"), script.format("mlflow", "sqlite:///theirs.db")
    starts(ours, theirs, what="a whole process of one run and one metric", floor="test_bare_python")
