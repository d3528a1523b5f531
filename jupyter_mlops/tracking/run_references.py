"""The words by which a person means a run: its id or the start of it, its name, ``last``, ``best:acc``."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.settings import current_store, experiment_for_run

__all__ = ["NEWEST", "best_run", "find_run", "in_quotes"]

_AGO = re.compile(r"-([1-9]\d{0,3})")
_BEST = re.compile(r"best:(?P<metric>.+?)(?::(?P<way>min|max))?")
_ID = re.compile(r"[0-9A-Za-z][\w-]{3,}")
_RECENT, _FEW, _SHOWN = 200, 3, 5
NEWEST = ["start_time DESC", "run_id DESC"]  # ids of one millisecond are in the order of their making


def find_run(text: str, store: TrackingStore | None = None, experiment_id: str | None = None) -> Run:
    """The run that a person means.

    Parameters
    ----------
    text : str
        In the order in which they are tried: ``last`` or ``-1`` for the newest run of the experiment, ``-2`` for the one
        before; ``best:acc`` for the one with the greatest `acc`, ``best:loss:min`` with the least; a run id; the name of
        a run of the experiment, of several the newest; the start of a run id, four characters or more, that no other
        run's id starts with, in any experiment.
    store : TrackingStore, optional
        The current one by default.
    experiment_id : str, optional
        The current experiment by default.

    Returns
    -------
    Run

    Raises
    ------
    NotFound
        There is none; the message names runs that are called almost so.
    InvalidParameter
        Several runs begin so, or nothing was given.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> for depth in (1, 2):
    ...     with mlflow.start_run(run_name=f"depth {depth}"):
    ...         mlflow.log_metric("acc", depth / 10)
    >>> [find_run(text).info.run_name for text in ("last", "-2", "best:acc", "best:acc:min", "depth 1")]
    ['depth 2', 'depth 1', 'depth 2', 'depth 1', 'depth 1']
    """
    text = text.strip()
    if not text:
        raise InvalidParameter("Which run? Say its id or the start of it, its name, last, -2 or best:METRIC.")
    store = store or current_store()
    experiments = [experiment_id or experiment_for_run()]
    if text == "last" or _AGO.fullmatch(text):
        return _newest(store, experiments, 1 if text == "last" else -int(text))
    if found := _BEST.fullmatch(text):
        return best_run(found["metric"], found["way"] == "min", store, experiments)
    return _of_id(store, text) or _named(store, experiments, text) or _begins(store, experiments, text)


def best_run(
    metric: str, minimize: bool = False, store: TrackingStore | None = None, experiment_ids: Sequence[str] | None = None, filter_string: str = ""
) -> Run:
    """The active run with the greatest or least latest value of a metric; NaN is never the best.

    Raises
    ------
    NotFound
        No run has that metric.
    """
    store = store or current_store()
    order = [f"metrics.`{metric}` {'ASC' if minimize else 'DESC'}"]
    ids = list(experiment_ids) if experiment_ids is not None else [experiment_for_run()]
    found = store.search_runs(ids, filter_string, ViewType.ACTIVE_ONLY, 1, order, None)
    if not found or math.isnan(found[0].data.metrics.get(metric, math.nan)):  # NaN and none stand behind all numbers
        recent = store.search_runs(ids, filter_string, ViewType.ACTIVE_ONLY, _RECENT, NEWEST, None)
        keys = sorted({key for run in recent for key in run.data.metrics} - {metric})
        known = difflib.get_close_matches(metric, keys, _FEW, 0.5) or keys[:_SHOWN]
        raise NotFound(f"No such run has a metric {metric!r} that is a number." + (f" There are {', '.join(map(repr, known))}." if known else ""))
    return found[0]


def in_quotes(text: str) -> str:
    """A text as filters write it.

    Raises
    ------
    InvalidParameter
        It holds both kinds of quote.

    Examples
    --------
    >>> print(in_quotes("it's"), in_quotes("a"))
    "it's" 'a'
    """
    if "'" in text and '"' in text:
        raise InvalidParameter(f"{text!r} holds both kinds of quote, which a filter cannot say: use a part of it, or an id.")
    return f'"{text}"' if "'" in text else f"'{text}'"


def _newest(store: TrackingStore, experiments: list[str], place: int) -> Run:
    found = store.search_runs(experiments, None, ViewType.ACTIVE_ONLY, place, NEWEST, None)
    if len(found) < place:
        raise NotFound(f"The experiment has {len(found)} runs, so there is no run -{place}." if found else "The experiment has no runs yet.")
    return found[place - 1]


def _of_id(store: TrackingStore, text: str) -> Run | None:
    if _ID.fullmatch(text) is None:
        return None
    found = store.get_runs([text])
    return found[0] if found else None


def _named(store: TrackingStore, experiments: list[str], text: str) -> Run | None:
    where = f"attributes.run_name = {in_quotes(text)}"
    found = store.search_runs(experiments, where, ViewType.ACTIVE_ONLY, 1, NEWEST, None)
    return found[0] if found else None


def _begins(store: TrackingStore, experiments: list[str], text: str) -> Run:
    where = f"attributes.run_id LIKE '{text}%'"
    found = store.search_runs(None, where, ViewType.ACTIVE_ONLY, _SHOWN + 1, None, None) if _ID.fullmatch(text) else []
    found = [run for run in found if run.info.run_id.startswith(text)]  # `_` in LIKE stands for any character
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"There is no run {text!r}: neither an id nor a name in this experiment.{_like(store, experiments, text)}")
    shown = ", ".join(f"{run.info.run_id} ({run.info.run_name})" for run in found[:_SHOWN])
    raise InvalidParameter(f"Several runs have an id that begins with {text!r}: {shown}{', …' if len(found) > _SHOWN else ''}. Write more of it.")


def _like(store: TrackingStore, experiments: list[str], text: str) -> str:
    recent = store.search_runs(experiments, None, ViewType.ACTIVE_ONLY, _RECENT, NEWEST, None)
    near = difflib.get_close_matches(text, {run.info.run_name for run in recent}, _FEW, 0.5)
    return f" Names like it: {', '.join(map(repr, near))}." if near else " %runs lists them."
