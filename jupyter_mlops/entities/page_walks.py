"""All pages of a search."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from jupyter_mlops.entities.pages import PagedList

__all__ = ["every_page"]

T = TypeVar("T")


def every_page(page: Callable[[int, str | None], PagedList[T]], max_results: int | None, page_size: int) -> list[T]:
    """Ask for page after page until there are `max_results` items, or no more."""
    items: list[T] = []
    token: str | None = None
    while max_results is None or len(items) < max_results:
        size = page_size if max_results is None else min(page_size, max_results - len(items))
        found = page(size, token)
        items += found
        token = found.token
        if not token:
            break
    return items
