"""Which targets there are, and the module that is behind one: ours, or another package's."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from jupyter_mlops.context.entry_points import entry_points
from jupyter_mlops.deployments.base import BaseDeploymentClient
from jupyter_mlops.entities.variables import DEPLOYMENTS_TARGET
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound

__all__ = ["GROUPS", "get_deploy_client", "get_deployments_target", "run_local", "set_deployments_target", "target_help", "target_names"]

GROUPS = ("jupyter_mlops.deployments", "mlflow.deployments")
"""Entry points, ours first. Plugins of MLflow's work where ``import mlflow`` gives this package, see `install_as_mlflow`."""
_BUILT_IN = {
    "azureml": "managed online endpoints of Azure ML: azureml:/<subscription>/<resource group>/<workspace>",
    "docker": "containers on this machine, by docker or podman",
    "local": "scoring servers on this machine, which go on when whoever deployed them ends",
    "sagemaker": "endpoints of Amazon SageMaker: sagemaker:/<region>/<ARN of a role to assume>",
}
_FUNCTIONS = ("run_local", "target_help")
_chosen: str | None = None


def target_names() -> dict[str, str]:
    """Targets by name, each with a line that says what it is: those of this package, and those that others bring.

    Examples
    --------
    >>> list(target_names())
    ['azureml', 'docker', 'local', 'sagemaker']
    """
    others = {point.name: f"of the package module {point.value}" for group in GROUPS[::-1] for point in entry_points(group, "Targets of deployments")}
    return dict(sorted({**others, **_BUILT_IN}.items()))


def set_deployments_target(target: str) -> None:
    """Say which target is meant where none is named: by ``evaluate("endpoints:/wine")`` and `get_deploy_client`.

    Parameters
    ----------
    target : str
        As `get_deploy_client` takes it.

    Raises
    ------
    InvalidParameter, NotFound, InvalidState
        As for `get_deploy_client`.
    """
    global _chosen
    _plugin(target)
    _chosen = target


def get_deployments_target() -> str:
    """The target that is meant where none is named: the one that was set, else ``MLFLOW_DEPLOYMENTS_TARGET``, else ``local``.

    Examples
    --------
    >>> get_deployments_target()
    'local'
    """
    return _chosen or DEPLOYMENTS_TARGET.get()


def get_deploy_client(target_uri: str | None = None) -> BaseDeploymentClient:
    """A client of a target.

    Parameters
    ----------
    target_uri : str, optional
        Name of the target, by itself or as a scheme: ``"local"``, ``"sagemaker:/eu-west-1"``; see `get_deployments_target` for the default.

    Raises
    ------
    InvalidParameter
        `target_uri` is no text.
    NotFound
        There is no such target; says which there are.
    InvalidState
        Its plugin cannot be loaded, or is none.

    Examples
    --------
    >>> get_deploy_client("mycloud:/eu")
    Traceback (most recent call last):
    jupyter_mlops.errors.NotFound: There is no target 'mycloud': there are azureml, docker, local, sagemaker. ...
    """
    target_uri = get_deployments_target() if target_uri in (None, "") else target_uri
    (client,) = _clients(_plugin(target_uri))
    return client(target_uri)


def run_local(target: str, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None) -> Any:
    """Deploy a model as a target would, but on this machine, if its plugin can.

    Raises
    ------
    InvalidParameter, NotFound, InvalidState
        As for `get_deploy_client`.
    """
    return _plugin(target).run_local(target, name, model_uri, flavor, config)


def target_help(target: str) -> str:
    """What the plugin of a target says of its URIs and settings."""
    return str(_plugin(target).target_help())


def _plugin(target_uri: str) -> Any:
    if not isinstance(target_uri, str):
        raise InvalidParameter(f"A target is a text such as 'local' or 'sagemaker:/eu-west-1', not {target_uri!r}.")
    name = target_uri.partition(":")[0]
    if name in _BUILT_IN:
        return importlib.import_module(f"jupyter_mlops.deployments.{name}")
    for point in (point for group in GROUPS for point in entry_points(group, "Targets of deployments") if point.name == name):
        try:
            module = point.load()
        except Exception as error:  # another package's code
            raise InvalidState(f"The plugin {point.value} of target {name!r} cannot be loaded: {type(error).__name__}: {error}") from error
        missing = [wanted for wanted in _FUNCTIONS if not callable(getattr(module, wanted, None))]
        if missing or len(_clients(module)) != 1:
            raise InvalidState(
                f"The plugin {point.value} of target {name!r} needs functions run_local and target_help and one subclass of "
                "jupyter_mlops.deployments.BaseDeploymentClient. One that was written for MLflow has it after "
                "jupyter_mlops.install_as_mlflow(), where MLflow itself is not imported."
            )
        return module
    raise NotFound(
        f"There is no target {name!r}: there are {', '.join(target_names())}. A package brings another by an entry point jupyter_mlops.deployments."
    )


def _clients(module: Any) -> list[type[BaseDeploymentClient]]:
    found = [kind for _, kind in inspect.getmembers(module, inspect.isclass)]
    return [kind for kind in found if issubclass(kind, BaseDeploymentClient) and not inspect.isabstract(kind)]
