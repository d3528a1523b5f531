"""Projects whose launcher or program is killed: nothing is left running or lying about, and their runs can be gone on with."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.exceptions import ExecutionException
from tests.projects.conftest import git, project  # noqa: F401 - fixtures
from tests.projects.engines import IMAGE, engine  # noqa: F401 - fixtures

pytestmark = pytest.mark.faults

WAITS = """
import os, pathlib, subprocess, sys, time
import jupyter_mlops as mlflow
place = pathlib.Path(os.environ["PLACE"])
with mlflow.start_run():
    mlflow.log_metric("attempts", 1, step=len(mlflow.MlflowClient().get_metric_history(os.environ.get("RUN", mlflow.active_run().info.run_id), "attempts")))
    print("attempt begins")
    if not (place / "again").exists():
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (place / "pids.part").write_text(f"{os.getpid()} {child.pid} {os.getcwd()}")
        (place / "pids.part").rename(place / "pids")
        time.sleep(60)
"""
MLPROJECT = "name: waits\nentry_points: {main: {command: 'python train.py'}}"
LAUNCH = "import sys; from jupyter_mlops import projects; projects.run(sys.argv[1], env_manager=sys.argv[2] or None, version=sys.argv[4] or None, storage_dir=sys.argv[3])"


@pytest.fixture
def place(tmp_path, monkeypatch):
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.setenv("PLACE", str(folder))
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(tmp_path / "environments"))
    return folder


@pytest.fixture
def repository(project, git):  # noqa: F811
    """A Git repository whose project runs in an environment of its own."""
    folder = project("repository", **{"MLproject": MLPROJECT + "\npython_env: python_env.yaml", "train.py": WAITS, "python_env.yaml": "dependencies: [jupyter-mlops]"})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    return str(folder)


def _until(what):
    until = time.monotonic() + 120
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def _is_there(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _begun(place):
    _until((place / "pids").exists)
    program, child, folder = (place / "pids").read_text().split()
    return int(program), int(child), folder


def _the_run():
    (run,) = mlflow.search_runs(output_format="list")
    return run


def _goes_on(uri, place, **options):
    """The same run to its end, with what it had."""
    (place / "again").touch()
    run_id = _the_run().info.run_id
    assert projects.run(uri, run_id=run_id, **options).run_id == run_id
    run = _the_run()
    assert (run.info.status, run.info.end_time is not None) == ("FINISHED", True)
    assert len(mlflow.MlflowClient().get_metric_history(run_id, "attempts")) == 2
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/output.log").count("attempt begins") == 2


@pytest.mark.parametrize("manager", ["virtualenv", "uv"])
def test_the_launcher_is_killed(repository, place, manager, tmp_path):
    storage = tmp_path / "storage"
    with subprocess.Popen([sys.executable, "-c", LAUNCH, repository, manager, storage, "main"], env=os.environ, stderr=subprocess.DEVNULL) as launcher:
        program, child, folder = _begun(place)
        assert pathlib.Path(folder).parent == storage
        _until(lambda: "attempt begins" in _log())  # what it prints is seen while it runs
        launcher.kill()
    _until(lambda: not _is_there(program) and not _is_there(child))
    _until(lambda: not list(storage.iterdir()))
    assert _the_run().info.status == "KILLED"
    _goes_on(repository, place, version="main", env_manager=manager, storage_dir=str(storage))
    assert list(storage.iterdir()) == []


def _log():
    from jupyter_mlops.storage.opened import open_store
    from jupyter_mlops.views.runs.logs import run_log

    return run_log(open_store(), _the_run().info.run_id)["text"] or ""


def test_the_process_of_a_run_that_nobody_waits_for_is_killed(repository, place, tmp_path):
    storage = tmp_path / "storage"
    submitted = projects.run(repository, version="main", env_manager="uv", storage_dir=str(storage), synchronous=False)
    program, child, _ = _begun(place)
    _until(lambda: "attempt begins" in _log())
    submitted._process.kill()
    assert submitted.wait() is False
    _until(lambda: not _is_there(program) and not _is_there(child) and not list(storage.iterdir()))
    assert submitted.get_status() in ("FAILED", "KILLED")
    _goes_on(repository, place, version="main", env_manager="uv")


def test_the_program_is_killed(repository, place, tmp_path):
    storage = tmp_path / "storage"
    submitted = projects.run(repository, version="main", env_manager="uv", storage_dir=str(storage), synchronous=False)
    program, child, _ = _begun(place)
    os.kill(program, signal.SIGKILL)
    assert submitted.wait() is False
    assert submitted.get_status() == "FAILED"
    assert not _is_there(child)
    assert list(storage.iterdir()) == []
    _goes_on(repository, place, version="main", env_manager="uv")


def test_a_cancelled_run_goes_on(repository, place, tmp_path):
    storage = tmp_path / "storage"
    submitted = projects.run(repository, version="main", env_manager="uv", storage_dir=str(storage), synchronous=False)
    program, child, _ = _begun(place)
    submitted.cancel()
    assert submitted.get_status() == "KILLED"
    assert not _is_there(program)
    assert not _is_there(child)
    assert list(storage.iterdir()) == []
    _goes_on(repository, place, version="main", env_manager="uv")


def test_a_container_goes_with_its_launcher(project, place, engine, tmp_path):  # noqa: F811
    waits = "import os, time, pathlib\nprint('attempt begins', flush=True)\n(pathlib.Path(os.environ['PLACE']) / 'pids').write_text(f'0 0 {os.getcwd()}')\ntime.sleep(60)\n"
    text = f"name: waits\ndocker_env: {{image: {IMAGE}, volumes: ['{place}:{place}'], environment: [PLACE]}}\nentry_points: {{main: {{command: 'python3 train.py'}}}}"
    folder = project(**{"MLproject": text, "train.py": waits})
    launch = LAUNCH.replace("storage_dir=sys.argv[3]", "storage_dir=sys.argv[3], build_image=True")
    with subprocess.Popen([sys.executable, "-c", launch, folder, "", tmp_path / "storage", ""], env=os.environ, stderr=subprocess.DEVNULL) as launcher:
        _until((place / "pids").exists)
        run_id = _the_run().info.run_id
        launcher.kill()
    names = [engine, "ps", "-a", "--format", "{{.Names}}"]
    _until(lambda: run_id not in subprocess.run(names, capture_output=True, text=True, check=True).stdout)
    assert _the_run().info.status == "KILLED"


def test_other_values_for_the_params_of_a_run_are_refused_before_it_goes_on(project):  # noqa: F811
    folder = project(**{"MLproject": "entry_points: {main: {parameters: {a: int}, command: 'echo {a}'}}"})
    run_id = projects.run(str(folder), parameters={"a": 1}).run_id
    with pytest.raises(mlflow.exceptions.MlflowException, match="a"):
        projects.run(str(folder), parameters={"a": 2}, run_id=run_id)
    assert mlflow.get_run(run_id).info.status == "FINISHED"
    with pytest.raises(ExecutionException):
        projects.run(str(folder), "none", run_id=run_id)
    assert mlflow.get_run(run_id).info.status == "FINISHED"
