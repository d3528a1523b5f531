"""What an engine of containers is told; `test_containers` has a real one."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.environments.engines import find_engine
from jupyter_mlops.errors import ExecutionException

ENGINE = """#!/bin/bash
[ "$1" = run ] || exit 0
printf '%s\\n' "$@" "PATH here: $PATH"
"""


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """A program that says what it was told."""
    place = tmp_path / "programs"
    place.mkdir()
    (place / "docker").write_text(ENGINE)
    (place / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(place), prepend=":")
    return place


def test_an_engine_that_was_started_meanwhile_is_found(engine, monkeypatch):
    monkeypatch.setenv("PATH", str(engine))
    (engine / "docker").write_text("#!/bin/bash\nexit 1")
    with pytest.raises(ExecutionException, match="start docker's service"):
        find_engine("It")
    (engine / "docker").write_text(ENGINE)
    assert find_engine("It") == "docker"


def test_variables_of_the_project_are_for_its_container_alone(project, engine, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "here")
    docker = "name: wine\ndocker_env: {image: img, environment: [[PATH, /opt/none], [AWS_REGION, there]]}\nentry_points: {main: {command: 'true'}}"
    run_id = projects.run(str(project(MLproject=docker))).run_id
    said = mlflow.artifacts.load_text(f"runs:/{run_id}/output.log").splitlines()
    assert "PATH=/opt/none" in said and "AWS_REGION=there" in said and "AWS_REGION" not in said
    assert f":{engine}:" in f":{said[-1].removeprefix('PATH here: ')}:"
