"""``%%mlops_sql [NAME] [--timeout SECONDS]``: SQL on the store; ``$name`` is the value of a variable."""

from __future__ import annotations

import keyword
import shlex
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import needs_local_scope, no_var_expand

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.tracking.queries import sql

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["mlops_sql"]

_USAGE = "%%mlops_sql [NAME] [--timeout SECONDS], and the query below it"


@no_var_expand
@needs_local_scope
def mlops_sql(line: str, cell: str | None = None, local_ns: MutableMapping[str, Any] | None = None) -> Any:
    """Run SQL on the store, see `jupyter_mlops.sql`; ``$name`` in it is bound to the variable of that name.

    ``%mlops_sql show tables`` is a DataFrame; so is ``%%mlops_sql`` with the query below it, and ``%%mlops_sql NAME``
    keeps it in a variable instead. ``--timeout SECONDS`` after NAME allows more than 10 seconds.
    """
    names = {} if local_ns is None else local_ns
    if cell is None:
        return _ask(line, names, 10.0)
    name, timeout_s = _options(line)
    frame = _ask(cell, names, timeout_s)
    if name is None:
        return frame
    names[name] = frame
    return None


def _ask(query: str, names: MutableMapping[str, Any], timeout_s: float) -> pd.DataFrame:
    try:
        return sql(query, parameters=names, timeout_s=timeout_s)
    except MlflowException as error:
        raise UsageError(str(error)) from None


def _options(line: str) -> tuple[str | None, float]:
    """Name of the variable and time-out on the line of a cell.

    Examples
    --------
    >>> _options("best --timeout 60"), _options("")
    (('best', 60.0), (None, 10.0))
    """
    try:
        words, timeout_s = shlex.split(line), 10.0
        if "--timeout" in words:
            at = words.index("--timeout")
            timeout_s = float(words[at + 1])
            del words[at : at + 2]
    except (IndexError, ValueError):
        raise UsageError(_USAGE) from None
    if len(words) > 1 or any(not word.isidentifier() or keyword.iskeyword(word) for word in words):
        raise UsageError(_USAGE)
    return (words[0] if words else None), timeout_s
