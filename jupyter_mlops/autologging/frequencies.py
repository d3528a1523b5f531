"""How often metrics are logged."""

from __future__ import annotations

from jupyter_mlops.errors import InvalidParameter

__all__ = ["check_frequency"]


def check_frequency(log_every_epoch: bool, log_every_n_steps: int | None) -> None:
    """Refuse what says both epochs and steps, or neither.

    Raises
    ------
    InvalidParameter

    Examples
    --------
    >>> check_frequency(True, None)
    """
    if log_every_epoch and log_every_n_steps is not None:
        raise InvalidParameter("log_every_n_steps goes with log_every_epoch=False: metrics are of epochs or of steps.")
    if not log_every_epoch and not log_every_n_steps:
        raise InvalidParameter("log_every_epoch=False needs log_every_n_steps, a number of steps.")
