"""The card of a served model: what it knows, and as HTML and text for files that are read elsewhere."""

from __future__ import annotations

import shlex
from typing import Any

import msgspec

from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import escape, table
from jupyter_mlops.views.formats.numbers import bytes_text, duration_text, number_text, time_text

__all__ = ["ServedCard", "bucket_list", "calls_of", "model_text", "served_html", "served_text"]

_FRAME = "border:1px solid rgba(128,128,128,.35);border-radius:4px;padding:8px 12px;max-width:760px"
_SIGNS = {"loading": "…", "ready": "▶", "ended": "■", "failed": "✗"}
_BAR, _GAP, _HEIGHT, _LABEL = 34, 4, 60, 14
_LONGEST_EXAMPLE, _LONGEST_ERROR = 600, 2000


class ServedCard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a served model.

    Attributes
    ----------
    status : {"loading", "ready", "ended", "failed"}
    name : str
        What the user calls it: the URI, or a name that was given.
    model : str
        What answers: the version, where the URI is a stage or an alias.
    run_id : str
        The run that logged it; empty where there is none.
    started, seen : int, milliseconds since the epoch
    ended : int or None, milliseconds since the epoch
    rate : float
        Requests in a second, of the last ten seconds.
    rates : list of float
        The same of every five seconds before.
    statuses : dict of str to int
        Answers by HTTP status.
    buckets : list of dict
        ``most``, in seconds, or None of what took longer than all others, and ``count``.
    quantiles : dict of str to float
        Seconds, by ``p50, p95, p99``; empty before the first request.
    memory : int or None, bytes
    log : str
        Its last lines.
    curl, python : str
        How it is asked.
    """

    status: str
    name: str
    uri: str
    model: str = ""
    run_id: str = ""
    url: str = ""
    workers: int = 1
    follow: bool = False
    started: int = 0
    seen: int = 0
    ended: int | None = None
    requests: int = 0
    errors: int = 0
    rate: float = 0.0
    rates: list[float] = []
    waiting: int = 0
    statuses: dict[str, int] = {}
    buckets: list[dict[str, Any]] = []
    quantiles: dict[str, float] = {}
    memory: int | None = None
    log: str = ""
    error: str | None = None
    curl: str = ""
    python: str = ""


def bucket_list(buckets: list[tuple[float, int]]) -> list[dict[str, Any]]:
    """The part of a histogram that holds something, as `ServedCard` has it.

    Examples
    --------
    >>> bucket_list([(0.1, 0), (0.2, 3), (float("inf"), 1)])
    [{'most': 0.2, 'count': 3}, {'most': None, 'count': 1}]
    """
    filled = [place for place, (_, count) in enumerate(buckets) if count]
    kept = buckets[filled[0] : filled[-1] + 1] if filled else []
    return [{"most": None if bound == float("inf") else bound, "count": count} for bound, count in kept]


def calls_of(url: str, example: dict[str, Any] | None) -> tuple[str, str]:
    """How a model is asked, by curl and in Python, with its example's first row.

    Examples
    --------
    >>> curl, python = calls_of("http://h:1", {"dataframe_split": {"columns": ["x"], "data": [[1.5], [2.5]]}})
    >>> print(curl)
    curl http://h:1/invocations -H 'Content-Type: application/json' -d '{"dataframe_split":{"columns":["x"],"data":[[1.5]]}}'
    >>> print(python)
    import pandas as pd
    from jupyter_mlops import serving
    <BLANKLINE>
    df = pd.DataFrame([[1.5]], columns=['x'])
    serving.client('http://h:1').predict(df)
    """
    body, data, begin = "@request.json", "df", ""
    if example is not None:
        example, split = dict(example), example.get("dataframe_split")
        if isinstance(split, dict):
            example["dataframe_split"] = split = {"columns": split["columns"], "data": split["data"][:1]}
            begin = f"df = pd.DataFrame({split['data']!r}, columns={split['columns']!r})\n"
        else:
            data = repr(next((example[key] for key in ("inputs", "instances") if key in example), example))
        data += f", params={example['params']!r}" if "params" in example else ""
        written = msgspec.json.encode(example).decode()
        if len(written) > _LONGEST_EXAMPLE:  # nobody would read it
            data, begin = "df", ""
        else:
            body = shlex.quote(written)
    python = f"from jupyter_mlops import serving\n\n{begin}serving.client({url!r}).predict({data})"
    return f"curl {url}/invocations -H 'Content-Type: application/json' -d {body}", ("import pandas as pd\n" if begin else "") + python


def model_text(card: ServedCard) -> str:
    """What is served, and which version that is.

    Examples
    --------
    >>> model_text(ServedCard(status="ready", name="models:/wine@champion", uri="models:/wine@champion", model="models:/wine/3"))
    'models:/wine@champion → version 3'
    """
    name, _, version = card.model.removeprefix("models:/").rpartition("/")
    known = name and card.model.startswith("models:/") and card.model != card.uri
    asked = card.name if card.name == card.uri else f"{card.name} ({card.uri})"
    return f"{asked} → version {version}" if known else asked


def served_text(card: ServedCard) -> str:
    """The card as lines of text."""
    lines = [f"{_SIGNS[card.status]} {model_text(card)}{_state(card)}"]
    if not is_plain():
        lines += [f"  {card.url}"] if card.url else []
        lines += [f"  {name}: {value}" for name, value in _numbers(card)] if card.requests else []
    lines += [f"  {card.error}"] if card.error else []
    return "\n".join(lines)


def served_html(card: ServedCard) -> str:
    """The card as HTML: no script, nothing from elsewhere, readable where styles and SVG are taken out."""
    parts = [f"<div><b>{_SIGNS[card.status]} {escape(model_text(card))}</b>{escape(_state(card))}</div>"]
    if not is_plain():
        parts += [f"<div><code>{escape(card.url)}</code></div>"] if card.url else []
        if card.requests:
            names, values = zip(*_numbers(card), strict=True)
            parts += [table(names, [values]), _histogram(card.buckets)]
        elif card.url:
            parts.append("<div><small>no request yet</small></div>")
    if card.error:
        parts.append(f'<pre style="white-space:pre-wrap;border-left:3px solid #d1383d;padding-left:8px">{escape(card.error[-_LONGEST_ERROR:])}</pre>')
    return f'<div style="{_FRAME}">{"".join(parts)}</div>'


def _state(card: ServedCard) -> str:
    """What a file can say: a server that was there when it was written is not there for ever."""
    if is_plain():
        return " · served" if card.status == "ready" else f" · {card.status}"
    if card.status == "ready":
        return f" · serving when last seen, {time_text(card.seen)} UTC"
    return f" · ended {time_text(card.ended)} UTC" if card.status == "ended" and card.ended else f" · {card.status}"


def _numbers(card: ServedCard) -> list[tuple[str, str]]:
    numbers = [("requests", f"{card.requests:,}"), ("errors", _errors(card)), ("requests/s", number_text(round(card.rate, 1)))]
    numbers += [(name, latency_text(seconds)) for name, seconds in card.quantiles.items()]
    return numbers + ([("memory", bytes_text(card.memory))] if card.memory else [])


def _errors(card: ServedCard) -> str:
    by_status = ", ".join(f"{status}: {count:,}" for status, count in card.statuses.items() if not status.startswith("2"))
    return f"{card.errors:,} ({by_status})" if by_status else "0"


def latency_text(seconds: float) -> str:
    """How long an answer took, in three digits.

    Examples
    --------
    >>> latency_text(0.00152), latency_text(0.25), latency_text(2)
    ('1.52 ms', '250 ms', '2.0 s')
    """
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else duration_text(seconds)


def _histogram(buckets: list[dict[str, Any]]) -> str:
    """How many answers took how long, as an SVG that takes the colour of the text round it."""
    if not buckets:
        return ""
    most, width = max(one["count"] for one in buckets), len(buckets) * (_BAR + _GAP)
    bars = ""
    for place, one in enumerate(buckets):
        label = "more" if one["most"] is None else f"{latency_text(one['most']).replace('.0 s', ' s')}"
        high, left = one["count"] / most * _HEIGHT, place * (_BAR + _GAP)
        bars += (
            f'<rect x="{left}" y="{_HEIGHT - high:.1f}" width="{_BAR}" height="{high:.1f}" fill="currentColor" opacity="0.55">'
            f"<title>{one['count']:,} within {label}</title></rect>"
            f'<text x="{left + _BAR / 2:.0f}" y="{_HEIGHT + _LABEL - 3}" font-size="9" text-anchor="middle" fill="currentColor">{label}</text>'
        )
    return (
        f'<svg width="{width}" height="{_HEIGHT + _LABEL}" viewBox="0 0 {width} {_HEIGHT + _LABEL}" role="img" aria-label="Histogram of latency">'
        f"{bars}</svg>"
    )
