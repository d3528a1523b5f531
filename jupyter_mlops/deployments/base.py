"""What a plugin for a place of deployments has to be able to do."""

from __future__ import annotations

import abc
from typing import Any

from jupyter_mlops.errors import MlflowException

__all__ = ["BaseDeploymentClient"]


class BaseDeploymentClient(abc.ABC):
    """A client of one target. Plugins subclass it once in their module, beside functions ``run_local`` and ``target_help``.

    Parameters
    ----------
    target_uri : str
        The target, such as ``mycloud`` or ``mycloud:/region``.

    References
    ----------
    ``mlflow.deployments.BaseDeploymentClient``, whose methods these are.

    Examples
    --------
    >>> class Client(BaseDeploymentClient):
    ...     create_deployment = update_deployment = delete_deployment = get_deployment = predict = list
    ...
    ...     def list_deployments(self, endpoint=None):
    ...         return [{"name": "wine"}]
    >>> Client("mycloud:/eu").list_deployments()
    [{'name': 'wine'}]
    """

    def __init__(self, target_uri: str) -> None:
        self.target_uri = target_uri

    @abc.abstractmethod
    def create_deployment(
        self, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None, endpoint: str | None = None
    ) -> dict[str, Any]:
        """Deploy the model at `model_uri` as `name`; returns a dict with at least ``name``."""

    @abc.abstractmethod
    def update_deployment(
        self, name: str, model_uri: str | None = None, flavor: str | None = None, config: dict[str, Any] | None = None,
        endpoint: str | None = None,
    ) -> Any:  # fmt: skip
        """Give a deployment another model, flavor or configuration."""

    @abc.abstractmethod
    def delete_deployment(self, name: str, config: dict[str, Any] | None = None, endpoint: str | None = None) -> None:
        """Remove a deployment; nothing when there is none of that name."""

    @abc.abstractmethod
    def list_deployments(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        """All deployments, each a dict with at least ``name``."""

    @abc.abstractmethod
    def get_deployment(self, name: str, endpoint: str | None = None) -> dict[str, Any]:
        """One deployment, a dict with at least ``name``."""

    @abc.abstractmethod
    def predict(self, deployment_name: str | None = None, inputs: Any = None, endpoint: str | None = None) -> Any:
        """What a deployed model predicts."""

    def explain(self, deployment_name: str | None = None, df: Any = None, endpoint: str | None = None) -> Any:
        """Why it predicts so.

        Raises
        ------
        MlflowException
            With code ``NOT_IMPLEMENTED``: the target explains nothing.
        """
        raise MlflowException(f"Target {self.target_uri} explains no predictions.", "NOT_IMPLEMENTED")
