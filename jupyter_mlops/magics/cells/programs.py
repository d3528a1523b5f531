"""A project's run followed in the cell that began it, and after it: the card, what the program prints, and the way to end it."""

from __future__ import annotations

import contextvars
import re
import sys
import threading
import weakref
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable
from typing import IO, Any

import msgspec
from IPython.core.display_functions import publish_display_data

from jupyter_mlops.context.notebooks import is_notebook, shell
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.magics.cells.estimates import by_printed_bar
from jupyter_mlops.magics.cells.live import LiveCard, is_watched, kernel_id
from jupyter_mlops.magics.cells.outputs import last_lines
from jupyter_mlops.magics.settings import settings
from jupyter_mlops.projects.submitted_runs import SubmittedRun
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.views.cards.bundles import card_bundle
from jupyter_mlops.views.cards.runs import RunCards

__all__ = ["Program", "show_submitted"]

_TARGET = "jupyter_mlops.stop"
_PAUSE_S, _CHUNK = 0.1, 1_000_000
_SHARE = 0.05  # of a processor, for the card
_STAGE = re.compile(r"(making [^:]+): \d+ lines \[[\d:]+,[^,\]]*/s(?:, (.*?))?\]?$")
_BARS = re.compile(r"\r(?:making [^:\r\n]+:|executing:)[^\r\n]*|\r +\r")  # our own: the card shows them
_running: weakref.WeakValueDictionary[str, SubmittedRun] = weakref.WeakValueDictionary()  # that the page may end
_shown: weakref.WeakKeyDictionary[SubmittedRun, int] = weakref.WeakKeyDictionary()  # in which cell, whose value it may be
_registered = False


class Program:
    """A project's run that this kernel began.

    Parameters
    ----------
    submitted : SubmittedRun
    given_name : str or None
        The name that the user gave.
    output : file
        What it and its program print, open for reading; closed at its end.
    apart : bool
        Whether the cell ends before it.
    """

    def __init__(self, submitted: SubmittedRun, given_name: str | None, output: IO[bytes], *, apart: bool) -> None:
        self._submitted, self._output, self._apart = submitted, output, apart
        self._cards = RunCards(open_store(submitted.tracking_uri), submitted.run_id, given_name)
        self._recent: deque[str] = deque(maxlen=60)
        self._is_over = threading.Event()
        self._live = LiveCard(self.bundle, _SHARE) if settings().live and is_watched() else None
        _let_stop(submitted)
        _shown[submitted] = _count()

    def follow(self) -> bool:
        """Show the card and what the program prints until its end, in this cell; whether it went well.

        An interrupt ends the program. Apart, this returns at once, and the cell's output goes on.
        """
        if self._live:
            self._live.start()
        reader = self._in_thread(self._read)
        if self._apart:
            self._in_thread(lambda: self._wait(reader))
            return True
        return self._wait(reader)

    def _in_thread(self, work: Callable[[], Any]) -> threading.Thread:
        context = contextvars.copy_context()  # what is shown belongs to this cell
        thread = threading.Thread(target=context.run, args=(work,), daemon=True, name="jupyter_mlops-program")
        thread.start()
        return thread

    def _wait(self, reader: threading.Thread) -> bool:
        try:
            return self._submitted.wait()
        except KeyboardInterrupt:
            self._submitted.cancel()
            raise
        finally:
            self._is_over.set()
            reader.join()
            if self._live:
                self._live.finish()
            elif not self._apart:
                publish_display_data(self.bundle())

    def _read(self) -> None:
        decoder = getincrementaldecoder("utf-8")("replace")
        with self._output as file:
            is_over = False
            while not is_over:
                is_over = self._is_over.wait(_PAUSE_S)
                while data := file.read(_CHUNK):
                    text = decoder.decode(data)
                    self._recent.append(text)
                    sys.stdout.write(_BARS.sub("", text))
                sys.stdout.flush()

    def bundle(self) -> dict[str, Any]:
        """The card as it is now."""
        card = self._cards.card()
        if self._is_over.is_set() or RunStatus.is_terminated(RunStatus.from_string(card.status)):
            return card_bundle(card)
        printed = last_lines("".join(list(self._recent)))
        last = printed[-1] if printed else ""
        found = _STAGE.match(last)
        stage = ": ".join(filter(None, found.groups())) if found else None
        now = msgspec.structs.replace(card, log=printed, estimate=by_printed_bar(last), stage=stage, kernel=kernel_id(), apart=self._apart)
        return card_bundle(now)


def show_submitted(submitted: SubmittedRun) -> None:
    """Show a project's run: its card as it is now, which a page keeps up to date; nothing right below the card of the magic that began it."""
    if _shown.get(submitted) == _count():
        return
    card = RunCards(open_store(submitted.tracking_uri), submitted.run_id).card()
    if card.end_time is None:
        _let_stop(submitted)
        card = msgspec.structs.replace(card, kernel=kernel_id(), apart=True)
    publish_display_data(card_bundle(card))


def _count() -> int:
    return int(getattr(shell(), "execution_count", 0))


def _let_stop(submitted: SubmittedRun) -> None:
    """Let the page end it, as long as somebody holds it: by a comm, as the kernel may be busy, or free."""
    global _registered
    _running[submitted.run_id] = submitted
    if not _registered and is_notebook():
        import comm  # only in kernels

        comm.get_comm_manager().register_target(_TARGET, _stop)
        _registered = True


def _stop(channel: Any, message: dict[str, Any]) -> None:
    data = message["content"]["data"]
    submitted = _running.get(str(data.get("run_id"))) if isinstance(data, dict) else None
    if submitted is not None:
        threading.Thread(target=submitted.cancel, daemon=True).start()  # it waits for the end
    channel.close()
