"""Names that a cell used and that the notebook, as it stands, would not give it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from jupyter_mlops.reproduction.accounts import ExecutedCell
from jupyter_mlops.reproduction.recordings import Hidden
from jupyter_mlops.reproduction.slices import is_output_name

__all__ = ["hidden_in"]

EDITED = "defined by a cell that was edited since"
SAVED = "defined by a cell that reads otherwise in the saved notebook"
DELETED = "defined by a cell that is no longer in the notebook"
OUTSIDE = "defined outside of the notebook's cells, as in a console"
UNSEEN = "defined by nothing that this kernel was seen to execute"
OUTPUT = "the output of a cell, which depends on the order of execution"


def hidden_in(
    cells: Sequence[ExecutedCell], used: Mapping[str, Collection[int]], unknown: Collection[str],
    on_disk: tuple[float, Mapping[str, str]] | None = None,
) -> list[Hidden]:  # fmt: skip
    """What is hidden of the state that the last of `cells` was executed in.

    Parameters
    ----------
    cells : sequence of ExecutedCell
    used : mapping of str to collection of int
        Which cells bound the names that were used, see `Slice`.
    unknown : collection of str
        Names that were there, and that no cell bound.
    on_disk : tuple of float and mapping, optional
        When the notebook's file was written, seconds since the epoch, and the cells in it by id.

    Examples
    --------
    >>> cells = [ExecutedCell("x = 1", cell_id="a"), ExecutedCell("y = 1", cell_id="a"), ExecutedCell("x", cell_id="b")]
    >>> print(*hidden_in(cells, {"x": {0}}, ()))
    x: defined by a cell that was edited since
    """
    found: dict[str, set[str]] = defaultdict(set)
    for name in unknown:
        found[OUTPUT if is_output_name(name) else UNSEEN].add(name)
    latest: dict[str | None, str] = {cell.cell_id: cell.source for cell in cells if cell.cell_id}
    for name, places in used.items():
        for place in places:
            if (why := _why(cells[place], latest, on_disk)) is not None:
                found[why].add(name)
    return [Hidden(sorted(names), why) for why, names in sorted(found.items())]


def _why(cell: ExecutedCell, latest: Mapping[str | None, str], on_disk: tuple[float, Mapping[str, str]] | None) -> str | None:
    if cell.cell_id is None:
        return OUTSIDE if latest and cell.at > 0 else None
    if latest[cell.cell_id].strip() != cell.source.strip():
        return EDITED
    if on_disk is None or on_disk[0] < cell.at or not on_disk[1]:
        return None
    written = on_disk[1].get(cell.cell_id)
    return DELETED if written is None else SAVED if written.strip() != cell.source.strip() else None
