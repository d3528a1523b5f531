"""Models on Azure ML: what Azure's own client would be asked for, with the entities of its SDK."""

import importlib.util
import json
import os
import pathlib
import types

import pytest
import yaml
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
from jupyter_mlops.deployments.azureml import AzureMLDeploymentClient
from jupyter_mlops.errors import (
    AlreadyExists,
    InvalidParameter,
    NotAuthenticated,
    NotFound,
    PackageMissing,
    ServerError,
)

HAS_SDK = importlib.util.find_spec("azure") is not None and importlib.util.find_spec("azure.ai.ml") is not None
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the SDK, about what it uses
needs_sdk = pytest.mark.skipif(not HAS_SDK, reason="pip install azure-ai-ml")


class Workspace:
    """An MLClient that keeps what it is asked for, and answers as Azure does."""

    def __init__(self):
        self.calls, self.endpoints_there, self.refused, self.files = [], {}, None, {}
        self.models = types.SimpleNamespace(create_or_update=self._register, archive=lambda name, version: self.calls.append(("archive", name, version)))
        self.environments = types.SimpleNamespace(create_or_update=lambda environment: environment)
        self.online_deployments = types.SimpleNamespace(begin_create_or_update=self._deploy)
        self.online_endpoints = types.SimpleNamespace(
            get=self._get, begin_create_or_update=self._endpoint, begin_delete=self._delete, list=lambda: list(self.endpoints_there.values()),
            invoke=self._invoke,
        )  # fmt: skip

    def _get(self, name):
        from azure.core.exceptions import ResourceNotFoundError

        if name not in self.endpoints_there:
            raise ResourceNotFoundError("no such endpoint")
        return self.endpoints_there[name]

    def _register(self, model):
        model.version = "1"
        self.files = {str(path.relative_to(model.path)): path.read_bytes() for path in pathlib.Path(model.path).rglob("*") if path.is_file()}
        self.calls.append(("model", model))
        return model

    def _endpoint(self, endpoint):
        self.calls.append(("endpoint", endpoint.name, dict(endpoint.traffic or {})))
        self.endpoints_there[endpoint.name] = endpoint
        return types.SimpleNamespace(result=lambda: endpoint)

    def _deploy(self, deployment):
        if self.refused:
            raise self.refused
        self.calls.append(("deployment", deployment))
        self.script = pathlib.Path(deployment.code_configuration.code, deployment.code_configuration.scoring_script).read_text()
        return types.SimpleNamespace(result=lambda: deployment)

    def _delete(self, name):
        self.calls.append(("delete", name))
        return types.SimpleNamespace(result=lambda: self.endpoints_there.pop(name))

    def _invoke(self, endpoint_name, request_file, deployment_name):
        space = {}
        exec(compile(self.script, "score.py", "exec"), space)
        space["init"]()
        return json.dumps(space["run"](pathlib.Path(request_file).read_text()))


@pytest.fixture
def saved(tmp_path):
    """The folder of a model: 2 x + 1."""
    mlflow.sklearn.save_model(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]), tmp_path / "line", pip_requirements=["scikit-learn"])
    return str(tmp_path / "line")


@needs_sdk
def test_the_guides_call_makes_an_endpoint_that_answers(saved, monkeypatch, tmp_path):
    workspace = Workspace()
    endpoint, model = mlflow.azureml.deploy(model_uri=saved, workspace=workspace, deployment_name="my-deployment", tags={"team": "lab"})
    (_, registered), (_, name, first), (_, deployment), (_, again, last) = workspace.calls
    assert (name, again, first, last) == ("my-deployment", "my-deployment", {}, {"default": 100})
    assert (endpoint.name, model, registered.type) == ("my-deployment", registered, "custom_model")
    assert registered.tags == {"model_uri": saved, "python_version": ".".join(map(str, __import__("sys").version_info[:3])), "team": "lab"}
    there = {str(path.relative_to(saved)): path.read_bytes() for path in pathlib.Path(saved).rglob("*") if path.is_file()}
    assert workspace.files == {name: content for name, content in there.items() if name != "jupyter_mlops.signature"}
    assert (deployment.endpoint_name, deployment.instance_type, deployment.instance_count, deployment.model) == ("my-deployment", "Standard_DS3_v2", 1, registered)
    conda = deployment.environment.conda_file
    assert {"pip": ["mlflow", "scikit-learn", "azureml-defaults"]} in (conda if isinstance(conda, dict) else yaml.safe_load(conda))["dependencies"]

    (tmp_path / "azure").mkdir()
    os.rename(saved, tmp_path / "azure" / "model")
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(tmp_path / "azure"))
    client = AzureMLDeploymentClient("azureml:/s/g/w", workspace)
    assert client.predict("my-deployment", [[2.0]]).round(6).tolist() == [5.0]
    assert [one["name"] for one in client.list_deployments()] == ["my-deployment"]
    with pytest.raises(AlreadyExists, match="'my-deployment' is there"):
        client.create_deployment("my-deployment", "x")
    client.update_deployment("my-deployment", str(tmp_path / "azure" / "model"), config={"instance_count": "2"})
    assert [one[1].instance_count for one in workspace.calls if one[0] == "deployment"] == [1, 2]
    client.delete_deployment("my-deployment")
    with pytest.raises(NotFound, match="no endpoint 'my-deployment'"):
        client.get_deployment("my-deployment")


@needs_sdk
def test_a_deployment_that_azure_refuses_removes_what_it_made(saved):
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

    workspace = Workspace()
    workspace.refused = HttpResponseError("no quota")
    with pytest.raises(ServerError, match="Azure refuses: no quota"):
        mlflow.azureml.deploy(saved, workspace, service_name="wine")
    assert workspace.calls[2:] == [("delete", "wine"), ("archive", "wine", "1")]

    def unknown(name):
        raise ClientAuthenticationError("who?")

    stranger = Workspace()
    stranger.online_endpoints.get = unknown
    with pytest.raises(NotAuthenticated, match="run `az login`"):
        mlflow.azureml.deploy(saved, stranger)
    assert stranger.calls == []


@needs_sdk
def test_an_environment_and_an_unfinished_deployment(saved):
    workspace = Workspace()
    environment, model = mlflow.azureml.build_image(saved, workspace, "served", tags={"a": "b"})
    assert (environment.name, environment.tags, model.name) == ("served", {"a": "b"}, "served")
    endpoint, _ = mlflow.azureml.deploy(saved, workspace, synchronous=False)
    assert endpoint.name.startswith("mlflow-")
    assert not endpoint.traffic
    pathlib.Path(saved, "conda.yaml").write_text("dependencies:\n")  # none
    environment, _ = mlflow.azureml.build_image(saved, workspace, "bare")
    conda = environment.conda_file
    assert (conda if isinstance(conda, dict) else yaml.safe_load(conda))["dependencies"] == [{"pip": ["azureml-defaults"]}]
    with pytest.raises(InvalidParameter, match=r"workspace is an azure\.ai\.ml\.MLClient, not object"):
        mlflow.azureml.deploy(saved, object())


def test_nothing_is_sent_where_something_is_wrong(saved):
    workspace = Workspace()
    with pytest.raises(InvalidParameter, match="mean the same"):
        mlflow.azureml.deploy(saved, workspace, service_name="a-b", deployment_name="c-d")
    with pytest.raises(InvalidParameter, match="3 to 32 small letters"):
        mlflow.azureml.deploy(saved, workspace, deployment_name="My App")
    with pytest.raises(InvalidParameter, match="azureml:/<subscription>/<resource group>/<workspace>"):
        mlflow.deployments.get_deploy_client("azureml:/only")
    for call in (mlflow.deployments.get_deploy_client, mlflow.deployments.set_deployments_target):
        with pytest.raises(InvalidParameter, match="A target is a text such as 'local'"):
            call(3)
    if not HAS_SDK:
        with pytest.raises(PackageMissing, match=r"pip install 'jupyter-mlops\[azureml\]'"):
            mlflow.azureml.deploy(saved, workspace, deployment_name="wine")
    assert workspace.calls == []
