"""Two kinds of plots as PNG files, by Pillow alone: a square of shares, and a curve in the unit square."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

__all__ = ["draw_curve", "draw_matrix"]

_SIZE = (640, 520)
_BOX = (80, 60, 490, 470)  # of the axes
# One channel is drawn and written, four times as fast as three: its levels become a palette from dark blue to white.
_INK, _GRID, _LINE, _LIGHT, _WHITE = 0, 225, 70, 248, 255
_DARK = (8, 48, 107)
_MOST_LABELS = 20
_SHORT = 12
_MOST_POINTS = 2000


def draw_matrix(path: str, shares: Sequence[Sequence[float]], labels: tuple[str, ...]) -> None:
    """Draw rows of shares from 0 to 1, true labels downwards, predicted ones to the right."""
    from PIL import ImageDraw

    image = _empty_matrix(labels).copy()
    draw = ImageDraw.Draw(image)
    left, top, right, _ = _BOX
    cell = (right - left) / len(labels)
    for row, values in enumerate(shares):
        for column, value in enumerate(values):
            x, y = left + column * cell, top + row * cell
            draw.rectangle((x, y, x + cell, y + cell), fill=_shade(value))
            if len(labels) <= _MOST_LABELS:
                ink = _WHITE if value > 0.5 else _INK
                draw.text((x + cell / 2, y + cell / 2), f"{value:.2g}", ink, _font(min(16, cell / 2.5)), "mm")
    draw.rectangle(_BOX, outline=_INK)
    _save(image, path)


def draw_curve(path: str, x: Any, y: Any, label: str, title: str, x_label: str, y_label: str) -> None:
    """Draw a line through points of the unit square, given as arrays, with its label in the title."""
    from PIL import ImageDraw

    image = _unit_square(x_label, y_label).copy()
    draw = ImageDraw.Draw(image)
    _title(draw, f"{title}: {label}")
    step = len(x) // _MOST_POINTS + 1
    points = [*zip(x[::step].tolist(), y[::step].tolist(), strict=True), (float(x[-1]), float(y[-1]))]
    draw.line([_place(*point) for point in points], _LINE, 3, "curve")
    _save(image, path)


@lru_cache(8)
def _empty_matrix(labels: tuple[str, ...]) -> Any:
    """All but the cells: a search or a loop of fits draws it once."""
    from PIL import Image, ImageDraw

    image = Image.new("L", _SIZE, _WHITE)
    draw = ImageDraw.Draw(image)
    left, top, right, _ = _BOX
    _title(draw, "Normalized confusion matrix")
    _axes(draw, "Predicted label", "True label")
    for index in range(0, len(labels), -(-len(labels) // _MOST_LABELS)):
        _tick(draw, labels[index][:_SHORT], (index + 0.5) / len(labels), 1 - (index + 0.5) / len(labels))
    for line in range(top, top + right - left):  # the colour bar
        draw.line((right + 30, line, right + 50, line), _shade(1 - (line - top) / (right - left)))
    for share in (0, 0.5, 1):
        draw.text((right + 56, top + (right - left) * (1 - share)), f"{share:g}", _INK, _font(13), "lm")
    return image


@lru_cache(8)
def _unit_square(x_label: str, y_label: str) -> Any:
    """What curves are drawn on."""
    from PIL import Image, ImageDraw

    image = Image.new("L", _SIZE, _WHITE)
    draw = ImageDraw.Draw(image)
    for tick in range(6):
        draw.line((*_place(tick / 5, 0), *_place(tick / 5, 1)), _GRID)
        draw.line((*_place(0, tick / 5), *_place(1, tick / 5)), _GRID)
        _tick(draw, f"{tick / 5:.1f}", tick / 5, tick / 5)
    _axes(draw, x_label, y_label)
    return image


def _place(x: float, y: float) -> tuple[float, float]:
    left, top, right, bottom = _BOX
    return left + x * (right - left), bottom - y * (bottom - top)


def _shade(share: float) -> int:
    return round(_LIGHT * (1 - min(max(share, 0.0), 1.0)))


def _tick(draw: ImageDraw, text: str, x: float, y: float) -> None:
    left, _, _, bottom = _BOX
    draw.text((_place(x, 0)[0], bottom + 6), text, _INK, _font(13), "mt")
    draw.text((left - 8, _place(0, y)[1]), text, _INK, _font(13), "rm")


def _title(draw: ImageDraw, title: str) -> None:
    left, top, right, _ = _BOX
    draw.text(((left + right) / 2, top - 40), title, _INK, _font(16), "mm")


def _axes(draw: ImageDraw, x_label: str, y_label: str) -> None:
    left, top, right, bottom = _BOX
    draw.rectangle(_BOX, outline=_INK)
    draw.text(((left + right) / 2, bottom + 36), x_label, _INK, _font(14), "mm")
    draw.text((left - 60, top - 16), y_label, _INK, _font(14), "lm")


def _font(size: float) -> Any:
    return _load_font(max(7, round(size)))


@cache
def _load_font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _save(image: Any, path: str) -> None:
    image.putpalette([round(dark + (255 - dark) * level / 255) for level in range(256) for dark in _DARK])
    image.save(path, "PNG", compress_level=1)
