"""One page of a search."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["PagedList"]

T = TypeVar("T")


class PagedList(list[T]):
    """A list that knows how to ask for what follows it.

    Attributes
    ----------
    token : str or None
        Pass it as ``page_token`` to get the next page; None on the last.

    Examples
    --------
    >>> page = PagedList([1, 2], token="abc")
    >>> page, page.token
    ([1, 2], 'abc')
    """

    def __init__(self, items: list[T], token: str | None = None) -> None:
        super().__init__(items)
        self.token = token
