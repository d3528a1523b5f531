"""Models of Python code, saved by us and loaded by MLflow, and the other way round."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

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
    "stream": [2.0, 3.0],
    "streams": [2.0, 3.0],
    "tensor": [[1.0, 2.0]],
    "uses_mlflow": ["['a': double (required), 'b': double (required)]"],
}


def run(python, first, what, folder, *arguments):
    root = str(pathlib.Path(__file__).parent.parent.parent)
    environment = {**os.environ, "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false"}
    if first == _OURS:
        environment |= {"PYTHONPATH": root, "JUPYTER_MLOPS_DATA_DIR": str(folder / "data")}
    lines = _SCRIPT.split("\n")
    at = lines.index("import json")
    script = "\n".join([*lines[:at], first, *lines[at:]])
    command = [python, "-c", script, what, str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def said(output):
    found = json.loads(output.splitlines()[-1])
    assert abs(found.pop("holds_sklearn")[0] - 1.0) < 1e-9
    return {k: v for k, v in found.items() if not k.endswith(" says")}, {k: v for k, v in found.items() if k.endswith(" says")}


@pytest.fixture(scope="session")
def ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours")
    run(sys.executable, _OURS, "save", folder)
    return folder


def test_ours_is_loaded_by_mlflow(ours, each_mlflow_python):
    by_us = said(run(sys.executable, _OURS, "load", ours))
    assert by_us[0] == EXPECTED
    assert said(run(each_mlflow_python, _THEIRS, "load", ours)) == by_us


def test_mlflows_is_loaded_by_us(each_mlflow_python, tmp_path):
    run(each_mlflow_python, _THEIRS, "save", tmp_path)
    by_us = said(run(sys.executable, _OURS, "load", tmp_path, "trust"))
    assert by_us[0] == EXPECTED
    assert said(run(each_mlflow_python, _THEIRS, "load", tmp_path)) == by_us
