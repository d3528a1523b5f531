"""Images that serve a model, built and asked for real."""

import contextlib
import importlib.metadata
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import httpx
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import AlreadyExists, ExecutionException, InvalidParameter, MlflowException, UntrustedModel

NAME = "mlops-test-served"


@pytest.fixture(scope="module")
def lengths(tmp_path_factory):
    """A model of this user's that tells how long texts are, and by whom it is asked."""
    path = tmp_path_factory.mktemp("models") / "lengths"

    class Lengths(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            import os

            return [len(text) for text in model_input] + [os.getuid()]

    mlflow.pyfunc.save_model(path, python_model=Lengths(), pip_requirements=["cloudpickle"])
    return path


@pytest.fixture(scope="module")
def image(engine, pip_image, lengths):
    """Name of an image with that model."""
    command = [sys.executable, "-m", "jupyter_mlops", "models", "build-docker", "-m", lengths, "-n", NAME, "--base-image", pip_image]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.endswith(f"The image {NAME} is there: docker run -p 127.0.0.1:5001:8080 {NAME}\n")
    return NAME


def of_engine(engine, *words, check=True):
    return subprocess.run([engine, *map(str, words)], capture_output=True, text=True, check=check).stdout.strip()


@contextlib.contextmanager
def container(engine, *words):
    """A container that answers at port 8080 of this machine."""
    name = of_engine(engine, "run", "-d", "--network", "host", *words)
    try:
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get("http://127.0.0.1:8080/ping").status_code == 200:
                    break
            log = subprocess.run([engine, "logs", name], capture_output=True, text=True, check=False)
            assert of_engine(engine, "inspect", "--format", "{{.State.Running}}", name) == "true", log.stderr
            assert time.monotonic() < until, log.stderr
            time.sleep(0.2)
        yield name
    finally:
        of_engine(engine, "rm", "-f", "-t", "0", name)


def dockerfile(*arguments, **given):
    """Text and context of a Dockerfile."""
    mlflow.models.generate_dockerfile(*arguments, output_directory="image", **given)
    return pathlib.Path("image/Dockerfile").read_text(), pathlib.Path("image")


def test_what_is_said_of_a_model_cannot_become_an_instruction(lengths, tmp_path):
    hostile = tmp_path / 'a" b\nRUN touch owned'
    shutil.copytree(lengths, hostile)
    (hostile / "MLmodel").write_text((hostile / "MLmodel").read_text().replace("model_uuid: ", 'model_uuid: "x\\"\\nRUN touch owned $HOME"\nwas: '))
    (hostile / "python_env.yaml").write_text('python: "3.11\\nRUN touch owned"\ndependencies: ["numpy\\nRUN touch owned"]')
    (hostile / "nobody").write_bytes(b"secret")
    (hostile / "nobody").chmod(0o600)
    with pytest.raises(InvalidParameter, match="name of an image"):
        dockerfile(lengths, base_image="x\nRUN touch owned", trust=True)
    with pytest.raises(InvalidParameter, match="name is that of an image"):
        mlflow.models.build_docker(lengths, "--help")
    with pytest.raises(UntrustedModel, match="packages that the model"):  # whose code would run in the image
        dockerfile(hostile)
    text, context = dockerfile(hostile, trust=True)
    instructions = [line.partition(" ")[0] for line in text.splitlines()]
    assert {*instructions} <= {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "LABEL", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"}
    assert text.splitlines()[0] == "FROM python:3.11-slim"
    assert "$HOME" not in text
    assert not re.search(r"^RUN touch", text, re.MULTILINE)
    assert str(tmp_path) not in text
    assert (context / "model_dir" / "nobody").stat().st_mode & 0o777 == 0o644
    assert context.stat().st_mode & 0o777 == 0o700  # on this machine nobody else reads it


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--extra-index-url https://ann:secret@host/simple", "has credentials"),
        ("/home/ann/grape-1.0.whl", "no package of an index"),
        ("grape @ file:///home/ann/grape", "no package of an index"),
        ("grape @ git+file:///home/ann/grape", "no package of an index"),
        ("--find-links /home/ann/wheels", "no package of an index"),
        ("-f/home/ann/wheels", "no package of an index"),
        ("--extra-index-url=file:///home/ann/simple", "no package of an index"),
        ("-r ../other.txt", "which is not in its folder"),
        ("-c /etc/hostname", "which is not in its folder"),
        ("numpy\n-c /etc/hostname", "which is not in its folder"),
    ],
)
def test_what_no_image_may_or_can_have(lengths, tmp_path, line, told):
    (tmp_path / "other.txt").write_text("of somebody else")
    shutil.copytree(lengths, tmp_path / "model")
    (tmp_path / "model" / "python_env.yaml").write_text(json.dumps({"dependencies": [line]}))
    with pytest.raises(MlflowException, match=told) as error:
        dockerfile(tmp_path / "model", trust=True)
    assert "secret" not in str(error.value)
    assert sorted(os.listdir()) == ["model", "other.txt"]  # and nothing of an image


def test_files_that_a_model_brings_are_beside_its_requirements(lengths, tmp_path):
    shutil.copytree(lengths, tmp_path / "model")
    (tmp_path / "model" / "wheels").mkdir()
    (tmp_path / "model" / "wheels" / "grape-1.0.whl").touch()
    (tmp_path / "model" / "requirements.txt").write_text("mlflow==2.22.0\nwheels/grape-1.0.whl\nnumpy==2.0.0\n-c constraints.txt")
    (tmp_path / "model" / "constraints.txt").write_text("scipy<2")
    _, context = dockerfile(tmp_path / "model", trust=True)
    lines = (context / "requirements" / "requirements.txt").read_text().splitlines()
    assert lines[:3] == ["wheels/grape-1.0.whl", "numpy==2.0.0", "-c constraints.txt"]
    assert [line for line in lines if line.startswith("numpy")] == ["numpy==2.0.0"]
    assert (context / "requirements" / "wheels" / "grape-1.0.whl").exists()
    assert (context / "requirements" / "constraints.txt").read_text() == "scipy<2\n"
    with pytest.raises(AlreadyExists, match="remove it"):
        dockerfile(tmp_path / "model")
    shutil.rmtree(context)
    dockerfile(tmp_path / "model", install_mlflow=True, trust=True)
    assert (context / "requirements" / "requirements.txt").read_text().startswith("mlflow==2.22.0\n")


def test_what_only_conda_has_is_told(lengths, tmp_path, capsys):
    shutil.copytree(lengths, tmp_path / "model")
    (tmp_path / "model" / "python_env.yaml").unlink()
    (tmp_path / "model" / "conda.yaml").write_text("dependencies: [python=3.11, graphviz=9, pip, {pip: [six]}]")
    _, context = dockerfile(tmp_path / "model", trust=True)
    assert "only conda installs them: graphviz=9\n" in capsys.readouterr().err
    assert (context / "requirements" / "requirements.txt").read_text().startswith("six\n")


def test_a_model_of_an_old_python_goes_into_an_image_with_another(lengths, tmp_path):
    shutil.copytree(lengths, tmp_path / "model")
    (tmp_path / "model" / "python_env.yaml").write_text("python: 3.10.2")
    with pytest.raises(InvalidParameter, match=r"wants Python 3\.10\.2, .*: say base_image"):
        dockerfile(tmp_path / "model", trust=True)
    text, _ = dockerfile(tmp_path / "model", trust=True, base_image="python:3.11-slim")
    assert text.startswith("FROM python:3.11-slim\n")


def test_without_an_engine_nothing_is_begun(lengths, monkeypatch, here):
    monkeypatch.setenv("PATH", "/none")
    with pytest.raises(ExecutionException, match="needs docker or podman"):
        mlflow.models.build_docker("runs:/0/nothing", "wine:1.0-RC")
    assert "needs docker or podman" in here("models", "build-docker", "-m", lengths, "-n", "wine", code=1).stderr


def test_an_image_for_models_that_are_mounted(here):
    said = here("models", "generate-dockerfile", "-d", "image", "--base-image", "mine:1").stderr
    assert said == "Wrote image: docker build -t NAME image\n"
    text = pathlib.Path("image/Dockerfile").read_text()
    assert text.startswith("FROM mine:1\n")
    assert "model_dir" not in text
    assert '"--env-manager", "virtualenv", "--trust"]' in text
    assert pathlib.Path("image/requirements/requirements.txt").read_text().startswith("virtualenv\n")


def test_an_image_has_a_server_although_there_is_none_here(monkeypatch):
    here = importlib.metadata.version

    def version(name):
        if name == "uvicorn":
            raise importlib.metadata.PackageNotFoundError(name)
        return here(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    _, context = dockerfile(env_manager="local")
    assert "uvicorn" in (context / "requirements" / "requirements.txt").read_text().splitlines()


def test_an_image_answers_as_nobody_in_particular_and_ends_at_once(engine, image):
    with container(engine, image, "serve", "--workers", "2") as name:  # the word is SageMaker's
        answer = httpx.post("http://127.0.0.1:8080/invocations", json={"inputs": ["red", "white"]})
        assert answer.json() == {"predictions": [3, 5, 10001]}
        (about,) = json.loads(of_engine(engine, "inspect", name))
        health = about["Config"]["Healthcheck"]["Test"]
        assert health[:2] == ["CMD", "python3"]
        of_engine(engine, "exec", name, *health[1:])
        written = of_engine(engine, "exec", name, "python3", "-c", "import os; print([os.access(p, os.W_OK) for p in ('/opt/ml/model', '/opt/mlflow', '/opt/ml/model/MLmodel')])")
        assert written == "[False, False, False]"
        began = time.monotonic()
        of_engine(engine, "stop", "-t", "30", name)
        assert time.monotonic() - began < 15
        assert of_engine(engine, "inspect", "--format", "{{.State.ExitCode}}", name) == "0"
