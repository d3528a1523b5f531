"""``jupyter mlops gc`` as a user's shell runs it."""

import os

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient


@pytest.fixture
def runs():
    """Ids of a deleted run, with an artifact, and of an active one."""
    ids = []
    for _ in range(2):
        with mlflow.start_run() as run:
            mlflow.log_metric("loss", 0.5)
            mlflow.log_text("notes", "notes.txt")
        ids.append(run.info.run_id)
    mlflow.delete_run(ids[0])
    return ids


def test_it_tells_first_and_removes_when_told_to(mlops, runs, sql):
    deleted, active = runs
    told = mlops("gc").stdout
    assert f"Run with ID {deleted} would be permanently deleted.\n" in told
    assert "1 runs with 1 metric points, 0 experiments, 5 B of artifacts in 1 files. Nothing was removed" in told
    assert sql("SELECT count(*) FROM runs") == [(2,)]
    assert mlops("gc", "--yes").stdout == f"Run with ID {deleted} has been permanently deleted.\n"
    assert sql("SELECT run_id FROM runs") == [(active,)]
    assert mlops("gc", "--delete").stdout == ""


def test_errors_are_one_line(mlops, runs):
    deleted, active = runs
    assert f"Run {active} is active" in mlops("gc", "--run-ids", f"{deleted},{active}", "--yes", code=1).stderr
    assert "no run with id 'x'" in mlops("gc", "--run-ids", "x", code=1).stderr
    assert "--older-than': An age is written like 30d" in mlops("gc", "--older-than", "soon", code=2).stderr


def test_options_that_name_none_remove_nothing(mlops, here, runs, sql):
    """A script's empty variable is not the wish to remove everything."""
    assert "--older-than': An age is written like" in here("gc", "--envs", "--older-than", "", "--yes", code=2).stderr
    for option in ("--run-ids", "--experiment-ids"):
        for none in ("", ",", " , "):
            assert f"{option}': it names none" in mlops("gc", option, none, "--yes", code=2).stderr
    assert sql("SELECT count(*) FROM runs") == [(2,)]


def test_ages_ids_and_what_stays(mlops, runs):
    deleted, _ = runs
    client = MlflowClient()
    client.create_registered_model("forest")
    client.create_model_version("forest", f"runs:/{deleted}/model", deleted)
    stays = mlops("gc", "--run-ids", deleted, "--yes")
    assert (stays.stdout, stays.stderr.count("forest/1")) == ("", 1)
    assert mlops("gc", "--older-than", "1d2h3m4.5s").stderr == "There is nothing to remove.\n"
    assert deleted in mlops("gc", "--force", "--yes").stdout


def test_a_person_at_a_terminal_sees_how_far_it_is(here, runs, monkeypatch, tmp_path):
    kept, other = (tmp_path / "environments" / name for name in (f"uv-{'0' * 16}", "my-project"))
    kept.mkdir(parents=True)
    other.mkdir()
    monkeypatch.setenv("MLFLOW_ENV_ROOT", os.path.relpath(kept.parent))
    monkeypatch.setenv("JUPYTER_MLOPS_PROGRESS", "1")
    done = here("gc", "--yes")
    assert "measuring artifacts:   0%|" in done.stderr and "removing artifacts:   0%|" in done.stderr and "0/1 [" in done.stderr
    assert done.stdout == f"Run with ID {runs[0]} has been permanently deleted.\n"
    told = here("gc", "--envs", "--yes")
    assert "measuring environments:" in told.stderr and "removing environments:" in told.stderr and not kept.exists()
    assert f"{kept}  " in told.stdout  # which is a place for those who run elsewhere, too
    assert other.exists()  # a folder where environments are kept may have others
