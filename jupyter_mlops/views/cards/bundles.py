"""The card of a tracked cell in all forms: what runs now, or what came of it."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.alerts import Alert
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.views.cards.cards import Card, CardMetric, Step
from jupyter_mlops.views.cards.forms import card_html, card_text
from jupyter_mlops.views.formats.bundles import bundle

__all__ = ["card_bundle"]

_MOST_METRICS, _MOST_UNFOLDED, _MOST_PARAMS, _MOST_ALERTS, _MOST_WARNINGS = 24, 8, 12, 5, 6
_LONGEST_KEY, _LONGEST_VALUE, _LONGEST_LINE, _LONGEST_NOTE = 80, 80, 200, 1500
_POINTS, _FEW_POINTS = 32, 8


def card_bundle(card: Card) -> dict[str, Any]:
    """The card in all forms: below 20 kB, also of a run with thousands of metrics."""
    card = _bounded(card)
    view = {
        "view": "card",
        "id": card.run_id,
        "store": card.store,
        "kernel": card.kernel,
        "run": {
            "run_id": card.run_id, "name": card.name, "experiment": card.experiment, "status": card.status,
            "start_time": card.start_time, "end_time": card.end_time, "elapsed": round(card.elapsed, 3),
        },
        "params": [{"key": key, "value": value} for key, value in card.params],
        "more_params": card.more_params,
        "metrics": [_metric(*pair) for pair in enumerate(card.metrics)],
        "more_metrics": card.more_metrics,
        "error": card.error,
        "children": card.children,
        "note": card.note,
        "warnings": card.warnings,
        "alerts": [one.to_dictionary() for one in card.alerts],
        "estimate": msgspec.to_builtins(card.estimate),
        "memory": card.memory,
        "gauges": [{"key": one.key, "value": round(one.value), "points": list(map(round, one.points))} for one in card.gauges],
        "figures": card.figures,
        "log": card.log,
        "stage": card.stage,
        "steps": None if card.steps is None else list(map(_step, card.steps)),
        "more_steps": card.more_steps,
        "apart": card.apart,
        "has_cells": card.has_cells,
    }  # fmt: skip
    return bundle(view, card_html(card), card_text(card))


def _bounded(card: Card) -> Card:
    """The card with as much of everything as a person looks at."""
    return msgspec.structs.replace(
        card,
        params=[(key[:_LONGEST_KEY], value[:_LONGEST_VALUE]) for key, value in card.params[:_MOST_PARAMS]],
        more_params=max(0, len(card.params) - _MOST_PARAMS),
        metrics=[msgspec.structs.replace(one, key=one.key[:_LONGEST_KEY]) for one in card.metrics[:_MOST_METRICS]],
        more_metrics=max(0, len(card.metrics) - _MOST_METRICS),
        note=card.note and card.note[:_LONGEST_NOTE],
        warnings=[warning[:_LONGEST_LINE] for warning in card.warnings[:_MOST_WARNINGS]],
        alerts=[_short(alert) for alert in card.alerts[-_MOST_ALERTS:]],
    )


def _step(step: Step) -> dict[str, Any]:
    """Short keys and no empty ones: there are up to a hundred."""
    metric = step.metric and {"key": step.metric[0], "value": as_json(_rounded(step.metric[1], 6))}
    record = {**msgspec.to_builtins(step), "metric": metric}
    return {key: value for key, value in record.items() if value is not None}


def _short(alert: Alert) -> Alert:
    return msgspec.structs.replace(alert, text=alert.text[:_LONGEST_LINE])


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else float(f"{value:.{digits}g}")


def _metric(index: int, metric: CardMetric) -> dict[str, Any]:
    most = _POINTS if index < _MOST_UNFOLDED else _FEW_POINTS
    points = metric.points[:: -max(1, -(-len(metric.points) // most))][::-1]  # the newest stays
    return {
        "key": metric.key,
        "value": as_json(metric.value),
        "step": metric.step,
        "points": [as_json(_rounded(point, 3)) for point in points],  # for the eye: three digits are enough
        "low": as_json(_rounded(metric.low, 6)),
        "high": as_json(_rounded(metric.high, 6)),
        "trend": metric.trend,
    }
