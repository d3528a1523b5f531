"""Train a very small BERT by Hugging Face's Trainer, which reports to MLflow: a run, the same run again, and one that fails."""

import json
import os
import pathlib
import sys
import warnings

import mlflow
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

warnings.simplefilter("ignore")
SIZES = {
    "vocab_size": 32, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
    "max_position_embeddings": 16,
}  # fmt: skip
torch.manual_seed(0)
rows = [{"input_ids": torch.randint(32, (8,)), "labels": torch.tensor(number % 2)} for number in range(32)]


class Fails(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 3:
            raise RuntimeError("boom")


def train(name, epochs, *callbacks, save="no"):
    arguments = TrainingArguments(
        "out", report_to="mlflow", run_name=name, num_train_epochs=epochs, per_device_train_batch_size=8, logging_steps=1,
        eval_strategy="epoch", save_strategy=save, use_cpu=True, disable_tqdm=True,
    )  # fmt: skip
    model = BertForSequenceClassification(BertConfig(**SIZES))  # a config of its own: training changes it
    trainer = Trainer(model, arguments, train_dataset=rows, eval_dataset=rows, callbacks=list(callbacks))
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return trainer.state.log_history


if sys.argv[1:] == ["checkpoints"]:
    train("kept", 2, save="epoch")
    sys.exit()
told = {"first": train("first", 2)}
told["run_id"] = mlflow.last_active_run().info.run_id
os.environ["MLFLOW_RUN_ID"] = told["run_id"]
told["again"] = train("first", 2)
told["again_run_id"] = mlflow.last_active_run().info.run_id
pathlib.Path("told.json").write_text(json.dumps(told))
os.environ.pop("MLFLOW_RUN_ID", None)
train("fails", 1, Fails())
