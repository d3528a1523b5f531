"""What a view can ask for, by name: the comm of a kernel and the server's route answer from this table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.comparisons import compare, curves

__all__ = ["VIEWS", "answer"]

VIEWS: dict[str, Callable[..., Any]] = {"compare": compare, "curves": curves}
_PARAMETERS = {"compare": {"run_ids"}, "curves": {"run_ids", "key", "x"}}


def answer(store: TrackingStore, name: str, parameters: dict[str, Any]) -> Any:
    """Data of a view as plain dicts and lists.

    Raises
    ------
    NotFound
        There is no view of that name.
    InvalidParameter
        Parameters that the view does not know.
    """
    if name not in VIEWS:
        raise NotFound(f"There is no view {name!r}; views are {', '.join(VIEWS)}.")
    if "run_ids" not in parameters or set(parameters) - _PARAMETERS[name]:
        raise InvalidParameter(
            f"The view {name!r} takes {', '.join(sorted(_PARAMETERS[name]))}, not {', '.join(sorted(parameters)) or 'nothing'}."
        )
    return msgspec.to_builtins(VIEWS[name](store, **parameters))
