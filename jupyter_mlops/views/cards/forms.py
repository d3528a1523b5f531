"""The card of a tracked cell, or of a project's run, as HTML and as text, for front ends that lack ours and for files that are read elsewhere."""

from __future__ import annotations

import functools
import textwrap

from jupyter_mlops.views.cards.cards import Card, CardMetric, Estimate, Step
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import cell_text, escape
from jupyter_mlops.views.formats.notes import note_html
from jupyter_mlops.views.formats.numbers import bytes_text, duration_text, number_text
from jupyter_mlops.views.formats.sparklines import sparkline

__all__ = ["card_html", "card_text", "estimate_text"]

_MOST_DRAWN, _MOST_LINES = 8, 16
_note = functools.lru_cache(8)(note_html)  # a card is made several times a second
_WORDS = {"RUNNING": "running", "FINISHED": "finished", "FAILED": "failed", "KILLED": "killed"}
_SIGNS = {"RUNNING": "▶", "FINISHED": "✓", "FAILED": "✗", "KILLED": "■"}
_MARKS = {"info": "ℹ", "warning": "⚠", "error": "✗"}
_FRAME = "border:1px solid rgba(128,128,128,.35);border-radius:4px;padding:8px 12px;max-width:760px"
_RAIL = "border-left:3px solid {};padding-left:8px;margin:6px 0"
_COLOURS = {"info": "#4a90d9", "warning": "#d08700", "error": "#d1383d"}


def card_html(card: Card) -> str:
    """The card as HTML: no script, nothing from elsewhere, readable where styles and SVG are taken out."""
    parts = [f"<div><b>{escape(_heading(card))}</b></div>", _progress(card.estimate)]
    parts += [_rail(_COLOURS[one.level], f"{_MARKS[one.level]} <b>{escape(one.title)}</b> {escape(one.text)}") for one in card.alerts
              if one.level in _COLOURS]  # fmt: skip
    if card.stage:
        parts.append(_small(card.stage))
    if card.note:
        parts.append(_note(card.note))
    if card.error:
        parts.append(_rail(_COLOURS["error"], escape(card.error)))
    parts += [_rail(_COLOURS["warning"], f"⚠ {escape(one)}") for one in card.warnings]
    parts.append(_metrics(card.metrics, card.more_metrics))
    parts.append(_steps(card.steps or [], card.more_steps))
    if card.params:
        params = [f"{key} = {textwrap.shorten(value, 60)}" for key, value in card.params]
        parts.append(_small(", ".join([*params, *_more(card.more_params)])))
    if facts := _facts(card):
        parts.append(_small(facts))
    if card.log:
        lines = escape("\n".join(card.log))
        parts.append(
            f'<details><summary><small>Output</small></summary><pre style="white-space:pre-wrap">{lines}</pre></details>'
        )
    return f'<div style="{_FRAME}">{"".join(parts)}</div>'


def card_text(card: Card) -> str:
    """The card as lines of text."""
    lines = [_heading(card)]
    if (one := card.estimate) is not None:
        lines.append(f"  {estimate_text(one)}")
    if card.stage:
        lines.append(f"  {card.stage}")
    lines += [f"  {_MARKS.get(one.level, '')} {one.title}{f': {one.text}' * bool(one.text)}" for one in card.alerts]
    if card.note:
        lines.append(f"  {textwrap.shorten(card.note, 200)}")
    if card.error:
        lines.append(f"  {card.error}")
    lines += [f"  ⚠ {textwrap.shorten(one, 200)}" for one in card.warnings]
    lines += [f"  {one.key}: {number_text(one.value)}" for one in card.metrics[:_MOST_LINES]]
    lines += [f"  {text}" for text in _more(card.more_metrics + max(0, len(card.metrics) - _MOST_LINES))]
    steps = card.steps or []
    lines += [f"  {'  ' * step.depth}{' · '.join(_step_texts(step))}" for step in steps[:_MOST_LINES]]
    lines += [f"  {text}" for text in _more(card.more_steps + max(0, len(steps) - _MOST_LINES), " steps")]
    if card.params:
        lines.append("  " + ", ".join(f"{key}={textwrap.shorten(value, 60)}" for key, value in card.params))
    return "\n".join(lines)


def estimate_text(estimate: Estimate) -> str:
    """How far and how long still, with what this is known by.

    Examples
    --------
    >>> estimate_text(Estimate(12.0, 0.5, 25, 50, "epochs")), estimate_text(Estimate(None, None, usual=42.0))
    ('25 of 50 epochs · about 12 s left', 'longer than the usual 42 s')
    """
    parts = []
    if estimate.total is not None:
        parts.append(f"{estimate.done:,} of {estimate.total:,} {estimate.by}".rstrip())
    if estimate.left is not None:
        parts.append(f"about {_roughly(estimate.left)} left")
    if estimate.usual is not None:
        before = "usually" if estimate.left is not None else "longer than the usual"
        parts.append(f"{before} {_roughly(estimate.usual)}")
    return " · ".join(parts)


def _roughly(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else duration_text(seconds)


def _heading(card: Card) -> str:
    """Status, name and length of the run; name and length only where they are the same at every execution."""
    plain = is_plain()
    name = card.given_name if plain else card.name
    parts = [f"{_SIGNS.get(card.status, '')} {name or 'run'} {_WORDS.get(card.status, card.status)}"]
    if not plain:
        parts[0] += f" {'after' if card.status == 'RUNNING' else 'in'} {duration_text(card.elapsed)}"
    if card.children:
        parts.append(f"{card.children} child run{'s' * (card.children != 1)}")
    return " · ".join([*parts, card.experiment])


def _progress(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    bar = ""
    if estimate.share is not None:
        bar = (
            '<div style="background:rgba(128,128,128,.25);border-radius:2px;height:4px;margin-top:6px">'
            f'<div style="background:#4a90d9;border-radius:2px;height:4px;width:{estimate.share * 100:.0f}%"></div></div>'
        )
    return f"{bar}{_small(estimate_text(estimate))}"


def _metrics(metrics: list[CardMetric], more: int) -> str:
    if not metrics:
        return ""
    rows = "".join(_row(metric, index < _MOST_DRAWN) for index, metric in enumerate(metrics))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("metric", "value", "min", "max", ""))
    made = f'<table style="text-align:right"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return made + "".join(map(_small, _more(more)))


def _steps(steps: list[Step], more: int) -> str:
    """The tree as a table, for what takes styles out; what is inside stands further in."""
    if not steps:
        return ""
    rows = "".join(
        f'<tr><td style="text-align:left">{"&emsp;" * (step.depth + 1) if step.depth else ""}{escape(name)}</td>'
        + "".join(f"<td>{escape(text)}</td>" for text in rest) + "</tr>"
        for step in steps
        for name, *rest in [_step_texts(step)]
    )  # fmt: skip
    head = "".join(f'<th scope="col">{name}</th>' for name in ("step", *(() if is_plain() else ("took",)), "metric"))
    made = f'<table style="text-align:right"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return made + "".join(map(_small, _more(more, " steps")))


def _step_texts(step: Step) -> list[str]:
    """Status and name, how long it took, and its metric; no generated name and no time where these must not change."""
    name = step.entry_point or ("run" if is_plain() else step.name)
    if step.entry_point and not is_plain() and step.name != step.entry_point:
        name = f"{name} ({step.name})"
    took = [] if is_plain() else [duration_text((step.end_time - step.start_time) / 1000) if step.end_time else ""]
    return [f"{_SIGNS.get(step.status, '')} {name}", *took, f"{step.metric[0]} {number_text(step.metric[1])}" if step.metric else ""]


def _more(count: int, of: str = "") -> list[str]:
    return [f"and {count} more{of}"] if count else []


def _row(metric: CardMetric, is_drawn: bool) -> str:
    is_one = len(metric.points) < 2
    numbers = [metric.value, *((None, None) if is_one else (metric.low, metric.high))]
    cells = "".join(f"<td>{escape(cell_text(value))}</td>" for value in numbers)
    line = sparkline(metric.points) if is_drawn else ""
    trend = f" <small>{_trend(metric)}</small>" if metric.trend else ""
    return f'<tr><td style="text-align:left">{escape(metric.key)}</td>{cells}<td>{line}{trend}</td></tr>'


def _trend(metric: CardMetric) -> str:
    return f"{'↑' if metric.points[-1] > metric.points[-2] else '↓'} {metric.trend}"


def _facts(card: Card) -> str:
    """Memory, figures and the machine; nothing that differs between two executions where outputs must not change."""
    facts = [f"{card.figures} figure{'s' * (card.figures != 1)}"] if card.figures else []
    if not is_plain():
        facts += [f"peak memory {bytes_text(card.memory)}"] if card.memory else []
        facts += [f"{one.key.replace('_', ' ')} {one.value:.0f} %" for one in card.gauges]
    return " · ".join(facts)


def _rail(colour: str, inner: str) -> str:
    return f'<div style="{_RAIL.format(colour)}">{inner}</div>'


def _small(text: str) -> str:
    return f"<div><small>{escape(text)}</small></div>"
