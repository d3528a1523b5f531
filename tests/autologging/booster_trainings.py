"""Trainings of XGBoost and LightGBM under autologging, and what each left: run by MLflow's Python and by ours.

Arguments: the package, its tracking URI. Prints a JSON object: by case, its runs, the first one first.
"""

import importlib
import json
import logging
import pathlib
import sys
import warnings

warnings.simplefilter("ignore")
mlflow = importlib.import_module(sys.argv[1])
logging.disable(logging.CRITICAL)
mlflow.set_tracking_uri(sys.argv[2])

import lightgbm  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import scipy.sparse  # noqa: E402
import xgboost  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402


def xgb(**options):
    mlflow.xgboost.autolog(**{"log_models": False, **options})


def lgb(**options):
    mlflow.lightgbm.autolog(**{"log_models": False, **options})


xgb()
lgb()
rng = np.random.default_rng(0)
X = rng.normal(size=(300, 4))
y = ((X[:, 0] + X[:, 1] ** 2 + rng.normal(size=300)) > 1).astype(int)
y3 = np.digitize(X[:, 0] + X[:, 1], [-0.5, 0.5])
frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
XGB = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "nthread": 1, "seed": 0}
LGB = {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_threads": 1, "verbose": -1, "seed": 0}


def matrices(data=X):
    return xgboost.DMatrix(data[:200], y[:200]), xgboost.DMatrix(data[200:], y[200:])


def sets_of(data=X):
    train = lightgbm.Dataset(data[:200], y[:200])
    return train, lightgbm.Dataset(data[200:], y[200:], reference=train)


def xgb_train():
    train, valid = matrices()
    xgboost.train(XGB, train, 6, evals=[(train, "train"), (valid, "valid")], verbose_eval=False)


def xgb_frame():
    train, valid = matrices(frame)
    xgboost.train(params=XGB, dtrain=train, num_boost_round=3, evals=[(valid, "valid")], verbose_eval=False)


def xgb_sparse():
    matrix = scipy.sparse.csr_matrix(np.where(np.abs(X) > 1, X, 0))
    xgboost.train(XGB, xgboost.DMatrix(matrix, y), 3)


def xgb_missing():
    xgboost.train(XGB, xgboost.DMatrix(np.where(np.abs(X) > 1, X, np.nan), y), 3)


def xgb_wide():
    wide = rng.normal(size=(30, 500))
    xgboost.train({"nthread": 1}, xgboost.DMatrix(wide, wide[:, 0]), 2)


def xgb_stopped():
    train, valid = matrices()
    xgboost.train(XGB, train, 200, evals=[(valid, "valid")], early_stopping_rounds=3, verbose_eval=False)


def xgb_not_stopped():
    train, valid = matrices()
    xgboost.train(XGB, train, 4, evals=[(valid, "valid")], early_stopping_rounds=50, verbose_eval=False)


def xgb_callbacks():
    train, valid = matrices()
    seen = []

    class Seen(xgboost.callback.TrainingCallback):
        def after_iteration(self, model, epoch, evals_log):
            seen.append(epoch)
            return False

    mine = [Seen()]
    xgboost.train(XGB, train, 3, evals=[(valid, "valid")], callbacks=mine, verbose_eval=False)
    assert seen == [0, 1, 2]


def xgb_ranking():
    train = xgboost.DMatrix(X, y, qid=np.arange(300) // 30)
    params = {"objective": "rank:ndcg", "eval_metric": ["ndcg@3"], "nthread": 1}
    xgboost.train(params, train, 3, evals=[(train, "train")], verbose_eval=False)


def xgb_importances():
    xgb(importance_types=["gain", "cover", "weight"])
    xgboost.train(XGB, matrices(frame)[0], 3)
    xgb(log_datasets=False, extra_tags={"team": "a"})
    xgboost.train(XGB, matrices()[0], 3)
    xgb()


def xgb_linear():
    xgboost.train({"booster": "gblinear", "objective": "multi:softprob", "num_class": 3, "nthread": 1}, xgboost.DMatrix(X, y3), 2)


def xgb_example():
    xgb(log_models=True, log_input_examples=True, model_format="json", registered_model_name="booster")
    xgboost.train(XGB, matrices(frame)[0], 3)
    xgb()


def xgb_fit():
    xgboost.XGBClassifier(n_estimators=4, n_jobs=1, eval_metric="auc").fit(X[:200], y[:200], eval_set=[(X[200:], y[200:])], verbose=False)


def xgb_fit_frame():
    xgb(log_models=True, registered_model_name="estimator")
    xgboost.XGBRegressor(n_estimators=40, n_jobs=1, early_stopping_rounds=2).fit(
        frame[:200], y[:200], eval_set=[(frame[200:], y[200:])], verbose=False
    )
    xgb()


def xgb_forest():
    xgboost.XGBRFClassifier(n_estimators=4, n_jobs=1).fit(X, y3)


def xgb_ranker():
    xgboost.XGBRanker(n_estimators=4, n_jobs=1).fit(X, y, qid=np.arange(300) // 30)


def xgb_cv():
    xgboost.cv(XGB, matrices()[0], 3, nfold=2)


def xgb_in_a_run():
    with mlflow.start_run():
        mlflow.log_param("mine", 1)
        xgb_train()


def xgb_grid():
    GridSearchCV(xgboost.XGBClassifier(n_estimators=2, n_jobs=1), {"max_depth": [1, 2]}, cv=2).fit(X, y)


def all_grid():
    mlflow.autolog(log_models=False)
    GridSearchCV(xgboost.XGBClassifier(n_estimators=2, n_jobs=1), {"max_depth": [1, 2]}, cv=2).fit(X, y)
    make_pipeline(StandardScaler(), lightgbm.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1)).fit(X, y)
    mlflow.sklearn.autolog(disable=True)


def xgb_failing():
    try:
        xgboost.train({"objective": "nothing"}, matrices()[0], 3)
    except ValueError:
        pass


def xgb_exclusive():
    xgb(exclusive=True)
    with mlflow.start_run():
        xgb_train()
        xgb_fit()
    xgb_train()
    xgb()


def lgb_train():
    train, valid = sets_of()
    lightgbm.train(LGB, train, 6, valid_sets=[train, valid], valid_names=["train", "valid"])


def lgb_frame():
    train, valid = sets_of(frame)
    lightgbm.train(LGB, train, 3, valid_sets=[valid])


def lgb_sparse():
    matrix = scipy.sparse.csr_matrix(np.where(np.abs(X) > 1, X, 0))
    lightgbm.train(params=LGB, train_set=lightgbm.Dataset(matrix, y), num_boost_round=3, keep_training_booster=True)


def lgb_stopped():
    train, valid = sets_of()
    lightgbm.train(LGB, train, 200, valid_sets=[valid], callbacks=[lightgbm.early_stopping(3, verbose=False)])


def lgb_stopped_by_param():
    train, valid = sets_of()
    lightgbm.train({**LGB, "early_stopping_round": 3}, train, 200, valid_sets=[valid])


def lgb_ranking():
    train = lightgbm.Dataset(X, y, group=[100] * 3)
    params = {"objective": "lambdarank", "metric": "ndcg", "eval_at": [1, 3], "num_threads": 1, "verbose": -1}
    lightgbm.train(params, train, 3, valid_sets=[train])


def lgb_example():
    lgb(log_models=True, log_input_examples=True, extra_tags={"team": "a"})
    lightgbm.train(LGB, sets_of(frame)[0], 3)
    lgb()


def lgb_fit():
    lightgbm.LGBMClassifier(n_estimators=4, n_jobs=1, verbose=-1).fit(X[:200], y3[:200], eval_set=[(X[200:], y3[200:])])


def lgb_fit_frame():
    lgb(log_models=True)
    model = lightgbm.LGBMRegressor(n_estimators=40, n_jobs=1, verbose=-1)
    model.fit(frame[:200], y[:200], eval_set=[(frame[200:], y[200:])], callbacks=[lightgbm.early_stopping(2, verbose=False)])
    lgb()


def lgb_cv():
    lightgbm.cv(LGB, sets_of()[0], 3, nfold=2)


def lgb_grid():
    GridSearchCV(lightgbm.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1), {"max_depth": [1, 2]}, cv=2).fit(X, y)


def disabled():
    xgb(disable=True)
    lgb(disable=True)
    xgb_train()
    lgb_fit()
    xgb()
    lgb()


client = mlflow.MlflowClient()


def files(run_id, folder=None):
    for info in client.list_artifacts(run_id, folder):
        yield from files(run_id, info.path) if info.is_dir else [info.path]


def model_of(run):
    if not any(info.path == "model" for info in client.list_artifacts(run.info.run_id)):
        return None
    said = mlflow.models.Model.load(f"runs:/{run.info.run_id}/model").to_dict()
    flavor = next(name for name in said["flavors"] if name != "python_function")
    kept = {key: said["flavors"][flavor].get(key) for key in ("model_class",)}
    return [flavor, kept, said.get("signature"), said.get("saved_input_example_info")]


def told(run):
    data, run_id = run.data, run.info.run_id
    jsons = sorted(name for name in files(run_id) if name.startswith("feature_importance") and name.endswith(".json"))
    place = pathlib.Path(run.info.artifact_uri.removeprefix("file://"))
    return {
        "status": run.info.status, "params": data.params, "tags": data.tags, "files": sorted(files(run_id)),
        "metrics": {key: [[p.step, p.value] for p in client.get_metric_history(run_id, key)] for key in sorted(data.metrics)},
        "inputs": sorted(
            [i.dataset.name, i.dataset.digest, i.dataset.source_type, i.dataset.schema, i.dataset.profile, i.tags[0].value]
            for i in run.inputs.dataset_inputs
        ),
        "importances": {name: (place / name).read_text() for name in jsons},
        "model": model_of(run),
    }  # fmt: skip


def runs_of(case):
    mlflow.set_experiment(case.__name__)
    case()
    found = client.search_runs([mlflow.get_experiment_by_name(case.__name__).experiment_id])
    return [told(run) for run in found[::-1]]


CASES = [value for key, value in list(globals().items()) if key.startswith(("xgb_", "lgb_", "all_", "disabled"))]
if __name__ == "__main__":
    print(json.dumps({case.__name__: runs_of(case) for case in CASES}))
