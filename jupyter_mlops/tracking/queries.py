"""``sql()``: questions that no other function answers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.opened import open_store_file

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sql"]


def sql(
    query: str,
    *values: Any,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
    store: str | os.PathLike[str] | None = None,
    timeout_s: float = 10.0,
) -> pd.DataFrame:
    """What a SQL statement reads from the store.

    Parameters
    ----------
    query : str
        One SELECT (or FROM, WITH, DESCRIBE, SUMMARIZE, SHOW TABLES, EXPLAIN) in DuckDB's SQL. ``SHOW TABLES`` lists the
        views that it may name, ``DESCRIBE runs`` the columns of one.
    *values
        Values of ``?`` in the query, in their order.
    parameters : sequence or mapping, optional
        The same, or by name the values of ``$name``; a mapping may hold more than the query asks for.
    store : str or path, optional
        Another store than the current one.
    timeout_s : float, seconds, > 0, default 10
        How long the query may run.

    Returns
    -------
    pandas.DataFrame
        Times are in UTC, with their time zone.

    Raises
    ------
    InvalidParameter
        Not one statement, one that does not only read, or one that DuckDB cannot run: its message says why and where. Or
        `parameters` or `timeout_s` are of another kind.
    NotFound
        There is no such store; none is made.
    QueryTooLong
        It was stopped after `timeout_s`.

    Notes
    -----
    Everything logged so far is there. Other processes wait for the store while the query runs, but can log. Names in the
    query never mean Python variables. An interrupt stops the query.

    Examples
    --------
    >>> import jupyter_mlops
    >>> with jupyter_mlops.start_run():
    ...     jupyter_mlops.log_metric("acc", 0.9)
    >>> frame = sql("SELECT run_name, value FROM runs JOIN latest_metrics USING (run_id) WHERE key = ?", "acc")
    >>> float(frame.loc[0, "value"])
    0.9
    """
    if values and parameters is not None:
        raise InvalidParameter("Give sql() either values one by one or parameters=, not both.")
    if not isinstance(timeout_s, Real) or not timeout_s > 0:
        raise InvalidParameter(f"timeout_s is a number of seconds above 0, not {timeout_s!r}.")
    bound = values if parameters is None else parameters
    if isinstance(bound, (str, bytes)) or not isinstance(bound, Iterable):
        raise InvalidParameter(f"parameters= is a list of values or a dict of them by name, not {bound!r}.")
    return _existing_store(store).query(query, bound, timeout_s)


def _existing_store(store: str | os.PathLike[str] | None) -> DuckDBStore:
    opened = open_store_file(store, "sql()")
    if not any(os.path.exists(place) for place in (opened.path, opened.files.folder)):
        raise NotFound(f"There is no store at {opened.path}: log a run first, or name another by store=.")
    return opened
