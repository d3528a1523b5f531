"""What was made before a later step failed, and has to go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

__all__ = ["undoing"]

_log = logging.getLogger(__name__)


def undoing(what: str, call: Callable[..., Any], **named: Any) -> None:
    """Unmake something after a failure, which is told, not this.

    Parameters
    ----------
    what : str
        What is left over when even that fails, for the log.
    call : callable
        Unmakes it, by the arguments `named`.
    """
    try:
        call(**named)
    except Exception as error:  # a service refuses, or does not answer any more
        _log.warning("%s is left over: %s", what, error)
