"""``compare``: runs side by side, in a table and in curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from traitlets import Bool, Dict, Enum, List, TraitError, Unicode, observe, validate

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.registry.authors import author
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.run_tables import MOST_LISTED, RunQuery
from jupyter_mlops.tracking.run_frames import runs_to_frame
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.actions import ACTIONS, act
from jupyter_mlops.views.charts.stills import curves_still
from jupyter_mlops.views.charts.tabs import tab_chart
from jupyter_mlops.views.comparisons.comparisons import MOST_RUNS, NO_RUNS, Comparison, comparison_html, snapshot
from jupyter_mlops.views.comparisons.comparisons import compare as compare_runs
from jupyter_mlops.views.comparisons.preferences import prefer, preferred
from jupyter_mlops.views.comparisons.saved_views import find_view, home_of, state_for
from jupyter_mlops.views.formats.texts import text_table
from jupyter_mlops.views.reports.reports import Report, report_of
from jupyter_mlops.views.requests import answer
from jupyter_mlops.widgets.compared import Asked, home_experiment, query_of
from jupyter_mlops.widgets.linked import LinkedView

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Compare", "compare"]


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
    view : str or None
        Name of the saved view that it began as, or was last saved as.

    Notes
    -----
    Use it from any thread. The page reads what it shows: 10,000 runs with 500 columns open in less than two seconds.
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
    view = Unicode(None, allow_none=True)
    shared = (
        "selection", "sort", "filter", "columns", "differences_only", "group", "expanded", "baseline", "aggregates", "directions",
        "charts", "view",
    )  # fmt: skip
    value_is = "selection"

    def __init__(self, store: Store, query: RunQuery, state: Mapping[str, Any] | None = None) -> None:
        self._store = store
        self.query = query
        super().__init__(differences_only=bool(preferred(store.key, query.experiment_ids).get("differences_only")))
        self._take(state or {})

    def _take(self, state: Mapping[str, Any]) -> None:
        if unknown := [one for one in state if one not in self.shared]:
            raise InvalidParameter(f"A comparison has no state {unknown[0]!r}; there are {', '.join(self.shared)}.")
        try:
            for name in state:
                setattr(self, name, state[name])
        except TraitError as error:
            raise InvalidParameter(f"This state cannot be restored: {error}") from None

    @validate("selection")
    def _known(self, proposal: Any) -> list[str]:
        chosen = list(dict.fromkeys(proposal["value"]))
        if len(chosen) > MOST_RUNS:
            raise TraitError(f"At most {MOST_RUNS:,} runs can be selected, not {len(chosen):,}.")
        return self._checked(chosen)

    @validate("baseline")
    def _known_baseline(self, proposal: Any) -> str | None:
        return proposal["value"] and self._checked([proposal["value"]])[0]

    def _checked(self, chosen: list[str]) -> list[str]:
        """`chosen` if all of them are among the compared runs."""
        if chosen:
            listed = self.query.run_ids
            among = chosen if listed is None else [one for one in chosen if one in set(listed)]
            if listed is None:
                among = self._store.run_part(msgspec.structs.replace(self.query, run_ids=chosen), [], 0, len(chosen)).info["run_id"]
            if unknown := sorted(set(chosen) - set(among)):
                raise TraitError(f"Not among the compared runs: {', '.join(unknown[:5])}.")
        return chosen

    @observe("differences_only")
    def _prefer(self, change: Any) -> None:
        prefer(self._store.key, self.query.experiment_ids, differences_only=change["new"])

    @property
    def run_ids(self) -> list[str]:
        """Ids of the compared runs: as they were listed, else the newest first as the store has them now, at most 100,000."""
        if self.query.run_ids is not None:
            return self.query.run_ids
        found: list[str] = self._store.run_part(self.query, [], 0, MOST_LISTED).info["run_id"]
        return found

    def runs(self) -> list[Run]:
        """The compared runs, read anew."""
        return self._store.get_runs(self.run_ids)

    def to_frame(self) -> pd.DataFrame:
        """The compared runs as `search_runs` returns them, read anew."""
        return runs_to_frame(self.runs())

    def figure(self, tab: str | None = None) -> dict[str, Any]:
        """A chart as the page draws it, as Plotly's JSON.

        Parameters
        ----------
        tab : {"curves", "parallel", "scatter", "groups", "importance", "system"}, optional
            The open one by default; what was chosen in it is in `charts`.

        Examples
        --------
        >>> import jupyter_mlops as mlflow
        >>> with mlflow.start_run() as run:
        ...     mlflow.log_metric("acc", 0.9)
        >>> mlflow.compare([run]).figure("curves")["data"][0]["y"]
        [0.9]
        """
        name = tab or str(self.charts.get("tab") or "curves")
        found: dict[str, Any] = tab_chart(self._store, self.query, name, self._options(name))["figure"]
        return found

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        if isinstance(asked := parameters.get("query"), dict) and asked.get("run_ids") is None:
            # A list that is too long for the notebook's file is known here alone.
            parameters = {**parameters, "query": {**asked, "run_ids": self.query.run_ids}}
        if method in ACTIONS:
            return act(self._store, method, parameters, author())
        return answer(self._store, method, parameters)

    def save(self, name: str | None = None, *, overwrite: bool = False) -> None:
        """Save which runs these are and how the page shows them; ``compare(view=name)`` and the page's Views open it again.

        Parameters
        ----------
        name : str, optional
            Of letters, digits and ``_ - . / : space``. Without one the view that this is called (`view`) is brought up to date.
        overwrite : bool, default False
            Whether a view of that name is replaced.

        Raises
        ------
        AlreadyExists
            There is one of that name.
        InvalidParameter
            More than a view can hold: 5,000 characters, such as 130 listed runs. A filter may be of any number of runs.
        """
        if name is None and self.view is None:
            raise InvalidParameter("A view that was not saved yet needs a name: save('best runs').")
        state = {key: value for key, value in self.page_state().items() if key != "view"}
        asked = {"experiment_id": home_of(self._store, self.query), "name": self.view if name is None else name, "query": msgspec.to_builtins(self.query)}
        self.view = act(self._store, "save_view", {**asked, "state": state, "overwrite": overwrite or name is None}, author())["name"]

    def report(self, title: str | None = None) -> Report:
        """What the page shows now, frozen: it stays as it is, in the notebook and in files.

        Parameters
        ----------
        title : str, optional
            By default the name of the view.
        """
        if not isinstance(title, str | None):
            raise InvalidParameter(f"The title of a report is a text, not {title!r}.")
        return report_of(self._store, self.query, self.page_state(), title or self.view or "Comparison")

    def _scope(self) -> dict[str, Any]:
        ids = self.query.run_ids
        listed = None if ids is None or len(ids) <= MOST_RUNS else len(ids)
        return {
            "run_ids": None if listed else ids, "experiment_ids": self.query.experiment_ids,
            "filter": next(iter(self.query.filters), ""), "listed": listed,
        }  # fmt: skip

    def forms(self) -> tuple[dict[str, Any], str, str]:
        comparison = compare_runs(self._store, self.query)
        view = self.as_view("compare", self._store, msgspec.to_builtins(snapshot(comparison)), scope=self._scope())
        first = [row["run_id"] for row in comparison.rows]
        return view, comparison_html(comparison) + curves_still(self._store, first, self._options("curves")), _text(comparison)

    def _options(self, tab: str) -> dict[str, Any]:
        """What was chosen in a tab of the charts; a page may have sent anything."""
        options = self.charts.get("options")
        chosen = options.get(tab) if isinstance(options, dict) else None
        return chosen if isinstance(chosen, dict) else {}

    def __repr__(self) -> str:
        total = len(self.query.run_ids) if self.query.run_ids is not None else self._store.run_facts(self.query).total
        return f"<comparison of {total:,} run{'s' * (total != 1)}>"


def _text(comparison: Comparison) -> str:
    if not comparison.total:
        return NO_RUNS
    columns = ["run", *(column.label for column in comparison.columns[:8])]
    rows = [[row["name"], *row["values"][:8]] for row in comparison.rows[:20]]
    return text_table(columns, rows, more=comparison.total - len(rows))


def compare(
    runs: Asked = None, *, experiment: str | Experiment | Sequence[str | Experiment] | None = None,
    view: str | None = None, state: Mapping[str, Any] | None = None,
) -> Compare:  # fmt: skip
    """Compare runs in the notebook: a table of what differs, and their charts.

    Parameters
    ----------
    runs : str, list of run ids or runs, DataFrame, Experiment, or None
        A filter such as ``"metrics.acc > 0.9"``, the name of an experiment, or a run's id or name; a list of runs, ids or
        experiments; what `search_runs` returned; None for all.
    experiment : str, Experiment or list of these, optional
        Whose runs filters and None mean: by name or id, by default the current one.
    view : str, optional
        Name of a saved view, which is opened again: of that experiment, else of the only one that has it.
    state : dict, optional
        What `Compare.page_state` returned: the view begins as that one stood.

    Returns
    -------
    Compare
        Shown as the last value of a cell; ``.selection`` is what is selected on the page. Filters, experiments and None stay
        what they mean: runs that come later are in the table as well.

    Raises
    ------
    NotFound
        A run, an experiment or a view that is not in the store.
    InvalidFilter
        The filter cannot be read.
    InvalidParameter
        More than 100,000 runs are listed, or a state that no comparison has.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run() as run:
    ...     mlflow.log_metric("acc", 0.9)
    >>> mlflow.compare([run])
    <comparison of 1 run>
    >>> mlflow.compare("metrics.acc > 0.8", state={"differences_only": True}).differences_only
    True
    """
    store = current_store()
    if not isinstance(state, Mapping | None):
        raise InvalidParameter(f"A state is what page_state() returned, a dict, not {state!r}.")
    if view is not None:
        return _opened(store, view, runs, home_experiment(store, experiment), state or {})
    query = query_of(store, runs, experiment)
    if query.filters:
        store.run_part(query, [], 0, 1)  # a filter that asks for what there is not fails here, not in the output
    return Compare(store, query, state)


def _opened(store: Store, name: str, runs: Asked, experiment_id: str, state: Mapping[str, Any]) -> Compare:
    if not isinstance(name, str):
        raise InvalidParameter(f"A view is opened by its name, a text such as {str(name)!r}, not {name!r}; saved_views() lists them.")
    if runs is not None:
        raise InvalidParameter(f"The view {name!r} says which runs it is of: leave them out, or save another view of them.")
    found = find_view(store, name, experiment_id)
    return Compare(store, found.query, {**state_for(store, found, Compare.shared), "view": name, **state})
