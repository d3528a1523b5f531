"""What has permissions: experiments by their ids, registered models by their names."""

from __future__ import annotations

import contextlib

__all__ = ["EXPERIMENT", "MODEL", "name_of"]

EXPERIMENT, MODEL = "experiment", "registered_model"  # kinds of things that have permissions


def name_of(kind: str, name: str) -> str:
    """The one name of a thing: ids of experiments are numbers, and ``07`` is the experiment ``7``.

    Examples
    --------
    >>> name_of(EXPERIMENT, " 07"), name_of(MODEL, "07"), name_of(EXPERIMENT, "x")
    ('7', '07', 'x')
    """
    if kind == EXPERIMENT:
        with contextlib.suppress(ValueError):
            return str(int(name))
    return name
