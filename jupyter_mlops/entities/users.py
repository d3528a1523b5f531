"""Who runs this process."""

from __future__ import annotations

import os

__all__ = ["user_name"]


def user_name() -> str:
    """Login name of this process's user, ``"unknown"`` where there is none."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if name := os.environ.get(variable):
            return name
    try:
        import pwd  # not on every system

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "unknown"
