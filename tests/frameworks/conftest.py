"""PyTorch, TensorFlow and Keras in an environment of their own; the files whose names do not begin with ``test`` run there."""

import importlib.util
import json
import os
import pathlib
import subprocess

import pytest

from tests.environments import ROOT, environment

HERE = pathlib.Path(__file__).parent
if importlib.util.find_spec("torch") is None:
    collect_ignore_glob = [f"{kind}_*.py" for kind in ("cases", "contract", "exchange", "guide", "train")]


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Run Python of an environment in a folder of its own, with our package; what it prints after ``RESULT`` comes back."""

    def call(name, *arguments, **variables):
        outer = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "JUPYTER_MLOPS_", "KERAS_"))}
        folder = tmp_path_factory.mktemp("framework")
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "JUPYTER_MLOPS_DATA_DIR": str(folder / "data")}
        ours = {} if "mlflow" in name else {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [environment(name), *map(str, arguments)],
            cwd=folder,
            env={**outer, **quiet, **ours, **variables},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        result = next((line for line in done.stdout.splitlines() if line.startswith("RESULT")), None)
        return json.loads(result.removeprefix("RESULT")) if result else done.stdout

    return call


@pytest.fixture(scope="session")
def run_cases(run):
    """Run test files and doctests there; returns what pytest printed."""

    def call(*arguments, **variables):
        options = ["-q", "-o", "filterwarnings=default", "-p", "no:cacheprovider", "--tb=short", "--doctest-modules"]
        return run(
            "frameworks",
            "-m",
            "pytest",
            *options,
            *(ROOT / a if ".py" in a else a for a in arguments),
            **variables,
        )

    return call
