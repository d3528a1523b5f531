"""Run by a Python that has the real MLflow: writes a store with one of everything.

Argument: tracking URI, of a store in the current folder. Prints what a client reads of it.
"""

import json
import math
import sys

import mlflow
import pandas as pd
from dump_store import dump
from mlflow import MlflowClient
from mlflow.entities import Metric
from sklearn.linear_model import LinearRegression

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
client = MlflowClient()


def write_run(experiment_id, number):
    with mlflow.start_run(experiment_id=experiment_id, run_name=f"run {number} ü") as run:
        mlflow.log_params({"lr": 0.1 * number, "text/long": "x" * 400, "empty": ""})
        mlflow.set_tags({"team": "blue", "note": "line one\nline two\n"})
        for step in range(5):
            mlflow.log_metric("train/loss", 1 / (step + number + 1), step=step)
        points = [math.nan, math.inf, -math.inf, 0.5, math.nan]
        client.log_batch(run.info.run_id, [Metric("odd", v, 1_600_000_000_000 + i, i) for i, v in enumerate(points)])
        client.log_batch(run.info.run_id, [Metric("ends_nan", math.nan, 1_600_000_000_000, 0)])
        client.log_metric(run.info.run_id, "negative_step", 3.0, timestamp=1_600_000_000_000, step=-2)
        mlflow.log_text("hello ü\n" * 100, "texts/hello.txt")
        mlflow.log_dict({"a": [1, 2]}, "a.json")
        frame = pd.DataFrame({"x": [1.0, 2.0, float(number)], "y": [0.0, 1.0, 2.0]})
        data = mlflow.data.from_pandas(frame, name="points", targets="y")
        mlflow.log_input(data, context="training")
    return run.info.run_id


plain = client.create_experiment("plain ü", tags={"owner": "ann", "mlflow.note.content": "why\nwe do it"})
runs = [write_run(plain, number) for number in range(3)]
client.delete_run(runs[2])
open_run = client.create_run(plain, run_name="still running")
client.log_metric(open_run.info.run_id, "loss", 1.0, step=0)
client.set_terminated(client.create_run(plain, tags={"mlflow.user": "bob"}).info.run_id, "FAILED")
with mlflow.start_run(run_name="in default"):
    mlflow.log_metric("a", 1)
gone = client.create_experiment("gone")
write_run(gone, 7)
client.delete_experiment(gone)

model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
mlflow.set_experiment("models")
with mlflow.start_run() as run:
    mlflow.log_metric("r2", 1.0)
    name = {"name": "model"} if int(mlflow.__version__.split(".")[0]) > 2 else {"artifact_path": "model"}
    plainly = {"registered_model_name": "line", "pip_requirements": ["scikit-learn"]}
    mlflow.sklearn.log_model(model, **name, **plainly)
    mlflow.sklearn.log_model(model, **dict.fromkeys(name, "second"), **plainly)
mlflow.register_model(f"runs:/{run.info.run_id}/model", "line", tags={"how": "by run"})
mlflow.register_model(f"runs:/{run.info.run_id}/second", "line")
client.update_registered_model("line", "A straight line.")
client.set_registered_model_tag("line", "kind", "linear")
client.update_model_version("line", "1", "the first")
client.set_model_version_tag("line", "1", "checked", "yes")
client.transition_model_version_stage("line", "1", "Production")
client.transition_model_version_stage("line", "2", "Staging")
client.set_registered_model_alias("line", "champion", "2")
client.set_registered_model_alias("line", "old", "1")
client.delete_model_version("line", "4")
client.create_registered_model("empty", tags={"a": "b"}, description="nothing in it")
for name in ("far", "away"):
    client.create_registered_model(name)
client.create_model_version("far", "s3://bucket/somewhere/model", tags={"where": "s3"})
client.delete_registered_model("away")
print(json.dumps(dump(MlflowClient())))
