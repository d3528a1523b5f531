"""MIME bundles of our outputs: alive in JupyterLab, readable everywhere else."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.variables import LIVE
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["MIME", "VERSION", "bundle", "is_plain"]

MIME = "application/vnd.jupyter-mlops+json"
VERSION = 1


def is_plain() -> bool:
    """Whether outputs must be the same at every execution: ``JUPYTER_MLOPS_LIVE=0``, for tests and committed notebooks."""
    return LIVE.get() is False


def bundle(view: dict[str, Any], html: str, text: str) -> dict[str, Any]:
    """All forms of one output; only the lasting ones when outputs must not change."""
    lasting = {"text/html": html, "text/plain": harmless(text)}
    return lasting if is_plain() else {MIME: {"version": VERSION, **view}, **lasting}
