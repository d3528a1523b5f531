"""Deployments in containers, which really run; the engine tells what is there."""

import json
import subprocess

import httpx
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, InvalidState, MlflowException
from tests.projects.engines import engine, pip_image  # noqa: F401 - fixtures


@pytest.fixture
def saved(tmp_path):
    """Folders of two models of this user's, which add 1 and 2."""

    class Adding(mlflow.pyfunc.PythonModel):
        def __init__(self, number):
            self.number = number

        def predict(self, context, model_input, params=None):
            return [value + self.number for value in model_input]

    for number in (1, 2):
        mlflow.pyfunc.save_model(tmp_path / str(number), python_model=Adding(number), pip_requirements=["cloudpickle"])
    return str(tmp_path / "1"), str(tmp_path / "2")


def test_a_container_answers_is_replaced_and_removed(engine, pip_image, saved, tmp_path):  # noqa: F811
    def containers():
        told = subprocess.run([engine, "ps", "-a", "--filter", "name=mlops-deployment-adding", "--format", "{{.Names}}"], capture_output=True, text=True, check=True)
        return told.stdout.split()

    client = mlflow.deployments.get_deploy_client("docker")
    try:
        made = client.create_deployment("adding", saved[0], config={"base_image": pip_image})
        assert (made["status"], made["model_uri"], containers()) == ("running", saved[0], ["mlops-deployment-adding"])
        assert client.predict("adding", [1, 2]).tolist() == [2, 3]
        assert httpx.post(f"{made['url']}/invocations", json={"inputs": [1]}, headers={"Host": "evil.example"}).status_code == 403
        labels = json.loads(subprocess.run([engine, "inspect", made["container"]], capture_output=True, check=True).stdout)[0]["Config"]["Labels"]
        assert labels["jupyter_mlops.deployment"] == "adding"
        with pytest.raises(AlreadyExists, match="'adding' is there"):
            client.create_deployment("adding", saved[1])
        subprocess.run([engine, "create", "--name", "mlops-deployment-taken", pip_image, "true"], capture_output=True, check=True)
        with pytest.raises(MlflowException, match="create` failed"):
            client.create_deployment("taken", saved[0], config={"base_image": pip_image})
        subprocess.run([engine, "rm", "mlops-deployment-taken"], capture_output=True, check=True)  # which is still there
        client.update_deployment("adding", saved[1])  # of the same base image
        assert client.predict("adding", [1, 2]).tolist() == [3, 4]
        mlflow.pyfunc.save_model(tmp_path / "broken", loader_module="nowhere_at_all", pip_requirements=["cloudpickle"])
        with pytest.raises(InvalidState, match="(?s)does not answer: .*nowhere_at_all"):
            client.update_deployment("adding", str(tmp_path / "broken"), config={"trust": "true"})
        assert client.predict("adding", [1, 2]).tolist() == [3, 4]  # the one of before is back
        assert [one["name"] for one in client.list_deployments() if one["name"] == "adding"] == ["adding"]
    finally:
        client.delete_deployment("adding")
    assert containers() == []


def test_names_of_containers(engine):  # noqa: F811
    client = mlflow.deployments.get_deploy_client("docker")
    for name in ("Wine", "-t", "a.b"):
        with pytest.raises(InvalidParameter, match="called by"):
            client.get_deployment(name)
