"""A sweep in the notebook: how far it is, its best trials, and their history."""

from __future__ import annotations

from typing import Any, Literal

from jupyter_mlops.charts.svgs import figure_image
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.sweeps.records import SweepRecord, TrialRecord, read_sweep
from jupyter_mlops.views.formats.bundles import bundle, is_plain
from jupyter_mlops.views.formats.html import escape, table
from jupyter_mlops.views.formats.numbers import duration_text, number_text
from jupyter_mlops.views.formats.texts import text_table
from jupyter_mlops.views.sweeps.charts import CHARTS, history, importance, value_text

__all__ = ["sweep", "sweep_bundle"]

_MOST_BEST, _MOST_COLUMNS, _MOST_ERRORS, _LONGEST = 10, 12, 3, 200
_WORDS = {"RUNNING": "running", "FINISHED": "finished", "FAILED": "failed", "KILLED": "interrupted"}
_SIGNS = {"RUNNING": "▶", "FINISHED": "✓", "FAILED": "✗", "KILLED": "■"}


def sweep(store: TrackingStore, run_id: str, chart: Literal["history", "importance", "parallel"] = "history") -> dict[str, Any]:
    """A sweep as it is now, with one of its charts.

    Parameters
    ----------
    store : TrackingStore
    run_id : str
        Of the sweep.
    chart : {"history", "importance", "parallel"}

    Returns
    -------
    dict
        What the view draws, and its ``figure`` (Plotly's JSON) and ``numbers``.

    Raises
    ------
    NotFound
        There is no such run, or it is no sweep.

    Notes
    -----
    Three sessions, however many trials; importances take 0.3 s.
    """
    record = read_sweep(store, run_id)
    figure, numbers = CHARTS[chart](record)
    return {**sweep_view(record), "chart": {"figure": figure, "numbers": numbers}}


def sweep_bundle(record: SweepRecord, given_name: str | None = None, kernel: str | None = None) -> dict[str, Any]:
    """The sweep in all forms; `given_name` is the name that the user gave, `kernel` the id of the one that runs it."""
    is_running = record.status == "RUNNING"
    view = {"view": "sweep", "id": record.run_id, "store": record.store, "kernel": kernel if is_running else None, **sweep_view(record)}
    return bundle(view, _html(record, given_name), _text(record, given_name))


def sweep_view(record: SweepRecord) -> dict[str, Any]:
    """What the page draws of it, charts left out."""
    plan = record.plan
    return {
        "sweep": {
            "run_id": record.run_id, "name": record.name, "experiment": record.experiment, "status": record.status,
            "metric": plan.metric, "maximize": plan.maximize, "n": plan.n, "done": record.done,
            "running": record.count("RUNNING"), "pruned": record.count("PRUNED"), "failed": record.count("FAILED"),
            "start_time": record.start_time, "elapsed": round(record.elapsed, 1),
            "left": None if record.left_s is None else round(record.left_s, 1), "error": record.error,
        },
        "dimensions": list(plan.space)[:_MOST_COLUMNS],
        "best": [
            {"number": one.number, "run_id": one.run_id, "value": as_json(one.value), "params": _texts(record, one)}
            for one in record.ranked()[:_MOST_BEST]
        ],
        "errors": [{"number": one.number, "error": one.error} for one in _failures(record)],
    }  # fmt: skip


def _texts(record: SweepRecord, trial: TrialRecord) -> list[str]:
    return [value_text(trial.params[name])[:_LONGEST] for name in list(record.plan.space)[:_MOST_COLUMNS]]


def _failures(record: SweepRecord) -> list[TrialRecord]:
    return [one for one in record.trials if one.status == "FAILED" and one.error][-_MOST_ERRORS:]


def _troubles(record: SweepRecord) -> list[str]:
    return [record.error] if record.error else [f"trial {one.number}: {one.error}" for one in _failures(record)]


def _heading(record: SweepRecord, given_name: str | None) -> str:
    name = given_name if is_plain() else record.name
    done = f"{record.done} of {record.plan.n} trials"
    asides = [f"{count} {word}" for word in ("pruned", "failed") if (count := record.count(word.upper()))]
    parts = [f"{_SIGNS.get(record.status, '')} {name or 'sweep'} {_WORDS.get(record.status, record.status)}", done, *asides]
    if not is_plain():
        parts[0] += f" {'after' if record.status == 'RUNNING' else 'in'} {duration_text(record.elapsed)}"
        parts += [f"about {duration_text(record.left_s)} left"] if record.left_s is not None else []
    return " · ".join([*parts, record.experiment])


def _best_line(record: SweepRecord) -> str:
    plan, ranked = record.plan, record.ranked()
    aim = f"{'greatest' if plan.maximize else 'least'} {plan.metric}"
    if not ranked:
        return f"no trial has a score yet ({aim} is wanted)" if record.status == "RUNNING" else f"no trial has a score ({aim} was wanted)"
    best = ranked[0]
    point = ", ".join(f"{name} = {value_text(value)}" for name, value in best.params.items())
    return f"{aim}: {number_text(best.value or 0.0)} by trial {best.number}, with {point}"


def _table(record: SweepRecord) -> tuple[list[str], list[list[Any]]]:
    names = list(record.plan.space)[:_MOST_COLUMNS]
    rows = [[one.number, one.value, *(one.params[name] for name in names)] for one in record.ranked()[:_MOST_BEST]]
    return ["trial", record.plan.metric, *names], rows


def _html(record: SweepRecord, given_name: str | None) -> str:
    shown = f"<p><b>{escape(_heading(record, given_name))}</b><br>{escape(_best_line(record))}</p>"
    if lines := _troubles(record):
        shown += f"<p>{'<br>'.join(map(escape, lines))}</p>"
    columns, rows = _table(record)
    if rows:
        shown += table(columns, rows)
    return shown + ("" if record.status == "RUNNING" else _pictures(record))


def _pictures(record: SweepRecord) -> str:
    figures = [(history(record)[0], f"{record.plan.metric} of every trial, and the best so far", 280)]
    if len(record.plan.space) > 1:
        shares = importance(record)[0]
        figures.append((shares, f"how much {record.plan.metric} depends on each dimension", shares["layout"]["height"]))
    return "".join(f"<p>{figure_image(figure, title, height=height)}</p>" for figure, title, height in figures if figure["data"])


def _text(record: SweepRecord, given_name: str | None) -> str:
    columns, rows = _table(record)
    lines = [_heading(record, given_name), *(f"  {line}" for line in (_best_line(record), *_troubles(record)))]
    return "\n".join(lines) + (f"\n{text_table(columns, rows)}" if rows else "")
