"""The three steps one after the other, each a child run of this one."""

import sys

import jupyter_mlops as mlflow

alpha, test_size = sys.argv[1:]


def step(name, **parameters):
    return mlflow.run(".", name, parameters=parameters, env_manager="local", run_name=name).run_id


with mlflow.start_run():
    data = mlflow.artifacts.download_artifacts(f"runs:/{step('prepare', test_size=test_size)}/data")
    model = f"runs:/{step('train', data=data, alpha=alpha)}/model"
    done = mlflow.get_run(step("evaluate", data=data, model=model))
    mlflow.log_metrics(done.data.metrics)
