"""Load, transform, train: a run for each step, and each gets the artifacts of the one before."""

import sys

import mlflow


def step(entry_point, **parameters):
    submitted = mlflow.run(".", entry_point, parameters=parameters, env_manager="local")
    return mlflow.MlflowClient().get_run(submitted.run_id)


with mlflow.start_run():
    loaded = step("load", rows=int(sys.argv[1]))
    table = mlflow.artifacts.download_artifacts(f"runs:/{loaded.info.run_id}/table.csv")
    transformed = step("transform", table=table)
    table = mlflow.artifacts.download_artifacts(f"runs:/{transformed.info.run_id}/scaled.csv")
    trained = step("train", table=table, depth=int(sys.argv[2]))
    mlflow.log_metric("accuracy", trained.data.metrics["accuracy"])
