"""scikit-learn: what is logged where real MLflow is no measure, and each option."""

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn import metrics
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - makes the next import possible
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score as f1_imported_before
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

import jupyter_mlops as mlflow
from jupyter_mlops.autologging.sklearn.confusions import confusion_of
from jupyter_mlops.autologging.sklearn.curves import area_of_pairs, curves_of
from jupyter_mlops.errors import InvalidParameter
from tests.autologging.conftest import X, y


def files(run):
    return [info.path for info in mlflow.MlflowClient().list_artifacts(run.info.run_id)]


def content(run, path):
    with open(f"{run.info.artifact_uri}/{path}", "rb") as file:
        return file.read()


@pytest.mark.parametrize("seed", range(5))
def test_the_area_of_pairs_is_scikit_learns(seed):
    random = np.random.default_rng(seed)
    labels = random.permutation([0, 1, 2, *random.integers(0, 3 + seed, 60)])
    count = len(set(labels))
    scores = random.integers(0, 4, (len(labels), count)) + 0.5  # with ties
    scores /= scores.sum(axis=1, keepdims=True)
    expected = metrics.roc_auc_score(labels, scores, average="weighted", multi_class="ovo")
    assert area_of_pairs(labels, scores) == pytest.approx(expected, rel=1e-12)
    assert area_of_pairs(labels, scores[:, 1:]) is None
    assert area_of_pairs(labels > 0, scores[:, :2]) is None
    assert area_of_pairs(labels, 2 * scores) is None


@pytest.mark.parametrize("seed", range(5))
def test_curves_are_scikit_learns(seed):
    random = np.random.default_rng(seed)
    labels = random.permutation([0, 1, *random.integers(0, 2, 40)]).astype(bool)
    scores = random.integers(0, 9, len(labels)) / 8  # with ties
    for weight in (None, random.integers(1, 4, len(labels)).astype(float)):
        curves = curves_of(labels, scores, weight)
        assert curves.area == pytest.approx(metrics.roc_auc_score(labels, scores, sample_weight=weight), rel=1e-12)
        expected = metrics.average_precision_score(labels, scores, sample_weight=weight)
        assert curves.mean_precision == pytest.approx(expected, rel=1e-12)
        precision, recall, _ = metrics.precision_recall_curve(labels, scores, sample_weight=weight)
        assert curves.precision[::-1] == pytest.approx(precision[:-1])
        assert curves.recall[::-1] == pytest.approx(recall[:-1])
        false, true, _ = metrics.roc_curve(labels, scores, sample_weight=weight, drop_intermediate=False)
        assert (curves.false, curves.true) == (pytest.approx(false), pytest.approx(true))
    assert curves_of(labels, scores * np.nan) is None
    assert curves_of(labels | True, scores) is None


@pytest.mark.parametrize("seed", range(5))
def test_counts_are_scikit_learns(seed):
    random = np.random.default_rng(seed)
    names = np.array(["b", "a", "ü", "d"])
    labels, predicted = names[random.integers(0, 4, 30)], names[random.integers(seed % 2, 3, 30)]
    for weight in (None, random.integers(0, 4, 30).astype(float)):
        found = confusion_of(labels, predicted, weight)
        expected = metrics.precision_recall_fscore_support(
            labels, predicted, average="weighted", sample_weight=weight, zero_division=0
        )
        assert found.weighted_scores() == pytest.approx(expected[:3], rel=1e-12)
        assert found.accuracy() == pytest.approx(metrics.accuracy_score(labels, predicted, sample_weight=weight), rel=1e-12)
        shares = metrics.confusion_matrix(labels, predicted, sample_weight=weight, normalize="true")
        assert found.shares() == pytest.approx(shares)
    assert confusion_of(labels, np.arange(30)) is None
    assert confusion_of(np.c_[labels, labels], predicted) is None
    assert confusion_of(labels, predicted, -np.ones(30)) is None


def test_the_table_of_a_search_is_as_pandas_writes_it(runs):
    mlflow.sklearn.autolog(log_models=False)
    space = [{"alpha": [1, 2.5]}, {"solver": ["svd", "cholesky"], "alpha": [None, float("nan")]}]
    search = GridSearchCV(Ridge(), space, cv=2, error_score=np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that fail
        search.fit(X, y)
    written = content(next(run for run in runs() if "cv_results.csv" in files(run)), "cv_results.csv")
    expected = pd.DataFrame(search.cv_results_).to_csv(index=False)
    assert pd.read_csv(io.BytesIO(written)).equals(pd.read_csv(io.StringIO(expected)))
    assert written.decode() == expected


def test_child_runs_lie_in_the_time_of_the_search(runs):
    mlflow.sklearn.autolog(log_models=False, max_tuning_runs=None)
    GridSearchCV(Ridge(), {"alpha": range(1, 9)}, cv=2).fit(X, y)
    parent = next(run for run in runs() if "mlflow.parentRunId" not in run.data.tags)
    children = [run for run in runs() if run is not parent and "mlflow.parentRunId" in run.data.tags]
    assert len(children) == 8
    for child in children:
        assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert child.data.tags["mlflow.autologging"] == "sklearn"
        assert child.info.status == "FINISHED"
        assert child.info.start_time == parent.info.start_time <= child.info.end_time <= parent.info.end_time
    assert sorted(child.data.params["alpha"] for child in children) == [str(n) for n in range(1, 9)]


def test_child_runs_are_there_whatever_is_recorded_of_the_user(runs, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE", "0")
    mlflow.sklearn.autolog(log_models=False)
    GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2).fit(X, y)
    assert [run.info.user_id for run in runs()] == ["unknown"] * 3


def test_any_search_is_one(runs):
    mlflow.sklearn.autolog(log_models=False, max_tuning_runs=1)
    HalvingGridSearchCV(Ridge(), {"alpha": [1, 2, 3]}, cv=2, min_resources=6).fit(X, y)
    assert sorted("best_alpha" in run.data.params for run in runs()) == [False, True]


@pytest.mark.parametrize("limit", [-1, -5])
def test_a_limit_below_zero(limit):
    with pytest.raises(InvalidParameter, match="max_tuning_runs"):
        mlflow.sklearn.autolog(max_tuning_runs=limit)


def test_plots_are_pictures_of_what_was_predicted(runs):
    mlflow.sklearn.autolog(log_models=False)
    LogisticRegression().fit(X, y)
    SVC().fit(X, np.where(y, "è", "no"))  # without probabilities
    names = ["training_confusion_matrix.png", "training_precision_recall_curve.png", "training_roc_curve.png"]
    for run in runs():
        assert [file for file in files(run) if file.endswith("png")] == names
        for name in names:
            image = Image.open(io.BytesIO(content(run, name))).convert("L")
            assert image.size == (640, 520)
            assert sum(count > 0 for count in image.histogram()) > 20
            assert len(content(run, name)) < 30_000


def test_a_forest_is_asked_once(runs, monkeypatch):
    asked = []
    own = RandomForestClassifier.predict_proba
    monkeypatch.setattr(RandomForestClassifier, "predict_proba", lambda self, X: asked.append(1) or own(self, X))
    mlflow.sklearn.autolog(log_models=False)
    model = RandomForestClassifier(5, max_depth=1, random_state=0).fit(X, np.where(y, "b", "a"))
    assert len(asked) == 1
    metrics_there = runs()[0].data.metrics
    assert metrics_there["training_score"] == metrics_there["training_accuracy_score"] == model.score(X, np.where(y, "b", "a"))


def test_many_classes_are_drawn_too(runs):
    mlflow.sklearn.autolog(log_models=False)
    LogisticRegression().fit(np.eye(60)[[*range(60)] * 3], [*range(60)] * 3)
    assert "training_confusion_matrix.png" in files(runs()[0])


def test_models_are_kept_described_and_registered(runs):
    frame = pd.DataFrame(X, columns=["a", "b"])
    mlflow.sklearn.autolog(registered_model_name="mine", log_input_examples=True)
    model = LogisticRegression().fit(frame, y)
    loaded = mlflow.sklearn.load_model("models:/mine/1")
    assert (loaded.coef_ == model.coef_).all()
    info = mlflow.models.get_model_info("models:/mine/1")
    assert info.signature.inputs.input_names() == ["a", "b"]
    assert info.flavors["sklearn"]["serialization_format"] == "cloudpickle"
    example = mlflow.models.Model.load("models:/mine/1").load_input_example()
    assert example.equals(frame.head())
    mlflow.sklearn.autolog(log_model_signatures=False, serialization_format="pickle")
    PCA(1).fit(frame)
    model_info = mlflow.models.get_model_info(f"runs:/{runs()[-1].info.run_id}/model")
    assert model_info.signature is None
    assert model_info.saved_input_example_info is None
    assert model_info.flavors["sklearn"]["serialization_format"] == "pickle"


def test_what_is_turned_off_is_not_logged(runs):
    mlflow.sklearn.autolog(log_models=False, log_datasets=False, log_post_training_metrics=False)
    model = LogisticRegression().fit(X, y)
    model.predict(X)
    model.score(X, y)
    (run,) = runs()
    assert "model" not in files(run)
    assert run.inputs.dataset_inputs == []
    assert not [key for key in run.data.metrics if "LogisticRegression" in key]


def test_a_loop_of_predictions_does_not_fill_the_store(runs):
    mlflow.sklearn.autolog(log_models=False)
    model = Ridge().fit(X, y)
    rows = [np.array([[n, 1.0]]) for n in range(150)]
    for row in rows:
        model.predict(row)
        model.predict(row)
    assert len(runs()[0].inputs.dataset_inputs) == 101


def test_names_that_were_imported_before_are_as_they_were(runs):
    mlflow.sklearn.autolog(log_models=False)
    from sklearn.metrics import f1_score

    model = LogisticRegression().fit(X, y)
    predicted = model.predict(X)
    assert f1_imported_before(y, predicted) == f1_score(y, predicted)
    assert [key for key in runs()[0].data.metrics if key.startswith("f1")] == ["f1_score_unknown_dataset"]


def test_metrics_of_a_model_go_to_its_run_whatever_else_is_active(runs):
    mlflow.sklearn.autolog(log_models=False)
    first, second = Ridge().fit(X, y), Ridge(alpha=2).fit(X, y)
    with mlflow.start_run(run_name="other"):
        mine = X[:6]
        first.score(mine, y[:6])
        second.score(mine, y[:6])
    *fits, other = runs()
    assert [run.data.metrics["Ridge_score_mine"] for run in fits] == [first.score(X[:6], y[:6]), second.score(X[:6], y[:6])]
    assert not other.data.metrics


def test_nothing_is_written_to_a_model():
    mlflow.sklearn.autolog(log_models=False)
    model = make_pipeline(PCA(1), LogisticRegression()).fit(X, y)
    model.predict(X)
    assert set(vars(model)) == {"memory", "steps", "transform_input", "verbose"}
    assert "run" not in str(vars(model[-1]))
