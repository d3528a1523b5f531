"""Every fit leaves what it leaves under the real MLflow: params, metrics, tags, artifacts, data sets, child runs."""

import json
import math
import os
import pathlib
import subprocess
import sys

import pytest

from tests.mlflow_peers import mlflow_peer

ROOT = pathlib.Path(__file__).parent.parent.parent
CALLS = pathlib.Path(__file__).with_name("fit_calls.py")
_CIRCUMSTANCES = ("jupyter_mlops.", "mlflow.log-model", "mlflow.parentRunId", "mlflow.runName", "mlflow.source", "mlflow.user")
_TIMES = ("mean_fit_time", "mean_score_time", "std_fit_time", "std_score_time")
_OURS = ("jupyter_mlops.signature", "source/", "training_profile.json")  # files
CASES = [
    "binary", "cross_validation", "disabled", "exclusive", "fit_predict", "forest", "grid", "in_a_run",
    "k_means", "logistic", "logistic_frame", "margin", "measured", "overwritten", "pipeline", "positive", "preparation",
    "randomized", "several_scores", "several_targets", "sparse", "tagged", "texts", "transformer", "twice_in_a_run", "unmeasured",
    "weighted", "with_models",
]  # fmt: skip


def _run(python, package, uri, folder):
    quiet = {
        **os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet", "PYTHONPATH": str(ROOT),
        "JUPYTER_MLOPS_DATA_DIR": str(folder / "data"),
    }  # fmt: skip
    return subprocess.Popen(
        [python, CALLS, package, uri], cwd=folder, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    """What all cases left, here and there."""
    folder = tmp_path_factory.mktemp("fits")
    started = [
        _run(sys.executable, "jupyter_mlops", "ours.duckdb", folder),
        _run(mlflow_peer("2.22.0"), "mlflow", "sqlite:///theirs.db", folder),
    ]
    texts = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0], [errors[-3000:] for _, errors in texts]
    return [json.loads(output) for output, _ in texts]


def _comparable(run):
    return {
        **run,
        "metrics": {key: value for key, value in run["metrics"].items() if key not in _TIMES},
        "tags": {key: value for key, value in run["tags"].items() if not key.startswith(_CIRCUMSTANCES)},
        "files": [file for file in run["files"] if not file.startswith(_OURS) and not file.endswith(_OURS)],
        "has_parent": "mlflow.parentRunId" in run["tags"],
        "times": sorted(key for key in run["metrics"] if key in _TIMES),
    }


def _sorted(runs):
    return sorted(map(_comparable, runs), key=lambda run: (run["has_parent"], sorted(run["params"].items())))


@pytest.mark.parametrize("case", CASES)
def test_a_case_leaves_the_same(sides, case):
    ours, theirs = (_sorted(side[case]) for side in sides)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        metrics, values = mine.pop("metrics"), other.pop("metrics")
        assert mine == other
        assert metrics.keys() == values.keys()
        assert all(math.isclose(metrics[key], value, rel_tol=1e-9) or math.isnan(value) for key, value in values.items())


def test_all_cases_are_compared(sides):
    assert sorted([*CASES, "failing", "classes"]) == sorted(sides[0])


def test_the_same_classes_are_autologged(sides):
    ours, theirs = (side["classes"] for side in sides)
    assert len(ours) > 100
    assert ours == theirs


def test_a_failing_fit_is_known_by_its_params_here(sides):
    """Real MLflow sends params by a thread, and most often loses them when the fit fails at once."""
    ours, theirs = (side["failing"] for side in sides)
    assert [run["status"] for run in ours] == [run["status"] for run in theirs] == ["FAILED"]
    assert ours[0]["tags"]["estimator_name"] == "Ridge"
    assert ours[0]["params"].items() >= theirs[0]["params"].items()
