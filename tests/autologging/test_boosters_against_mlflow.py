"""Every training of XGBoost and LightGBM leaves what it leaves under the real MLflow."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.environments import environment

ROOT = pathlib.Path(__file__).parent.parent.parent
TRAININGS = pathlib.Path(__file__).with_name("booster_trainings.py")
_CIRCUMSTANCES = ("jupyter_mlops.", "mlflow.log-model", "mlflow.parentRunId", "mlflow.runName", "mlflow.source", "mlflow.user")
_TIMES = ("mean_fit_time", "mean_score_time", "std_fit_time", "std_score_time")
_OURS = ("model/jupyter_mlops.signature", "model/training_profile.json", "source/")
CASES = [
    "all_grid", "disabled", "lgb_cv", "lgb_example", "lgb_fit", "lgb_fit_frame", "lgb_frame", "lgb_grid", "lgb_ranking", "lgb_sparse",
    "lgb_stopped", "lgb_stopped_by_param", "lgb_train", "xgb_callbacks", "xgb_cv", "xgb_example", "xgb_exclusive", "xgb_failing",
    "xgb_fit", "xgb_fit_frame", "xgb_frame", "xgb_grid", "xgb_importances", "xgb_in_a_run", "xgb_linear", "xgb_missing",
    "xgb_not_stopped", "xgb_ranker", "xgb_ranking", "xgb_sparse", "xgb_stopped", "xgb_train", "xgb_wide",
]  # fmt: skip


def _run(python, package, uri, folder):
    quiet = {
        **os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet", "PYTHONPATH": str(ROOT),
        "JUPYTER_MLOPS_DATA_DIR": str(folder / "data"), "OMP_NUM_THREADS": "1",
        "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [python, TRAININGS, package, uri], cwd=folder, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    """What all trainings left, here and there."""
    folder = tmp_path_factory.mktemp("trainings")
    started = [
        _run(sys.executable, "jupyter_mlops", "ours.duckdb", folder),
        _run(environment("boosting-mlflow-2.22.0"), "mlflow", "sqlite:///theirs.db", folder),
    ]
    texts = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0], [errors[-3000:] for _, errors in texts]
    return [json.loads(output.splitlines()[-1]) for output, _ in texts]


def _comparable(run):
    return {
        **run,
        "tags": {key: value for key, value in run["tags"].items() if not key.startswith(_CIRCUMSTANCES)},
        "has_parent": "mlflow.parentRunId" in run["tags"],
        "metrics": {key: value for key, value in run["metrics"].items() if key not in _TIMES and "_score_X_test" not in key},
        "files": [_file(name) for name in run["files"] if not name.startswith(_OURS) and name != "metric_info.json"],
    }


def _sorted(runs):
    return sorted(map(_comparable, runs), key=lambda run: (run["has_parent"], sorted(run["params"].items())))


def _file(name):
    """skops in place of a pickle is ours."""
    return name.replace("model.skops", "model.pkl").replace("model.ubj", "model.xgb")


@pytest.mark.parametrize("case", CASES)
def test_a_training_leaves_the_same(sides, case):
    ours, theirs = (_sorted(side[case]) for side in sides)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        inputs, known = mine.pop("inputs"), other.pop("inputs")
        assert mine == other
        assert inputs == known or (case == "lgb_ranking" and all(each in inputs for each in known))


def test_all_trainings_are_compared(sides):
    assert sorted([*CASES, "xgb_forest"]) == sorted(sides[0]) == sorted(sides[1])


def test_a_forest_of_xgboost_is_known_by_more_here(sides):
    """Real MLflow takes the fit inside of the fit for one of another estimator, and keeps the model alone."""
    ours, theirs = (side["xgb_forest"][0] for side in sides)
    assert (theirs["params"], theirs["metrics"], theirs["inputs"]) == ({}, {}, [])
    assert ours["params"]["num_parallel_tree"] == "4"
    assert len(ours["inputs"]) == 1


def test_metrics_come_with_their_steps(sides):
    stopped = sides[0]["xgb_stopped"][0]["metrics"]
    curve = stopped["valid-logloss"]
    best, last = stopped["best_iteration"][0][1], stopped["stopped_iteration"][0][1]
    assert [step for step, _ in curve] == list(range(int(last) + 2))
    assert curve[-1][1] == curve[int(best)][1]
    assert stopped["valid-auc"][-1][1] == max(value for _, value in stopped["valid-auc"])
