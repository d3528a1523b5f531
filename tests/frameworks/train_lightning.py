"""Trainings of Lightning, autologged by the tracker that is named; prints what it knows of them as JSON.

``python train_lightning.py TRACKER LIBRARY …``; ``LIBRARY:each`` keeps every checkpoint.
"""

import importlib
import json
import pathlib
import sys
import warnings

import torch
from torch.utils.data import DataLoader, TensorDataset

warnings.simplefilter("ignore")
tracker, *kinds = sys.argv[1:]
mlflow = importlib.import_module(tracker)
if tracker == "mlflow":  # a process for each model, to see what it needs
    importlib.import_module("mlflow.models").infer_pip_requirements = lambda *_, fallback, **__: fallback
mlflow.set_tracking_uri(
    "lightning.duckdb" if tracker == "jupyter_mlops" else pathlib.Path("mlruns").absolute().as_uri()
)
x = torch.randn(24, 3, generator=torch.Generator().manual_seed(0))
data = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)


def files(run_id, path=None):
    for info in mlflow.MlflowClient().list_artifacts(run_id, path):
        yield from files(run_id, info.path) if info.is_dir else [info.path]


def train(library, each):
    L = importlib.import_module(library)
    torch.manual_seed(0)

    class Net(L.LightningModule):
        def __init__(self, width=4):
            super().__init__()
            self.save_hyperparameters()
            self.layers = torch.nn.Sequential(torch.nn.Linear(3, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))

        def forward(self, x):
            return self.layers(x)

        def _loss(self, batch, name):
            loss = torch.nn.functional.mse_loss(self(batch[0]), batch[1])
            self.log(name, loss, on_epoch=True, on_step=False)
            return loss

        def training_step(self, batch, _):
            return self._loss(batch, "train_loss")

        def validation_step(self, batch, _):
            self._loss(batch, "val_loss")

        def test_step(self, batch, _):
            self._loss(batch, "test_loss")

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=0.05)

    class History(L.Callback):
        def __init__(self):
            self.seen = []

        def on_train_epoch_end(self, trainer, module):
            self.seen.append({name: float(value) for name, value in trainer.callback_metrics.items()})

    mlflow.pytorch.autolog(checkpoint_save_best_only=not each)
    history = History()
    stopping = L.pytorch.callbacks if library == "lightning" else L.callbacks
    callbacks = [history, stopping.EarlyStopping("val_loss", patience=1, min_delta=0.5)]
    trainer = L.Trainer(max_epochs=6, callbacks=callbacks, enable_progress_bar=False, logger=False)
    module = Net()
    with mlflow.start_run() as run:
        trainer.fit(module, data, data)
        tested = trainer.test(module, data, verbose=False)
    run = mlflow.get_run(run.info.run_id)
    client, run_id = mlflow.MlflowClient(), run.info.run_id
    points = {key: [(m.step, m.value) for m in client.get_metric_history(run_id, key)] for key in run.data.metrics}
    uri = f"runs:/{run_id}/model"
    predicted = mlflow.pyfunc.load_model(uri).predict(x.numpy())
    module.eval()
    kept = mlflow.pytorch.load_checkpoint(Net, run_id)
    return {
        "history": history.seen, "tested": tested, "params": run.data.params, "points": points, "files": sorted(files(run_id)),
        "tags": {k: v for k, v in run.data.tags.items() if not k.startswith(("mlflow.", "jupyter_mlops."))},
        "checkpoint": run.data.tags.get("mlflow.latest_checkpoint_artifact"), "width": kept.hparams.width,
        "signature": str(mlflow.models.get_model_info(uri).signature.inputs) if tracker == "jupyter_mlops" else None,
        "same": bool(abs(predicted - module(x).detach().numpy()).max() < 1e-6),
        "callbacks": [type(c).__name__ for c in trainer.callbacks], "hooks": len(module._forward_hooks),
    }  # fmt: skip


print("RESULT" + json.dumps({kind: train(kind.partition(":")[0], ":each" in kind) for kind in kinds}))
