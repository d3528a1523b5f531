"""The table of places where projects run."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.submitted_runs import SubmittedRun

__all__ = ["BACKENDS", "backend_named"]

BACKENDS = {"local": "jupyter_mlops.projects.backends.local"}


def backend_named(name: str) -> Callable[..., SubmittedRun]:
    """What has a plan done: called with a `Plan`, the ``backend_config`` and ``wait``.

    Raises
    ------
    ExecutionException
        There is none of that name.
    """
    if name not in BACKENDS:
        raise ExecutionException(f"There is no backend {name!r}; there are {', '.join(BACKENDS)}.")
    submit: Callable[..., SubmittedRun] = importlib.import_module(BACKENDS[name]).submit
    return submit


def backend_config(given: Any) -> dict[str, Any]:
    """The settings of a backend: as they are, from a JSON file, or none.

    Raises
    ------
    ExecutionException
        It is no file that can be read, or no object.
    """
    import json

    if isinstance(given, str):
        try:
            with open(given, encoding="utf-8") as file:
                given = json.load(file)
        except (OSError, ValueError) as error:
            raise ExecutionException(f"backend_config {given!r} cannot be read as JSON: {error}") from None
    if not isinstance(given or {}, dict):
        raise ExecutionException(f"backend_config is a dict or the path of a JSON file, not {given!r}.")
    return dict(given or {})
