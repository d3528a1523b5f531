"""The card of a tracked cell: what runs now, or what came of it."""

from __future__ import annotations

import textwrap
from typing import Any

import msgspec

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.views.bundles import bundle, is_plain
from jupyter_mlops.views.html import escape, table
from jupyter_mlops.views.notes import note_html
from jupyter_mlops.views.numbers import duration_text, number_text

__all__ = ["Card", "card_bundle"]

_WORDS = {"RUNNING": "running", "FINISHED": "finished", "FAILED": "failed", "KILLED": "killed"}
_SIGNS = {"RUNNING": "▶", "FINISHED": "✓", "FAILED": "✗", "KILLED": "■"}
_MOST_SHOWN = 30
_LONGEST_NOTE = 2000
_LONGEST_WARNING = 500


class Card(msgspec.Struct, frozen=True):
    """What the card of a tracked cell shows.

    Attributes
    ----------
    given_name : str or None
        The name in the magic's line; a generated one is not shown where outputs must not change.
    elapsed : float, seconds
    metrics : list of (key, value, step, recent values)
    error : str or None
        Kind and message of the exception, one line.
    children : int
        Runs begun inside the cell.
    note : str or None
        The run's description, Markdown.
    warnings : list of str
        What makes the run hard to make again, one line each.
    """

    store: str
    run_id: str
    name: str
    given_name: str | None
    experiment: str
    status: str
    start_time: int
    end_time: int | None
    elapsed: float
    params: list[tuple[str, str]]
    metrics: list[tuple[str, float, int, list[float]]]
    error: str | None = None
    children: int = 0
    note: str | None = None
    warnings: list[str] = []


def card_bundle(card: Card) -> dict[str, Any]:
    """The card in all forms."""
    view = {
        "view": "card",
        "id": card.run_id,
        "store": card.store,
        "run": {
            "run_id": card.run_id, "name": card.name, "experiment": card.experiment, "status": card.status,
            "start_time": card.start_time, "end_time": card.end_time, "elapsed": round(card.elapsed, 3),
        },
        "params": [{"key": key, "value": value[:200]} for key, value in card.params[:_MOST_SHOWN]],
        "metrics": [
            {"key": key, "value": as_json(value), "step": step, "points": [as_json(point) for point in points]}
            for key, value, step, points in card.metrics[:_MOST_SHOWN]
        ],
        "error": card.error,
        "children": card.children,
        "note": card.note and card.note[:_LONGEST_NOTE],
        "warnings": [warning[:_LONGEST_WARNING] for warning in card.warnings[:_MOST_SHOWN]],
    }  # fmt: skip
    return bundle(view, _html(card), _text(card))


def _heading(card: Card) -> str:
    """Status, name and length of the run; name and length only where they are the same at every execution."""
    name = card.given_name if is_plain() else card.name
    parts = [f"{_SIGNS.get(card.status, '')} {name or 'run'} {_WORDS.get(card.status, card.status)}"]
    if not is_plain():
        parts[0] += f" {'after' if card.status == 'RUNNING' else 'in'} {duration_text(card.elapsed)}"
    if card.children:
        parts.append(f"{card.children} child run{'s' * (card.children != 1)}")
    return " · ".join([*parts, card.experiment])


def _html(card: Card) -> str:
    shown = f"<p><b>{escape(_heading(card))}</b></p>"
    if card.note:
        shown += note_html(card.note[:_LONGEST_NOTE])
    if card.error:
        shown += f"<p>{escape(card.error)}</p>"
    for warning in card.warnings[:_MOST_SHOWN]:
        shown += f"<p>⚠ {escape(warning[:_LONGEST_WARNING])}</p>"
    if card.metrics:
        rows = [[key, value] for key, value, _, _ in card.metrics[:_MOST_SHOWN]]
        shown += table(["metric", "value"], rows)
    if card.params:
        params = ", ".join(f"{key} = {textwrap.shorten(value, 60)}" for key, value in card.params[:_MOST_SHOWN])
        shown += f"<p><small>{escape(params)}</small></p>"
    return shown


def _text(card: Card) -> str:
    lines = [_heading(card)]
    if card.note:
        lines.append(f"  {textwrap.shorten(card.note, 200)}")
    if card.error:
        lines.append(f"  {card.error}")
    lines += [f"  ⚠ {textwrap.shorten(warning, 200)}" for warning in card.warnings[:_MOST_SHOWN]]
    lines += [f"  {key}: {number_text(value)}" for key, value, _, _ in card.metrics[:_MOST_SHOWN]]
    if card.params:
        lines.append(
            "  " + ", ".join(f"{key}={textwrap.shorten(value, 60)}" for key, value in card.params[:_MOST_SHOWN])
        )
    return "\n".join(lines)
