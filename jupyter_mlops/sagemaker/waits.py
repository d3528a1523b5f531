"""Waiting for AWS, with a line that says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from jupyter_mlops.environments.notices import notice
from jupyter_mlops.errors import InvalidParameter, MlflowException

__all__ = ["check_waits", "wait_for"]

_LOOK_S = 5.0
_TELL_S = 60.0


def check_waits(archive: bool, synchronous: bool) -> None:
    """`InvalidParameter` if nobody waits to remove what is not to be kept."""
    if not archive and not synchronous:
        raise InvalidParameter("synchronous=False needs archive=True: nobody would be there to remove what is not used any more.")


def wait_for(what: str, look: Callable[[], str], going_on: Collection[str], timeout: float) -> Any:
    """Come back with the status when it is none of those that go on.

    Raises
    ------
    MlflowException
        With code ``DEADLINE_EXCEEDED``: it takes longer. AWS goes on with it.
    """
    began = told = time.monotonic()
    before = ""
    while True:
        status, now = look(), time.monotonic()
        if status != before or now - told > _TELL_S:
            notice(f"{what}: {status} ({now - began:.0f} s)")
            before, told = status, now
        if status not in going_on:
            return status
        if now - began >= timeout:
            raise MlflowException(f"{what} is {status} after {timeout:g} s, and AWS goes on with it: look at its console.", "DEADLINE_EXCEEDED")
        time.sleep(min(_LOOK_S, max(0.1, began + timeout - now)))
