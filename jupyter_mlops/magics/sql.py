"""``%%mlops_sql [NAME] [--timeout SECONDS]``: SQL on the store; ``$name`` is the value of a variable."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.values import duration
from jupyter_mlops.tracking.queries import sql

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["mlops_sql"]

_USAGE = Usage(
    "%%mlops_sql",
    """Run SQL on the store, see jupyter_mlops.sql; $name in it is the value of that variable.

%mlops_sql show tables is a DataFrame; so is %%mlops_sql with the query below it, and %%mlops_sql NAME keeps it in a
variable instead.""",
    Words("[NAME]", "the variable that keeps the result", is_free=True),
    Option("--timeout", "at most so long, 10 seconds by default", "SECONDS", duration),
)


@command(_USAGE, "line_cell", expands=False)
def mlops_sql(given: Given) -> pd.DataFrame | None:
    """Run SQL on the store."""
    timeout_s = given.timeout or 10.0
    if given.cell is None:
        if not given.text:
            _USAGE.refuse("it takes a query: %mlops_sql show tables")
        return sql(given.text, parameters=given.variables, timeout_s=timeout_s)
    name = given.name
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        _USAGE.refuse(f"{name!r} cannot be the name of a variable")
    frame = sql(given.cell, parameters=given.variables, timeout_s=timeout_s)
    if name is None:
        return frame
    given.variables[name] = frame
    return None
