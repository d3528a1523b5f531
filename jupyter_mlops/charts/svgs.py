"""Still pictures: a Plotly figure of ours as a small SVG, for wherever no script runs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from jupyter_mlops.charts.marks import Panel, draw, lettering, paint_of, values_of
from jupyter_mlops.charts.parallel_marks import draw_parallel
from jupyter_mlops.charts.scales import Fit, scale_of

__all__ = ["figure_image", "figure_svg"]

_FONT, _LETTER, _LINE, _EDGE = 11, 6.1, 16, 14
_DRAWN = ("scatter", "scattergl", "bar", "box", "heatmap")
_MOST_TRACES, _MOST_LEGENDS, _MOST_LEGEND = 40, 20, 28
_IMAGE_POINTS = 480
_GROUND = (
    "<style>svg{color:#1f2328;background:#fff}"
    "@media(prefers-color-scheme:dark){svg{color:#e6e6e6;background:#111}}</style>"
)


def figure_svg(figure: Mapping[str, Any], width: int = 640, height: int = 360, title: str = "", ground: bool = False, points: int = 1000) -> str:
    """A figure as SVG: lines, markers, bars, boxes, heat maps and parallel coordinates, with axes and a legend.

    Parameters
    ----------
    figure : mapping
        Plotly's JSON, ``{"data": [...], "layout": {...}}``.
    width, height : int, pixels
    title : str, optional
        What the picture is, for who cannot see it.
    ground : bool, default False
        Paint a ground of its own, light or dark as the reader prefers: inside ``<img>`` the colours of the page do not reach.
    points : int, default 1000
        How many points all lines together may have; 1,000 are some 7 kB.

    Returns
    -------
    str
        SVG without scripts and references, all text escaped. Text has the colour of the text round it, ``currentColor``.

    Notes
    -----
    Seldom more than 10 kB: of long lines the lowest and highest points of each stretch are kept, of many traces 40.

    Examples
    --------
    >>> svg = figure_svg({"data": [{"x": [1, 2, 3], "y": [0.5, 0.3, 0.2]}], "layout": {"xaxis": {"title": {"text": "step"}}}})
    >>> svg[:4], ">step</text>" in svg, len(svg) < 2500
    ('<svg', True, True)
    """
    layout = _dict(figure.get("layout"))
    traces = [_dict(trace) for trace in figure.get("data") or () if _dict(trace).get("type", "scatter") in _DRAWN][:_MOST_TRACES]
    legend, rows = _legend(layout, traces, width)
    title_text = _text_of(layout.get("title"))
    top = _EDGE + (_LINE + 4 if title_text else 0)
    field = (_EDGE, top, width - 2 * _EDGE, height - top - _EDGE - rows * _LINE)
    body = "".join(_subplot(layout, traces, axes, field, points) for axes in dict.fromkeys(map(_axes_of, traces)))
    whole = [_dict(trace) for trace in figure.get("data") or () if _dict(trace).get("type") == "parcoords"]
    body += "".join(draw_parallel(trace, field) for trace in whole[:1])
    heading = f'<text x="{width / 2:g}" y="{_EDGE + 6}" text-anchor="middle" font-weight="600">{lettering(title_text, 90)}</text>'
    said = escape(title or title_text or "chart", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{said}" font-family="system-ui,sans-serif" font-size="{_FONT}" fill="currentColor">'
        f"{_GROUND if ground else ''}{heading if title_text else ''}{body or _nothing(width, height)}"
        f'<g transform="translate({_EDGE} {height - rows * _LINE})">{legend}</g></svg>'
    )


def figure_image(figure: Mapping[str, Any], title: str, width: int = 640, height: int = 360) -> str:
    """The picture as ``<img>``, which notebooks, GitHub, nbviewer and nbconvert keep; `title` is what it says to who cannot see it.

    Notes
    -----
    Not ``<svg>`` in the HTML, which sanitizers take out, nor the MIME type ``image/svg+xml``, which older nbconvert, GitHub
    and nbviewer put through a filter for HTML that leaves black boxes.

    Examples
    --------
    >>> figure_image({"data": [], "layout": {}}, "loss by step")[:48]
    '<img alt="loss by step" width="640" height="360"'
    """
    svg = b64encode(figure_svg(figure, width, height, title, True, _IMAGE_POINTS).encode()).decode()
    return f'<img alt="{escape(title, quote=True)}" width="{width}" height="{height}" src="data:image/svg+xml;base64,{svg}">'


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text_of(title: Any) -> str:
    return str(_dict(title).get("text") or "") if isinstance(title, Mapping) else str(title or "")


def _nothing(width: int, height: int) -> str:
    return f'<text x="{width / 2:g}" y="{height / 2:g}" text-anchor="middle">Nothing to draw</text>'


def _axes_of(trace: Mapping[str, Any]) -> tuple[str, str]:
    return str(trace.get("xaxis", "x")), str(trace.get("yaxis", "y"))


def _axis(layout: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _dict(layout.get(f"{name[0]}axis{name[1:]}"))


def _subplot(
    layout: Mapping[str, Any], traces: Sequence[Mapping[str, Any]], axes: tuple[str, str], field: tuple[float, float, float, float], points: int
) -> str:
    """One pair of axes with what is drawn on it."""
    x_axis, y_axis = (_axis(layout, name) for name in axes)
    mine = [(index, trace) for index, trace in enumerate(traces) if _axes_of(trace) == axes]
    values = [values_of(trace) for _, trace in mine]
    x, y = (scale_of(axis, [v for one in values for v in one[side]], _fit(mine, side)) for side, axis in enumerate((x_axis, y_axis)))
    left, top, wide, tall = _placed(x_axis, y_axis, field)
    shown = [one.get("visible", True) is not False for one in (x_axis, y_axis)]
    y_ticks = y.ticks(max(int(tall / 40), 2)) if shown[1] else []
    labels = max((len(label) for _, label in y_ticks), default=0) * _LETTER + (_LINE if _text_of(y_axis.get("title")) else 0)
    below = (_LINE if shown[0] else 0) + (_LINE if _text_of(x_axis.get("title")) else 0)
    lines = max(sum(trace.get("type", "scatter").startswith("scatter") for _, trace in mine), 1)
    panel = Panel(left + labels + 6, top, wide - labels - 6, tall - below, x, y, max(points // lines, 8))
    is_group = layout.get("barmode", "group") == "group"
    return _frame(panel, x_axis, y_axis, shown) + "".join(_drawn(mine, panel, is_group))


def _fit(traces: Sequence[tuple[int, Mapping[str, Any]]], side: int) -> Fit:
    kinds = {trace.get("type", "scatter") for _, trace in traces}
    lies = any(trace.get("orientation") == "h" for _, trace in traces)
    return "cells" if "heatmap" in kinds else "bars" if "bar" in kinds and lies == (side == 0) else "points"


def _placed(
    x_axis: Mapping[str, Any], y_axis: Mapping[str, Any], field: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    (left, right), (low, high) = (axis.get("domain") or (0, 1) for axis in (x_axis, y_axis))
    x, y, wide, tall = field
    return x + left * wide, y + (1 - high) * tall, (right - left) * wide, (high - low) * tall


def _drawn(traces: Sequence[tuple[int, Mapping[str, Any]]], panel: Panel, is_group: bool) -> list[str]:
    beside = [index for index, trace in traces if trace.get("type") == "bar" and is_group]
    beside = beside or [index for index, trace in traces if trace.get("type") == "box" and trace.get("x")]
    places = {index: (order, len(beside)) for order, index in enumerate(beside)}
    return [draw(trace, index, panel, places.get(index, (0, 1))) for index, trace in traces]


def _frame(panel: Panel, x_axis: Mapping[str, Any], y_axis: Mapping[str, Any], shown: Sequence[bool]) -> str:
    left, top, wide, tall = panel[:4]
    below = top + tall
    parts, labels, lines = [], "", ""
    if shown[0]:
        widest = max((len(label) for _, label in panel.x.ticks(6)), default=1) * _LETTER + 14
        for share, label in panel.x.ticks(max(int(wide / widest), 2) if panel.x.kind == "category" else min(max(int(wide / widest), 2), 8)):
            labels += f'<text x="{left + share * wide:.0f}" y="{below + 14:.0f}">{lettering(label)}</text>'
            lines += f"M{left + share * wide:.0f} {below:.0f}v4"
        parts.append(f'<g text-anchor="middle">{labels}</g>')
    if shown[1]:
        labels = ""
        for share, label in panel.y.ticks(max(int(tall / 40), 2)):
            y = top + (1 - share) * tall
            labels += f'<text x="{left - 5:.0f}" y="{y + 4:.0f}">{lettering(label)}</text>'
            lines += f"M{left:.0f} {y:.1f}h{wide:.0f}"
        parts.append(f'<g text-anchor="end">{labels}</g>')
    parts += _axis_titles(panel, x_axis, y_axis)
    return f'<path d="{lines}M{left:.1f} {below:.1f}h{wide:.1f}" stroke="currentColor" stroke-opacity=".22"/>{"".join(parts)}'


def _axis_titles(panel: Panel, x_axis: Mapping[str, Any], y_axis: Mapping[str, Any]) -> list[str]:
    left, top, wide, tall = panel[:4]
    found = []
    if text := _text_of(x_axis.get("title")):
        found.append(f'<text x="{left + wide / 2:.0f}" y="{top + tall + 29:.0f}" text-anchor="middle">{lettering(text)}</text>')
    if text := _text_of(y_axis.get("title")):
        widest = max((len(label) for _, label in panel.y.ticks(max(int(tall / 40), 2))), default=0) * _LETTER
        place = f"translate({left - widest - 13:.0f} {top + tall / 2:.0f}) rotate(-90)"
        found.append(f'<text transform="{place}" text-anchor="middle">{lettering(text, 40)}</text>')
    return found


def _legend(layout: Mapping[str, Any], traces: Sequence[Mapping[str, Any]], width: int) -> tuple[str, int]:
    """The names of the traces in lines below the picture, and how many lines these are."""
    named = [(index, str(trace["name"])) for index, trace in enumerate(traces) if trace.get("name") and trace.get("showlegend", True)]
    wanted = layout.get("showlegend", len(named) > 1)
    if not named or not wanted:
        return "", 0
    parts, x, row = [], 0.0, 0
    for index, name in named[:_MOST_LEGENDS]:
        text = lettering(name, _MOST_LEGEND)
        wide = min(len(name), _MOST_LEGEND) * _LETTER + 34
        if x + wide > width - 2 * _EDGE and x:
            x, row = 0.0, row + 1
        parts.append(_key(traces[index], index, x, row * _LINE) + f'<text x="{x + 22:.0f}" y="{row * _LINE + 4}">{text}</text>')
        x += wide
    if len(named) > _MOST_LEGENDS:
        parts.append(f'<text x="{x:.0f}" y="{row * _LINE + 4}">and {len(named) - _MOST_LEGENDS} more</text>')
    return "".join(parts), row + 1


def _key(trace: Mapping[str, Any], index: int, x: float, y: float) -> str:
    paint = paint_of(trace, index)
    if "lines" in str(trace.get("mode", "lines")) and trace.get("type", "scatter").startswith("scatter"):
        dash = {"dash": "6 4", "dot": "2 3", "dashdot": "6 3 2 3"}.get(str(_dict(trace.get("line")).get("dash")))
        more = f' stroke-dasharray="{dash}"' if dash else ""
        return f'<path d="M{x:.0f} {y}h18" stroke="{paint}" stroke-width="2"{more}/>'
    return f'<rect x="{x + 4:.0f}" y="{y - 5}" width="10" height="10" rx="2" fill="{paint}"/>'
