"""Messages of the package, by ``logging`` alone; where they go is the program's business, unless a variable says so."""

from __future__ import annotations

import logging

from jupyter_mlops.entities.variables import CONFIGURE_LOGGING, LOGGING_LEVEL

__all__ = ["configure_messages"]

_FORM = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y/%m/%d %H:%M:%S")
_handlers: list[logging.Handler] = []  # at most one


def configure_messages() -> None:
    """Do what ``MLFLOW_LOGGING_LEVEL`` and ``MLFLOW_CONFIGURE_LOGGING`` say, once in a process; nothing where neither is set.

    Raises
    ------
    InvalidParameter
        One of them cannot be understood.
    """
    level, wanted = LOGGING_LEVEL.get(), CONFIGURE_LOGGING.get()
    if _handlers or wanted is False or (wanted is None and level is None):
        return
    _handlers.append(logging.StreamHandler())
    _handlers[0].setFormatter(_FORM)
    logger = logging.getLogger("jupyter_mlops")
    logger.addHandler(_handlers[0])
    logger.setLevel(level or "INFO")
    logger.propagate = False  # else the program's own handlers say everything a second time
