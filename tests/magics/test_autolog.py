"""``%autolog`` and ``%%track --autolog`` in a real kernel."""

import json

import pytest

import jupyter_mlops as mlflow
from tests.magics.test_cells import execute, runs, shown  # noqa: F401 - a fixture

pytestmark = pytest.mark.filterwarnings("default")
DATA = "from sklearn.linear_model import Ridge\nX, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.5]"


def test_a_tracked_cell_is_the_run_of_its_fit(execute):  # noqa: F811
    execute(DATA, "%%track mine --autolog\nalpha = 2\nRidge(alpha=2).fit(X, y)", "Ridge().fit(X, y)")
    (run,) = runs().values()
    assert run.data.params["alpha"] == "2"
    assert "training_r2_score" in run.data.metrics
    assert "mlflow.autologging" not in run.data.tags
    files = [info.path for info in mlflow.MlflowClient().list_artifacts(run.info.run_id)]
    assert {"cell", "estimator.html", "model"} <= set(files)


def test_line_magic(execute):  # noqa: F811
    book = execute(
        "%autolog log_models=False extra_tags={'team':'a'}", DATA + "\nRidge(alpha=3).fit(X, y)", "%autolog off",
        "Ridge(alpha=4).fit(X, y)", "%autolog sklearn log_models=False max_tuning_runs=2", "Ridge(alpha=5).fit(X, y)",
        "%autolog nonsense", allow_errors=True,
    )  # fmt: skip
    assert sorted(run.data.params["alpha"] for run in runs().values()) == ["3", "5"]
    assert "there is no 'nonsense': say " in shown(book.cells[-1])
    tags = {run.data.params["alpha"]: run.data.tags.get("team") for run in runs().values()}
    assert tags == {"3": "a", "5": None}, json.dumps(tags)
