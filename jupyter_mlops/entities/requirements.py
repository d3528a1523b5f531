"""Lines of requirements files."""

from __future__ import annotations

import re

__all__ = ["requirement_name"]

_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)


def requirement_name(line: str) -> str:
    """Name of the package in a line of a requirements file, as indexes compare them; empty for options and paths.

    Examples
    --------
    >>> requirement_name("Scikit_Learn[extra] >= 1.5"), requirement_name("-c most.txt")
    ('scikit-learn', '')
    """
    found = _NAME.match(line.strip())
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""
