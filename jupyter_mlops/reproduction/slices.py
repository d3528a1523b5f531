"""Which of the cells that were executed before a cell it depends on: those alone, executed in a fresh kernel, give it the same values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_mlops.reproduction.accounts import Account, ExecutedCell

__all__ = ["Slice", "is_output_name", "slice_of"]

_OUTPUTS = re.compile(r"_+\d*|_i+\d*|Out|In|_oh|_ih|_dh")
_KEPT_LINE = re.compile(r"^[ \t]*(?:%(?!%)|!)\s*\S.*$", re.MULTILINE)
_VARIABLE = re.compile(r"[{$]\s*([^\W\d]\w*)")
_NOT_KEPT = re.compile(
    r"^[ \t]*%(?:timeit|time|prun|who\w*|history|hist|pinfo\w*|debug"
    r"|runs|compare|best|run_info|mlops\w*|diff|reproduce|track|note|tag|log|artifact|model|registry|promote|predict|sweep)\b"
)


@dataclass
class Slice:
    """Of a list of cells, those that the last one depends on.

    Attributes
    ----------
    cells : list of int
        Places in the list, the last one too.
    lines : dict of int to str
        Lines with magics, such as ``%load_ext``, of other cells that stand before it.
    used : dict of str to set of int
        Which cells bound the names that these cells use.
    unknown : set of str
        Names that they use, and that no cell binds.
    """

    cells: list[int]
    lines: dict[int, str]
    used: dict[str, set[int]]
    unknown: set[str]


def slice_of(cells: Sequence[ExecutedCell], account: Account | None = None) -> Slice:
    """The cells that the last of `cells` depends on.

    Parameters
    ----------
    cells : sequence of ExecutedCell
    account : Account, optional
        Of as many of the first cells as it was asked about before: it goes on with the others.

    Examples
    --------
    >>> sources = ["x = 1", "y = 2", "z = []", "z.append(x)", "print(y)", "z[0]"]
    >>> slice_of([ExecutedCell(source) for source in sources]).cells
    [0, 2, 3, 5]
    """
    account = account or Account()
    for place in range(len(account.needs), len(cells)):
        account.execute(place, cells[place])
    last = len(cells) - 1
    found, rest = set(), [last, *account.kept]
    kept_lines = {place: kept for place, cell in enumerate(cells[:-1]) if (kept := _kept_lines(cell.source))}
    for place, kept in kept_lines.items():  # they take variables, as in !pip install {name}
        for name in account.names.keys() & set(_VARIABLE.findall(kept)):
            rest += account.used[place].get(name) or [place]
    while rest:
        place = rest.pop()
        if place not in found:
            found.add(place)
            rest += account.needs[place]
    lines = {place: kept for place, kept in kept_lines.items() if place not in found}
    used: dict[str, set[int]] = {}
    for place in found:
        for name, bound_in in account.used[place].items():
            used.setdefault(name, set()).update(bound_in)
    unknown = {name for place in found for name in account.unknown_in(place)}
    return Slice(sorted(found), lines, used, unknown)


def _kept_lines(source: str) -> str:
    if source.lstrip().startswith("%%"):
        return ""
    return "\n".join(line.strip() for line in _KEPT_LINE.findall(source) if not _NOT_KEPT.match(line))


def is_output_name(name: str) -> bool:
    """Whether IPython binds the name to what a cell showed or said, such as ``_`` and ``Out``."""
    return _OUTPUTS.fullmatch(name) is not None
