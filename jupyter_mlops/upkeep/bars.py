"""Progress bars of long work, for people at a terminal or in a notebook."""

from __future__ import annotations

from typing import Any

__all__ = ["byte_bar", "count_bar"]


def byte_bar(total: int, what: str, *, shown: bool) -> Any:
    """A tqdm bar over `total` bytes on stderr; silent when not `shown` or when nobody looks.

    Examples
    --------
    >>> with byte_bar(10, "copying", shown=False) as bar:
    ...     _ = bar.update(10)
    """
    from tqdm.auto import tqdm  # only for long work

    return tqdm(total=total, desc=what, unit="B", unit_scale=True, disable=None if shown else True, leave=False)


def count_bar(what: str, *, shown: bool) -> Any:
    """A tqdm bar over things whose number is told as it is known; silent as `byte_bar` is."""
    from tqdm.auto import tqdm  # only for long work

    return tqdm(desc=what, disable=None if shown else True, leave=False)
