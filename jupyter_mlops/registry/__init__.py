"""Registered models: registration, the URIs that name a model, moves, gates, history, lineage.

May import `context` and `storage`; used by `tracking`, `models`, `server` and users: ``jupyter_mlops.registry.require(…)``.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "lineage": "lineages",
    "list_gates": "gates",
    "move": "moves",
    "preview_move": "moves",
    "record_evaluation": "lineages",
    "record_use": "lineages",
    "register_model": "registrations",
    "remove_gate": "gates",
    "require": "gates",
    "search_model_versions": "registrations",
    "search_registered_models": "registrations",
    "undo": "moves",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'jupyter_mlops.registry' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"jupyter_mlops.registry.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
