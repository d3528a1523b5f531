"""The table of places where projects run."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import Any

from jupyter_mlops.context.entry_points import entry_points
from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.backends.base import GROUP, Backend

__all__ = ["BACKENDS", "backend_config", "backend_named"]

BACKENDS = {
    "local": "jupyter_mlops.projects.backends.local:LocalBackend",
    "dask": "jupyter_mlops.projects.backends.dask:DaskBackend",
    "kubernetes": "jupyter_mlops.projects.backends.kubernetes:refuse",
}
_MLFLOWS = "mlflow.project_backend"


def backend_named(name: str) -> Callable[[Mapping[str, Any]], Backend]:
    """What makes a backend from its settings: ours, or that of another package.

    Raises
    ------
    ExecutionException
        There is none of that name, or its package cannot be loaded.

    Examples
    --------
    >>> backend_named("local").__name__
    'LocalBackend'
    """
    if name in BACKENDS:
        return resolve_name(BACKENDS[name])  # type: ignore[no-any-return]
    plugins = {point.name: point for point in entry_points(GROUP, "Backends of other packages")}
    if name not in plugins:
        raise ExecutionException(_unknown(name, [*BACKENDS, *sorted(plugins)]))
    try:
        return plugins[name].load()  # type: ignore[no-any-return]
    except Exception as error:  # other people's code
        raise ExecutionException(f"Backend {name!r} cannot be loaded from {plugins[name].value}: {error}") from error


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    said = f"There is no backend {name!r}; there are {', '.join(known)}." + (f" Did you mean {close[0]!r}?" if close else "")
    if any(point.name == name for point in entry_points(_MLFLOWS, "Backends of MLflow's plugins")):
        said += (
            f" The installed {name!r} is a plugin of MLflow, which makes and logs its runs by MLflow's own package: "
            f"`mlflow run --backend {name}` logs here when MLFLOW_TRACKING_URI is a `jupyter mlops server`."
        )
    return said


def backend_config(given: Any) -> dict[str, Any]:
    """The settings of a backend: as they are, from a JSON file, or none.

    Raises
    ------
    ExecutionException
        It is no file that can be read, or no object.
    """
    if isinstance(given, str):
        try:
            with open(given, encoding="utf-8") as file:
                given = json.load(file)
        except (OSError, ValueError) as error:
            raise ExecutionException(f"backend_config {given!r} cannot be read as JSON: {error}") from None
    if not isinstance(given or {}, Mapping):
        raise ExecutionException(f"backend_config is a dict or the path of a JSON file, not {given!r}.")
    return dict(given or {})
