"""Lines that tell why something takes long, for whoever has no progress bar before them."""

from __future__ import annotations

import sys

from jupyter_mlops.entities.variables import LIVE, PROGRESS

__all__ = ["notice"]


def notice(line: str) -> None:
    """Write a line to stderr, but not where outputs must be the same each time, or progress is not wanted."""
    if PROGRESS.get() is not False and LIVE.get() is not False and sys.stderr is not None:
        sys.stderr.write(f"{line}\n")
