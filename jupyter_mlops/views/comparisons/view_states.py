"""How a comparison stands, as the page says it: checked, because a page or a store may say anything."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from jupyter_mlops.storage.run_tables import SortKeys

__all__ = ["ChartsState", "ColumnsState", "ViewState", "run_filter"]

_PLAIN = re.compile(r"[\w .:/-]+")
_WORDS = re.compile(r"\b(like|ilike|in|is|and)\b", re.IGNORECASE)


class ColumnsState(msgspec.Struct, frozen=True):
    """Ids of columns that do not stand as they would."""

    order: list[str] = []
    hidden: list[str] = []
    shown: list[str] = []
    pinned: list[str] = []


class ChartsState(msgspec.Struct, frozen=True):
    """The open tab, and what was chosen in each."""

    tab: str = ""
    options: dict[str, dict[str, Any]] = {}


class ViewState(msgspec.Struct, frozen=True):
    """The parts of `Compare.page_state` that decide what is shown; their meaning is there."""

    selection: list[str] = []
    sort: SortKeys = []
    filter: str = ""
    columns: ColumnsState = ColumnsState()
    differences_only: bool = False
    group: str | None = None
    expanded: list[str] = []
    baseline: str | None = None
    aggregates: dict[str, Literal["last", "min", "max", "first", "best"]] = {}
    directions: dict[str, Literal["lower", "higher", "neither"]] = {}
    charts: ChartsState = ChartsState()


def run_filter(typed: str) -> str:
    """The filter that is meant by what is typed into the page: words without an operator are looked for in the names of runs.

    Examples
    --------
    >>> run_filter("forest"), run_filter("metrics.acc > 0.9")
    ("attributes.run_name ILIKE '%forest%'", 'metrics.acc > 0.9')
    """
    text = typed.strip()
    is_plain = bool(_PLAIN.fullmatch(text)) and not _WORDS.search(text)
    return f"attributes.run_name ILIKE '%{text}%'" if is_plain else text
