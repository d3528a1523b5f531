"""What a move of a version would do."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.registry.moves import preview
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = ["preview_move"]


def preview_move(
    store: RegistryStore, name: str, version: str, stage: str | None = None, alias: str | None = None,
    archive_existing: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What a move would archive, which version is there now, and what each gate says; nothing is changed.

    Raises
    ------
    NotFound
        There is no such model or version.
    InvalidParameter
        Not one of stage and alias.
    """
    found = preview(store, name, version, stage, alias, archive_existing)
    return {**msgspec.structs.asdict(found), "passed": found.passed}
