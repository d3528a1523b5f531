"""``diff()``: two runs compared as code is reviewed."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import CELL_ID_TAG
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.reproduction.present_states import present_state
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.run_references import NEWEST, find_run, in_quotes
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import cell_text, escape, table
from jupyter_mlops.views.formats.texts import harmless, text_table
from jupyter_mlops.views.runs.differences import run_differences

__all__ = ["NOW", "RunDiff", "diff"]

NOW = "now"
_PARTS = (("params", "Params"), ("metrics", "Metrics"), ("tags", "Tags"), ("environment", "Environment"), ("data", "Data"))
_SIGNS = {"same": " ", "removed": "-", "added": "+"}
_COLOURS = {"same": "", "removed": "background:rgba(229,83,75,.16)", "added": "background:rgba(70,149,74,.18)"}
_MARKS = {"removed": ("del", "rgba(229,83,75,.35)"), "added": ("ins", "rgba(70,149,74,.38)")}


class RunDiff:
    """Two runs compared: their code, params, metrics, tags, environment and data.

    Parameters
    ----------
    data : dict
        See `run_diff` in the views.

    Attributes
    ----------
    data : dict
        All of it, plain.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    @property
    def is_empty(self) -> bool:
        """Whether nothing is different."""
        return not any(self.data[part] for part in ("code", *(key for key, _ in _PARTS)))

    def _title(self) -> str:
        old, new = (run["name"] for run in self.data["runs"])
        return f"{'old' if is_plain() else old} → {NOW if new == NOW else 'new' if is_plain() else new}"

    def _nothing(self) -> str:
        old, new = self.data["runs"]
        is_same = old["run_id"] == new["run_id"] and new["name"] != NOW
        return "both are the same run; a name means the newest of that name" if is_same else "nothing is different"

    def _repr_html_(self) -> str:
        shown = f"<p><b>{escape(self._title())}</b></p>"
        if self.is_empty:
            return f"{shown}<p>{self._nothing().capitalize()}.</p>"
        shown += "".join(_code_html(one) for one in self.data["code"])
        for key, title in _PARTS:
            if rows := self.data[key]:
                shown += table([title.lower(), "old", "new", "change"], [_row(row) for row in rows])
        return shown

    def __repr__(self) -> str:
        if self.is_empty:
            return harmless(f"{self._title()}: {self._nothing()}")
        lines = [self._title()]
        for one in self.data["code"]:
            lines += ["", f"{one['name']}  +{one['added']} -{one['removed']}"]
            lines += ["\n".join(f"{_SIGNS[line['kind']]} {line['text']}" for line in hunk) for hunk in one["hunks"]]
        for key, title in _PARTS:
            if rows := self.data[key]:
                lines += ["", text_table([title.lower(), "old", "new", "change"], [_row(row) for row in rows])]
        return harmless("\n".join(lines))


def diff(old: str | Run, new: str | Run | None = None) -> RunDiff:
    """Compare two runs as code is reviewed.

    Parameters
    ----------
    old, new : str or Run
        Runs, or the words that mean them: an id or the start of it, a name, ``last``, ``best:acc``. ``new="now"`` is the
        commit, the Python and the packages of this process. Without `new`, `old` is compared with the run before it of the
        same cell, else of the same name; where there is none, with now.

    Returns
    -------
    RunDiff

    Raises
    ------
    NotFound
        There is no such run.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> for depth in (3, 4):
    ...     with mlflow.start_run(run_name="forest"):
    ...         mlflow.log_params({"depth": depth})
    >>> mlflow.diff("-2", "last").data["params"]
    [{'name': 'depth', 'old': '3', 'new': '4', 'kind': 'changed'}]
    """
    store = current_store()
    first = old if isinstance(old, Run) else find_run(old, store)
    if new is None:
        before = _run_before(store, first)
        first, second = (before, first) if before else (first, present_state(first))
    elif new == NOW:
        second = present_state(first)
    else:
        second = new if isinstance(new, Run) else find_run(new, store)
    return RunDiff(run_differences(store, first, second))


def _run_before(store: TrackingStore, run: Run) -> Run | None:
    """The newest run that began before, of the same cell, else of the same name."""
    wanted = [f"attributes.start_time < {run.info.start_time}"]
    for key, value in (("tags.`jupyter_mlops.cell_id`", run.data.tags.get(CELL_ID_TAG)), ("attributes.run_name", run.info.run_name)):
        if value:
            try:
                where = " and ".join([*wanted, f"{key} = {in_quotes(value)}"])
                found = store.search_runs([run.info.experiment_id], where, ViewType.ACTIVE_ONLY, 1, NEWEST, None)
            except MlflowException:  # a name with both kinds of quotes
                continue
            if found:
                return found[0]
    return None


def _row(row: dict[str, Any]) -> list[object]:
    return [row["name"], cell_text(row["old"]), cell_text(row["new"]), row["kind"]]


def _code_html(one: dict[str, Any]) -> str:
    """Lines with a sign, which stays where colours are taken away, as on GitHub."""
    hunks = []
    for hunk in one["hunks"]:
        lines = [f'<span style="display:block;{_COLOURS[line["kind"]]}">{_SIGNS[line["kind"]]} {_marked(line)}</span>' for line in hunk]
        hunks.append("".join(lines))
    shown = '<span style="display:block;opacity:.6">⋯</span>'.join(hunks)
    cut = "<p><small>Only the beginning was compared.</small></p>" if one["cut"] else ""
    return (
        f"<p><b>{escape(one['name'].capitalize())}</b> <small>+{one['added']} −{one['removed']}</small></p>"
        f'<pre style="line-height:1.45;overflow-x:auto">{shown}</pre>{cut}'
    )


def _marked(line: dict[str, Any]) -> str:
    text, kind = line["text"], line["kind"]
    if kind not in _MARKS or not line["marks"]:
        return escape(harmless(text))
    tag, colour = _MARKS[kind]
    shown, at = "", 0
    for begin, end in line["marks"]:
        shown += f'{escape(harmless(text[at:begin]))}<{tag} style="background:{colour};text-decoration:none">{escape(harmless(text[begin:end]))}</{tag}>'
        at = end
    return shown + escape(harmless(text[at:]))
