"""What happened to a model, and what of it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec

from jupyter_mlops.entities.model_events import ModelEvent
from jupyter_mlops.storage.base import RegistryStore

__all__ = ["last_move", "model_history"]

_MOST = 500


def model_history(store: RegistryStore, name: str) -> dict[str, Any]:
    """The history of a model, also of one that was deleted or renamed.

    Returns
    -------
    dict
        ``events``, at most 500, the newest first, each with a sentence ``text``; and ``undo``, see `last_move`.

    Raises
    ------
    NotFound
        There never was such a model.
    """
    events = store.get_model_history(name, _MOST)
    shown = [{**msgspec.structs.asdict(event), "text": event.text} for event in events]
    is_gone = bool(events) and events[0].action == "delete model"
    return {"events": shown, "undo": None if is_gone else last_move(store, name)}


def last_move(store: RegistryStore, name: str) -> dict[str, Any] | None:
    """The last move of a stage or alias that is not undone yet: number of its ``change``, and a sentence ``text``."""
    return _not_undone(store.get_model_history(name, _MOST, moves=True))


def _not_undone(events: Sequence[ModelEvent]) -> dict[str, Any] | None:
    """The same of events, newest first: an undo takes back the last move before it that none has taken back.

    Examples
    --------
    >>> first = ModelEvent(1, 0, "ann", "stage", "churn", "1", before="None", after="Production")
    >>> second = ModelEvent(2, 0, "ann", "alias", "churn", "1", key="champion", after="1")
    >>> undone = ModelEvent(3, 0, "ann", "undo", "churn", "1", key="champion", before="1")
    >>> _not_undone([undone, second, first])
    {'change': 1, 'text': 'Version 1 moved from None to Production'}
    """
    undone = 0
    for change, group in groupby(events, key=lambda event: event.change):
        together = list(group)
        moved = [one for one in together if one.action in ("stage", "alias") and one.before != one.after]
        if any(one.action == "undo" for one in together):
            undone += 1
        elif moved and undone:
            undone -= 1
        elif moved:
            return {"change": change, "text": "; ".join(one.text for one in moved)}
    return None
