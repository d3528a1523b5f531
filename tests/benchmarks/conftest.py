"""What things cost, as a Markdown table at the end: beside each the floor and the real MLflow, measured in the same run."""

import functools
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow
from tests.benchmarks.sides import Side

ROOT = pathlib.Path(__file__).parent.parent.parent
REPORT = ROOT / "build" / "benchmarks.md"
_HEAD = ("what", "ours", "floor", "ours ÷ floor", "MLflow", "MLflow ÷ ours", "budget", "met")


@pytest.fixture
def run_python():
    """Run a script in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run(script, python=sys.executable):
        return subprocess.run(
            [python, "-c", script], check=True, env=environment, capture_output=True, text=True
        ).stdout

    return run


def _made(runs, *options):
    """Path of a store of so many runs, made now if it is not there."""
    script = pathlib.Path(__file__).with_name("stores.py")
    command = [sys.executable, script, str(runs), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture(scope="session")
def large_store(tmp_path_factory):
    """Path of a copy of the store of so many runs (`stores.py`): what a benchmark does to it is gone afterwards."""

    @functools.cache
    def copy(runs):
        return shutil.copy(_made(runs), tmp_path_factory.mktemp("store"))

    return copy


@pytest.fixture
def beside_mlflow(benchmark, request, mlflow_python, large_store):
    """Time one statement here and, the same text, in the real MLflow; see `Side`.

    Parameters
    ----------
    what : str
        First column of the table.
    statement, setup : str
        Python; ``mlflow`` is this package or the real one, ``client`` an ``MlflowClient``.
    runs : int, optional
        Run both on a store of so many runs; else on new ones.
    budget : float, seconds, optional
    calls, mlflow_calls : int
        How often `statement` does what is meant, on each side: ``CALLS`` in it.
    """

    def time(what, statement, setup="", *, runs=None, rounds=20, mlflow_rounds=3, calls=1, mlflow_calls=1, **note):
        database = f"sqlite:///{_made(runs, '--mlflow', mlflow_python) if runs else 'theirs.db'}"  # only read
        theirs = Side(database, setup, statement, mlflow_calls).seconds_in(mlflow_python, mlflow_rounds, request.node)
        ours = Side(large_store(runs) if runs else "ours.duckdb", setup, statement, calls).here()
        benchmark.extra_info.update(what=what, calls=calls, mlflow=theirs / mlflow_calls, **note)
        benchmark.pedantic(ours, rounds=rounds, warmup_rounds=2)
        mlflow.end_run()

    return time


def _time(seconds):
    if seconds is None:
        return ""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _ratio(part, whole):
    return (
        f"{part / whole:.2g}"
        if part and whole and part < 100 * whole
        else f"{part / whole:.0f}"
        if part and whole
        else ""
    )


def _rows(benchmarks):
    """One row a benchmark that is no floor itself; several calls in one round are divided out."""
    medians = {bench.name: bench.stats.median / bench.extra_info.get("calls", 1) for bench in benchmarks}
    for bench in benchmarks:
        note, ours = bench.extra_info, medians[bench.name]
        if "what" not in note:
            continue
        floor, theirs, budget = medians.get(note.get("floor")), note.get("mlflow"), note.get("budget")
        over = floor if note.get("over_floor") and floor else 0.0
        allowed = f"≤ {_time(budget)}{' over the floor' if over else ''}" if budget else ""
        met = ("yes" if ours - over <= budget else "**no**") if budget else ""
        yield (
            note["what"], _time(ours), _time(floor), _ratio(ours, floor), _time(theirs), _ratio(theirs, ours), allowed, met
        )  # fmt: skip


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    rows = list(_rows([b for b in session.benchmarks if b and b.stats])) if session else []
    if not rows:
        return
    lines = [" | ".join(row) for row in (_HEAD, ("---",) * len(_HEAD), *rows)]
    text = "\n".join(f"| {line} |" for line in lines) + "\n"
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(text)
    terminalreporter.write_line(f"\n{text}\nwritten to {REPORT}")
