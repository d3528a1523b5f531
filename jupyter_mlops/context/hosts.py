"""The machine that a process runs on, by name."""

from __future__ import annotations

import socket

__all__ = ["host_tags"]


def host_tags() -> dict[str, str]:
    """Name of the machine, as it calls itself."""
    return {"jupyter_mlops.host": socket.gethostname()}
