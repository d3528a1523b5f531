"""Marks of parallel coordinates in still pictures: an axis for each dimension, a line through them for each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.charts.marks import lettering, shades
from jupyter_mlops.charts.palettes import colour
from jupyter_mlops.charts.scales import Scale

__all__ = ["draw_parallel"]

_MOST_LINES, _MOST_AXES = 150, 10
_HEAD, _FOOT, _SIDE = 20, 8, 50


def draw_parallel(trace: Mapping[str, Any], field: tuple[float, float, float, float]) -> str:
    """A Plotly trace ``parcoords`` as SVG, within left, top, width and height of `field`."""
    left, top, width, height = field
    axes = [axis for axis in trace.get("dimensions") or () if isinstance(axis, Mapping) and _scale(axis)][:_MOST_AXES]
    step = (width - 2 * _SIDE) / max(len(axes) - 1, 1)
    across = [left + _SIDE + index * step for index in range(len(axes))]
    tall = (top + _HEAD, height - _HEAD - _FOOT)
    lines = "".join(_lines(axes, across, tall, trace.get("line")))
    return lines + "".join(_axis(axis, x, tall) for axis, x in zip(axes, across, strict=True))


def _scale(axis: Mapping[str, Any]) -> Scale | None:
    ends = axis.get("range")
    is_one = isinstance(ends, (list, tuple)) and len(ends) == 2 and all(isinstance(end, (int, float)) for end in ends)
    return Scale("linear", float(ends[0]), float(ends[1])) if is_one and ends[0] != ends[1] else None  # type: ignore[index]


def _lines(axes: Sequence[Mapping[str, Any]], across: Sequence[float], tall: tuple[float, float], style: Any) -> list[str]:
    top, height = tall
    values = [list(axis.get("values") or ())[:_MOST_LINES] for axis in axes]
    count = min(map(len, values), default=0)
    given = style.get("color") if isinstance(style, Mapping) else None
    paints = shades(given[:count]) if isinstance(given, list) and len(given) >= count else [colour(0)[0]] * count
    found = []
    for line in range(count):
        shares = [scale.share(column[line]) if (scale := _scale(axis)) else None for axis, column in zip(axes, values, strict=True)]
        places = [f"{x:.0f} {top + (1 - share) * height:.0f}" for x, share in zip(across, shares, strict=True) if share is not None]
        found.append(f'<path d="M{"L".join(places)}" fill="none" stroke="{paints[line]}" stroke-opacity=".7"/>')
    return found


def _axis(axis: Mapping[str, Any], x: float, tall: tuple[float, float]) -> str:
    top, height = tall
    scale = _scale(axis)
    texts = list(zip(axis.get("tickvals") or (), axis.get("ticktext") or (), strict=False))
    ticks = [(share, str(text)) for value, text in texts if scale and (share := scale.share(value)) is not None]
    marked = "".join(
        f'<text x="{x - 4:.0f}" y="{top + (1 - share) * height + 4:.0f}">{lettering(text, 12)}</text>'
        for share, text in ticks or (scale.ticks(5) if scale else ())
    )
    line = f'<path d="M{x:.0f} {top:.0f}v{height:.0f}" stroke="currentColor" stroke-opacity=".5"/>'
    label = f'<text x="{x:.0f}" y="{top - 8:.0f}" text-anchor="middle">{lettering(axis.get("label", ""), 16)}</text>'
    return f'{line}<g text-anchor="end">{marked}</g>{label}'
