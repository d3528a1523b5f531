"""Fits under autologging, and what each left: run by MLflow's Python and by ours, with the name of the package.

Prints a JSON object: by case, its runs, each with params, metrics, tags, artifacts and data sets.
"""

import importlib
import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
mlflow = importlib.import_module(sys.argv[1])
logging.disable(logging.CRITICAL)
mlflow.set_tracking_uri(sys.argv[2])
mlflow.sklearn.autolog(log_models=False)

import numpy as np  # noqa: E402
import scipy.sparse  # noqa: E402
from sklearn import (  # noqa: E402
    cluster,
    datasets,
    decomposition,
    ensemble,
    linear_model,
    metrics,
    model_selection,
    multioutput,
    svm,
    tree,
)
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

X3, y3 = datasets.load_iris(return_X_y=True)
frame, _ = datasets.load_iris(return_X_y=True, as_frame=True)
X2, y2 = datasets.make_classification(120, 6, random_state=0)
Xr, yr = datasets.make_regression(80, 5, noise=3, random_state=0)
weights = np.linspace(0.5, 2, 120)


def logistic():
    linear_model.LogisticRegression(max_iter=500).fit(X3, y3)


def logistic_frame():
    linear_model.LogisticRegression(C=0.5, max_iter=500).fit(frame, y3)


def binary():
    linear_model.LogisticRegression(max_iter=500).fit(X2, y=y2)


def weighted():
    linear_model.LogisticRegression(max_iter=500).fit(X2, y2, sample_weight=weights)


def texts():
    linear_model.LogisticRegression(max_iter=500).fit(X2, np.where(y2, "yes", "no"))


def margin():
    svm.LinearSVC(random_state=0).fit(X2, y2)


def forest():
    ensemble.RandomForestRegressor(5, random_state=0).fit(Xr, yr)


def overwritten():
    linear_model.LinearRegression(copy_X=False).fit(Xr.copy(), yr)


def several_targets():
    multioutput.MultiOutputRegressor(linear_model.Ridge()).fit(Xr, np.c_[yr, -yr])


def sparse():
    linear_model.Ridge().fit(scipy.sparse.csr_matrix(Xr), yr)


def pipeline():
    make_pipeline(StandardScaler(), linear_model.LogisticRegression(max_iter=500)).fit(X3, y3)


def k_means():
    cluster.KMeans(3, random_state=0, n_init=1).fit(X3)


def fit_predict():
    cluster.KMeans(3, random_state=0, n_init=1).fit_predict(X3)


def transformer():
    decomposition.PCA(2).fit_transform(X3)


def preparation():
    StandardScaler().fit_transform(X3)


def grid():
    model_selection.GridSearchCV(linear_model.LogisticRegression(max_iter=500), {"C": [0.01, 0.1, 1, 2, 4, 8]}).fit(X3, y3)


def randomized():
    space = {"max_depth": [1, 2, 3, 4], "min_samples_leaf": [1, 2]}
    search = model_selection.RandomizedSearchCV(tree.DecisionTreeRegressor(random_state=0), space, n_iter=3, random_state=0)
    search.fit(Xr, yr)


def several_scores():
    scores = {"r2": "r2", "error": "neg_mean_absolute_error"}
    model_selection.GridSearchCV(linear_model.Ridge(), {"alpha": [1, 2]}, scoring=scores, refit=False).fit(Xr, yr)


def cross_validation():
    model_selection.cross_val_score(linear_model.Ridge(), Xr, yr)


def in_a_run():
    with mlflow.start_run():
        linear_model.Ridge().fit(Xr, yr)


def twice_in_a_run():
    with mlflow.start_run():
        linear_model.Ridge(alpha=1).fit(Xr, yr)
        linear_model.Lasso(alpha=2).fit(Xr, yr)


def failing():
    try:
        linear_model.Ridge().fit(Xr, yr[:3])
    except ValueError:
        pass


def measured():
    model = linear_model.LogisticRegression(max_iter=500).fit(X3, y3)
    Xv, yv = X3[::3], y3[::3]
    predicted = model.predict(Xv)
    metrics.accuracy_score(yv, predicted)
    metrics.accuracy_score(y_true=yv, y_pred=predicted)
    metrics.confusion_matrix(yv, predicted)
    metrics.accuracy_score(yv, list(predicted))
    metrics.f1_score(yv, predicted, average="macro")
    Xv, yv = X3[1::3], y3[1::3]
    metrics.accuracy_score(yv, model.predict(Xv))
    kept = [X3[1::3], frame.to_numpy()]  # real MLflow takes a new object at an old address for the old one
    metrics.log_loss(yv, model.predict_proba(kept[0]))
    model.score(Xv, yv)
    metrics.get_scorer("accuracy")(model, Xv, yv)

    def evaluate(given, labels):
        return model.score(given, labels)

    evaluate(X3, y3)
    evaluate(kept[1], y3)


def unmeasured():
    metrics.accuracy_score(y3, y3)
    linear_model.Ridge()


def positive():
    mlflow.sklearn.autolog(log_models=False, log_datasets=False, log_post_training_metrics=False, pos_label=1, max_tuning_runs=1)
    model = linear_model.LogisticRegression(max_iter=500).fit(X2, y2)
    model.score(X2, y2)
    randomized()
    mlflow.sklearn.autolog(log_models=False)


def exclusive():
    mlflow.sklearn.autolog(log_models=False, exclusive=True)
    with mlflow.start_run():
        linear_model.Ridge().fit(Xr, yr)
    linear_model.Ridge().fit(Xr, yr)
    mlflow.sklearn.autolog(log_models=False)


def tagged():
    mlflow.sklearn.autolog(log_models=False, extra_tags={"team": "a"})
    linear_model.Ridge().fit(Xr, yr)
    mlflow.sklearn.autolog(log_models=False)


def with_models():
    mlflow.sklearn.autolog(registered_model_name="mine", log_input_examples=True)
    model_selection.GridSearchCV(linear_model.Ridge(), {"alpha": [1, 2]}).fit(frame, y3)
    decomposition.PCA(2).fit(X3)
    mlflow.sklearn.autolog(log_models=False)


def disabled():
    mlflow.sklearn.autolog(disable=True)
    linear_model.Ridge().fit(Xr, yr)
    mlflow.sklearn.autolog(log_models=False)


CASES = [
    logistic, logistic_frame, binary, weighted, texts, margin, forest, overwritten, several_targets, sparse, pipeline,
    k_means, fit_predict, transformer, preparation, grid, randomized, several_scores, cross_validation, in_a_run,
    twice_in_a_run, failing, measured, unmeasured, positive, exclusive, tagged, with_models, disabled,
]  # fmt: skip
client = mlflow.MlflowClient()


def files(run_id, folder=None):
    for info in client.list_artifacts(run_id, folder):
        yield from files(run_id, info.path) if info.is_dir else [info.path]


def told(run):
    data = run.data
    return {
        "status": run.info.status, "params": data.params, "metrics": data.metrics, "tags": data.tags,
        "files": sorted(files(run.info.run_id)),
        "inputs": sorted([[i.dataset.name, i.dataset.digest, i.dataset.source_type, i.dataset.schema, i.dataset.profile, i.tags[0].value]
                   for i in run.inputs.dataset_inputs]),
    }  # fmt: skip


def runs_of(case):
    mlflow.set_experiment(case.__name__)
    case()
    found = client.search_runs([mlflow.get_experiment_by_name(case.__name__).experiment_id])
    for run in found:
        if "metric_info.json" in [info.path for info in client.list_artifacts(run.info.run_id)]:
            run.data.tags["calls"] = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/metric_info.json")
    return [told(run) for run in found]


def classes():
    from sklearn.utils import all_estimators

    all_estimators()  # loads them
    if sys.argv[1] == "mlflow":
        found = mlflow.sklearn._gen_estimators_to_patch()
    else:
        from jupyter_mlops.autologging.sklearn.estimators import loaded_estimators

        found = loaded_estimators()
    return sorted(f"{kind.__module__}.{kind.__name__}" for kind in found)


print(json.dumps({"classes": classes()} | {case.__name__: runs_of(case) for case in CASES}))
