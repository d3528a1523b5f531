"""Train by skorch with its MlflowLogger: in a run, in a run of a client, and one that fails."""

import json
import pathlib

import mlflow
import numpy as np
import torch
from mlflow.tracking import MlflowClient
from skorch import NeuralNetClassifier
from skorch.callbacks import MlflowLogger


class Net(torch.nn.Module):
    def __init__(self, fails=False):
        super().__init__()
        self.fails = fails
        self.layers = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Softmax(-1))

    def forward(self, x):
        if self.fails and not self.training:
            raise RuntimeError("boom")
        return self.layers(x)


def fit(logger, **options):
    torch.manual_seed(0)
    net = NeuralNetClassifier(Net, max_epochs=3, verbose=0, callbacks=[logger], **options)
    net.fit(x, (x[:, 0] > 0).astype("int64"))
    return [{key: float(value) for key, value in row.items() if key in KEYS} for row in net.history]


KEYS = ("dur", "train_loss", "valid_acc", "valid_loss")
x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
mlflow.set_experiment("skorch")
told = {}
with mlflow.start_run(run_name="fluent") as run:
    told["fluent"] = fit(MlflowLogger()), run.info.run_id

client = MlflowClient()
run = client.create_run(client.get_experiment_by_name("skorch").experiment_id, run_name="client")
told["client"] = fit(MlflowLogger(run, client, create_artifact=False)), run.info.run_id
pathlib.Path("told.json").write_text(json.dumps(told))

with mlflow.start_run(run_name="fails"):
    fit(MlflowLogger(), module__fails=True)
