"""Pages of a search: how many results, where the next ones begin."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, TypeVar

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.search.subjects import Subject

__all__ = ["check_limit", "check_max_results", "cut_page", "offset_of", "token_of"]

T = TypeVar("T")
_LAST_OFFSET = 2**63 - 1
_MOST_ROWS = 500


def token_of(offset: int) -> str:
    """Token of the page that begins at result number `offset`, from 0.

    Examples
    --------
    >>> offset_of(token_of(100))
    100
    """
    return base64.b64encode(json.dumps({"offset": offset}).encode()).decode()


def offset_of(token: str | None) -> int:
    """Number of the first result of a page, from 0; a missing or empty token is the first page.

    Raises
    ------
    InvalidParameter
        Not a token that a search gave.

    Examples
    --------
    >>> offset_of(None), offset_of("eyJvZmZzZXQiOiA1fQ==")
    (0, 5)
    """
    if not token:
        return 0
    try:
        offset = json.loads(base64.b64decode(token, validate=True))["offset"]
    except (binascii.Error, ValueError, TypeError, LookupError, RecursionError):
        offset = None
    if type(offset) is not int or not 0 <= offset <= _LAST_OFFSET:
        raise InvalidParameter(
            f"Invalid page_token {token!r:.80}: expected the token of an earlier result of this search, unchanged."
        )
    return offset


def cut_page(found: list[T], offset: int, limit: int) -> tuple[list[T], str | None]:
    """One page, and the token of the next, from a query that asked for one result more than the page holds.

    Parameters
    ----------
    found : list
        Up to ``limit + 1`` results.
    offset, limit : int
        Number of the first result, and results to a page.

    Returns
    -------
    page : list
    token : str or None
        None when nothing follows.

    Examples
    --------
    >>> page, token = cut_page(["a", "b", "c"], offset=10, limit=2)
    >>> page, offset_of(token)
    (['a', 'b'], 12)
    >>> cut_page(["a"], offset=10, limit=2)
    (['a'], None)
    """
    return found[:limit], token_of(offset + limit) if limit and len(found) > limit else None


def check_limit(limit: Any) -> int:
    """Return `limit` if a table may show so many rows at once.

    Raises
    ------
    InvalidParameter
        Not an int, or out of range.

    Examples
    --------
    >>> check_limit(100)
    100
    """
    if type(limit) is not int or not 1 <= limit <= _MOST_ROWS:
        raise InvalidParameter(f"A page has 1 to {_MOST_ROWS} rows, not {limit!r}.")
    return limit


def check_max_results(value: Any, subject: Subject) -> int:
    """Return `value` if a page of `subject` may have so many results.

    Raises
    ------
    InvalidParameter
        Not an int, or out of range.

    Examples
    --------
    >>> from jupyter_mlops.storage.search.subjects import RUNS
    >>> check_max_results(1000, RUNS)
    1000
    """
    low, high = subject.max_results
    if type(value) is not int or not low <= value <= high:
        raise InvalidParameter(f"max_results must be an int from {low} to {high} for {subject.noun}s, not {value!r}.")
    return value
