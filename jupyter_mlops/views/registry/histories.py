"""What happened to a model, and what of it can be undone."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.storage.registry_base import RegistryStore

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
    return {"events": shown, "undo": last_move(store, name)}


def last_move(store: RegistryStore, name: str) -> dict[str, Any] | None:
    """What can be undone of a model that is there: number of its ``change``, and a sentence ``text``."""
    events = store.get_last_move(name)
    return {"change": events[0].change, "text": "; ".join(event.text for event in reversed(events))} if events else None
