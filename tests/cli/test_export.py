"""``jupyter mlops export``: what it writes is read by the real MLflow, and by ``jupyter mlops import``."""

import json
import os
import pathlib
import subprocess

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.exporters.mlruns_files import inside

READ = """
import json, mlflow, sys
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("wines")
(run,) = client.search_runs([experiment.experiment_id])
(gone,) = client.search_runs([experiment.experiment_id], run_view_type=2)
print(json.dumps({
    "experiment": experiment.tags, "name": run.info.run_name, "status": run.info.status, "params": run.data.params,
    "points": [[p.step, p.value] for p in client.get_metric_history(run.info.run_id, "train/loss")], "tag": run.data.tags["note"],
    "input": [[i.dataset.name, i.tags[0].value] for i in run.inputs.dataset_inputs], "gone": gone.info.status,
    "text": open(client.download_artifacts(run.info.run_id, "texts/notes.txt")).read(),
    "version": str(client.get_model_version_by_alias("wine", "champion").version),
    "stage": client.get_model_version("wine", "1").current_stage,
    "model": open(mlflow.artifacts.download_artifacts("models:/wine/1") + "/MLmodel").read(),
}))
"""


@pytest.fixture
def filled(place, frame, here):
    """Options of a store with an experiment of two runs, one of them deleted, and a model."""
    mlflow.set_tracking_uri(place[1])
    if mlflow.get_experiment_by_name("wines") is None:
        mlflow.set_experiment("wines")
        mlflow.set_experiment_tag("team", "cellar")
        with mlflow.start_run(run_name="first") as run:
            mlflow.log_params({"depth": 3, "a": "x\ny"})
            for step in range(3):
                mlflow.log_metric("train/loss", 1 / (step + 1), step=step)
            mlflow.set_tag("note", "größer")
            mlflow.log_text("notes", "texts/notes.txt")
            mlflow.log_text("flavors: {}", "model/MLmodel")
            mlflow.log_input(mlflow.data.from_pandas(frame, name="bottles"), context="training")
        mlflow.flush()
        mlflow.register_model(f"runs:/{run.info.run_id}/model", "wine")
        client = mlflow.MlflowClient()
        client.set_registered_model_alias("wine", "champion", "1")
        client.transition_model_version_stage("wine", "1", "Staging")
        with mlflow.start_run() as other:
            pass
        mlflow.delete_run(other.info.run_id)
    return place


def test_mlflow_reads_what_was_exported(filled, here, mlflow_python):
    report = json.loads(here("export", "out", "--json", *filled).stdout)
    assert {k: report[k] for k in ("runs", "points", "artifact_runs", "models", "versions", "problems")} == {
        "runs": 2, "points": 3, "artifact_runs": 1, "models": 1, "versions": 1, "problems": [],
    }  # fmt: skip
    env = {"PATH": os.environ["PATH"], "MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_TRACKING_URI": f"file://{pathlib.Path('out').absolute()}"}
    done = subprocess.run([mlflow_python, "-W", "ignore", "-c", READ], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "experiment": {"team": "cellar"}, "name": "first", "status": "FINISHED", "params": {"depth": "3", "a": "x\ny"},
        "points": [[0, 1.0], [1, 0.5], [2, 1 / 3]], "tag": "größer", "input": [["bottles", "training"]], "gone": "FINISHED",
        "text": "notes", "version": "1", "stage": "Staging", "model": "flavors: {}",
    }  # fmt: skip


def test_what_was_exported_can_be_imported(filled, here, sql):
    here("export", "out", *filled)
    assert "already" in here("export", "out", *filled, code=1).stderr
    here("import", "out", "-q", "--store", "copy/mlops.duckdb")
    path = os.path.abspath("copy/mlops.duckdb")
    assert sql("SELECT key, value FROM params ORDER BY key", path) == [("a", "x\ny"), ("depth", "3")]
    assert sorted(os.listdir("out")) == [".trash", "0", "1", "models"]
    assert not [name for name in os.listdir() if name.startswith(".mlops-export")]


def test_experiments_can_be_chosen_and_artifacts_left(filled, here):
    report = json.loads(here("export", "part", "--no-artifacts", "-x", "1", "-x", "1", "--json", *filled).stdout)
    assert (report["experiments"], report["runs"], report["artifact_runs"], report["models"]) == (1, 2, 0, 0)
    assert here("export", "none", "-x", "99", *filled, code=1).stderr.startswith("Error: ")
    assert not os.path.exists("none")
    assert "go with --format mlruns" in here("export", "t", "--format", "csv", "-x", "1", code=2).stderr


def test_keys_that_are_no_names_of_files_are_told_and_the_rest_is_written(here):
    with mlflow.start_run():
        mlflow.log_params({"a": 1, "a/b": 2})
        mlflow.log_metric("é" * 200, 1.0)
    for name in ("m" * 256, "short"):
        mlflow.MlflowClient().create_registered_model(name)
    told = here("export", "out", code=1)
    assert "éé is left out" in told.stderr.replace("…", "éé")
    assert "mm is left out" in told.stderr.replace("…", "mm")
    assert [path.name for path in pathlib.Path("out/models").iterdir()] == ["short"]
    assert "a/b is left out" in told.stderr or "a is left out" in told.stderr
    assert len(list(pathlib.Path("out").rglob("params/*"))) == 1
    for name in ("../x", "/etc/passwd", "a//b", "a/../../b", "", "a\0b", "."):
        with pytest.raises(InvalidParameter):
            inside("out", name)


def test_tables_are_exported_too(here):
    with mlflow.start_run():
        mlflow.log_param("a", 1)
    assert json.loads(here("export", "tables", "--format", "csv", "--json").stdout)["runs"] == 1
    assert "runs.parquet" in here("export", "others", "--format", "parquet").stdout
