"""The Python that a process runs on."""

from __future__ import annotations

import functools
import platform

from jupyter_mlops.entities.tags import PYTHON_TAG

__all__ = ["python_tags"]


@functools.cache
def python_tags() -> dict[str, str]:
    """Version of the running Python, such as ``3.11.7``, with its kind where that is not CPython."""
    kind = platform.python_implementation()
    return {PYTHON_TAG: f"{'' if kind == 'CPython' else kind + ' '}{platform.python_version()}"}
