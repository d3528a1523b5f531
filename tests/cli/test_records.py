"""``jupyter mlops experiments|runs|artifacts|models`` as a user's shell runs them."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow


@pytest.fixture
def run_id():
    mlflow.set_experiment("wines")
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_param("depth", 3)
        mlflow.log_metric("loss", 0.5)
        mlflow.log_text("notes", "texts/notes.txt")
        mlflow.log_text("x", "model/MLmodel")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "wine")
    mlflow.MlflowClient().set_registered_model_alias("wine", "champion", "1")
    return run.info.run_id


def test_experiments_go_through_their_life(mlops, sql):
    assert mlops("experiments", "create", "-n", "E1").stdout == "Created experiment 'E1' with id 1\n"
    assert "E1" in mlops("experiments", "create", "-n", "E1", code=1).stderr
    assert mlops("experiments", "rename", "-x", "1", "--new-name", "E2").stdout == "Experiment with id 1 has been renamed to 'E2'.\n"
    assert mlops("experiments", "delete", "1").stdout == "Experiment with ID 1 has been deleted.\n"
    assert mlops("experiments", "delete", "-x", "1", code=1).stderr.startswith("Error: ")
    listed = mlops("experiments", "list", "--view", "deleted_only").stdout.splitlines()
    assert [line.split()[:2] for line in (listed[0], listed[2])] == [["Experiment", "Id"], ["1", "E2"]]
    assert mlops("experiments", "restore", "-x", "1").stdout == "Experiment with id 1 has been restored.\n"
    assert sql("SELECT name, lifecycle_stage FROM experiments ORDER BY experiment_id") == [("Default", "active"), ("E2", "active")]
    assert "Lifecycle Stage    : active" in mlops("experiments", "get", "-n", "E2").stdout
    assert json.loads(mlops("experiments", "get", "1", "--output", "json").stdout)["name"] == "E2"
    assert [e["name"] for e in json.loads(mlops("experiments", "search", "--json").stdout)] == ["Default", "E2"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["experiments", "delete"], 2),
        (["experiments", "delete", "1", "-x", "2"], 2),
        (["experiments", "get", "99"], 1),
        (["experiments", "get", "-n", "none"], 1),
        (["experiments", "csv", "-x", "99"], 1),
        (["experiments", "list", "--view", "some"], 2),
        (["runs", "list"], 2),
        (["runs", "list", "--experiment-id", "99"], 1),
        (["runs", "list", "--experiment-id", "0", "--filter", "metrics."], 1),
        (["runs", "describe", "--run-id", "none"], 1),
        (["runs", "delete", "--run-id", "none"], 1),
        (["runs", "create"], 2),
        (["runs", "create", "--experiment-name", "none"], 1),
        (["runs", "create", "--experiment-id", "0", "-t", "x"], 2),
        (["artifacts", "list", "-r", "none"], 1),
        (["artifacts", "download"], 1),
        (["artifacts", "log-artifact", "-l", "none.txt", "-r", "x"], 2),
        (["models", "list", "--filter", "depth = 3"], 1),
    ],
)
def test_what_cannot_be_done_is_one_line(mlops, arguments, code):
    mlops("experiments", "list")  # that a store is made is told of, too
    said = mlops(*arguments, code=code).stderr.strip().splitlines()
    assert said[0 if code == 1 else -1].startswith("Error: ")
    assert code == 2 or "--filter" in arguments or len(said) == 1  # where a filter is wrong is shown below it


def test_runs_are_listed_described_deleted_and_restored(mlops, run_id, sql):
    header, _, line = mlops("runs", "list", "--experiment-id", "1").stdout.splitlines()
    assert header.split() == ["Date", "Name", "ID"]
    assert line.split()[2:] == ["UTC", "first", run_id]
    told = json.loads(mlops("runs", "describe", "--run-id", run_id).stdout)
    assert list(told["info"]) == sorted(told["info"])
    assert (told["data"]["metrics"], told["data"]["params"]) == ({"loss": 0.5}, {"depth": "3"})
    mlops("runs", "delete", "--run-id", run_id)
    assert sql("SELECT lifecycle_stage FROM runs") == [("deleted",)]
    assert run_id in mlops("runs", "list", "--experiment-id", "1", "-v", "deleted_only").stdout
    mlops("runs", "restore", "--run-id", run_id)
    assert sql("SELECT lifecycle_stage FROM runs") == [("active",)]
    made = json.loads(
        mlops("runs", "create", "--experiment-name", "wines", "--run-name", "second", "-t", "a=b=c", "--status", "failed", "--parent-run-id", run_id).stdout
    )
    run = mlflow.get_run(made["run_id"])
    assert (run.info.status, run.info.run_name, run.data.tags["a"]) == ("FAILED", "second", "b=c")
    assert run.data.tags["mlflow.parentRunId"] == run_id


def test_an_experiment_is_written_as_csv(mlops, run_id, tmp_path):
    printed = mlops("experiments", "csv", "-x", "1").stdout
    assert "run_id" in printed.splitlines()[0]
    assert f"{run_id},1,FINISHED" in printed
    said = mlops("experiments", "csv", "-x", "1", "-o", tmp_path / "runs.csv").stdout
    assert said == f"Experiment with ID 1 has been exported as a CSV to file: {tmp_path / 'runs.csv'}.\n"
    assert (tmp_path / "runs.csv").read_text() == printed


def test_artifacts_go_in_and_out(mlops, run_id, tmp_path):
    (tmp_path / "data.csv").write_text("a,b")
    mlops("artifacts", "log-artifact", "-l", tmp_path / "data.csv", "-r", run_id, "-a", "tables")
    listed = json.loads(mlops("artifacts", "list", "-r", run_id, "-a", "tables").stdout)
    assert listed == [{"path": "tables/data.csv", "is_dir": False, "file_size": 3}]
    place = mlops("artifacts", "download", "-u", f"runs:/{run_id}/tables/data.csv", "-d", tmp_path / "to").stdout.strip()
    assert pathlib.Path(place).read_text() == "a,b"
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.txt").write_text("x")
    mlops("artifacts", "log-artifacts", "-l", tmp_path / "more", "-r", run_id)
    place = mlops("artifacts", "download", "-r", run_id, "-a", "x.txt").stdout.strip()
    assert pathlib.Path(place).read_text() == "x"


def test_registered_models_are_listed(mlops, run_id):
    line = mlops("models", "list").stdout.splitlines()[2]
    assert line.split() == ["wine", "1", "champion", "1"]
    assert json.loads(mlops("models", "list", "--json").stdout)[0]["name"] == "wine"


def test_the_doctor_says_what_is_not_in_order(mlops, run_id, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "hush")
    done = json.loads(mlops("doctor", "--json", code=None).stdout)
    assert {"store", "disk"} <= {finding["name"] for finding in done["findings"]}
    assert done["variables"]["MLFLOW_TRACKING_TOKEN"] == "***"
    assert "hush" not in mlops("doctor", code=None).stdout


def test_a_schema_is_brought_up_to_date_by_mlflows_name(mlops, run_id):
    assert "nothing to do" in mlops("db", "upgrade", "mlops.duckdb").stdout


def test_a_command_that_is_misspelt_is_guessed(mlops):
    assert "Did you mean 'experiments'?" in mlops("experiment", "list", code=2).stderr


def test_a_traceback_is_shown_when_it_is_asked_for():
    program = [sys.executable, "-m", "jupyter_mlops", "--debug", "runs", "describe", "--run-id", "none"]
    assert "Traceback" in subprocess.run(program, capture_output=True, text=True, env=os.environ, check=False).stderr


def test_nothing_is_said_to_be_nothing_and_what_to_do(here, tmp_path):
    done = here("runs", "list", "-x", "0")
    assert done.stdout == "Date  Name  ID\n----  ----  --\n"
    assert done.stderr.splitlines() == [
        f"There was no store at {tmp_path}/mlops.duckdb: it is made. --store names another one.",
        "No runs yet: %%track on top of a cell, or mlflow.start_run(), makes one.",
    ]
    assert here("runs", "list", "-x", "0", "--filter", "metrics.a > 1").stderr == "No run is like that.\n"
    assert here("runs", "list", "-x", "0", "--json") == ("[]\n", "")
    assert "jupyter mlops registry register" in here("models", "list").stderr
    assert here("gc").stderr == "There is nothing to remove.\n"
    assert "There is no notebook" in here("projects", "new", "none.ipynb", code=1).stderr


def test_help_of_a_group_is_in_whole_sentences_and_guesses(here):
    said = " ".join(here("registry", "--help").stdout.split())
    assert "..." not in said.partition("Commands:")[2] and "Make a version of one model, such as models:/wine@champion, the next one of the model NAME." in said
    assert "Did you mean 'list'?" in here("runs", "lst", code=2).stderr
