"""The history of a sweep, as a figure and as a still picture."""

from jupyter_mlops.charts.svgs import figure_svg
from jupyter_mlops.charts.sweeps import Point, history_figure

POINTS = [
    Point(0, 0.5, "FINISHED", "a" * 32, "depth=2"),
    Point(1, 0.9, "PRUNED", "b" * 32, "depth=3"),
    Point(2, float("nan"), "FINISHED", "c" * 32, "depth=4"),
    Point(3, 0.7, "FINISHED", "d" * 32, "<b>deep</b>"),
    Point(4, 0.6, "FINISHED", "e" * 32, "depth=6"),
    Point(5, 0.1, "FAILED", "f" * 32, "depth=7"),
]


def test_the_best_so_far_is_of_trials_that_finished():
    best, finished, pruned = history_figure(POINTS, "acc", True)["data"]
    assert (best["x"], best["y"]) == ([0, 3, 4], [0.5, 0.7, 0.7])
    assert (finished["x"], pruned["x"]) == ([0, 3, 4], [1])
    assert finished["hovertext"][1] == "&lt;b&gt;deep&lt;/b&gt;"
    assert history_figure(POINTS, "acc", False)["data"][0]["y"] == [0.5, 0.5, 0.5]
    assert history_figure([], "acc", True)["data"] == []


def test_a_still_picture_has_steps_and_crosses():
    svg = figure_svg(history_figure(POINTS, "acc", True))
    assert svg.count("<circle") == 3
    line, cross = [part for part in svg.split("<path")[1:] if 'fill="none"' in part]
    moves = line.split('"')[1].partition("l")[2].split()
    assert all(float(dx) == 0 or float(dy) == 0 for dx, dy in zip(moves[::2], moves[1::2], strict=True))
    assert "m0 -" in cross
