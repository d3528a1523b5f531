"""What autologging adds to a training of XGBoost, in CPU time: the training itself is done before and takes no time here."""

import time

import pytest
import xgboost

import jupyter_mlops
from tests.environments import environment

SETUP = """
import functools, numpy, xgboost
X = numpy.random.default_rng(0).normal(size=(20000, 20))
y = (X[:, 0] > 0).astype(int)
params = {"objective": "binary:logistic"}
model = xgboost.train(params, xgboost.DMatrix(X, y), 100)
@functools.wraps(xgboost.train)
def train(params, dtrain, num_boost_round, *, callbacks=(), **others):
    for each in callbacks or ():
        each.before_training(model)
    for epoch in range(num_boost_round):
        values = {name: {"auc": [0.5], "logloss": [1 / (epoch + 1)]} for name in ("train", "valid")}
        for each in callbacks or ():
            each.after_iteration(model, epoch, values)
    return model
xgboost.train = train
"""
STATEMENT = "xgboost.train(params, data, 100, evals=[(data, 'train'), (data, 'valid')])"


@pytest.fixture(scope="session")
def mlflow_python():
    """Python that has XGBoost beside MLflow."""
    return str(environment("boosting-mlflow-3.17.2"))


@pytest.fixture(autouse=True)
def _as_before():
    original = xgboost.train
    yield
    jupyter_mlops.xgboost.autolog(disable=True)
    xgboost.train = original


@pytest.mark.benchmark(timer=time.process_time)
def test_training_without_the_model(beside_mlflow):
    setup = SETUP + "mlflow.xgboost.autolog(log_models=False, silent=True)\ndata = xgboost.DMatrix(X, y)\n"
    beside_mlflow("autologging of `xgboost.train`, 100 iterations of a second, without the model", STATEMENT, setup, budget=0.03)


@pytest.mark.benchmark(timer=time.process_time)
def test_training_with_the_model(beside_mlflow):
    setup = SETUP + "mlflow.xgboost.autolog(silent=True)\ndata = xgboost.DMatrix(X, y)\n"
    beside_mlflow("the same with the model", STATEMENT, setup, rounds=10, mlflow_rounds=1)
