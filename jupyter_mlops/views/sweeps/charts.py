"""The charts of a sweep: its history, which dimensions matter, and all trials in parallel coordinates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlops.charts.fields import Field, RunNames
from jupyter_mlops.charts.importances import importance_figure, param_importances
from jupyter_mlops.charts.parallels import parallel_figure
from jupyter_mlops.charts.sweeps import Point, history_figure
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.sweeps.records import SweepRecord, TrialRecord
from jupyter_mlops.views.formats.numbers import number_text

__all__ = ["CHARTS", "history", "importance", "parallel", "value_text"]

Chart = tuple[dict[str, Any], dict[str, Any]]


def value_text(value: Any) -> str:
    """A value of a dimension as people read it."""
    return number_text(value) if isinstance(value, float) else str(value)


def history(record: SweepRecord) -> Chart:
    """The score of every trial and the best so far: figure and numbers."""
    plan = record.plan
    points = [
        Point(one.number, one.value, one.status, one.run_id, ", ".join(f"{name}={value_text(value)}" for name, value in one.params.items()))
        for one in record.trials
        if one.value is not None
    ]
    return history_figure(points, plan.metric, plan.maximize), _trials(record, record.trials)


def importance(record: SweepRecord) -> Chart:
    """How much the metric depends on each dimension: figure and numbers."""
    plan, ranked = record.plan, record.ranked()
    found = param_importances(_fields(record, ranked), Field(plan.metric, [one.value for one in ranked]))
    rows = [[one.name, one.importance, one.correlation] for one in found]
    return importance_figure(found, plan.metric), {"columns": ["dimension", "importance", "correlation"], "rows": rows}


def parallel(record: SweepRecord) -> Chart:
    """An axis a dimension and one of the metric, a line a trial: figure and numbers."""
    ranked = record.ranked()
    metric = Field(record.plan.metric, [one.value for one in ranked])
    runs = RunNames([one.run_id for one in ranked], [one.name for one in ranked])
    return parallel_figure(runs, [*_fields(record, ranked), metric], metric), _trials(record, ranked)


CHARTS: Mapping[str, Callable[[SweepRecord], Chart]] = {"history": history, "importance": importance, "parallel": parallel}


def _fields(record: SweepRecord, trials: list[TrialRecord]) -> list[Field]:
    return [Field(name, _column([one.params[name] for one in trials])) for name in record.plan.space]


def _column(values: list[Any]) -> list[Any]:
    are_numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return values if are_numbers else [str(value) for value in values]


def _trials(record: SweepRecord, trials: list[TrialRecord]) -> dict[str, Any]:
    names = list(record.plan.space)
    rows = [[one.number, one.status.lower(), as_json(one.value), *(as_json(one.params[name]) for name in names)] for one in trials]
    return {"columns": ["trial", "status", record.plan.metric, *names], "rows": rows}
