"""Which targets there are, and the plugin that is behind one."""

from __future__ import annotations

import inspect
from typing import Any

from jupyter_mlops.context.entry_points import entry_points
from jupyter_mlops.deployments.base import BaseDeploymentClient
from jupyter_mlops.errors import InvalidState, NotFound

__all__ = ["GROUPS", "get_deploy_client", "run_local", "target_help", "target_names"]

GROUPS = ("jupyter_mlops.deployments", "mlflow.deployments")
"""Entry points, ours first. Plugins of MLflow's work where ``import mlflow`` gives this package, see `install_as_mlflow`."""
_FUNCTIONS = ("run_local", "target_help")


def target_names() -> list[str]:
    """Targets that installed packages bring.

    Examples
    --------
    >>> target_names()
    []
    """
    return sorted({point.name for group in GROUPS for point in entry_points(group, "Targets of deployments")})


def get_deploy_client(target_uri: str) -> BaseDeploymentClient:
    """A client of a target.

    Parameters
    ----------
    target_uri : str
        Name of the target, by itself or as a scheme: ``"mycloud"``, ``"mycloud:/region"``.

    Raises
    ------
    NotFound
        No installed package brings that target; says which there are.
    InvalidState
        Its plugin cannot be loaded, or is none.

    Examples
    --------
    >>> get_deploy_client("mycloud:/eu")
    Traceback (most recent call last):
    jupyter_mlops.errors.NotFound: There is no target 'mycloud'. No target is installed: ...
    """
    (client,) = _clients(_plugin(target_uri))
    return client(target_uri)


def run_local(target: str, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None) -> Any:
    """Deploy a model as a target would, but on this machine, if its plugin can.

    Raises
    ------
    NotFound, InvalidState
        As for `get_deploy_client`.
    """
    return _plugin(target).run_local(target, name, model_uri, flavor, config)


def target_help(target: str) -> str:
    """What the plugin of a target says of its URIs and settings."""
    return str(_plugin(target).target_help())


def _plugin(target_uri: str) -> Any:
    name = target_uri.partition(":")[0]
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
    known = target_names()
    there = f"Installed are {', '.join(known)}." if known else "No target is installed: a package brings one by an entry point jupyter_mlops.deployments."
    raise NotFound(f"There is no target {name!r}. {there}")


def _clients(module: Any) -> list[type[BaseDeploymentClient]]:
    found = [kind for _, kind in inspect.getmembers(module, inspect.isclass)]
    return [kind for kind in found if issubclass(kind, BaseDeploymentClient) and not inspect.isabstract(kind)]
