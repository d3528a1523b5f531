"""What a cell prints, kept while it is shown."""

from __future__ import annotations

import sys
from typing import Any, TextIO

__all__ = ["Tee"]

_MOST = 1_000_000


class Tee:
    """Stands for ``sys.stdout`` while a cell runs: passes everything on and keeps the last million characters."""

    def __init__(self) -> None:
        self._stream: TextIO = sys.stdout
        self._parts: list[str] = []
        self._size = 0
        sys.stdout = self  # type: ignore[assignment]

    def write(self, text: str) -> int:
        """Pass text on, and keep it."""
        self._parts.append(text)
        self._size += len(text)
        while self._size > _MOST and len(self._parts) > 1:
            self._size -= len(self._parts.pop(0))
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def close_and_read(self) -> str:
        """Put the stream back; returns what was kept."""
        if sys.stdout is self:
            sys.stdout = self._stream
        return "".join(self._parts)
