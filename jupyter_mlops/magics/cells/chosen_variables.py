"""Variables that ``--params`` and ``--metrics`` name, as they are when a cell ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlops.context.secrets import is_secret_name, mask_secrets
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.lines.options import Given
from jupyter_mlops.magics.lines.track_options import TRACK
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["log_variables"]


def log_variables(state: RunState, given: Given, variables: Mapping[str, Any]) -> str | None:
    """Log them to the run; returns what is wrong with them, if anything is.

    Parameters
    ----------
    state : RunState
    given : Given
        What the line of the cell says.
    variables : mapping
        The user's namespace.
    """
    problems = []
    for option, names, log in (("--params", given.params, _log_param), ("--metrics", given.metrics, _log_metric)):
        for name in names or ():
            try:
                log(state, name, variables[name])
            except KeyError:
                problems.append(f"{option} {name}: the cell has left no variable of that name")
            except Exception as error:  # whatever the user's own objects raise
                problems.append(f"{option} {name}: {' '.join(str(error).split()).rstrip('.')}")
    return f"{TRACK.magic}: {'; '.join(problems)}." if problems and not state.deleted else None


def _log_param(state: RunState, name: str, value: Any) -> None:
    if is_secret_name(name, value):
        raise InvalidParameter("it sounds like a secret, which is not logged.")
    if name not in state.params:  # what was logged by hand wins
        state.log_param(name, mask_secrets(value) if isinstance(value, str) else value)


def _log_metric(state: RunState, name: str, value: Any) -> None:
    is_list = isinstance(value, (list, tuple)) or len(getattr(value, "shape", ())) == 1
    points = enumerate(value) if is_list else [(0, value)]
    state.log_batch([(name, point, None, step) for step, point in points])
