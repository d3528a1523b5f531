"""What autologging adds to a fit, in CPU time: the fits themselves are done before and take no time here."""

import time

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV

import jupyter_mlops

SETUP = """
import warnings
import sklearn.datasets, sklearn.ensemble, sklearn.model_selection, sklearn.tree
warnings.simplefilter("ignore")
X, y = sklearn.datasets.load_breast_cancer(return_X_y=True)
def done(kind, *args):
    fitted = kind(*args).fit(X, y)
    kind.fit = lambda self, X, y: vars(self).update(vars(fitted)) or self
    return lambda: kind(*args).fit(X, y)
"""
SEARCH = (
    SETUP + "tree = sklearn.tree.DecisionTreeClassifier(random_state=0)\n"
    "search = done(sklearn.model_selection.GridSearchCV, tree, {'max_depth': [2, 3, 4, 5, 6]})  # 200 ms\n"
)
FOREST = SETUP + "forest = done(sklearn.ensemble.RandomForestClassifier, 600)  # a second\n"
cpu = pytest.mark.benchmark(timer=time.process_time)


@pytest.fixture(autouse=True)
def _as_before():
    yield
    jupyter_mlops.sklearn.autolog(disable=True)
    for kind in (GridSearchCV, RandomForestClassifier):
        if "fit" in vars(kind):
            del kind.fit  # both inherit it


@cpu
def test_search_without_models(beside_mlflow):
    setup = SEARCH + "mlflow.sklearn.autolog(log_models=False, silent=True)\n"
    beside_mlflow("autologging of a `GridSearchCV` without models", "search()", setup, budget=0.01)


@cpu
def test_search_with_models(beside_mlflow):
    setup = SEARCH + "mlflow.sklearn.autolog(silent=True)\n"
    beside_mlflow("autologging of a `GridSearchCV` with its two models", "search()", setup, budget=0.1)


@cpu
def test_fit_without_models(beside_mlflow):
    setup = FOREST + "mlflow.sklearn.autolog(log_models=False, silent=True)\n"
    beside_mlflow("autologging of a fit of a second, without the model", "forest()", setup, rounds=10, budget=0.03)
