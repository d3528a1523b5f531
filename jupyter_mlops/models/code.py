"""Code that was saved with a model, made importable for it."""

from __future__ import annotations

import os
import sys
import tempfile

from jupyter_mlops.models.trust import ModelFolder

__all__ = ["add_code"]


def add_code(folder: ModelFolder, code: str | None) -> None:
    """Put a model's code on ``sys.path``: a private copy of the verified files, which nobody can change afterwards.

    Raises
    ------
    UntrustedModel
        There is code, and nobody vouches for it.
    """
    if not code:
        return
    folder.need_trust(code, "Python code")
    place = tempfile.mkdtemp(prefix="mlops-code-")
    for path in folder.files(code):
        target = os.path.join(place, os.path.relpath(path, code))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(folder.read(path))
    sys.path.insert(0, place)
