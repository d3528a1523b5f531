"""Writes ``mlruns.tar.xz``, the store that 07_from_mlflow imports, by a Python that has the real MLflow 2 and scikit-learn.

    python -c "from tests.environments import environment; print(environment('mlflow-2.22.0'))"
    <that Python> notebooks/data/write_mlruns.py
"""

import os
import pathlib
import shutil
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge, SGDRegressor
from sklearn.metrics import r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).parent.absolute()
X, y = load_diabetes(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)


def judge(model):
    said = model.predict(X_test)
    mlflow.log_metrics({"rmse": round(root_mean_squared_error(y_test, said), 2), "r2": round(r2_score(y_test, said), 3)})
    plain = {"pip_requirements": ["scikit-learn"], "registered_model_name": "diabetes"}
    mlflow.sklearn.log_model(model, "model", signature=infer_signature(X_train, said), **plain)


with tempfile.TemporaryDirectory() as place:
    os.chdir(place)
    os.environ["LOGNAME"] = "ann"
    mlflow.set_tracking_uri("./mlruns")
    mlflow.set_experiment("diabetes")
    for alpha in (0.01, 0.1, 1.0):
        with mlflow.start_run(run_name=f"ridge {alpha}"):
            mlflow.log_params({"model": "ridge", "alpha": alpha})
            mlflow.set_tags({"team": "clinic", "mlflow.source.name": "train.py"})
            judge(Ridge(alpha=alpha).fit(X_train, y_train))
    with mlflow.start_run(run_name="gradient descent"):
        mlflow.log_params({"model": "sgd", "alpha": 0.001})
        mlflow.set_tags({"team": "clinic", "mlflow.source.name": "train.py"})
        model = SGDRegressor(alpha=0.001, eta0=0.05, random_state=0)
        for step in range(20):
            model.partial_fit(X_train, y_train)
            mlflow.log_metric("train_rmse", round(root_mean_squared_error(y_train, model.predict(X_train)), 2), step=step)
        judge(model)
    client = MlflowClient()
    client.transition_model_version_stage("diabetes", "2", "Production")
    client.set_registered_model_alias("diabetes", "champion", "2")
    for file in pathlib.Path("mlruns").rglob("*"):
        if file.is_file():  # written on Ann's machine, who sent the folder
            file.write_bytes(file.read_bytes().replace(place.encode(), b"/home/ann/diabetes"))
    shutil.make_archive(str(HERE / "mlruns"), "xztar", place, "mlruns", owner="root", group="root")
