"""Where callbacks log to that are used by autologging and by hand."""

from __future__ import annotations

import logging

from jupyter_mlops.tracking.active_runs import state_or_start
from jupyter_mlops.tracking.autologs import Session
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["open_state", "warn"]

_log = logging.getLogger(__name__)


def open_state(session: Session | None) -> RunState | None:
    """The run that a session logs to, None once it was ended; without a session the active run, or one that is begun."""
    if session is None:
        return state_or_start()
    return session.state if session.goes_on else None


def warn(session: Session | None, message: str, *args: object) -> None:
    """Log a warning, unless it is of a session that is to be silent."""
    if session is None:
        _log.warning(message, *args)
    else:
        session.integration.warn(message, *args)
