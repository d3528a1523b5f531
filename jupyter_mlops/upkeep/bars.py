"""Progress bars of long work, for people at a terminal or in a notebook."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.storage.artifact_stores.transfers import make_bar

__all__ = ["byte_bar", "count_bar"]


def byte_bar(total: int, what: str, *, shown: bool) -> Any:
    """A tqdm bar over `total` bytes; silent when not `shown` or when nobody looks.

    Examples
    --------
    >>> with byte_bar(10, "copying", shown=False) as bar:
    ...     _ = bar.update(10)
    """
    return make_bar(what, total, shown=shown, unit="B", unit_scale=True)


def count_bar(what: str, *, shown: bool, total: int | None = None) -> Any:
    """A tqdm bar over things, whose number may also be told as it is known; silent as `byte_bar` is."""
    return make_bar(what, total, shown=shown)
