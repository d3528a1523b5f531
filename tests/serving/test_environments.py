"""Models that run in an environment of their own, made once."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import httpx
import pytest
import yaml

import jupyter_mlops as mlflow
from jupyter_mlops.environments.builds import kept_environments
from jupyter_mlops.errors import InvalidParameter, MlflowException, UntrustedModel
from jupyter_mlops.serving import serve
from jupyter_mlops.serving.model_environments import model_environment, needs_of
from tests.server_processes import free_port


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Where environments, and the key of who saves models, are kept that all of these tests share."""
    return {"MLFLOW_ENV_ROOT": str(tmp_path_factory.mktemp("environments")), "JUPYTER_MLOPS_DATA_DIR": str(tmp_path_factory.mktemp("data"))}


@pytest.fixture(autouse=True)
def _shared(places, monkeypatch):
    for name, place in places.items():
        monkeypatch.setenv(name, place)


@pytest.fixture(scope="module")
def six(tmp_path_factory, places):
    """A model that tells which version of a package it has, and a variable of its environment."""
    path = tmp_path_factory.mktemp("models") / "six"

    class Six(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            import os

            import six

            return [six.__version__, os.environ.get("COLOUR", ""), *(text.upper() for text in model_input)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_MLOPS_DATA_DIR", places["JUPYTER_MLOPS_DATA_DIR"])
        mlflow.pyfunc.save_model(path, python_model=Six(), pip_requirements=["cloudpickle", "six==1.15.0"])
    return path


UV = {"env_manager": "uv", "extra_envs": {"COLOUR": "red"}}
REQUEST = '{"inputs": ["a"]}'
ANSWER = {"predictions": ["1.15.0", "red", "A"]}


def test_a_model_runs_in_its_own_environment_which_is_made_once(six, here, capsys, tmp_path):
    python = here("models", "prepare-env", "-m", six, "--env-manager", "uv").stdout.strip()
    (kept,) = kept_environments()
    assert python.startswith(kept.folder)
    mlflow.models.predict(six, REQUEST, **UV)
    assert json.loads(capsys.readouterr().out) == ANSWER
    (tmp_path / "in.json").write_text(REQUEST)
    here("models", "predict", "-m", six, "-i", "in.json", "-o", "out.json", "--env-manager", "uv", "--env", "COLOUR=red")
    assert json.loads(pathlib.Path("out.json").read_text()) == ANSWER
    with serve(six, **UV) as served:
        assert httpx.post(f"{served.url}/invocations", content=REQUEST, headers={"Content-Type": "application/json"}).json() == ANSWER
    assert len(kept_environments()) == 1
    with pytest.raises(InvalidParameter, match="A request has exactly one of"):
        mlflow.models.predict(six, "{}", **UV)
    with pytest.raises(MlflowException, match="AttributeError: .*upper"):
        mlflow.models.predict(six, '{"inputs": [1]}', **UV)


def test_the_command_serves_there_until_it_is_ended(six):
    port = free_port()
    command = [sys.executable, "-m", "jupyter_mlops", "models", "serve", "-m", six, "-p", str(port), "--env-manager", "uv", "--env", "COLOUR=red"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert f"at http://127.0.0.1:{port}/invocations" in process.stderr.readline()
        with httpx.Client(transport=httpx.HTTPTransport(retries=9)) as client:
            assert client.post(f"http://127.0.0.1:{port}/invocations", content=REQUEST, headers={"Content-Type": "application/json"}, timeout=60).json() == ANSWER
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/ping")


def test_nothing_is_installed_for_a_model_that_nobody_vouches_for(six, tmp_path):
    shutil.copytree(six, tmp_path / "model")
    (tmp_path / "model" / "requirements.txt").write_text("evil")
    with pytest.raises(UntrustedModel, match="packages that the model .* names are installed"), model_environment(tmp_path / "model", "uv"):
        pass


def test_what_is_installed_instead_and_beside(six, tmp_path):
    shutil.copytree(six, tmp_path / "model")
    (tmp_path / "model" / "requirements.txt").write_text("mlflow\njupyter-mlops==0.0.1\nSix==1.15.0 \\\n  --hash=sha256:ab\nnumpy<3")
    assert needs_of(str(tmp_path / "model"), override=["six==1.17.0", "grape"]).dependencies == ("numpy<3", "six==1.17.0", "grape")
    assert needs_of(str(tmp_path / "model"), install_mlflow=True).dependencies[0] == "mlflow"
    with pytest.raises(InvalidParameter, match="Nothing is installed into this environment"), model_environment(six, "local", install_mlflow=True):
        pass
    (tmp_path / "model" / "python_env.yaml").write_text("python: 3.9.1")
    with pytest.raises(InvalidParameter, match=r"wants Python 3\.9\.1"), model_environment(tmp_path / "model", "uv", trust=True):
        pass


CONDA = """#!/bin/bash
while [ "$1" ]; do
  case "$1" in --file) cp "$2" {place}/seen.yaml;; --prefix) mkdir -p "$2"/bin "$2"/lib/python3.11/site-packages; ln -s {python} "$2"/bin/python;; esac; shift
done
"""


def test_conda_is_told_what_this_package_needs_and_not_to_look_for_it(six, tmp_path, monkeypatch):
    (tmp_path / "conda").write_text(CONDA.format(place=tmp_path, python=sys.executable))
    (tmp_path / "conda").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with model_environment(six, "conda") as environment:
        assert os.path.islink(f"{environment.folder}/lib/python3.11/site-packages/jupyter_mlops")
    python, _pip, packages = yaml.safe_load((tmp_path / "seen.yaml").read_text())["dependencies"]
    assert python.startswith("python=3.")
    shutil.copytree(six, tmp_path / "model")
    (tmp_path / "model" / "conda.yaml").write_text("# nothing yet\n")
    with model_environment(tmp_path / "model", "conda", trust=True):
        assert [str(one).partition("=")[0] for one in yaml.safe_load((tmp_path / "seen.yaml").read_text())["dependencies"][:2]] == ["python", "pip"]
    names = [line.partition("=")[0] for line in packages["pip"]]
    assert names[-3:] == ["starlette", "uvicorn", "uvloop"]
    assert {"cloudpickle", "six"} <= {*names}
    assert not {"mlflow", "jupyter-mlops", "jupyter-mlops[serving]"} & {*names}
