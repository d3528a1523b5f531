"""Alerts: what a run warns of, in its card and kept with it."""

from __future__ import annotations

import logging
import os
import threading
from datetime import timedelta
from typing import Any

from jupyter_mlops.entities.alerts import LEVELS, Alert, alerts_in, alerts_text
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import ALERTS_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.active_runs import active_run, last_active_run
from jupyter_mlops.tracking.logs import state_for
from jupyter_mlops.tracking.run_states import RunState
from jupyter_mlops.tracking.settings import current_store

__all__ = ["add_alert", "alert", "get_alerts"]

_log = logging.getLogger(__name__)
_TITLE, _TEXT = 120, 500
_ALIASES = {"warn": "warning", "critical": "error"}
_lock = threading.Lock()


def alert(
    title: str, text: str = "", level: Any = "warning", wait_duration: float | timedelta = 60, run_id: str | None = None
) -> None:
    """Tell that something about the run should be looked at: its card shows it, and it is kept with the run.

    Parameters
    ----------
    title : str
        What is the matter, such as ``"loss is NaN"``; cut at 120 characters.
    text : str, optional
        More about it; cut at 500 characters.
    level : str, default ``"warning"``
        ``"info"``, ``"warning"`` or ``"error"``; an enum's value in any case too.
    wait_duration : float, seconds, or timedelta, default 60
        The same title and level told again within that time changes nothing.
    run_id : str, optional
        The active run by default, which is started when there is none.

    Raises
    ------
    InvalidParameter
        No title, or another level.

    Notes
    -----
    Kept in the run's tag ``jupyter_mlops.alerts``, so that it can be searched for and reaches every kind of store. The tag has
    room for some twenty alerts; of more, the least and oldest are dropped. Where no card is shown, it is logged.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run() as run:
    ...     mlflow.alert("loss is NaN", "at step 12")
    >>> [(one.title, one.level) for one in mlflow.get_alerts(run)]
    [('loss is NaN', 'warning')]
    """
    wait_s = wait_duration.total_seconds() if isinstance(wait_duration, timedelta) else wait_duration
    title, level = _title(title), _level(level)  # before a run is begun for it
    state = state_for(run_id)
    if add_alert(state, title, text, level, wait_s) and state.listener is None:
        _log.log(getattr(logging, level.upper()), "%s%s", title, f": {text}" if text else "")


def add_alert(state: RunState, title: str, text: str = "", level: Any = "warning", wait_s: float = 60) -> bool:
    """Add an alert to a run; False when it was told just now."""
    title, level, now = _title(title), _level(level), now_ms()
    with _lock:
        alerts = alerts_in(state.tags)
        same = next((one for one in alerts if (one.title, one.level) == (title, level)), None)
        if same is not None:
            if now - same.time < wait_s * 1000:
                return False
            alerts.remove(same)
        count = 1 + (same.count if same else 0)
        alerts.append(Alert(title=title, text=str(text)[:_TEXT], level=level, time=now, count=count))
        state.set_tags({ALERTS_TAG: alerts_text(alerts)})
    return True


def _title(title: Any) -> str:
    if not isinstance(title, str) or not title.strip():
        raise InvalidParameter(f"An alert has a title, which is a text, not {title!r}.")
    return title.strip()[:_TITLE]


def _level(level: Any) -> str:
    name = str(getattr(level, "value", level)).lower()
    name = _ALIASES.get(name, name)
    if name not in LEVELS:
        raise InvalidParameter(f"The level of an alert is one of {', '.join(LEVELS)}, not {level!r}.")
    return name


def get_alerts(run: Run | str | None = None) -> list[Alert]:
    """What a run warned of, oldest first.

    Parameters
    ----------
    run : Run or str, optional
        A run or its id; the active run by default, else the last one.

    Returns
    -------
    list of Alert

    Raises
    ------
    NotFound
        There is no such run.
    """
    run = run if run is not None else active_run() or last_active_run()
    if run is None:
        return []
    return alerts_in(current_store().get_run(run if isinstance(run, str) else run.info.run_id).data.tags)


def _after_fork() -> None:
    """A lock that another thread of the parent held would never be given up here."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
