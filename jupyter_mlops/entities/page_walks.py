"""All pages of a search."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TypeVar

from jupyter_mlops.entities.pages import PagedList

__all__ = ["each_of_pages", "every_page"]

T = TypeVar("T")


def every_page(page: Callable[[int, str | None], PagedList[T]], max_results: int | None, page_size: int) -> list[T]:
    """Ask for page after page until there are `max_results` items, or no more."""
    return list(each_of_pages(page, max_results, page_size))


def each_of_pages(page: Callable[[int, str | None], PagedList[T]], max_results: int | None, page_size: int) -> Iterator[T]:
    """The same items one by one: a page is asked for when those before it are used up."""
    token: str | None = None
    left = max_results
    while left is None or left > 0:
        found = page(page_size if left is None else min(page_size, left), token)
        yield from itertools.islice(found, left)
        left = None if left is None else left - len(found)
        token = found.token
        if not token:
            return
