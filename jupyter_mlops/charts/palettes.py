"""Colours that the colour-blind can tell apart, on light and dark ground."""

from __future__ import annotations

__all__ = ["MOST_LOOKS", "SCALE", "colour"]

# Okabe and Ito, "Color Universal Design" (2008), without black and yellow: one of them is lost on either ground.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
_DASHES = ("solid", "dash", "dot", "dashdot")
MOST_LOOKS = len(_COLOURS) * len(_DASHES)  # more lines than this look alike
# From little to much, for Plotly: neither end is lost on light or dark ground, as those of Viridis and Cividis are.
SCALE = ([0.0, "#0072B2"], [0.5, "#A689B5"], [1.0, "#E69F00"])


def colour(index: int) -> tuple[str, str]:
    """Colour and dash of the series number `index`, from 0; 24 of them differ.

    Examples
    --------
    >>> colour(0), colour(6)
    (('#0072B2', 'solid'), ('#0072B2', 'dash'))
    """
    return _COLOURS[index % len(_COLOURS)], _DASHES[index // len(_COLOURS) % len(_DASHES)]
