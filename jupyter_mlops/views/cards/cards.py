"""What the card of a tracked cell, or of a project's run, knows."""

from __future__ import annotations

import math

import msgspec

from jupyter_mlops.entities.alerts import Alert
from jupyter_mlops.entities.directions import direction_of

__all__ = ["Card", "CardMetric", "Estimate", "Gauge", "Step"]


class CardMetric(msgspec.Struct, frozen=True):
    """A metric: its last point, its least and greatest value so far, and the road there in a few points."""

    key: str
    value: float
    step: int
    points: list[float]
    low: float | None = None
    high: float | None = None

    @property
    def trend(self) -> str | None:
        """``"better"`` or ``"worse"`` than the point before, as far as the metric's name tells which is which."""
        direction, change = direction_of(self.key), self.points[-1] - self.points[-2] if len(self.points) > 1 else 0.0
        if direction == "neither" or change == 0 or not math.isfinite(change):
            return None
        return "better" if (change < 0) == (direction == "lower") else "worse"


class Gauge(msgspec.Struct, frozen=True):
    """How busy a part of the machine is, in percent."""

    key: str
    value: float
    points: list[float]


class Estimate(msgspec.Struct, frozen=True):
    """How far a cell is, and by what this is known.

    Attributes
    ----------
    left : float or None, seconds
    share : float or None, from 0 to 1
    done, total : int or None
        Of what `by` names: a param, or the text of a progress bar.
    usual : float or None, seconds
        What the same cell took before, where nothing better is known.
    """

    left: float | None
    share: float | None
    done: int | None = None
    total: int | None = None
    by: str = ""
    usual: float | None = None


class Step(msgspec.Struct, frozen=True):
    """A run below the card's own, see `run_steps`."""

    run_id: str
    depth: int
    name: str
    status: str
    start_time: int
    end_time: int | None = None
    entry_point: str | None = None
    metric: tuple[str, float] | None = None


class Card(msgspec.Struct, frozen=True):
    """What the card of a tracked cell, or of a project's run, shows.

    Attributes
    ----------
    given_name : str or None
        The name in the magic's line; a generated one is not shown where outputs must not change.
    elapsed : float, seconds
    error : str or None
        Kind and message of the exception, one line.
    children : int
        Runs begun inside the cell.
    note : str or None
        The run's description, Markdown.
    warnings : list of str
        What makes the run hard to make again, one line each.
    memory : int or None, bytes
        The most that the process held while the cell ran.
    gauges : list of Gauge
        The machine, while the cell runs.
    figures : int
        Shown in the cell.
    log : list of str
        The last lines that the cell printed, while it runs.
    kernel : str or None
        Id of the kernel that runs the cell: the one to interrupt.
    stage : str or None
        What goes on before the program runs: its environment is made.
    steps : list of Step or None
        The runs below, as a tree, depth first; None of a cell, whose `children` are counted alone.
    apart : bool
        Whether the kernel is free while the program runs, so that to interrupt it would not end the program.
    has_cells : bool
        Whether there is a notebook that makes it again.
    more_params, more_metrics, more_steps : int
        Not shown, as there are too many.
    """

    store: str
    run_id: str
    name: str
    given_name: str | None
    experiment: str
    status: str
    start_time: int
    end_time: int | None
    elapsed: float
    params: list[tuple[str, str]]
    metrics: list[CardMetric]
    error: str | None = None
    children: int = 0
    note: str | None = None
    warnings: list[str] = []
    alerts: list[Alert] = []
    estimate: Estimate | None = None
    memory: int | None = None
    gauges: list[Gauge] = []
    figures: int = 0
    log: list[str] = []
    kernel: str | None = None
    stage: str | None = None
    steps: list[Step] | None = None
    apart: bool = False
    has_cells: bool = True
    more_params: int = 0
    more_metrics: int = 0
    more_steps: int = 0
