"""How long a running cell still takes: told only where something tells it."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.magics.cells.series import Series
from jupyter_mlops.views.cards.cards import Estimate

__all__ = ["bar_steps", "by_bar", "by_printed_bar", "by_steps", "by_usual"]

_TOTALS = (
    "max_steps", "num_steps", "n_steps", "total_steps", "epochs", "n_epochs", "num_epochs", "max_epochs", "num_train_epochs",
    "n_estimators", "num_boost_round", "iterations", "num_iterations", "n_iter", "max_iter",
)  # fmt: skip
_BAR = re.compile(r"^(.*?):?\s*\d{1,3}%\|[^|]*\|\s*(\d+)/(\d+)\s\[[\d:]+<([\d:]+)")


def by_bar(since: float, printed: str = "") -> Estimate | None:
    """By the outermost tqdm bar that was begun since, drawn by whatever means, or printed by another program.

    Parameters
    ----------
    since : float, seconds since the Unix epoch
    printed : str
        The last line of output.
    """
    bars = [bar for bar in _open_bars() if bar.start_t >= since and bar.total and 0 < bar.n <= bar.total]
    if bars:
        bar = min(bars, key=lambda bar: bar.start_t)
        done = bar.n - bar.initial
        left = (time.time() - bar.start_t) / done * (bar.total - bar.n) if done > 0 else None
        return Estimate(left, bar.n / bar.total, int(bar.n), int(bar.total), str(bar.desc or "").rstrip(": ")[:40])
    return by_printed_bar(printed)


def by_printed_bar(printed: str) -> Estimate | None:
    """By a tqdm bar that was printed.

    Examples
    --------
    >>> by_printed_bar("executing:  25%|##5       | 2/8 [00:01<00:03,  2.0 cells/s]").by
    'executing'
    """
    if found := _BAR.match(printed):
        done, total = int(found[2]), int(found[3])
        if 0 < done <= total:
            left = sum(int(part) * 60**place for place, part in enumerate(reversed(found[4].split(":"))))
            return Estimate(float(left), done / total, done, total, found[1].strip()[:40])
    return None


def _open_bars() -> list[Any]:
    tqdm = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    try:
        return [bar for bar in list(getattr(tqdm, "_instances", ())) if not bar.disable]
    except (RuntimeError, AttributeError):  # begun or closed by another thread just now
        return []


def bar_steps() -> float:
    """How far all open tqdm bars are together: a number that changes while one of them moves."""
    return sum(float(bar.n) for bar in _open_bars())


def by_steps(params: Mapping[str, Any], series: Mapping[str, Series]) -> Estimate | None:
    """By the steps of the metric that is furthest, where a param such as ``epochs`` tells how many there will be."""
    name = next((key for key in _TOTALS if _is_count(params.get(key))), None)
    moving = [one for one in series.values() if one.step > one.first_step]
    if name is None or not moving:
        return None
    total, one = int(float(params[name])), max(moving, key=lambda one: one.step)
    done = one.step + (one.first_step == 0)
    if done > total:  # the metric counts something else
        return None
    each = (time.perf_counter() - one.began) / (one.step - one.first_step)
    return Estimate(each * (total - done), done / total, done, total, name)


def _is_count(value: Any) -> bool:
    try:
        return 1 < float(value) < 1e9 and float(value).is_integer()
    except (TypeError, ValueError):
        return False


def by_usual(durations: Sequence[float], elapsed: float) -> Estimate | None:
    """By what the same cell took before: the middle of its last durations; nothing left to say once it takes longer."""
    if not durations:
        return None
    usual = sorted(durations)[len(durations) // 2]
    if elapsed < usual:
        return Estimate(usual - elapsed, elapsed / usual, usual=usual)
    return Estimate(None, None, usual=usual)
