"""A model of two columns, and servers for it."""

import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlflow
from jupyter_mlops.models import ModelSignature
from jupyter_mlops.serving import serve
from jupyter_mlops.types.schema import ColSpec, Schema
from tests.cli.conftest import here  # noqa: F401 - a fixture
from tests.projects.engines import engine, pip_image  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A saved classifier of the columns a, double, and b, long: 1 where a is more than a half."""
    import numpy as np
    import pandas as pd

    data = pd.DataFrame({"a": np.linspace(0, 1, 50), "b": np.arange(50)})
    path = tmp_path_factory.mktemp("models") / "model"
    signature = ModelSignature(Schema([ColSpec("double", "a"), ColSpec("long", "b")]), Schema([ColSpec("boolean")]))
    fitted = LogisticRegression(C=1e4, max_iter=1000).fit(data, data.a > 0.5)
    mlflow.sklearn.save_model(fitted, path, signature=signature, input_example=data.head(1), pip_requirements=["scikit-learn"])
    return path


@pytest.fixture(scope="session")
def served(model):
    """A server that many tests ask."""
    with serve(model) as server:
        yield server
