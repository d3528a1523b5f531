"""Train by Lightning (the package that is named) with its MLFlowLogger, and its CSVLogger beside it."""

import importlib
import json
import pathlib
import sys
import warnings

import torch

warnings.simplefilter("ignore")
lightning = importlib.import_module(sys.argv[1])
loggers, callbacks = (importlib.import_module(f"{sys.argv[1]}.{name}") for name in ("loggers", "callbacks"))


class Line(lightning.LightningModule):
    def __init__(self, rate=0.1, fails=False):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(2, 1)

    def training_step(self, batch, number):
        if self.hparams.fails and number == 3:
            raise RuntimeError("boom")
        loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch, number):
        self.log("val_loss", torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.rate)


def train(module, logger, csv, **options):
    trainer = lightning.Trainer(
        max_epochs=3, logger=[logger, loggers.CSVLogger(csv, name="", version="")], log_every_n_steps=1, accelerator="cpu",
        enable_progress_bar=False, enable_model_summary=False, **options,
    )  # fmt: skip
    trainer.fit(module, data, data)
    return logger.run_id


lightning.seed_everything(1, verbose=False)
x = torch.randn(64, 2)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)

logger = loggers.MLFlowLogger("line", run_name="first", tags={"team": "blue"}, log_model=True)
kept = callbacks.ModelCheckpoint("checkpoints", "{epoch}", monitor="val_loss", save_top_k=2)
first = train(Line(), logger, "csv", callbacks=[kept])

resumed = train(
    Line(rate=0.1), loggers.MLFlowLogger("line", run_id=first, prefix="again"), "csv-again", enable_checkpointing=False
)

logger = loggers.MLFlowLogger("line", run_name="fails", synchronous=False)
try:
    train(Line(fails=True), logger, "csv-fails", enable_checkpointing=False)
except RuntimeError:
    pass
told = {"first": first, "resumed": resumed, "failed": logger.run_id, "best": pathlib.Path(kept.best_model_path).name}
pathlib.Path("told.json").write_text(json.dumps(told))
