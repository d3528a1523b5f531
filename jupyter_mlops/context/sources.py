"""What is recorded of a run's circumstances: the table of it, and the tags that a run begins with."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from jupyter_mlops.context.git import git_tags
from jupyter_mlops.context.hardware import hardware_tags
from jupyter_mlops.context.hosts import host_tags
from jupyter_mlops.context.notebooks import notebook_tags
from jupyter_mlops.context.packages import package_tags
from jupyter_mlops.context.programs import program_tags, program_tree
from jupyter_mlops.context.pythons import python_tags
from jupyter_mlops.context.users import user_tags
from jupyter_mlops.entities.names import check_key
from jupyter_mlops.entities.variables import CAPTURE, CAPTURES, RUN_CONTEXT

__all__ = ["Provider", "context_tags", "final_tags", "is_captured", "providers", "resolve_tags"]

_log = logging.getLogger(__name__)
Tags = Callable[[], dict[str, str]]
_FIRST: dict[str, Tags] = {
    "user": user_tags,
    "host": host_tags,
    "source": program_tags,
    "notebook": notebook_tags,
    "git": lambda: git_tags(program_tree()),
    "python": python_tags,
    "hardware": hardware_tags,
}
_LAST: dict[str, Tags] = {"packages": package_tags}  # and git_diff, which is a file, see tracking/captures.py


class Provider(NamedTuple):
    """One thing that is recorded of each run.

    Attributes
    ----------
    name : str
    doc : str
        What is recorded, and where.
    switch : str
        Variable of the environment that turns it off with ``0``.
    on : bool
        Whether it is recorded now.
    """

    name: str
    doc: str
    switch: str
    on: bool


def providers() -> list[Provider]:
    """All that is recorded of the circumstances of runs that begin now.

    Notes
    -----
    Beyond it a run has what was logged, its name, its parent, its times and the tags of ``MLFLOW_RUN_CONTEXT``. No other
    variable of the environment and no argument of the program is recorded. While a process lives, the header of its file
    in the store's journal has its host and user, whatever is switched off: other machines must know whose it is.

    Examples
    --------
    >>> import os
    >>> os.environ["JUPYTER_MLOPS_CAPTURE_HOST"] = "0"
    >>> [provider.name for provider in providers() if not provider.on]
    ['host']
    """
    return [Provider(name, switch.doc, switch.names[0], is_captured(name)) for name, switch in CAPTURES.items()]


def is_captured(name: str) -> bool:
    """Whether the provider `name` is on: its own switch says, else the one for all."""
    own = CAPTURES[name].get()
    return own if own is not None else CAPTURE.get() is not False


def context_tags() -> dict[str, str]:
    """Tags of the process that cost next to nothing. Errors are logged, never raised."""
    tags = _ask(_FIRST)
    try:
        tags |= {check_key(key, "tag name"): str(value) for key, value in RUN_CONTEXT.get().items()}
    except Exception as error:
        _leave_out(error)
    return tags


def final_tags() -> dict[str, str]:
    """Tags that are known when a run has done its work. Errors are logged, never raised."""
    return _ask(_LAST)


def resolve_tags(tags: dict[str, str] | None = None) -> dict[str, str]:
    """Tags of the process with `tags` over them, under the name that integrations know from MLflow."""
    return context_tags() | (tags or {})


def _ask(table: dict[str, Tags]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for name, ask in table.items():
        try:
            if is_captured(name):
                tags |= ask()
        except Exception as error:  # a run is never lost for want of its circumstances
            _leave_out(error)
    return tags


def _leave_out(error: Exception) -> None:
    _log.warning("Context of the run left out: %s", error)
