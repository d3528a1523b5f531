"""The registry as lasting tables: HTML for every front end, text for terminals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import escape, table
from jupyter_mlops.views.formats.notes import note_html
from jupyter_mlops.views.formats.numbers import time_text
from jupyter_mlops.views.formats.texts import text_table

__all__ = ["registry_html", "registry_text"]

_MOST_ROWS, _MOST_METRICS = 50, 6
_LONGEST, _LONGEST_NOTE = 200, 2000


def registry_html(models: Mapping[str, Any], opened: Mapping[str, Any] | None) -> str:
    """Models, or the versions of the one that is opened, as the views ``models`` and ``model_versions`` have them."""
    if opened is None:
        shown = table(*_models(models)) if models["models"] else "<p>No registered models.</p>"
        return shown + _more(models["total"], len(models["models"]), "models")
    model = opened["model"]
    described = note_html(_cut(model["description"], _LONGEST_NOTE)) if model["description"] else ""
    shown = table(*_versions(opened)) if opened["versions"] else "<p>No versions.</p>"
    heading = f"<p><b>{escape(model['name'])}</b></p>{described}"
    return heading + shown + _more(opened["total"], len(opened["versions"]), "versions")


def registry_text(models: Mapping[str, Any], opened: Mapping[str, Any] | None) -> str:
    """The same as text."""
    columns, rows = _models(models) if opened is None else _versions(opened)
    if not rows:
        return "no versions" if opened else "no registered models"
    return text_table(columns, rows, more=(opened or models)["total"] - len(rows))


def _more(total: int, found: int, what: str) -> str:
    left = total - min(found, _MOST_ROWS)
    return f"<p>… {left} more {what}</p>" if left > 0 else ""


def _models(page: Mapping[str, Any]) -> tuple[list[str], list[list[Any]]]:
    rows = [
        [
            model["name"], model["versions"], model["latest"] or "",
            ", ".join(f"{one['stage']}: version {one['version']}" for one in model["stages"]),
            _cut(", ".join(f"@{one['alias']}: version {one['version']}" for one in model["aliases"])),
            _cut(model["description"]),
        ]
        for model in page["models"][:_MOST_ROWS]
    ]  # fmt: skip
    return ["model", "versions", "latest", "stages", "aliases", "description"], rows


def _versions(page: Mapping[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Times and generated names of runs only where outputs may change."""
    metrics: Sequence[str] = page["metrics"][:_MOST_METRICS]
    dated = [] if is_plain() else ["run", "registered (UTC)"]
    rows = [
        [
            version["version"], "" if version["stage"] == "None" else version["stage"],
            _cut(", ".join(f"@{alias}" for alias in version["aliases"])), *(version["metrics"].get(key) for key in metrics),
            *([_cut(version["run_name"]), time_text(version["created"])] if dated else []), _cut(version["description"]),
        ]
        for version in page["versions"][:_MOST_ROWS]
    ]  # fmt: skip
    return ["version", "stage", "aliases", *metrics, *dated, "description"], rows


def _cut(text: str | None, longest: int = _LONGEST) -> str:
    text = text or ""
    return text if len(text) <= longest else text[:longest] + "…"
