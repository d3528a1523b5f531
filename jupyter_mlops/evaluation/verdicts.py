"""Registered versions know that they were evaluated, and whether they passed: their lineage shows it, and gates ask for it."""

from __future__ import annotations

import logging

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.registry.lineages import record_evaluation, record_use

__all__ = ["note_verdict"]

_log = logging.getLogger(__name__)


def note_verdict(version: str | None, run_id: str | None, passed: bool | None) -> None:
    """Note that a version was evaluated; where `passed` is not None, that is what the rule ``evaluation passed`` asks for."""
    if version is None or run_id is None:
        return
    try:
        if passed is None:
            record_use(version, "evaluated", run_id=run_id)
        else:
            record_evaluation(version, passed, run_id=run_id)
    except MlflowException as error:  # a registry that may only be read: the evaluation is there all the same
        _log.warning("The registry does not know that %s was evaluated: %s", version, error)
