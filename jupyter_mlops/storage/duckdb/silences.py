"""After how long without a record a run is given up of which nobody here can tell whether it goes on."""

from __future__ import annotations

import os
import re

from jupyter_mlops.errors import InvalidParameter

__all__ = ["DEAD_RUN_TIMEOUT", "dead_run_timeout_ms"]

DEAD_RUN_TIMEOUT = "JUPYTER_MLOPS_DEAD_RUN_TIMEOUT"
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def dead_run_timeout_ms() -> int | None:
    """What ``JUPYTER_MLOPS_DEAD_RUN_TIMEOUT`` says, in milliseconds; None when it is not set.

    Raises
    ------
    InvalidParameter
        It is no time.

    Examples
    --------
    >>> os.environ["JUPYTER_MLOPS_DEAD_RUN_TIMEOUT"] = "1.5h"
    >>> dead_run_timeout_ms()
    5400000
    """
    text = os.environ.get(DEAD_RUN_TIMEOUT, "").strip().lower()
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if not found or float(found[1]) == 0:
        raise InvalidParameter(
            f"{DEAD_RUN_TIMEOUT}={text!r} is no time: write hours as '2h', minutes as '30m', days as '1d', or seconds."
        )
    return int(float(found[1]) * _SECONDS[found[2]] * 1000)
