"""The machine that a process runs on, by name."""

from __future__ import annotations

import socket

from jupyter_mlops.entities.tags import HOST_TAG

__all__ = ["host_tags"]


def host_tags() -> dict[str, str]:
    """Name of the machine, as it calls itself."""
    return {HOST_TAG: socket.gethostname()}
