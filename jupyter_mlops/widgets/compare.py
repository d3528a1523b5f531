"""``compare``: runs side by side, in a table and in curves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from traitlets import Bool, Dict, Enum, List, TraitError, Unicode, validate

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.run_frames import runs_to_frame
from jupyter_mlops.tracking.settings import current_store, experiment_for_run
from jupyter_mlops.views.bundles import bundle, is_plain
from jupyter_mlops.views.comparisons import MOST_RUNS, Comparison, checked_ids, comparison_html, snapshot
from jupyter_mlops.views.comparisons import compare as compare_runs
from jupyter_mlops.views.requests import answer
from jupyter_mlops.views.stills import curves_still
from jupyter_mlops.views.texts import text_table
from jupyter_mlops.widgets.linked import LinkedView
from jupyter_mlops.widgets.links import announce

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Compare", "compare"]

_RUN_ID = re.compile(r"[0-9a-f]{32}")


class Compare(LinkedView):
    """Runs side by side; what is done on the page is in these attributes, and what is set here shows on the page.

    Attributes
    ----------
    selection : list of str
        Ids of the selected runs.
    sort : list of dict
        ``{"id": "metrics.acc", "desc": True}``, first key first.
    filter : str
        What runs must match, in the language of `search_runs`; words alone are looked for in names.
    columns : dict
        ``order, hidden, shown, pinned`` (lists of ids) and ``widths`` (pixels by id); what is not named stands as it would.
    differences_only : bool
        Whether columns that are the same everywhere are hidden.
    group : str or None
        ``"params.model"`` or ``"tags.team"``: runs of one value are one row.
    expanded : list of str
        Values of the groups whose runs are shown.
    baseline : str or None
        Id of the run to which numbers are compared.
    aggregates : dict
        What of a metric is shown: ``{"metrics.acc": "max"}``, one of ``last, min, max, first, best``.
    directions : dict
        Which way a metric gets better, where its name does not tell: ``{"metrics.cost": "lower"}``, or ``higher, neither``.
    charts : dict
        ``{"tab": open tab, "options": {tab: {choice: value}}}``.

    Notes
    -----
    Use it from any thread. The page shows 100 runs in well under two seconds.
    """

    selection = List(Unicode())
    sort = List(Dict())
    filter = Unicode()
    columns = Dict()
    differences_only = Bool()
    group = Unicode(None, allow_none=True)
    expanded = List(Unicode())
    baseline = Unicode(None, allow_none=True)
    aggregates = Dict(value_trait=Enum(("last", "min", "max", "first", "best")), key_trait=Unicode())
    directions = Dict(value_trait=Enum(("lower", "higher", "neither")), key_trait=Unicode())
    charts = Dict(default_value={"tab": "curves", "options": {}})
    shared = (
        "selection", "sort", "filter", "columns", "differences_only", "group", "expanded", "baseline", "aggregates", "directions",
        "charts",
    )  # fmt: skip

    def __init__(self, store: Store, run_ids: list[str]) -> None:
        self._store = store
        self.run_ids = run_ids
        super().__init__()

    @validate("selection")
    def _known(self, proposal: Any) -> list[str]:
        unknown = set(proposal["value"]) - set(self.run_ids)
        if unknown:
            raise TraitError(f"Not among the compared runs: {', '.join(sorted(unknown))}.")
        return list(proposal["value"])

    def runs(self) -> list[Run]:
        """The compared runs, read anew."""
        return self._store.get_runs(self.run_ids)

    def to_frame(self) -> pd.DataFrame:
        """The compared runs as `search_runs` returns them, read anew."""
        return runs_to_frame(self.runs())

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        return answer(self._store, method, parameters)

    def _comparison(self) -> Comparison:
        return compare_runs(self._store, self.run_ids)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        comparison = self._comparison()
        if not is_plain():
            announce(self)
        view = self.as_view("compare", self._store, msgspec.to_builtins(snapshot(comparison)), scope={"run_ids": self.run_ids})
        return bundle(view, comparison_html(comparison) + curves_still(self._store, self.run_ids), _text(comparison))

    def __repr__(self) -> str:
        return f"<comparison of {len(self.run_ids)} run{'s' * (len(self.run_ids) != 1)}>"


def _text(comparison: Comparison) -> str:
    columns = ["run", *(column.label for column in comparison.columns[:8])]
    rows = [[row["name"], *row["values"][:8]] for row in comparison.rows[:20]]
    return text_table(columns, rows, more=len(comparison.rows) - len(rows))


def compare(runs: str | Run | Iterable[str | Run] | pd.DataFrame | None = None) -> Compare:
    """Compare runs in the notebook: a table of what differs, and their curves.

    Parameters
    ----------
    runs : str, list of run ids or runs, DataFrame, or None
        A filter such as ``"metrics.acc > 0.9"`` over the current experiment; a list; what `search_runs` returned; all
        runs of the current experiment for None; a run or its id. Filters and None mean the newest 1,000.

    Returns
    -------
    Compare
        Shown as the last value of a cell; ``.selection`` is what is selected on the page.

    Raises
    ------
    NotFound
        A run id that is not in the store.
    InvalidFilter
        The filter cannot be read.
    InvalidParameter
        More than 1,000 runs.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run() as run:
    ...     mlflow.log_metric("acc", 0.9)
    >>> mlflow.compare([run])
    <comparison of 1 run>
    """
    store = current_store()
    if isinstance(runs, Run) or (isinstance(runs, str) and _RUN_ID.fullmatch(runs)):
        runs = [runs]
    if runs is None or isinstance(runs, str):
        found = store.search_runs([experiment_for_run()], runs, 1, MOST_RUNS, None, None)
        return Compare(store, [run.info.run_id for run in found])
    given: Any = runs
    listed: list[Any] = list(given["run_id"]) if hasattr(given, "columns") else list(given)
    ids = list(dict.fromkeys(one.info.run_id if isinstance(one, Run) else str(one) for one in listed))
    missing = set(checked_ids(ids)) - {run.info.run_id for run in store.get_runs(ids)}
    if missing:
        raise NotFound(
            f"Not in this store: run {', '.join(sorted(missing)[:5])}. A filter such as 'metrics.acc > 0.9' works too."
        )
    return Compare(store, ids)
