"""Autologging of XGBoost and LightGBM: what it must not change, and what it does besides logging."""

import pickle

import lightgbm
import numpy as np
import pytest
import xgboost

import jupyter_mlops as mlflow
from jupyter_mlops.autologging import importances

X = np.random.default_rng(0).normal(size=(60, 3))
y = (X[:, 0] > 0).astype(int)
XGB = {"objective": "binary:logistic", "nthread": 1}
LGB = {"objective": "binary", "verbose": -1, "num_threads": 1, "metric": "auc"}


def steps(run, key):
    return [point.step for point in mlflow.MlflowClient().get_metric_history(run.info.run_id, key)]


def test_callbacks_stay_the_users(runs):
    mlflow.xgboost.autolog(log_models=False)
    mlflow.lightgbm.autolog(log_models=False)
    mine = [xgboost.callback.EvaluationMonitor(period=1000)]
    data = xgboost.DMatrix(X, y)
    for _ in range(2):
        xgboost.train(XGB, data, 3, evals=[(data, "t")], callbacks=mine, verbose_eval=False)
    assert len(mine) == 1
    seen = []
    theirs = [lambda env: seen.append(env.iteration)]
    data = lightgbm.Dataset(X, y)
    lightgbm.train(LGB, data, 3, valid_sets=[data], callbacks=theirs)
    assert seen == [0, 1, 2] and len(theirs) == 1
    estimator = xgboost.XGBClassifier(n_estimators=2, n_jobs=1, callbacks=mine).fit(X, y)
    assert estimator.get_params()["callbacks"] == mine
    assert [run.data.tags["mlflow.autologging"] for run in runs()] == ["xgboost", "xgboost", "lightgbm", "xgboost"]


def test_an_early_stopping_by_callback_is_logged_to_the_last_iteration(runs):
    mlflow.xgboost.autolog(log_models=False)
    train, valid = xgboost.DMatrix(X[:40], y[:40]), xgboost.DMatrix(X[40:], 1 - y[40:])
    stop = xgboost.callback.EarlyStopping(rounds=2)
    model = xgboost.train(XGB, train, 50, evals=[(valid, "v")], callbacks=[stop], verbose_eval=False)
    (run,) = runs()
    assert run.data.metrics["best_iteration"] == model.best_iteration == 0
    assert run.data.metrics["stopped_iteration"] == 2
    assert steps(run, "v-logloss") == [0, 1, 2, 3]


def test_a_training_that_goes_on_from_a_model(runs):
    train = xgboost.DMatrix(X[:40], y[:40])
    before = xgboost.train(XGB, train, 4)
    mlflow.xgboost.autolog(log_models=False)
    valid = xgboost.DMatrix(X[40:], 1 - y[40:])
    model = xgboost.train(XGB, train, 50, evals=[(valid, "v")], early_stopping_rounds=2, xgb_model=before, verbose_eval=False)
    (run,) = runs()
    assert run.data.metrics["best_iteration"] == model.best_iteration
    values = [point.value for point in mlflow.MlflowClient().get_metric_history(run.info.run_id, "v-logloss")]
    assert values[-1] == min(values)


def test_models_pickle_and_predict_as_without():
    plain = xgboost.train(XGB, xgboost.DMatrix(X, y), 3)
    other = lightgbm.LGBMClassifier(n_estimators=3, n_jobs=1, verbose=-1).fit(X, y)
    mlflow.xgboost.autolog(log_models=False)
    mlflow.lightgbm.autolog(log_models=False)
    logged = xgboost.train(XGB, xgboost.DMatrix(X, y), 3)
    assert logged.save_raw() == plain.save_raw()
    assert pickle.loads(pickle.dumps(logged)).save_raw() == plain.save_raw()
    again = lightgbm.LGBMClassifier(n_estimators=3, n_jobs=1, verbose=-1).fit(X, y)
    assert b"jupyter_mlops" not in pickle.dumps(again)
    assert vars(again).keys() == vars(other).keys()
    assert (pickle.loads(pickle.dumps(again)).predict_proba(X) == other.predict_proba(X)).all()


def test_what_was_made_before_has_no_signature_and_one_warning(runs, caplog):
    data = xgboost.DMatrix(X, y)
    mlflow.xgboost.autolog()
    xgboost.train(XGB, data, 2)
    (run,) = runs()
    assert mlflow.models.Model.load(f"runs:/{run.info.run_id}/model").signature is None
    warned = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(warned) == 1 and "before you make the data set" in warned[0]


def test_metrics_that_cannot_be_logged_are_one_warning(runs, caplog):
    mlflow.xgboost.autolog(log_models=False)
    data = xgboost.DMatrix(X, y)
    long = "n" * 300
    model = xgboost.train(XGB, data, 5, evals=[(data, long)], verbose_eval=False)
    assert model.num_boosted_rounds() == 5
    (run,) = runs()
    assert run.info.status == "FINISHED" and "feature_importance_weight.png" in str(mlflow.MlflowClient().list_artifacts(run.info.run_id))
    assert caplog.text.count("the metrics of an iteration") == 1


def test_an_interrupted_training_is_failed_with_what_it_logged(runs):
    mlflow.lightgbm.autolog()

    def interrupt(env):
        if env.iteration == 2:
            raise KeyboardInterrupt

    data = lightgbm.Dataset(X, y)
    with pytest.raises(KeyboardInterrupt):
        lightgbm.train(LGB, data, 5, valid_sets=[data], callbacks=[interrupt])
    (run,) = runs()
    assert run.info.status == "FAILED"
    assert steps(run, "training-auc") == [0, 1]


def test_the_model_of_a_run_loads_and_predicts(runs):
    mlflow.xgboost.autolog(log_input_examples=True)
    mlflow.lightgbm.autolog(registered_model_name="light")
    model = xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(X, y)
    light = lightgbm.LGBMRegressor(n_estimators=2, n_jobs=1, verbose=-1).fit(X, y)
    loaded = mlflow.pyfunc.load_model(f"runs:/{runs()[0].info.run_id}/model")
    assert (loaded.predict(X) == model.predict(X)).all()
    assert loaded.metadata.get_input_schema().is_tensor_spec()
    assert (mlflow.pyfunc.load_model("models:/light/1").predict(X) == light.predict(X)).all()


@pytest.mark.parametrize("kind", [xgboost.XGBClassifier, xgboost.XGBRFClassifier, lightgbm.LGBMClassifier])
def test_metrics_of_what_is_predicted_go_to_the_models_run(kind, runs):
    from sklearn import metrics

    mlflow.autolog(log_models=False)
    quiet = {"verbose": -1} if kind is lightgbm.LGBMClassifier else {}
    model = kind(n_estimators=2, n_jobs=1, **quiet).fit(X, y)
    rows = X[:50]
    with mlflow.start_run():
        accuracy = metrics.accuracy_score(y[:50], model.predict(rows))
        metrics.log_loss(y[:50], model.predict_proba(rows))
        assert model.score(rows, y[:50]) == accuracy
    measured, other = runs()
    logged = measured.data.metrics
    assert logged["accuracy_score_rows"] == logged[f"{kind.__name__}_score_rows"] == accuracy
    assert "log_loss_rows" in logged
    assert other.data.metrics == {}


def test_a_search_is_one_training(runs):
    """Its children are scikit-learn's, and the estimators inside of it log nothing of their own."""
    from sklearn.model_selection import GridSearchCV

    mlflow.autolog(log_models=False)
    GridSearchCV(lightgbm.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1), {"max_depth": [1, 2]}, cv=2).fit(X, y)
    GridSearchCV(xgboost.XGBRegressor(n_estimators=2, n_jobs=1), {"max_depth": [1, 2]}, cv=2).fit(X, y)
    assert {run.data.tags["mlflow.autologging"] for run in runs()} == {"sklearn"}
    assert len(runs()) == 6


def test_a_quantile_matrix_has_a_signature_and_a_data_set(runs):
    mlflow.xgboost.autolog()
    train = xgboost.QuantileDMatrix(X, y)
    xgboost.train({**XGB, "tree_method": "hist"}, train, 2, evals=[(train, "t")], verbose_eval=False)
    (run,) = runs()
    assert len(run.inputs.dataset_inputs) == 2
    assert mlflow.models.Model.load(f"runs:/{run.info.run_id}/model").signature is not None


def test_only_what_matters_most_is_drawn(tmp_path):
    from PIL import Image

    importances.write_importance(str(tmp_path), "gain", {f"feature {i} with a name that is long": float(i) for i in range(500)})
    importances.write_importance(str(tmp_path), "none", {})
    importances.write_importance(str(tmp_path), "odd", {"a": float("nan"), "b": 0.0, "c": [-1.0, 2.0]})
    with Image.open(tmp_path / "feature_importance_gain.png") as image:
        assert image.size == (640, 44 + 50 * 20 + 46)
    assert not (tmp_path / "feature_importance_none.png").exists()
    assert (tmp_path / "feature_importance_none.json").read_text() == "{}"
    assert (tmp_path / "feature_importance_odd.png").exists()
