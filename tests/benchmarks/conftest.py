"""What things cost, as a Markdown table at the end: beside each the floor that was measured in the same run."""

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
REPORT = ROOT / "build" / "benchmarks.md"
_HEAD = ("what", "median", "floor", "ratio", "budget")


@pytest.fixture
def run_python():
    """Run a script in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run(script, *arguments):
        command = [sys.executable, "-c", script, *map(str, arguments)]
        return subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout

    return run


def _time(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _rows(benchmarks):
    """One row a benchmark that is no floor itself; several calls in one round are divided out."""
    medians, notes = {}, {}
    for bench in benchmarks:
        notes[bench.name] = bench.extra_info
        medians[bench.name] = bench.stats.median / bench.extra_info.get("calls", 1)
    for name, note in notes.items():
        if "what" not in note:
            continue
        floor = medians.get(note.get("floor"))
        ratio = f"{medians[name] / floor:.1f}" if floor else ""
        yield note["what"], _time(medians[name]), _time(floor) if floor else "", ratio, note["budget"]


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
