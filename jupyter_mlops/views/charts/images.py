"""Series of images of several runs, beside each other at one step."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.charts.artifacts import beside
from jupyter_mlops.views.charts.files import file_sizes, read_file
from jupyter_mlops.views.files.contents import suffix_of
from jupyter_mlops.views.files.images import IMAGES, image_address

__all__ = ["chart_images"]

# As `log_image` names them, and MLflow: "eye+step+3+timestamp+170…+<id>+compressed.webp", with % in older versions.
_NAME = re.compile(
    r"images/(?P<key>.+?)(?P<mark>[+%])step(?P=mark)(?P<step>\d+)(?P=mark)timestamp(?P=mark)(?P<time>\d+)(?P=mark)[^+%]+?"
    r"(?P<small>(?P=mark)compressed)?\.(?:png|webp)"
)


class _Picture(NamedTuple):
    key: str
    step: int
    time: int
    is_small: bool
    path: str


def chart_images(store: TrackingStore, runs: list[str], key: str | None = None, step: int | None = None) -> dict[str, Any]:
    """One image of a series of each run, that of a step or the last one before it.

    Parameters
    ----------
    runs : list of str
        Ids; the first 6 are shown.
    key : str, optional
        Of the series, the first one by default.
    step : int, optional
        The last one by default.

    Returns
    -------
    dict
        ``keys``, ``key``, ``steps`` (all that one of the runs has), ``step``, and ``parts``: ``run_id, name`` of each run, with
        ``src`` and ``step`` of its image.
    """
    found = beside(store, runs)
    pictures = [_pictures(run) for run in found]
    keys = sorted({one.key for some in pictures for one in some})
    if key not in keys:
        key = keys[0] if keys else None
    steps = sorted({one.step for some in pictures for one in some if one.key == key})
    if steps and step not in steps:
        step = steps[-1]
    parts = [_part(run, some, key, step) for run, some in zip(found, pictures, strict=True)]
    return {"keys": keys, "key": key, "steps": steps, "step": step, "parts": parts}


def _pictures(run: Run) -> list[_Picture]:
    found = (_NAME.fullmatch(path) for path in file_sizes(run, "images"))
    return [
        _Picture(re.sub("[#~]", "/", one["key"]), int(one["step"]), int(one["time"]), bool(one["small"]), one[0]) for one in found if one
    ]


def _part(run: Run, pictures: list[_Picture], key: str | None, step: int | None) -> dict[str, Any]:
    named = {"run_id": run.info.run_id, "name": run.info.run_name}
    there = [one for one in pictures if one.key == key and step is not None and one.step <= step]
    if not there:
        return named
    best = max(there, key=lambda one: (one.step, one.time, one.is_small))
    data = read_file(run, best.path)
    return {**named, "step": best.step, **({"src": image_address(IMAGES[suffix_of(best.path)], data)} if data else {})}
