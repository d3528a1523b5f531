"""As much of the registry as a notebook should hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["SNAPSHOT_ROWS", "registry_snapshot"]

SNAPSHOT_ROWS = 100
_MOST_BYTES = 50_000
_LONGEST_NOTE, _LONGEST_TAG, _MOST_OF_A_ROW = 2000, 200, 20


def registry_snapshot(models: Mapping[str, Any], opened: Mapping[str, Any] | None) -> dict[str, Any]:
    """The views ``models`` and ``model_versions`` in at most 50 kB: long texts and lists are cut, then there are fewer rows."""
    rows = SNAPSHOT_ROWS
    while True:
        kept = {"models": _cut(models, "models", rows), "opened": opened and _cut(opened, "versions", rows)}
        if len(msgspec.json.encode(kept)) <= _MOST_BYTES:
            return kept
        if not rows:
            return {"models": {**models, "models": []}, "opened": None}
        rows //= 2


def _cut(page: Mapping[str, Any], name: str, rows: int) -> dict[str, Any]:
    cut = {**page, name: [_shortened(row) for row in page[name][:rows]]}
    return {**cut, "model": _shortened(page["model"])} if "model" in page else cut


def _shortened(row: Mapping[str, Any]) -> dict[str, Any]:
    tags = {key: _short(value, _LONGEST_TAG) for key, value in list(row["tags"].items())[:_MOST_OF_A_ROW]}
    note = row["description"] and _short(row["description"], _LONGEST_NOTE)
    return {**row, "description": note, "tags": tags, "aliases": row["aliases"][:_MOST_OF_A_ROW]}


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"
