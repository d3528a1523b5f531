"""A list of runs, as ``%runs`` shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.clock import seconds_between
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.tracking.run_frames import runs_to_frame
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import table
from jupyter_mlops.views.formats.numbers import duration_text
from jupyter_mlops.views.formats.texts import text_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunTable"]

_MOST_KEYS = 6


class RunTable:
    """Runs to look at and to work with.

    Attributes
    ----------
    runs : list of Run
    max_rows : int
        How many are shown.

    Examples
    --------
    >>> RunTable([])
    no runs
    """

    def __init__(self, runs: Sequence[Run], max_rows: int = 50) -> None:
        self.runs = list(runs)
        self.max_rows = max_rows

    def to_frame(self) -> pd.DataFrame:
        """The runs as `search_runs` returns them."""
        return runs_to_frame(self.runs)

    def _rows(self) -> tuple[list[str], list[list[Any]]]:
        metrics = sorted({key for run in self.runs for key in run.data.metrics})[:_MOST_KEYS]
        params = sorted({key for run in self.runs for key in run.data.params})[:_MOST_KEYS]
        times = [] if is_plain() else ["duration"]
        columns = ["run", "status", *times, *metrics, *params]
        rows = [
            [
                run.info.run_name, run.info.status.lower(), *([_duration(run)] if times else []),
                *(run.data.metrics.get(key) for key in metrics), *(run.data.params.get(key) for key in params),
            ]
            for run in self.runs[:self.max_rows]
        ]  # fmt: skip
        return columns, rows

    def _repr_html_(self) -> str:
        if not self.runs:
            return "<p>No runs match.</p>"
        more = len(self.runs) - self.max_rows
        return table(*self._rows()) + (f"<p>… {more} more; .to_frame() has all of them.</p>" if more > 0 else "")

    def __repr__(self) -> str:
        if not self.runs:
            return "no runs"
        return text_table(*self._rows(), more=len(self.runs) - self.max_rows)


def _duration(run: Run) -> str:
    seconds = seconds_between(run.info.start_time, run.info.end_time)
    return "" if seconds is None else duration_text(seconds)
