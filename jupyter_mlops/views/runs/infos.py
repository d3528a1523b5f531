"""One run in a notebook, as ``%run_info`` shows it."""

from __future__ import annotations

import textwrap
from typing import Any

from jupyter_mlops.entities.clock import seconds_between
from jupyter_mlops.entities.tags import ERROR_TAG, NOTE_TAG
from jupyter_mlops.storage.base import Store
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import escape, table
from jupyter_mlops.views.formats.notes import note_html
from jupyter_mlops.views.formats.numbers import duration_text, number_text
from jupyter_mlops.views.formats.texts import harmless
from jupyter_mlops.views.runs.details import run_details

__all__ = ["RunInfoView"]

_MOST = 30


class RunInfoView:
    """A run to look at and to work with.

    Attributes
    ----------
    run_id, name, status : str
    params, tags : dict of str to str
    metrics : dict of str to float
        Their newest values.
    details : dict
        All of it, as `run_details` has it.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run(run_name="forest") as run:
    ...     mlflow.log_metric("acc", 0.9)
    >>> from jupyter_mlops.tracking.settings import current_store
    >>> RunInfoView(current_store(), run.info.run_id).metrics
    {'acc': 0.9}
    """

    def __init__(self, store: Store, run_id: str) -> None:
        self.details = run_details(store, run_id)
        run = self.details["run"]
        self.run_id, self.name, self.status = str(run["run_id"]), str(run["run_name"]), str(run["status"])
        self.params: dict[str, str] = self.details["params"]
        self.tags: dict[str, str] = self.details["tags"]
        self.metrics = store.get_run(run_id).data.metrics

    def _heading(self) -> list[str]:
        run = self.details["run"]
        parts = [f"{self.name} {self.status.lower()}"]
        seconds = seconds_between(run["start_time"], run["end_time"])
        if seconds is not None and not is_plain():
            parts[0] += f" in {duration_text(seconds)}"
        if parents := self.details["parents"]:
            parts.append(f"child of {parents[-1]['name']}")
        if children := len(self.details["children"]):
            parts.append(f"{children} child run{'s' * (children != 1)}")
        deleted = ["deleted"] if run["lifecycle_stage"] == "deleted" else []
        return [*parts, str(run["experiment"]), *deleted, *([] if is_plain() else [self.run_id])]

    def _lists(self) -> list[tuple[str, list[list[Any]]]]:
        """What the run has, each kind with its rows; tags of ours are the machine's business, not the reader's."""
        tags = {key: value for key, value in self.tags.items() if not key.startswith(("mlflow.", "jupyter_mlops."))}
        inputs = [[f"{one['name']}{' (' + one['context'] + ')' if one['context'] else ''}", one["digest"]] for one in self.details["inputs"]]
        models = [[f"{one['name']} {one['version']}", _place(one)] for one in self.details["models"]]
        return [
            ("metric", [[key, value] for key, value in sorted(self.metrics.items())]), ("param", _rows(self.params)),
            ("tag", _rows(tags)), ("data", inputs), ("model", models),
        ]  # fmt: skip

    def _repr_html_(self) -> str:
        error = self.tags.get(ERROR_TAG)
        what, *more = self._heading()
        heading = f"<b>{escape(self.name)}</b>{escape(what[len(self.name) :])}"
        shown = f"<p>{' · '.join([heading, *map(escape, more)])}</p>" + (f"<p>{escape(error)}</p>" if error else "")
        if note := self.tags.get(NOTE_TAG):
            shown += note_html(note)
        tables = [table([kind, "value" if kind in ("metric", "param", "tag") else ""], rows[:_MOST]) + _more(rows) for kind, rows in self._lists() if rows]
        return shown + "".join(tables)

    def __repr__(self) -> str:
        lines = [" · ".join(self._heading())]
        lines += [f"  {self.tags[key]}" for key in (ERROR_TAG, NOTE_TAG) if key in self.tags]
        for kind, rows in self._lists():
            lines += [f"  {kind} {key}: {number_text(value) if isinstance(value, float) else value}" for key, value in rows[:_MOST]]
        return harmless("\n".join(lines))


def _rows(pairs: dict[str, str]) -> list[list[Any]]:
    return [[key, textwrap.shorten(value, 200)] for key, value in sorted(pairs.items())]


def _place(model: dict[str, Any]) -> str:
    stage = [] if model["stage"] in (None, "None") else [str(model["stage"])]
    return ", ".join([*stage, *(f"@{alias}" for alias in model["aliases"])])


def _more(rows: list[list[Any]]) -> str:
    return f"<p>… {len(rows) - _MOST} more</p>" if len(rows) > _MOST else ""
