"""The target ``azureml``: managed online endpoints of a workspace of Azure ML."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import msgspec

from jupyter_mlops.azureml import DEPLOYMENT, azure_errors, deploy, find_endpoint
from jupyter_mlops.deployments.base import BaseDeploymentClient
from jupyter_mlops.deployments.configs import check_flavor, read_config
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, MlflowException, NotFound, PackageMissing
from jupyter_mlops.models.examples import convert_input_example_to_serving_input
from jupyter_mlops.serving.clients import read_answer

__all__ = ["AzureMLDeploymentClient", "run_local", "target_help"]


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a deployment."""

    instance_type: str = "Standard_DS3_v2"
    instance_count: int = 1
    model_name: str | None = None
    synchronous: bool = True


class AzureMLDeploymentClient(BaseDeploymentClient):
    """Endpoints of a workspace.

    Parameters
    ----------
    target_uri : str
        ``azureml:/<subscription>/<resource group>/<workspace>``.
    workspace : azure.ai.ml.MLClient, optional
        In place of the one that the URI names.
    """

    def __init__(self, target_uri: str, workspace: Any = None) -> None:
        super().__init__(target_uri)
        self._workspace = workspace or _workspace(target_uri)

    def create_deployment(
        self, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None, endpoint: str | None = None
    ) -> dict[str, Any]:
        """Make an endpoint, see `azureml.deploy`.

        Raises
        ------
        AlreadyExists
            There is one of that name.
        """
        with azure_errors():
            if find_endpoint(self._workspace, name) is not None:
                raise AlreadyExists(f"Endpoint {name!r} is there: update it, or choose another name.")
        return self._deploy(name, model_uri, flavor, config)

    def update_deployment(
        self, name: str, model_uri: str | None = None, flavor: str | None = None, config: dict[str, Any] | None = None,
        endpoint: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Give an endpoint another model."""
        if model_uri is None:
            raise InvalidParameter("An update of an endpoint of Azure ML needs the model: give model_uri=.")
        self.get_deployment(name)
        return self._deploy(name, model_uri, flavor, config)

    def _deploy(self, name: str, model_uri: str, flavor: str | None, config: dict[str, Any] | None) -> dict[str, Any]:
        settings = msgspec.structs.asdict(read_config(config, Config))
        chosen, model_name, synchronous = check_flavor(flavor), settings.pop("model_name"), settings.pop("synchronous")
        deploy(model_uri, self._workspace, settings, name, model_name, synchronous=synchronous)
        return {"name": name, "flavor": chosen}

    def delete_deployment(self, name: str, config: dict[str, Any] | None = None, endpoint: str | None = None) -> None:
        """Remove an endpoint; its registered model stays. Nothing when there is none of that name."""
        with azure_errors():
            if find_endpoint(self._workspace, name) is not None:
                self._workspace.online_endpoints.begin_delete(name=name).result()

    def list_deployments(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        """All endpoints of the workspace."""
        with azure_errors():
            return [_told(one) for one in self._workspace.online_endpoints.list()]

    def get_deployment(self, name: str, endpoint: str | None = None) -> dict[str, Any]:
        """An endpoint.

        Raises
        ------
        NotFound
            There is none of that name.
        """
        with azure_errors():
            known = find_endpoint(self._workspace, name)
        if known is None:
            raise NotFound(f"There is no endpoint {name!r} in that workspace.")
        return _told(known)

    def predict(self, deployment_name: str | None = None, inputs: Any = None, endpoint: str | None = None) -> Any:
        """What an endpoint predicts: rows as a DataFrame, numbers as an array."""
        with azure_errors(), tempfile.TemporaryDirectory(prefix="mlops-") as folder:
            path = os.path.join(folder, "request.json")
            with open(path, "w", encoding="utf-8") as file:
                file.write(convert_input_example_to_serving_input(inputs) or "")
            answer = self._workspace.online_endpoints.invoke(deployment_name or endpoint, request_file=path, deployment_name=DEPLOYMENT)
        return read_answer(answer.encode())


def run_local(target: str, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None) -> None:
    """Not what this target can do.

    Raises
    ------
    MlflowException
        With code ``NOT_IMPLEMENTED``.
    """
    raise MlflowException("Azure ML runs nothing on this machine: use the target local or docker.", "NOT_IMPLEMENTED")


def target_help() -> str:
    """What the target has to be told."""
    return (
        "azureml:/<subscription>/<resource group>/<workspace>: managed online endpoints of Azure ML, as whoever `az login` knows.\n"
        "Settings: instance_type (Standard_DS3_v2), instance_count (1), model_name (the endpoint's), synchronous (true)."
    )


def _workspace(target_uri: str) -> Any:
    parts = target_uri.partition(":")[2].strip("/").split("/")
    if len(parts) != 3 or not all(parts):
        raise InvalidParameter(f"The target is azureml:/<subscription>/<resource group>/<workspace>, not {target_uri!r}.")
    try:
        from azure.ai.ml import MLClient  # only for those who deploy
        from azure.identity import DefaultAzureCredential
    except ImportError as error:
        raise PackageMissing("Azure ML is reached by azure-ai-ml: pip install 'jupyter-mlops[azureml]'.") from error
    return MLClient(DefaultAzureCredential(), *parts)


def _told(endpoint: Any) -> dict[str, Any]:
    return {
        "name": endpoint.name, "url": getattr(endpoint, "scoring_uri", None), "status": getattr(endpoint, "provisioning_state", None),
        "tags": dict(endpoint.tags or {}),
    }  # fmt: skip
