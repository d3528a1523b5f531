"""Train by PyTorch Ignite with its MLflowLogger."""

import json
import pathlib
import warnings

import mlflow
import torch
from ignite.engine import Events, create_supervised_trainer
from ignite.handlers.mlflow_logger import MLflowLogger, global_step_from_engine

warnings.simplefilter("ignore")
mlflow.set_experiment("ignite")
logger = MLflowLogger()
logger.log_params({"rate": 0.1})
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), 0.1)
trainer = create_supervised_trainer(
    model, optimizer, torch.nn.functional.mse_loss, output_transform=lambda x, y, p, loss: loss.item()
)
logger.attach_output_handler(
    trainer, Events.ITERATION_COMPLETED, tag="train", output_transform=lambda loss: {"loss": loss, "not, a name": 1.0}
)
logger.attach_opt_params_handler(trainer, Events.ITERATION_STARTED, optimizer, param_name="lr")
logger.attach_output_handler(
    trainer, Events.EPOCH_COMPLETED, tag="epoch", output_transform=lambda loss: {"loss": loss},
    global_step_transform=global_step_from_engine(trainer),
)  # fmt: skip
losses, run_id = [], mlflow.active_run().info.run_id
trainer.add_event_handler(Events.ITERATION_COMPLETED, lambda engine: losses.append(engine.state.output))
data = [(torch.ones(4, 2) * number, torch.ones(4, 1)) for number in range(3)]
trainer.run(data, max_epochs=2)
logger.close()
pathlib.Path("told.json").write_text(json.dumps({"run_id": run_id, "losses": losses}))
