"""Marks of still pictures: the SVG of one trace of a Plotly figure, drawn between two scales."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from statistics import quantiles
from typing import Any, NamedTuple

from jupyter_mlops.charts.palettes import SCALE, colour
from jupyter_mlops.charts.scales import Scale

__all__ = ["Panel", "draw", "lettering", "paint_of", "shades", "values_of"]

_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|rgba?\([\d.,% ]+\)|[a-zA-Z]{3,20}")
_DASHES = {"dash": "6 4", "dot": "2 3", "dashdot": "6 3 2 3", "longdash": "10 4"}
_STOPS = tuple(tuple(bytes.fromhex(str(paint)[1:])) for _, paint in SCALE)
_SHADES, _SEEN_PX = 12, 0.3
_MOST_MARKERS, _MOST_CELLS, _MOST_CELL_TEXTS = 300, 24, 144
Point = tuple[float, float]


class Panel(NamedTuple):
    """Where traces are drawn: the edges of the field, its scales, and how many points a line may have."""

    left: float
    top: float
    width: float
    height: float
    x: Scale
    y: Scale
    points: int

    def at(self, x: Any, y: Any) -> Point | None:
        """The place of a point; None when it has none."""
        across, up = self.x.share(x), self.y.share(y)
        if across is None or up is None:
            return None
        return self.left + across * self.width, self.top + (1 - up) * self.height


def lettering(text: object, most: int = 60) -> str:
    """Text as SVG has it; figures hold it as Plotly's HTML, of which only the escapes are meant.

    Examples
    --------
    >>> lettering("run &lt;1&gt;"), lettering("a < b"), lettering("gradient boosting", 10)
    ('run &lt;1&gt;', 'a &lt; b', 'gradient …')
    """
    plain = unescape(str(text))
    return escape(plain if len(plain) <= most else plain[: most - 1] + "…")


def values_of(trace: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """What stands on the two axes, in pairs where both are given."""
    x, y = _listed(trace.get("x")), _listed(trace.get("y"))
    if trace.get("type") == "heatmap":
        rows = _listed(trace.get("z"))
        width = max((len(row) for row in rows if isinstance(row, (list, tuple))), default=0)
        return x or list(range(width)), y or list(range(len(rows)))
    if trace.get("type") == "box":
        return (x or [str(trace.get("name", ""))] * len(y), y) if y else (x, [])
    return (x or list(range(len(y)))), (y or list(range(len(x))))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def draw(trace: Mapping[str, Any], index: int, panel: Panel, place: tuple[int, int] = (0, 1)) -> str:
    """The trace number `index` as SVG; `place` says which it is of how many bars or boxes that stand side by side."""
    kind = trace.get("type", "scatter")
    if kind == "heatmap":
        return "".join(_cells(trace, panel))
    paint = paint_of(trace, index)
    if kind == "bar":
        return "".join(_bars(trace, panel, paint, place))
    if kind == "box":
        return "".join(_boxes(trace, panel, paint, place))
    return _scatter(trace, panel, paint)


def paint_of(trace: Mapping[str, Any], index: int) -> str:
    """The colour of a trace, one that SVG knows."""
    for part in ("line", "marker"):
        if isinstance(found := _dict(trace.get(part)).get("color"), str) and _COLOUR.fullmatch(found):
            return found
    return colour(index)[0]


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _scatter(trace: Mapping[str, Any], panel: Panel, paint: str) -> str:
    xs, ys = values_of(trace)
    mode = str(trace.get("mode", "lines"))
    places = [panel.at(x, y) for x, y in zip(xs, ys, strict=False)]
    drawn = ""
    if "lines" in mode:
        drawn += _line(places, panel.points, paint, _dict(trace.get("line")))
    if "markers" in mode:
        drawn += "".join(_markers(trace, places, paint))
    if "text" in mode:
        drawn += "".join(_texts(trace, places))
    return drawn


def _line(places: Sequence[Point | None], most: int, paint: str, style: Mapping[str, Any]) -> str:
    steps = _stepped if style.get("shape") == "hv" else list
    parts = "".join(_path(straightened(steps(thinned(part, most)))) for part in _unbroken(places))
    dash = _DASHES.get(str(style.get("dash")))
    more = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{parts}" fill="none" stroke="{paint}" stroke-width="1.8" stroke-linejoin="round"{more}/>' if parts else ""


def _stepped(places: Sequence[Point]) -> list[Point]:
    """Each height holds until the next place."""
    corners = [(after[0], before[1]) for before, after in itertools.pairwise(places)]
    return [point for pair in zip(places, [*corners, places[-1]], strict=True) for point in pair][:-1]


def _unbroken(places: Sequence[Point | None]) -> Iterator[list[Point]]:
    part: list[Point] = []
    for place in (*places, None):
        if place is not None:
            part.append(place)
        elif part:
            yield part
            part = []


def thinned(places: Sequence[Point], most: int) -> Sequence[Point]:
    """At most about `most` of the places: the lowest and highest of each stretch, so that no spike is lost.

    Examples
    --------
    >>> thinned([(0, 0), (1, 9), (2, 1), (3, 1), (4, 1), (5, 0)], 4)
    [(0, 0), (1, 9), (4, 1), (5, 0)]
    """
    if len(places) <= most:
        return places
    size = math.ceil(len(places) / max(most // 2, 1))
    kept: list[Point] = []
    for start in range(0, len(places), size):
        stretch = range(start, min(start + size, len(places)))
        ends = {min(stretch, key=lambda i: places[i][1]), max(reversed(stretch), key=lambda i: places[i][1])}
        kept += [places[i] for i in sorted(ends)]
    return [places[0], *(one for one in kept if one not in (places[0], places[-1])), places[-1]]


def straightened(places: Sequence[Point]) -> list[Point]:
    """The places without those that lie on the way between others, as near as an eye can tell.

    Examples
    --------
    >>> straightened([(0, 0), (5, 0.1), (10, 0), (11, 9)])
    [(0, 0), (10, 0), (11, 9)]

    References
    ----------
    Douglas and Peucker, "Algorithms for the reduction of the number of points required to represent a digitized line" (1973).
    """
    kept, stretches = {0, len(places) - 1}, [(0, len(places) - 1)]
    while stretches:
        start, end = stretches.pop()
        (x0, y0), (x1, y1) = places[start], places[end]
        long = math.hypot(x1 - x0, y1 - y0)
        away = [
            abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / long if long else math.hypot(x - x0, y - y0)
            for x, y in places[start + 1 : end]
        ]
        if away and max(away) > _SEEN_PX:
            middle = start + 1 + away.index(max(away))
            kept.add(middle)
            stretches += [(start, middle), (middle, end)]
    return [places[index] for index in sorted(kept)]


def _path(places: Sequence[Point]) -> str:
    """Tenths of a pixel, told as steps: half as long as places."""
    whole = [(round(x * 10), round(y * 10)) for x, y in places]
    if len(whole) == 1:
        return ""
    text, (x, y) = f"M{_tenths(whole[0][0])} {_tenths(whole[0][1])}l", whole[0]
    for next_x, next_y in whole[1:]:
        text += f"{_tenths(next_x - x)} {_tenths(next_y - y)} "
        x, y = next_x, next_y
    return text.strip()


def _tenths(value: int) -> str:
    text = f"{value / 10:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _markers(trace: Mapping[str, Any], places: Sequence[Point | None], paint: str) -> Iterator[str]:
    marker = _dict(trace.get("marker"))
    sizes, paints = marker.get("size", 6), _paints(marker, len(places), paint)
    for index in range(0, len(places), math.ceil(len(places) / _MOST_MARKERS) or 1):
        place = places[index]
        size = sizes[index % len(sizes)] if isinstance(sizes, (list, tuple)) and sizes else sizes
        radius = min(max(float(size), 3), 18) / 2 if isinstance(size, (int, float)) else 3
        if place is not None:
            yield _marker(*place, radius, paints[index], str(marker.get("symbol")))


def _marker(x: float, y: float, radius: float, paint: str, symbol: str) -> str:
    if symbol == "x":
        size = f"{2 * radius:.3g}"
        cross = f"M{x - radius:.1f} {y - radius:.1f}l{size} {size}m0 -{size}l-{size} {size}"
        return f'<path d="{cross}" fill="none" stroke="{paint}" stroke-width="1.8"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.3g}" fill="{paint}"/>'


def _paints(marker: Mapping[str, Any], count: int, paint: str) -> list[str]:
    given = marker.get("color")
    if not isinstance(given, (list, tuple)) or len(given) < count:
        return [paint] * count
    if all(isinstance(one, (int, float)) or one is None for one in given):
        return shades(given)
    return [one if isinstance(one, str) and _COLOUR.fullmatch(one) else paint for one in given]


def shades(values: Sequence[float | None]) -> list[str]:
    """Colours of numbers, from little to much."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    return [_shade((value - low) / ((high - low) or 1)) if value is not None and math.isfinite(value) else "#888" for value in values]


def _shade(share: float) -> str:
    place = round(min(max(share, 0), 1) * _SHADES) / _SHADES * (len(_STOPS) - 1)
    index = min(int(place), len(_STOPS) - 2)
    mixed = (round(a + (b - a) * (place - index)) for a, b in zip(_STOPS[index], _STOPS[index + 1], strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _texts(trace: Mapping[str, Any], places: Sequence[Point | None]) -> Iterator[str]:
    for place, text in zip(places, _listed(trace.get("text")), strict=False):
        if place is not None and text is not None:
            yield f'<text x="{place[0]:.0f}" y="{place[1] + 20:.0f}" text-anchor="middle">{lettering(text, 40)}</text>'


def _bars(trace: Mapping[str, Any], panel: Panel, paint: str, place: tuple[int, int]) -> Iterator[str]:
    xs, ys = values_of(trace)
    lies = trace.get("orientation") == "h"
    broad = _breadth(panel.y if lies else panel.x, len(xs), panel.height if lies else panel.width)
    paints = _paints(_dict(trace.get("marker")), len(xs), paint)
    for x, y, one in zip(xs, ys, paints, strict=False):
        end, root = panel.at(x, y), panel.at(0, y) if lies else panel.at(x, 0)
        if end is None:
            continue
        shift, wide = _slot(broad, place)
        if lies:
            start = root[0] if root else panel.left
            yield _rect(min(start, end[0]), end[1] + shift, abs(end[0] - start), wide, one)
        else:
            start = root[1] if root else panel.top + panel.height
            yield _rect(end[0] + shift, min(start, end[1]), wide, abs(end[1] - start), one)


def _breadth(scale: Scale, count: int, pixels: float) -> float:
    return pixels / max(len(scale.names) or count, 1) * 0.8


def _slot(broad: float, place: tuple[int, int]) -> Point:
    """Where one of several that stand side by side begins, from their middle, and how wide it is."""
    wide = broad / place[1]
    return place[0] * wide - broad / 2, max(wide * 0.92, 1)


def _rect(x: float, y: float, width: float, height: float, paint: str, more: str = "") -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{paint}"{more}/>'


def _boxes(trace: Mapping[str, Any], panel: Panel, paint: str, place: tuple[int, int]) -> Iterator[str]:
    groups: dict[Any, list[float]] = {}
    for x, y in zip(*values_of(trace), strict=False):
        if isinstance(y, (int, float)) and math.isfinite(y):
            groups.setdefault(x, []).append(y)
    shift, wide = _slot(_breadth(panel.x, len(groups), panel.width), place)
    wide = min(wide, 60)
    for name, values in groups.items():
        low, middle, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
        inside = [one for one in values if low - 1.5 * (high - low) <= one <= high + 1.5 * (high - low)]
        ends = [panel.at(name, one) for one in (min(inside), low, middle, high, max(inside))]
        if None not in ends:
            x = ends[0][0] + (shift if place[1] > 1 else -wide / 2)  # type: ignore[index]
            yield _box(x, wide, [one[1] for one in ends if one], paint)


def _box(x: float, wide: float, ys: Sequence[float], paint: str) -> str:
    least, low, middle, high, most = ys
    across = x + wide / 2
    lines = f"M{across:.1f} {least:.1f}V{low:.1f}M{across:.1f} {high:.1f}V{most:.1f}M{x:.1f} {middle:.1f}h{wide:.1f}"
    stroke = f' fill-opacity=".35" stroke="{paint}"'
    return _rect(x, high, wide, low - high, paint, stroke) + f'<path d="{lines}" stroke="{paint}" stroke-width="1.8"/>'


def _cells(trace: Mapping[str, Any], panel: Panel) -> Iterator[str]:
    """One path a shade: a rectangle a cell would weigh three times as much."""
    xs, ys = values_of(trace)
    across, down = (range(0, len(ends), math.ceil(len(ends) / _MOST_CELLS) or 1) for ends in (xs, ys))
    rows = [_listed(row) for row in _listed(trace.get("z"))]
    cells = {(i, j): _finite(rows[j][i]) for j in down for i in across if j < len(rows) and i < len(rows[j])}
    places = {cell: panel.at(xs[cell[0]], ys[cell[1]]) for cell, value in cells.items() if value is not None}
    paints = dict(zip(cells, shades(list(cells.values())), strict=True))
    wide, tall = panel.width * panel.x.share_of_one(xs), panel.height * panel.y.share_of_one(ys)
    outline = f"h{wide * across.step + 0.3:.1f}v{-tall * down.step - 0.3:.1f}h{-wide * across.step - 0.3:.1f}z"
    outlines: dict[str, str] = {}
    for cell, place in places.items():
        if place is not None:
            corner = f"M{place[0] - wide / 2:.1f} {place[1] + tall / 2:.1f}{outline}"
            outlines[paints[cell]] = outlines.get(paints[cell], "") + corner
    yield from (f'<path fill="{paint}" d="{path}"/>' for paint, path in outlines.items())
    if trace.get("texttemplate") and len(cells) <= _MOST_CELL_TEXTS:
        texts = [_listed(row) for row in _listed(trace.get("text"))] if "text" in str(trace["texttemplate"]) else rows
        yield from (_cell_text(place, texts, cell, paints[cell]) for cell, place in places.items() if place is not None)


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def _cell_text(place: Point, texts: Sequence[Sequence[Any]], cell: tuple[int, int], paint: str) -> str:
    row = texts[cell[1]] if cell[1] < len(texts) else ()
    text = row[cell[0]] if cell[0] < len(row) else ""
    shown = f"{text:.4g}" if isinstance(text, float) else str(text)[:12]
    ink = "#000" if int(paint[3:5], 16) > 120 else "#fff"
    return f'<text x="{place[0]:.0f}" y="{place[1] + 4:.0f}" text-anchor="middle" fill="{ink}">{lettering(shown)}</text>'
