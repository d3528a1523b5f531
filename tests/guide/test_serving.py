"""Section 5.5 of the guide: models that are served, asked by curl, put into an image, asked for a file, and taken to clouds."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.serving import client
from tests.deployments.test_azureml import Workspace, needs_sdk
from tests.guide import blocks
from tests.guide.blocks import REGISTERED
from tests.guide.conftest import ours
from tests.programs import require_curl
from tests.sagemaker_servers import ACCOUNT, aws  # noqa: F401 - a fixture
from tests.server_processes import free_port

SERVE = """
# Serve model via REST API
mlflow models serve -m runs:/run_id/model -p 5001
mlflow models serve -m models:/model_name/Production
"""
CURL = r"""
# Test the endpoint
curl -X POST -H "Content-Type: application/json" \
  --data '{"dataframe_split": {"columns":["x"], "data":[[1]]}}' \
  http://localhost:5001/invocations
"""
IMAGE = "mlflow models build-docker -m runs:/run_id/model -n my-model-image"
BATCH = "mlflow models predict -m runs:/run_id/model -i input.csv -o output.csv"
SAGEMAKER = """
# Deploy to SageMaker
import mlflow.sagemaker
mlflow.sagemaker.deploy(
    app_name="my-app",
    model_uri="runs:/run_id/model",
    region_name="us-west-2"
)
"""
AZURE = """
# Deploy to Azure ML
import mlflow.azureml
mlflow.azureml.deploy(
    model_uri="runs:/run_id/model",
    workspace=workspace,
    deployment_name="my-deployment"
)
"""
MODEL = """
import pandas as pd
from sklearn.linear_model import LinearRegression
rows = pd.DataFrame({"x": [0.0, 1.0]})
model = LinearRegression().fit(rows, [1.0, 3.0])
"""
# The engine of containers is told what to build; tests/serving/test_images.py lets a real one build it.
ENGINE = """#!/bin/sh
[ "$1" = info ] || { echo "$@" > told.txt && cp -r . "$IMAGE"; }
"""


@pytest.fixture
def shell(tmp_path):
    """Run a line of the guide by a shell that has our program as ``mlflow``; returns the process. A model is there, 2 x + 1."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "mlflow").symlink_to(pathlib.Path(sys.executable).with_name("mlops"))
    registered = REGISTERED[len(blocks.MODEL) :].format(versions=1).replace("my_model", "model_name")
    exec(MODEL + registered, {"mlflow": mlflow})
    mlflow.MlflowClient().transition_model_version_stage("model_name", "1", "Production")
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "IMAGE": str(tmp_path / "image")}
    return lambda line, **more: subprocess.Popen(f"exec {line}", shell=True, text=True, start_new_session=True, env=environment | more)


def test_a_served_model_answers_curl(shell):
    require_curl()
    ports = [str(free_port()), str(free_port())]  # the guide's may be others'; the second one is told by a variable
    lines = [line for line in SERVE.splitlines() if line.startswith("mlflow")]
    servers = [shell(lines[0].replace("5001", ports[0])), shell(lines[1], MLFLOW_PORT=ports[1])]
    try:
        for port in ports:
            with contextlib.closing(client(f"http://127.0.0.1:{port}")) as asking:
                until = time.monotonic() + 60
                while not asking.is_alive():
                    assert time.monotonic() < until
                    time.sleep(0.1)
            answer = json.loads(subprocess.check_output(CURL.replace("5001", port), shell=True))
            assert [round(one, 6) for one in answer["predictions"]] == [3.0]
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGINT)
        assert [server.wait(30) for server in servers] == [0, 0]


def test_a_file_is_predicted_and_an_image_is_made(shell, tmp_path):
    pd.DataFrame({"x": [0.0, 1.0, 2.0]}).to_csv("input.csv", index=False)
    assert shell(BATCH).wait(60) == 0
    assert pd.read_csv("output.csv")["prediction"].round(6).tolist() == [1.0, 3.0, 5.0]
    engine = tmp_path / "programs" / "docker"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    assert shell(IMAGE).wait(60) == 0
    assert (tmp_path / "image" / "told.txt").read_text() == "build -t my-model-image -f Dockerfile .\n"
    assert (tmp_path / "image" / "model_dir" / "MLmodel").exists()
    assert (tmp_path / "image" / "Dockerfile").read_text().startswith("FROM python:")
    shutil.rmtree(tmp_path / "image")


def test_to_sagemaker(shell, aws, monkeypatch):  # noqa: F811
    import boto3

    role = aws.client("iam").create_role(RoleName="notebook", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    acting = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="ann")["Credentials"]
    for name, key in {"ACCESS_KEY_ID": "AccessKeyId", "SECRET_ACCESS_KEY": "SecretAccessKey", "SESSION_TOKEN": "SessionToken"}.items():
        monkeypatch.setenv(f"AWS_{name}", acting[key])
    exec(ours(SAGEMAKER), {"mlflow": mlflow})
    there = boto3.client("sagemaker", region_name="us-west-2")
    assert there.describe_endpoint(EndpointName="my-app")["EndpointStatus"] == "InService"
    (model,) = there.list_models()["Models"]
    assert there.describe_model(ModelName=model["ModelName"])["ExecutionRoleArn"] == role == f"arn:aws:iam::{ACCOUNT}:role/notebook"


@needs_sdk
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the SDK, about what it uses
def test_to_azure(shell):
    workspace = Workspace()
    exec(ours(AZURE), {"mlflow": mlflow, "workspace": workspace})
    assert [*workspace.endpoints_there] == ["my-deployment"]
    assert "MLmodel" in workspace.files
