"""Inferred and enforced schemas, compared with those of both real MLflows, case by case: what differs is listed here."""

import json
import pathlib
import subprocess
import sys

import pandas as pd
import pytest

_SCRIPT = pathlib.Path(__file__).parent / "differential.py"
# What MLflow gives up on, or turns into something that was not said.
MEANT = {
    "column ISO text as datetime": "2.22 reads it, 3.17 does not with pandas 3: ours does with any pandas",
    "inferred decimals": "they are accepted as double, so they are double",
    "inferred object": "theirs takes any object for a text",
    "inferred params {'a': []}": "theirs takes an empty list for dates; ours asks for a value",
}
TEXT = ("str", "ISO text", "object text")  # of pandas 3 a type of its own, which 2.22 does not know


@pytest.fixture(scope="session")
def ours():
    return _run(sys.executable, "jupyter_mlops")


def _run(python, package):
    root = str(_SCRIPT.parent.parent.parent)
    done = subprocess.run(
        [python, str(_SCRIPT), package], capture_output=True, text=True, env={"PYTHONPATH": root} if package != "mlflow" else {},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.skipif(
    pd.__version__ < "3", reason="compared with pandas 3, which the newest MLflow has in its environment"
)
def test_schemas_are_those_of_mlflow(ours, each_mlflow_python):
    theirs = _run(each_mlflow_python, "mlflow")
    assert theirs.keys() == ours.keys()
    different = {case for case in ours if ours[case] != theirs[case]}
    if "2.22" not in each_mlflow_python:
        assert set(MEANT) <= different, "no longer different"
    different -= set(MEANT)
    if "2.22" in each_mlflow_python:
        different = {case for case in different if not _is_text(case, ours[case], theirs[case])}
    assert not {case: (ours[case], theirs[case]) for case in different}


def _is_text(case, one, other):
    """Whether the difference is only that text is objects in pandas 2."""
    return case.startswith(tuple(f"column {name} as" for name in TEXT)) or str(one).replace(
        "'str'", "'object'"
    ).replace("'NaN'", "'None'") == str(other)


def test_the_cases_say_something(ours):
    """A table of refusals alone would agree with anything."""
    refused = sum(result == "refused" for result in ours.values())
    assert 200 < refused < 300 < len(ours) - 100
    for case in MEANT:
        assert case in ours
