"""Autologging is off again after each test, and what a test made is forgotten."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

import jupyter_mlops as mlflow
from jupyter_mlops.tracking.autologs import _integrations

collect_ignore = ["booster_trainings.py", "fit_calls.py"]  # scripts, also of MLflow's Python
X = np.arange(24.0).reshape(12, 2) % 7
y = np.array([0, 1] * 6)


@pytest.fixture(autouse=True)
def off():
    """Every library as it was."""
    yield
    mlflow.autolog(disable=True)
    for integration in _integrations.values():
        assert not integration.is_on
        assert not integration.patches._made
        integration.options = {}
    assert "fit_transform" not in vars(Ridge)
    assert LogisticRegression.fit.__module__ == "sklearn.linear_model._logistic"


@pytest.fixture
def ridge():
    """A fit of a small regressor, as a function."""
    return lambda **params: Ridge(**params).fit(X, y)


@pytest.fixture
def runs():
    """Runs of the store, the first one first."""
    return lambda: mlflow.search_runs(output_format="list")[::-1]
