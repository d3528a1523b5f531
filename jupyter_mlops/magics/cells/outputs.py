"""What a cell prints, kept while it is shown."""

from __future__ import annotations

import re
import sys
import threading
from collections import deque
from typing import Any, TextIO

from jupyter_mlops.artifacts.printings import Printed
from jupyter_mlops.context.secrets import mask_secrets

__all__ = ["CARD_THREAD", "Tee", "last_lines"]

CARD_THREAD = "jupyter_mlops-card"

_LINES, _LONGEST = 8, 160
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Tee(Printed):
    """Stands for a stream while a cell runs: passes everything on and keeps the last million characters.

    Parameters
    ----------
    name : str, default ``"stdout"``
        Which stream of `sys`.
    beside : Tee, optional
        Another one, to share `recent` with.

    Attributes
    ----------
    recent : deque of str
        What was written last.
    """

    def __init__(self, name: str = "stdout", beside: Tee | None = None) -> None:
        super().__init__()
        self._name = name
        self.recent: deque[str] = beside.recent if beside else deque(maxlen=60)
        self._stream: TextIO = getattr(sys, name)
        self._is_open = True
        setattr(sys, name, self)

    def write(self, text: str) -> int:
        """Pass text on, and keep it; handlers of logs that the cell made write here for ever after."""
        if self._is_open:
            self.keep(text)
            self.recent.append(text)
        return self._stream.write(text)

    def flush(self) -> None:
        """Pass it on, but not of a card's thread.

        Kernels flush both streams before each display, and wait for it; a card that is shown again stands where it stood.
        """
        if threading.current_thread().name != CARD_THREAD:
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def close_and_read(self) -> str:
        """Put the stream back; returns what was kept."""
        if getattr(sys, self._name) is self:
            setattr(sys, self._name, self._stream)
        self._is_open = False
        kept = self.so_far()
        self._parts.clear()
        return kept


def last_lines(written: str) -> list[str]:
    """The last lines of what was written, as a terminal would show them, without secrets.

    Examples
    --------
    >>> last_lines("begin\\n 10%\\r 20%\\r\\x1b[31mred\\x1b[0m\\n\\n")
    ['begin', 'red']
    """
    lines = [_CONTROL.sub("", line.rstrip("\r").rpartition("\r")[2]).rstrip() for line in written[-20_000:].split("\n")]
    shown = [line for line in lines if line][-_LINES:]
    masked = mask_secrets("\n".join(shown)).split("\n") if shown else []
    return [line[:_LONGEST] for line in masked]  # after the masks: half a secret is none that could be recognised
