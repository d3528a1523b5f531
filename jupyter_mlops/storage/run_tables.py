"""Runs as a table of any length: which runs, in which order, and what is known of each column."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from jupyter_mlops.entities.tags import NOTE_TAG

__all__ = [
    "ASPECTS", "ATTRIBUTES", "INFO", "MOST_BINS", "MOST_GROUPS", "MOST_LISTED", "MOST_VALUES", "NUMBERS", "OWN_PREFIXES", "Aspect",
    "ColumnFacts", "ColumnSummary", "GroupCell", "RunFacts", "RunGroup", "RunGroups", "RunPart", "RunQuery", "SortKey", "SortKeys", "is_shown_tag", "split_id",
]  # fmt: skip

Aspect = Literal["last", "min", "max", "first"]
ASPECTS = ("last", "min", "max", "first")
INFO = ("run_id", "run_name", "experiment_id", "experiment", "user_id", "status", "start_time", "end_time")
ATTRIBUTES = (*INFO, "duration")
NUMBERS = ("start_time", "end_time", "duration")  # those of ATTRIBUTES
MOST_LISTED, MOST_GROUPS = 100_000, 500
MOST_BINS, MOST_VALUES = 24, 10  # of a histogram, and of texts, in a `ColumnSummary`
OWN_PREFIXES = ("mlflow.", "mlops.", "jupyter_mlops.")  # of tags that packages set for themselves


class SortKey(msgspec.Struct, frozen=True):
    """One column that sorts; what is missing comes last both ways."""

    id: str
    desc: bool = False


# Each key is a join, and to plan hundreds of them takes minutes: whoever may ask could hold up a server.
_FEW = msgspec.Meta(max_length=20)
SortKeys: TypeAlias = Annotated[list[SortKey], _FEW]


class RunQuery(msgspec.Struct, frozen=True):
    """Runs that are listed and match every filter, in an order.

    Attributes
    ----------
    experiment_ids, run_ids : list of str or None
        None means all.
    filters : list of str
        As `search_runs` has them.
    equal : dict
        By column the text that runs have there; None is none. What `run_groups` tells apart. At most 20.
    sort : list of SortKey, at most 20
        Without one as they are listed, else the newest first. Params and tags that are numbers are sorted as such.
    aspects : dict
        By column of a metric which of its values is meant, the last one without; one of `ASPECTS`.
    deleted : bool
        The deleted ones instead of the active ones.
    """

    experiment_ids: list[str] | None = None
    run_ids: list[str] | None = None
    filters: list[str] = []
    equal: Annotated[dict[str, str | None], _FEW] = {}
    sort: SortKeys = []
    aspects: dict[str, Aspect] = {}
    deleted: bool = False


class ColumnFacts(msgspec.Struct, frozen=True):
    """What is known of a column over all runs of a query.

    Attributes
    ----------
    id : str
        ``metrics.<key>``, ``params.<key>``, ``tags.<key>`` or ``attributes.<name>``.
    kind : {"number", "text"}
        A param or tag is a number where every value of it is.
    differs : bool
        Whether any two runs differ in it, one without a value among them.
    count : int
        Runs that have it.
    min, max, mean : float or None
        Of numbers.
    length : int or None
        Characters of the longest text.
    """

    id: str
    kind: Literal["number", "text"]
    differs: bool
    count: int
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    length: int | None = None


class RunFacts(msgspec.Struct, frozen=True):
    """What is known of all runs of a query.

    Attributes
    ----------
    total : int
    active : int
        Those that still run or wait to.
    columns : list of ColumnFacts
    read : int or None
        How many of the runs were looked at, where that is not all of them.
    """

    total: int
    active: int
    columns: list[ColumnFacts]
    read: int | None = None


class RunPart(msgspec.Struct, frozen=True):
    """Some runs of a query: `INFO` by name, and the columns that were asked for by id, a value or None for each run."""

    info: dict[str, list[Any]]
    values: dict[str, list[Any]]


class GroupCell(msgspec.Struct, frozen=True):
    """A column of a group: of numbers their mean, deviation (of the sample) and ends, and the text that all runs have."""

    count: int
    mean: float | None = None
    sd: float | None = None
    min: float | None = None
    max: float | None = None
    text: str | None = None


class RunGroup(msgspec.Struct, frozen=True):
    """Runs that have the same value; None is those without one."""

    value: str | None
    count: int
    cells: dict[str, GroupCell]


class RunGroups(msgspec.Struct, frozen=True):
    """The groups with most runs, and how many there are."""

    total: int
    groups: list[RunGroup]


class ColumnSummary(msgspec.Struct, frozen=True):
    """One column looked at closely.

    Attributes
    ----------
    count, missing, distinct : int
    min, max, mean, sd : float or None
        Of the finite numbers; `sd` of the sample.
    bins : list of int
        How many numbers fall into each of equal parts from `min` to `max`.
    values : list of (str, int)
        Of texts the most frequent ones, with how many runs have them.
    """

    count: int
    missing: int
    distinct: int
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    sd: float | None = None
    bins: list[int] = []
    values: list[tuple[str, int]] = []


def split_id(column: str) -> tuple[str, str]:
    """Group and key of a column's id.

    Examples
    --------
    >>> split_id("metrics.val.loss")
    ('metrics', 'val.loss')
    """
    group, _, key = column.partition(".")
    return group, key


def is_shown_tag(key: str) -> bool:
    """Whether somebody set a tag, and not the package for itself.

    Examples
    --------
    >>> is_shown_tag("team"), is_shown_tag("mlflow.user"), is_shown_tag("mlflow.note.content")
    (True, False, True)
    """
    return key == NOTE_TAG or not key.startswith(OWN_PREFIXES)
