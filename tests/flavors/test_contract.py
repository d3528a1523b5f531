"""Every flavor of the package does what a flavor must do."""

import sys
from typing import ClassVar

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
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


class Times(mlflow.pyfunc.PythonModel):
    """Multiplies by what it read from its artifact."""

    def __init__(self, estimator):
        self.estimator = estimator

    def predict(self, context, model_input, params=None):
        return self.estimator.predict(model_input) * 2


class TestPyfunc(FlavorContract):
    flavor = mlflow.pyfunc
    flavor_name = "python_function"
    model_argument = "python_model"
    package = "scikit-learn"

    @pytest.fixture(autouse=True)
    def by_value(self):
        """The class goes with the model, as one of a notebook would."""
        module = sys.modules[__name__]
        cloudpickle.register_pickle_by_value(module)
        yield
        cloudpickle.unregister_pickle_by_value(module)

    @pytest.fixture
    def data(self):
        return pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [0.5, 0.0, 1.5]})

    @pytest.fixture
    def model(self, data):
        return Times(LinearRegression().fit(data, [1.0, 2.0, 3.0]))

    def predict(self, model, data):
        return model.predict(None, data) if isinstance(model, Times) else model.predict(data)


class TestPyfuncFromCode(TestPyfunc):
    package = "pandas"

    @pytest.fixture
    def model(self, tmp_path):
        (tmp_path / "the_model.py").write_text(
            "import pandas as pd\nfrom mlflow.models import set_model\n\n"
            "def total(model_input):\n    return pd.DataFrame(model_input).sum(axis=1)\n\nset_model(total)\n"
        )
        return str(tmp_path / "the_model.py")

    def predict(self, model, data):
        return data.sum(axis=1) if isinstance(model, str) else model.predict(data)


class TestPyfuncByLoader(TestPyfunc):
    model_argument = "data_path"
    package = "pandas"
    runs_code = True
    given: ClassVar = {"loader_module": "contract_loader"}

    @pytest.fixture
    def model(self, tmp_path, monkeypatch):
        (tmp_path / "contract_loader.py").write_text(
            "import json\nimport pathlib\nimport pandas as pd\n\nclass _Model:\n    def __init__(self, path):\n"
            "        self.factor = json.loads(pathlib.Path(path).read_text())\n\n    def predict(self, model_input):\n"
            "        return model_input.sum(axis=1) * self.factor\n\ndef _load_pyfunc(path):\n    return _Model(path)\n"
        )
        monkeypatch.syspath_prepend(str(tmp_path))
        (tmp_path / "factor.json").write_text("3")
        return str(tmp_path / "factor.json")

    def predict(self, model, data):
        return data.sum(axis=1) * 3 if isinstance(model, str) else model.predict(data)
