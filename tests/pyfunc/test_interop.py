"""Models of Python code, saved by us and loaded by MLflow, and the other way round."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("pydantic")
_SCRIPT = (pathlib.Path(__file__).parent / "interop_models.py").read_text()
_OURS, _THEIRS = "import jupyter_mlops as mlflow\n", "import mlflow\n"
EXPECTED = {
    "by_hints": ["A", "B"],
    "code_function": [6.0, 8.0],
    "dicts": [1.0, 2.0],
    "example": {"a": [1.0, 2.0], "b": [3.0, 4.0]},
    "from_code": [3.0, 6.0],
    "function": [0.0, 1.0],
    "hinted_function": ["aa", "bb"],
    "hinted_with_frame": ["A", "B"],
    "loader": ["loaded", "loaded"],
    "module": [5.0, 10.0],
    "no_context_params": [3.0, 6.0],
    "params": {"a": [3.0, 6.0], "b": [9.0, 12.0]},
    "pydantic": ["x1.5None", "y2.5None"],
    "reads": [15, ["x"], 3.0],
    "stream": [1.0, 3.0],
    "streams": [2.0, 3.0],
    "tensor": [[1.0, 2.0]],
    "uses_mlflow": ["['a': double (required), 'b': double (required)]"],
}


def run(python, first, data, *steps):
    """Output of each of the steps that load."""
    environment = {**os.environ, "JUPYTER_MLOPS_DATA_DIR": str(data)}
    if first == _OURS:
        environment["PYTHONPATH"] = str(pathlib.Path(__file__).parent.parent.parent)
    script = _SCRIPT.replace(_THEIRS, first, 1)
    done = subprocess.run([python, "-c", script, *steps], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def check_predictions(found):
    predictions = {k: v for k, v in found.items() if not k.endswith(" says")}
    assert abs(predictions.pop("holds_sklearn")[0] - 1.0) < 1e-9
    assert predictions == EXPECTED


@pytest.fixture(scope="session")
def ours(tmp_path_factory):
    """A folder of models that we saved, and what we make of them."""
    folder = tmp_path_factory.mktemp("ours")
    (found,) = run(sys.executable, _OURS, folder / "data", f"save:{folder}", f"load:{folder}")
    return folder, found


def test_each_loads_what_the_other_saved(ours, each_mlflow_python, tmp_path):
    """Predictions, signatures, examples and metadata are the same, whoever saved and whoever loads."""
    folder, ours_by_us = ours
    check_predictions(ours_by_us)
    theirs_by_them, ours_by_them = run(
        each_mlflow_python, _THEIRS, tmp_path / "data", f"save:{tmp_path}", f"load:{tmp_path}", f"load:{folder}"
    )
    assert ours_by_them == ours_by_us
    (theirs_by_us,) = run(sys.executable, _OURS, tmp_path / "data", f"trust:{tmp_path}")
    check_predictions(theirs_by_us)
    assert theirs_by_us == theirs_by_them
