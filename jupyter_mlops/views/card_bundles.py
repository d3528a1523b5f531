"""The card of a tracked cell in all forms: what runs now, or what came of it."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.views.bundles import bundle
from jupyter_mlops.views.card_forms import LONGEST_NOTE, LONGEST_WARNING, MOST_SHOWN, card_html, card_text
from jupyter_mlops.views.cards import Card, CardMetric

__all__ = ["card_bundle"]


def card_bundle(card: Card) -> dict[str, Any]:
    """The card in all forms, below 20 kB whatever the run holds."""
    view = {
        "view": "card",
        "id": card.run_id,
        "store": card.store,
        "kernel": card.kernel,
        "run": {
            "run_id": card.run_id, "name": card.name, "experiment": card.experiment, "status": card.status,
            "start_time": card.start_time, "end_time": card.end_time, "elapsed": round(card.elapsed, 3),
        },
        "params": [{"key": key, "value": value[:200]} for key, value in card.params[:MOST_SHOWN]],
        "metrics": [_metric(metric) for metric in card.metrics[:MOST_SHOWN]],
        "more_metrics": max(0, len(card.metrics) - MOST_SHOWN),
        "error": card.error,
        "children": card.children,
        "note": card.note and card.note[:LONGEST_NOTE],
        "warnings": [warning[:LONGEST_WARNING] for warning in card.warnings[:MOST_SHOWN]],
        "alerts": [one.to_dictionary() for one in card.alerts],
        "estimate": msgspec.to_builtins(card.estimate),
        "memory": card.memory,
        "gauges": [{"key": one.key, "value": round(one.value), "points": list(map(round, one.points))} for one in card.gauges],
        "figures": card.figures,
        "log": card.log,
    }  # fmt: skip
    return bundle(view, card_html(card), card_text(card))


def _metric(metric: CardMetric) -> dict[str, Any]:
    return {
        "key": metric.key,
        "value": as_json(metric.value),
        "step": metric.step,
        "points": [as_json(float(f"{point:.4g}")) for point in metric.points],  # for the eye: four digits are enough
        "low": as_json(metric.low),
        "high": as_json(metric.high),
        "trend": metric.trend,
    }
