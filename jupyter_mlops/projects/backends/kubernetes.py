"""MLflow's backend for Kubernetes, which is not one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from jupyter_mlops.errors import ExecutionException

__all__ = ["refuse"]

_REQUIRED = ("repository-uri", "kube-job-template-path")


def refuse(config: Mapping[str, Any]) -> NoReturn:
    """Say what is missing in the settings, else what runs projects instead.

    Raises
    ------
    ExecutionException
        Always.
    """
    missing = [name for name in _REQUIRED if not config.get(name)]
    if missing:
        raise ExecutionException(f"backend_config of backend 'kubernetes' needs {' and '.join(map(repr, missing))}.")
    raise ExecutionException(
        "jupyter_mlops makes no Kubernetes jobs. A project with a docker_env runs in its container by backend='local'; on a "
        "cluster, also one of Kubernetes, projects run by backend='dask' with the address of a Dask scheduler."
    )
