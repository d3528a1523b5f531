"""Every flavor of the package does what a flavor must do."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression

import jupyter_mlops.sklearn
from jupyter_mlops.testing.flavors import FlavorContract


class TestSklearn(FlavorContract):
    flavor = jupyter_mlops.sklearn
    model_argument = "sk_model"
    package = "scikit-learn"
    runs_code = False

    @pytest.fixture
    def data(self):
        return pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [0.5, 0.0, 1.5]})

    @pytest.fixture
    def model(self, data):
        return LinearRegression().fit(data, [1.0, 2.0, 3.0])


class TestSklearnByPickle(TestSklearn):
    runs_code = True

    @pytest.fixture
    def data(self):
        return np.array([[1.0, 2.0], [2.0, 3.0]])

    @pytest.fixture
    def model(self, data):
        return RandomForestRegressor(2).fit(data, [1.0, 2.0])
