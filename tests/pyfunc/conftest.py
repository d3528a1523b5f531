"""A store and a data folder of the test's own."""

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlflow


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(tmp_path / "mlops.duckdb")
    yield tmp_path
    while mlflow.active_run():
        mlflow.end_run()


@pytest.fixture
def frame():
    return pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 0.0, 1.0, 2.0]})


@pytest.fixture
def model(frame):
    return LogisticRegression().fit(frame, [0, 1, 0, 1])
