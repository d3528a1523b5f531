"""Reports: a comparison as it is shown now, frozen to Markdown, to HTML and to a picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.charts.svgs import figure_image, figure_svg
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.errors import InvalidParameter, MlflowException, PackageMissing
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.views.comparisons.saved_views import in_words
from jupyter_mlops.views.comparisons.view_states import ViewState, run_filter
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import escape
from jupyter_mlops.views.formats.numbers import time_text
from jupyter_mlops.views.formats.texts import text_table
from jupyter_mlops.views.reports.charts import Drawing, report_chart
from jupyter_mlops.views.reports.pages import page_of, plotly_scripts, table_html
from jupyter_mlops.views.reports.tables import ReportTable, label_of, report_table
from jupyter_mlops.views.runs.differences import run_diff
from jupyter_mlops.views.runs.diffs import RunDiff

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Report", "report", "report_of"]

_WIDTH, _HEIGHT = 860, 400
_MOST_NAMED = 20  # experiments, each of which is asked for
_SPECIAL = str.maketrans({letter: "\\" + letter for letter in "\\`*_[]|~$#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})


class Report(msgspec.Struct, frozen=True):
    """A comparison as it was shown: it asks no store any more, and stays as it is.

    Attributes
    ----------
    title : str
    facts : list of (str, str)
        Which runs these are, and how they are filtered, sorted and grouped, in words.
    table : ReportTable
    chart : Drawing or None
        That of the open tab.
    difference : RunDiff or None
        Of the first two selected runs, where that tab was open.
    """

    title: str
    facts: list[tuple[str, str]]
    table: ReportTable
    chart: Drawing | None = None
    difference: RunDiff | None = None

    def to_markdown(self) -> str:
        """All of it as Markdown, the chart as a picture inside."""
        return "\n\n".join(self._parts())

    def to_cells(self) -> list[dict[str, Any]]:
        """Markdown cells of a notebook, one a part."""
        return [{"cell_type": "markdown", "id": f"report-{place}", "metadata": {}, "source": part} for place, part in enumerate(self._parts())]

    def to_notebook(self, path: str | os.PathLike[str]) -> str:
        """Write a notebook of its Markdown cells; returns the path."""
        book = {"cells": self.to_cells(), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        return _written(path, msgspec.json.format(msgspec.json.encode(book), indent=1).decode() + "\n")

    def to_html(self, path: str | os.PathLike[str] | None = None, *, interactive: bool = False) -> str:
        """A page of its own, light or dark as its reader prefers, that loads nothing and needs no scripts.

        Parameters
        ----------
        path : path, optional
            Where it is written.
        interactive : bool, default False
            Put plotly.js (5 MB) into it, so that the chart can be zoomed and asked.

        Returns
        -------
        str
            The path, or the page if there is none.

        Raises
        ------
        PackageMissing
            An interactive one, and plotly is not installed.
        """
        try:
            scripts = plotly_scripts([self.chart.figure]) if interactive and self.chart else ""
        except ImportError:
            raise PackageMissing("An interactive report needs plotly: pip install plotly") from None
        page = page_of(self.title, f"<h1>{escape(self.title)}</h1>{self._body(2)}", scripts)
        return page if path is None else _written(path, page)

    def to_figure(self) -> go.Figure:
        """The chart as a Plotly figure.

        Raises
        ------
        InvalidParameter
            There was nothing to draw.
        PackageMissing
            plotly is not installed.
        """
        try:
            import plotly.graph_objects as go
        except ImportError:
            raise PackageMissing("A Plotly figure needs plotly: pip install plotly") from None
        return go.Figure(self._drawing().figure)

    def save_figure(self, path: str | os.PathLike[str]) -> str:
        """Write the chart as a picture, by the ending of `path`: ``.svg`` always, ``.png, .jpg, .webp, .pdf`` where kaleido is installed."""
        drawing = self._drawing()
        if Path(path).suffix.lower() == ".svg":
            still = {**drawing.still, "layout": {**drawing.still["layout"], "title": {"text": self.title}}}
            return _written(path, figure_svg(still, _WIDTH, _HEIGHT, drawing.title, ground=True))
        try:
            import kaleido  # type: ignore[import-untyped]  # noqa: F401
        except ImportError:
            raise PackageMissing(f"A picture {Path(path).suffix or 'of that kind'} needs kaleido: pip install kaleido. A .svg needs nothing.") from None
        self.to_figure().write_image(path, width=_WIDTH, height=_HEIGHT)
        return os.fspath(path)

    def _drawing(self) -> Drawing:
        if self.chart is None:
            raise InvalidParameter("There is nothing to draw: these runs have no metric with a value.")
        return self.chart

    def _image(self) -> str:
        return "" if self.chart is None else figure_image(self.chart.still, self.chart.title, _WIDTH, _HEIGHT)

    def _parts(self) -> list[str]:
        facts = "\n".join(f"- **{_plain(name)}:** {_plain(text)}" for name, text in self.facts)
        parts = [f"## {_plain(self.title)}\n\n{facts}", _markdown_table(self.table)]
        if self.chart is not None:
            parts.append(f"**{_plain(self.chart.title)}**\n\n{self._image()}")
        if self.difference is not None:
            parts.append(f"**What is different**\n\n{_fenced(repr(self.difference))}")
        return parts

    def _body(self, level: int) -> str:
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in self.facts)
        chart = f'<h{level}>{escape(self.chart.title)}</h{level}><div class="chart">{self._image()}</div>' if self.chart else ""
        difference = f"<h{level}>What is different</h{level}>{self.difference._repr_html_()}" if self.difference else ""
        return f"<dl>{facts}</dl>{table_html(self.table, 'Runs')}{chart}{difference}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": f"<h3>{escape(self.title)}</h3>{self._body(4)}", "text/markdown": self.to_markdown(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        rows = [[f"{cell.text} {cell.delta}".strip() for cell in row] for row in self.table.rows[:20]]
        return "\n".join([self.title, *(f"{name}: {text}" for name, text in self.facts), text_table(self.table.columns, rows), self.table.note]).rstrip()


def report_of(store: TrackingStore, query: RunQuery, state: dict[str, Any], title: str) -> Report:
    """A report of a comparison as it stands.

    Raises
    ------
    InvalidParameter
        A state that no comparison has.
    """
    try:
        shown = msgspec.convert(state, ViewState)
    except msgspec.ValidationError as error:
        raise InvalidParameter(f"This state cannot be reported: {error}.") from None
    asked = msgspec.structs.replace(query, filters=[one for one in (*query.filters, run_filter(shown.filter)) if one])
    total = store.run_facts(asked).total
    facts, table = _facts(store, query, total, shown), report_table(store, asked, shown)
    return Report(title, facts, table, report_chart(store, asked, shown, total), _difference(store, shown))


def report(store: TrackingStore, query: RunQuery, state: dict[str, Any], title: str = "Comparison") -> dict[str, Any]:
    """A report for a page: ``cells`` (Markdown) and ``html``."""
    made = report_of(store, query, state, title)
    return {"cells": [cell["source"] for cell in made.to_cells()], "html": made.to_html()}


def _facts(store: TrackingStore, query: RunQuery, total: int, state: ViewState) -> list[tuple[str, str]]:
    ids = list(dict.fromkeys(query.experiment_ids or ()))
    names = [store.get_experiment(one).name for one in ids[:_MOST_NAMED]]
    names += [f"{len(ids) - _MOST_NAMED:,} more"] * (len(ids) > _MOST_NAMED)
    order = [f"{label_of(one.id)}, {'greatest' if one.desc else 'least'} first" for one in state.sort]
    base = [run for run in store.get_runs([state.baseline]) if run.info.lifecycle_stage == "active"] if state.baseline else []
    found = [
        ("Experiment" if len(names) == 1 else "Experiments", ", ".join(names)),
        ("Runs", f"{in_words(query)} ({total:,})"),
        ("Filter", state.filter.strip()),
        ("Sorted by", ", then ".join(order)),
        ("Grouped by", f"{label_of(state.group)}: mean ± deviation, best" if state.group else ""),
        ("Baseline", base[0].info.run_name if base else ""),
        ("Columns", "only what differs" if state.differences_only else ""),
        ("As of", "" if is_plain() else f"{time_text(now_ms())} UTC"),
    ]
    return [(name, text) for name, text in found if text]


def _difference(store: TrackingStore, state: ViewState) -> RunDiff | None:
    if state.charts.tab != "difference" or len(state.selection) < 2:
        return None
    try:
        return RunDiff(run_diff(store, *state.selection[:2]))
    except MlflowException:
        return None  # one of them is gone; the table says what is there


def _plain(text: str) -> str:
    """A text as Markdown that shows just that text."""
    return " ".join(text.split()).translate(_SPECIAL)


def _markdown_table(table: ReportTable) -> str:
    lines = [
        "| " + " | ".join(map(_plain, table.columns)) + " |",
        "|" + "|".join("---:" if number else ":---" for number in table.numeric) + "|",
        *("| " + " | ".join(_plain(cell.text) + (f" *({cell.delta})*" if cell.delta else "") for cell in row) + " |" for row in table.rows),
    ]
    return "\n".join(lines) + (f"\n\n{table.note}" if table.note else "")


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}diff\n{text}\n{fence}"


def _written(path: str | os.PathLike[str], text: str) -> str:
    Path(path).write_text(text, encoding="utf-8")
    return os.fspath(path)
