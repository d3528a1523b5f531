"""What somebody may do with an experiment or a registered model."""

from __future__ import annotations

from enum import IntEnum

from jupyter_mlops.errors import InvalidParameter

__all__ = ["Level", "read_level"]


class Level(IntEnum):
    """A permission; each has what those below it have.

    References
    ----------
    `Permissions of MLflow <https://mlflow.org/docs/latest/self-hosting/security/basic-http-auth/#permissions>`_, whose names these are.
    """

    NO_PERMISSIONS = 0
    READ = 1
    EDIT = 2
    MANAGE = 3


def read_level(name: str) -> Level:
    """A level by its name.

    Raises
    ------
    InvalidParameter
        There is none.

    Examples
    --------
    >>> read_level("EDIT") > Level.READ
    True
    """
    if name not in Level.__members__:
        raise InvalidParameter(f"There is no permission {name!r:.100}; there are {', '.join(Level.__members__)}.")
    return Level[name]
