"""Projects in containers of a real engine."""

import os
import pathlib
import shutil
import subprocess
import sys
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.exceptions import ExecutionException
from tests.environments import environment
from tests.projects.engines import IMAGE

PACKAGES = pathlib.Path(mlflow.__file__).parent.parent
MLPROJECT = f"""
name: Wine
docker_env:
  image: {IMAGE}
  volumes: ["{PACKAGES}:{PACKAGES}:ro", "{sys.prefix}:{sys.prefix}:ro"]
  environment: [[PYTHONPATH, "{PACKAGES}:{os.pathsep.join(p for p in sys.path if p.endswith('site-packages'))}"], COLOUR, [SIZE, big]]
entry_points:
  main:
    parameters: {{alpha: float, data: path}}
    command: "python3 train.py {{alpha}} {{data}}"
"""
TRAIN = """
import os, sys
import jupyter_mlops as mlflow
with mlflow.start_run():
    mlflow.log_metric("double", float(sys.argv[1]) * 2)
    mlflow.log_artifact(sys.argv[2])
    mlflow.set_tags({"where": os.getcwd(), "colour": os.environ["COLOUR"], "size": os.environ["SIZE"], "boxed": str(os.path.exists("/run/.containerenv") or os.path.exists("/.dockerenv"))})
"""

THEIRS = """
import importlib.util, mlflow
assert importlib.util.find_spec("jupyter_mlops") is None
mlflow.log_metric("double", 2)
mlflow.log_param("by", mlflow.__version__)
mlflow.log_artifact("data.csv")
"""


@pytest.fixture
def boxed(project, monkeypatch, engine):
    monkeypatch.setenv("COLOUR", "red")
    return project(**{"MLproject": MLPROJECT, "train.py": TRAIN})


def test_an_image_with_the_project_is_built_and_run(boxed, engine):
    submitted = projects.run(str(boxed), parameters={"alpha": 0.5, "data": str(boxed / "data.csv")}, build_image=True)
    run = mlflow.get_run(submitted.run_id)
    assert (run.info.status, run.data.metrics) == ("FINISHED", {"double": 1.0})
    tags = run.data.tags
    assert (tags["where"], tags["colour"], tags["size"], tags["boxed"]) == ("/mlflow/projects/code", "red", "big", "True")
    assert (tags["mlflow.project.env"], tags["mlflow.docker.image.uri"]) == ("docker", "wine:latest")
    inspected = subprocess.run([engine, "image", "inspect", "--format", "{{.Id}}", "wine:latest"], capture_output=True, text=True, check=True)
    assert tags["mlflow.docker.image.id"] == inspected.stdout.strip()
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/data.csv") == "a,b"


def test_mlflows_own_client_in_a_container_logs_to_the_run(project, engine):
    python = environment("mlflow-3.17.2")
    place = next(python.parent.parent.glob("lib/*/site-packages"))
    docker = f"docker_env: {{image: {IMAGE}, volumes: ['{place}:{place}:ro'], environment: [[PYTHONPATH, '{place}']]}}"
    folder = project(MLproject=f"name: theirs\n{docker}\nentry_points: {{main: {{command: 'python3 train.py'}}}}", **{"train.py": THEIRS})
    run = mlflow.get_run(projects.run(str(folder), build_image=True).run_id)
    assert (run.info.status, run.data.metrics, run.data.params) == ("FINISHED", {"double": 2.0}, {"by": "3.17.2"})
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/data.csv") == "a,b"


def test_a_cancelled_run_leaves_no_container(boxed, engine):
    (boxed / "train.py").write_text("import time, jupyter_mlops as m\nwith m.start_run():\n    m.log_metric('begun', 1)\n    time.sleep(600)\n")
    submitted = projects.run(str(boxed), parameters={"alpha": 0.5, "data": str(boxed)}, build_image=True, synchronous=False)
    until = time.monotonic() + 120
    while not mlflow.get_run(submitted.run_id).data.metrics:
        assert submitted.get_status() == "RUNNING" and time.monotonic() < until
        time.sleep(0.2)
    submitted.cancel()
    assert submitted.get_status() in ("KILLED", "FAILED")
    listed = subprocess.run([engine, "ps", "-a", "--format", "{{.Names}}"], capture_output=True, text=True, check=True).stdout
    assert submitted.run_id not in listed


def test_what_a_container_needs_is_told_before_there_is_a_run(boxed, monkeypatch):
    parameters = {"alpha": 0.5, "data": str(boxed)}
    monkeypatch.delenv("COLOUR")
    with pytest.raises(ExecutionException, match="not set here: COLOUR"):
        projects.run(str(boxed), parameters=parameters)
    monkeypatch.setenv("COLOUR", "red")
    monkeypatch.setenv("PATH", os.path.dirname(shutil.which("true")) + "/none")
    with pytest.raises(ExecutionException, match="needs docker or podman"):
        projects.run(str(boxed), parameters=parameters)
    assert mlflow.search_runs(search_all_experiments=True).empty
