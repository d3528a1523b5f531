"""Log by Accelerate's tracker for MLflow: a run, the same run again, and one that fails."""

import json
import os
import pathlib

import mlflow
from accelerate import Accelerator

LOSSES = [1 / 3, 0.1, 1e-9]


def track(**options):
    accelerator = Accelerator(log_with="mlflow", project_dir="project")
    config = {"rate": 0.1, "layers": 2, "long": "x" * 7000}
    accelerator.init_trackers("accelerated", config, init_kwargs={"mlflow": options})
    return accelerator


pathlib.Path("notes").mkdir()
pathlib.Path("notes/a.txt").write_text("a")

accelerator = track(run_name="first", tags={"team": "blue"}, description="a *first* try")
for step, loss in enumerate(LOSSES):
    accelerator.log({"loss": loss, "text": "is dropped"}, step=step)
tracker = accelerator.get_tracker("mlflow")
tracker.log_artifact("notes/a.txt", "one")
tracker.log_artifacts("notes", "all")
run_id = tracker.tracker.info.run_id
accelerator.end_training()

os.environ["MLFLOW_RUN_ID"] = run_id
accelerator = track()
accelerator.log({"loss": 5.0}, step=3)
accelerator.end_training()
assert mlflow.last_active_run().info.run_id == run_id

os.environ.pop("MLFLOW_RUN_ID", None)
pathlib.Path("told.json").write_text(json.dumps({"run_id": run_id, "losses": [*LOSSES, 5.0]}))
track(run_name="fails")
raise RuntimeError("boom")
