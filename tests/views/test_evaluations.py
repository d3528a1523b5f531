"""What a run keeps of an evaluation, read as its page reads it."""

import json

import numpy as np
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.charts.evaluations import evaluation_figures
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.evaluations.bundles import evaluation_bundle
from jupyter_mlops.views.formats.bundles import MIME
from jupyter_mlops.views.formats.numbers import number_text
from jupyter_mlops.views.requests import answer

EVIL = "<img src=x onerror=alert(1)>"


class Taster:
    """Says what the wine is by its sugar alone, with what it takes for its chances."""

    classes_ = np.array(["dry", EVIL], dtype=object)

    def predict(self, rows):
        return self.classes_[(rows.iloc[:, 0] > 0.5).astype(int)]

    def predict_proba(self, rows):
        return np.c_[1 - rows.iloc[:, 0], rows.iloc[:, 0]]


class Guesser(Taster):
    classes_ = np.array([0, 1])


@pytest.fixture
def evaluated():
    random = np.random.default_rng(0)
    data = pd.DataFrame({"sugar": random.random(80), "hall": random.choice(["north", EVIL], 80)})
    right = np.where(data.hall == "north", data.sugar > 0.5, data.sugar > 0.8)
    data["kind"] = Taster.classes_[right.astype(int)]
    with mlflow.start_run() as run:
        result = mlflow.evaluate(Taster(), data, targets="kind", model_type="classifier", slices=["hall", "sugar"])
    return run.info.run_id, data, result


def ask(view, run_id, **parameters):
    return answer(current_store(), view, {"run_id": run_id, **parameters})


def test_the_report_says_what_the_result_says(evaluated):
    run_id, data, result = evaluated
    found = ask("evaluation", run_id)
    report = found["report"]
    assert found["prefixes"] == [""]
    assert {line["name"]: line["value"] for line in report["metrics"]} == pytest.approx(result.metrics)
    names = [line["name"] for line in report["metrics"]]
    assert names[0] == "accuracy_score" and set(names[-5:]) > {"example_count", "true_positives"}  # counts stand last
    low, high = next((line["low"], line["high"]) for line in report["metrics"] if line["name"] == "accuracy_score")
    assert (low, high) == (result.intervals["accuracy_score"].low, result.intervals["accuracy_score"].high)
    wrong = int((Taster().predict(data) != data.kind).sum())
    matrix = np.array(report["matrix"])
    assert matrix.sum() - np.trace(matrix) == wrong > 0
    assert list(found["figures"]) == ["matrix", "roc", "precision_recall", "calibration"]
    assert [line["value"] for line in report["slices"] if line["slice"] == "hall"] == [EVIL, "north"], "the worst first"
    assert report["cost"]["rows_per_second"] > 0
    assert len(result.tables["slices"]) == 2 + 4


def test_rows_behind_a_cell_and_a_group_come_with_the_greatest_loss_first(evaluated):
    run_id, data, result = evaluated
    labels = ask("evaluation", run_id)["report"]["labels"]
    right, predicted = labels.index("dry"), labels.index(EVIL)
    found = ask("evaluation_rows", run_id, right=right, predicted=predicted)
    rows = [dict(zip([column["name"] for column in found["columns"]], row, strict=True)) for row in found["rows"]]
    assert found["total"] == len(rows) == int(((data.kind == "dry") & (data.sugar > 0.5)).sum())
    losses = [row["loss"] for row in rows]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == pytest.approx(-np.log(1 - rows[0]["sugar"]))
    of_group = ask("evaluation_rows", run_id, slice="hall", group=EVIL, wrong=True)
    assert of_group["total"] == int(result.tables["rows"].error.sum())
    assert ask("evaluation_rows", run_id, offset=50, limit=50)["total"] == 80


@pytest.mark.parametrize(
    ("asked", "error"),
    [({"right": 7}, NotFound), ({"slice": 'x" OR 1=1 --', "group": "a"}, InvalidParameter), ({"limit": 0}, InvalidParameter),
     ({"prefix": "../../"}, Exception), ({"prefix": "none_"}, Exception)],
)  # fmt: skip
def test_what_is_not_there_is_refused(evaluated, asked, error):
    with pytest.raises(error) as raised:
        ask("evaluation_rows", evaluated[0], **asked)
    assert isinstance(raised.value, mlflow.MlflowException)


def test_a_run_without_an_evaluation_and_a_damaged_report_are_told():
    with mlflow.start_run() as run:
        mlflow.log_metric("a", 1)
    with pytest.raises(NotFound, match=r"mlflow\.evaluate\(\)"):
        ask("evaluation", run.info.run_id)
    report = {"version": 1, "kind": "classifier", "model": "", "data": "", "rows": 1, "level": 0.9, "metrics": []}
    for content, says in (
        ("{", "cannot be read"), (json.dumps({"version": 99}), "another version"), (json.dumps(report | {"matrix": [[1, 2]]}), "labels"),
        (json.dumps(report | {"slices": [{"slice": "a"}]}), "slices"), (json.dumps(report | {"curves": [{"roc": 3}]}), "cannot be read"),
        (json.dumps(report | {"calibration": [{"said": 1, "seen": 1, "rows": -1}]}), "cannot be read"),
    ):  # fmt: skip
        with mlflow.start_run() as run:
            mlflow.log_text(content, "evaluation/report.json")
        with pytest.raises(InvalidState, match=says):
            ask("evaluation", run.info.run_id)


def test_the_output_is_escaped_small_and_readable_without_scripts(evaluated):
    forms = evaluation_bundle(current_store(), evaluated[0])
    html = forms["text/html"]
    assert EVIL not in html
    assert "&lt;img" in html
    assert html.count("<img alt=") == 3  # the matrix is a table
    right = {side: number_text(round(evaluated[2].metrics[f"{side}_score"], 3)) for side in ("recall", "precision")}
    assert html.count(f">{right['recall']}</td>") and f">{right['precision']}</td>" in html, "beside the matrix"
    assert "accuracy_score" in forms["text/plain"]
    assert forms[MIME]["view"] == "evaluation"
    assert len(json.dumps(forms, allow_nan=False)) < 100_000


def test_a_regressor_has_its_own_figures_and_several_evaluations_their_prefixes():
    data = pd.DataFrame({"x": np.arange(30.0), "y": np.arange(30.0) ** 1.1})
    with mlflow.start_run() as run:
        for prefix in ("val/", "test_"):
            mlflow.evaluate(lambda rows: rows.x, data, targets="y", model_type="regressor", evaluator_config={"metric_prefix": prefix})
    found = ask("evaluation", run.info.run_id, prefix="val/")
    assert found["prefixes"] == ["test_", "val_"]
    assert ask("evaluation", run.info.run_id, prefix="val_")["report"] == found["report"], "as the page asks"
    assert list(found["figures"]) == ["predictions", "errors"]
    line = next(line for line in found["report"]["metrics"] if line["name"] == "val/r2_score")
    assert line["low"] <= line["value"] <= line["high"]
    worst = ask("evaluation_rows", run.info.run_id, prefix="val_", limit=1)["rows"][0]
    assert worst[0] == 29


def test_the_output_says_the_level_what_it_took_and_where_there_is_no_interval():
    data = pd.DataFrame({"x": np.linspace(0, 1, 40), "y": [0, 1] * 20, "hall": ["mixed"] * 20 + ["one"] * 20})
    data.loc[20:, "y"] = 1
    with mlflow.start_run() as run:
        mlflow.evaluate(
            Guesser(), data, targets="y", model_type="classifier", feature_names=["x"], slices=["hall"],
            evaluator_config={"confidence_level": 0.999, "slice_metric": "roc_auc", "log_model_explainability": False},
        )  # fmt: skip
    text = evaluation_bundle(current_store(), run.info.run_id)["text/plain"]
    assert "99.9% interval" in text
    assert "rows a second" in text
    assert "NaN to NaN" not in text


def test_a_report_leads_to_its_own_rows_or_says_that_they_are_gone():
    """Two evaluations without a prefix in one run: the later one takes the place of the first."""
    data = pd.DataFrame({"x": np.arange(30.0), "y": np.arange(30.0) ** 1.1})
    with mlflow.start_run() as run:
        for part in (data, data[:20]):
            mlflow.evaluate(lambda rows: rows.x, part, targets="y", model_type="regressor")
            bundle = evaluation_bundle(current_store(), run.info.run_id)[MIME]
            if len(part) == 30:
                first = bundle["digest"]
            assert ask("evaluation_rows", run.info.run_id, digest=bundle["digest"])["total"] == len(part)
    with pytest.raises(NotFound, match="metric_prefix"):
        ask("evaluation_rows", run.info.run_id, digest=first)


def test_groups_of_long_names_and_of_names_in_other_cases_lead_to_their_rows():
    data = pd.DataFrame({"hall": ["a" * 300, "b"] * 20, "Hall": ["c", "d", "d", "d"] * 10, "day": pd.date_range("2024-01-01", periods=40)})
    data["y"] = np.where(data.index % 3 == 0, "Yes", "yes")

    class Doubter(Taster):
        classes_ = np.array(["Yes", "yes"], dtype=object)

        def predict_proba(self, rows):
            return np.full((len(rows), 2), 0.5)

        def predict(self, rows):
            return np.full(len(rows), "yes", dtype=object)

    with mlflow.start_run() as run:
        mlflow.evaluate(Doubter(), data, targets="y", model_type="classifier", slices=["hall", "Hall", "day"])
    report = ask("evaluation", run.info.run_id)["report"]
    assert len(report["slices"]) == 2 + 2 + 4
    for line in report["slices"]:
        assert ask("evaluation_rows", run.info.run_id, slice=line["slice"], group=line["value"])["total"] == line["rows"]


def test_two_models_are_compared_on_the_same_rows(evaluated):
    _, data, result = evaluated
    better = mlflow.evaluate(lambda rows: data.kind, data, targets="kind", model_type="classifier")
    found = better.compare(result)
    assert found.loc["accuracy_score", "difference"] == pytest.approx(1 - result.metrics["accuracy_score"])
    assert found.loc["accuracy_score", "p_value"] < 0.05
    with pytest.raises(InvalidParameter, match="different rows"):
        better.compare(mlflow.evaluate(Taster(), data[:5], targets="kind", model_type="classifier"))


def test_a_report_of_nothing_has_no_figures():
    assert evaluation_figures({}) == {}
