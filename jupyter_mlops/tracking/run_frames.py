"""Runs as a DataFrame with MLflow's columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.columns import GROUPS, INFO, Cells, RunColumns, columns_of
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame_of", "runs_to_frame"]


def runs_to_frame(runs: list[Run]) -> pd.DataFrame:
    """One row a run, with MLflow's columns."""
    return frame_of([columns_of(runs)])


def frame_of(pages: Sequence[RunColumns]) -> pd.DataFrame:
    """One row a run of all `pages`, with MLflow's columns.

    Keys stand in the order in which they are met: those of the first run sorted, then what the second has beside them …
    """
    pd = whole_import("pandas")
    columns: dict[str, Any] = {name: [value for page in pages for value in page.info[name]] for name in INFO}
    for name in ("start_time", "end_time"):
        columns[name] = pd.to_datetime(columns[name], unit="ms", utc=True, errors="coerce")  # of no calendar: no time
    for group in GROUPS:
        columns |= _pivoted(_joined(pages, group), group, len(columns["run_id"]))
    return pd.DataFrame(columns)


def _joined(pages: Sequence[RunColumns], group: str) -> Cells:
    """Cells of all pages, their rows counted through."""
    import numpy as np

    begins = np.cumsum([0, *(len(page.info["run_id"]) for page in pages)])
    parts = [page.groups[group] for page in pages]
    rows = [part.rows + begin for part, begin in zip(parts, begins, strict=False)]
    return Cells(*map(np.concatenate, (rows, [part.keys for part in parts], [part.values for part in parts])))


def _pivoted(cells: Cells, group: str, count: int) -> dict[str, Any]:
    import numpy as np

    is_number = group == "metrics"
    numbers, names = whole_import("pandas").factorize(cells.keys)
    firsts = np.full(len(names), count)
    np.minimum.at(firsts, numbers, cells.rows)
    columns = np.full((len(names), count), np.nan if is_number else None, float if is_number else object)
    columns[numbers, cells.rows] = cells.values
    order = sorted(range(len(names)), key=lambda number: (firsts[number], names[number]))
    return {f"{group}.{names[n]}": columns[n] if is_number else columns[n].tolist() for n in order}
