"""Tables for spreadsheets, and files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from jupyter_mlops.upkeep.whole_files import whole_file

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["csv_text", "write_whole"]

_FORMULA = re.compile(r"[=+\-@\t\r]")


def csv_text(frame: pd.DataFrame) -> str:
    """A frame without its index; text that a spreadsheet would take for a formula, and is no number, begins with an apostrophe.

    Examples
    --------
    >>> import pandas as pd
    >>> print(csv_text(pd.DataFrame({"a": ["=HYPERLINK(1)", "-1", "b"]})), end="")
    a
    '=HYPERLINK(1)
    -1
    b
    """
    return str(frame.map(_harmless).rename(columns=_harmless).to_csv(index=False))


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) and not _is_number(value) else value


def _is_number(text: str) -> bool:
    with contextlib.suppress(ValueError):
        float(text)
        return True
    return False


def write_whole(path: str, text: str) -> None:
    """Write a file, which has all of it when it has that name; what stood there stays until then."""
    with whole_file(path) as file:
        file.write(text.encode("utf-8"))
