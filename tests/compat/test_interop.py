"""What we save of scikit-learn, XGBoost and LightGBM, MLflow 2 and 3 load, and the other way round; printed as a table."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from tests.compat.interop_models import MODELS
from tests.environments import environment

ROOT = pathlib.Path(__file__).parent.parent.parent
SCRIPT = pathlib.Path(__file__).with_name("interop_models.py")
VERSIONS = ("2.22.0", "3.17.2")
# An estimator is kept by skops where that holds it, as MLflow 3 does; MLflow 2 knows pickles alone.
GAPS = {(name, "ours by MLflow 2.22.0") for name in ("lightgbm LGBMClassifier", "sklearn LogisticRegression")}


def run(version, folder, action, **given):
    python, package = (sys.executable, "jupyter_mlops") if version is None else (environment(f"boosting-mlflow-{version}"), "mlflow")
    variables = {
        **os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet", "JUPYTER_MLOPS_DATA_DIR": str(pathlib.Path.cwd() / "data"),
    }  # fmt: skip
    if given.pop("as_a_stranger", False):
        variables["JUPYTER_MLOPS_DATA_DIR"] += "-of-another"
    command = [python, SCRIPT, package, action, folder, json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Predictions by who saved and who loaded, natively and as a function; and those of the models themselves."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("ours", *VERSIONS):
        (folder / name).mkdir()
    before = pathlib.Path.cwd()
    os.chdir(folder)
    try:
        expected = run(None, folder / "ours", "save")
        table = {"ours by a stranger": run(None, folder / "ours", "load", as_a_stranger=True)}
        for version in VERSIONS:
            table[f"ours by MLflow {version}"] = run(version, folder / "ours", "load")
            assert run(version, folder / version, "save") == expected
            table[f"MLflow {version}'s by us"] = run(None, folder / version, "load", trust=True)
    finally:
        os.chdir(before)
    return expected, table


def test_each_loads_what_the_other_saved(found, capsys):
    expected, table = found
    rows = [["model", *table]]
    for name in MODELS:
        rows.append([name, *("/".join(map(_told, side[name], expected[name])) for side in table.values())])
    with capsys.disabled():
        print("\n\nPredictions of the loaded model, native/pyfunc:\n")
        for row in rows:
            print("| " + " | ".join(row) + " |")
    for name in MODELS:
        for side, loaded in table.items():
            same = [_told(*pair) for pair in zip(loaded[name], expected[name], strict=True)]
            if (name, side) in GAPS:
                assert "equal" not in same
            elif side == "ours by a stranger" and name.endswith("pickle"):
                assert same == ["UntrustedModel"] * 2
            else:
                assert same == ["equal"] * 2, (name, side)


def _told(loaded, expected):
    if isinstance(loaded, str):
        return loaded
    return "equal" if np.array_equal(loaded, expected) else "other"
