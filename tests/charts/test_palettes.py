"""Colours of series, as eyes without one kind of cone see them."""

import itertools
import math

import pytest

from jupyter_mlops.charts.palettes import SCALE, colour

# Machado, Oliveira and Fernandes (2009), severity 1.0: from linear RGB to what is seen of it.
KINDS = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
GROUNDS = {"light": "#FFFFFF", "dark": "#111111"}


def linear(text):
    shares = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]


def lab(text, kind):
    """CIELAB of a colour, in which a distance of 2-3 is just seen."""
    seen = [min(1, max(0, sum(a * b for a, b in zip(row, linear(text), strict=True)))) for row in KINDS[kind]]
    white = ((0.4124, 0.3576, 0.1805, 0.9505), (0.2126, 0.7152, 0.0722, 1), (0.0193, 0.1192, 0.9505, 1.0888))
    x, y, z = (_root((a * seen[0] + b * seen[1] + c * seen[2]) / full) for a, b, c, full in white)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _root(share):
    return share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116


def contrast(one, other):
    lights = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_series_look_alike(kind):
    series = [colour(index) for index in range(24)]
    assert len(set(series)) == 24
    seen = [lab(one, kind) for one, _ in series[:6]]
    assert min(math.dist(a, b) for a, b in itertools.combinations(seen, 2)) > 15


@pytest.mark.parametrize("kind", KINDS)
def test_a_scale_goes_one_way(kind):
    """What is more looks more different from the least, by whatever eye."""
    least, middle, most = (lab(one, kind) for _, one in SCALE)
    assert min(math.dist(least, middle), math.dist(middle, most)) > 15
    assert math.dist(least, most) > max(math.dist(least, middle), math.dist(middle, most))


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_no_series_is_lost_on_the_ground(ground):
    assert min(contrast(colour(index)[0], ground) for index in range(6)) > 2
