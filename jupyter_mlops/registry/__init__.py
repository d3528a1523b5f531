"""Registered models: registration, the URIs that name a model, moves, gates, history, lineage.

May import `context` and `storage`; used by `tracking`, `models`, `server` and users: ``jupyter_mlops.registry.require(…)``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers, which do not follow `__getattr__`
    # isort: off
    from jupyter_mlops.registry.gates import list_gates as list_gates, remove_gate as remove_gate, require as require
    from jupyter_mlops.registry.lineages import (
        lineage as lineage, record_evaluation as record_evaluation, record_use as record_use,
    )
    from jupyter_mlops.registry.moves import move as move, preview_move as preview_move, undo as undo
    from jupyter_mlops.registry.registrations import (
        register_model as register_model, search_model_versions as search_model_versions,
        search_registered_models as search_registered_models,
    )
    # isort: on

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
