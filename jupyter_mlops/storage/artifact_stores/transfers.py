"""Files on their way: several at a time, with a progress bar for long ones, stopped at once by an interrupt."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from jupyter_mlops.entities.variables import (
    ENABLE_ARTIFACTS_PROGRESS_BAR,
    LIVE,
    PROGRESS,
    TRANSFER_THREADS,
)

__all__ = ["Stopped", "Transfer", "is_watched", "make_bar"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_SMALL = 20_000_000  # bytes whose bar is shown only when they take long
_PATIENCE_S = 2.0
_TICK_S = 0.1


class Stopped(Exception):
    """Raised in the threads of a transfer that was given up, for drivers to break off what they have begun."""


class Transfer:
    """Some files that are copied together.

    Parameters
    ----------
    what : str
        Stands before the bar.
    size : int, bytes
    inline : bool, default False
        One after another in the calling thread, without a bar: for what takes less time than threads take to start.
        Else there are ``JUPYTER_MLOPS_TRANSFER_THREADS`` of them, 8 by default.
    """

    def __init__(self, what: str, size: int, *, inline: bool = False) -> None:
        self._what, self._size, self._inline = what, size, inline
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._moved = 0
        self._started = time.monotonic()
        self._bar: Any = None

    def moved(self, count: int) -> None:
        """Note that so many bytes went their way.

        Raises
        ------
        Stopped
            The transfer was given up.
        """
        if self._stopped.is_set():
            raise Stopped
        with self._lock:
            self._moved += count

    def each(self, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """What `work` returns for each of `items`; the first error ends the transfer."""
        items = list(items)
        if self._inline or not items:
            return [work(item) for item in items]
        # At the end of a process, where runs that were left open end, this cannot be imported any more.
        from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

        pool = ThreadPoolExecutor(min(TRANSFER_THREADS.get(), len(items)), thread_name_prefix="jupyter_mlops-transfer")
        futures = [pool.submit(work, item) for item in items]
        try:
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, timeout=_TICK_S, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
                self._show()
            return [future.result() for future in futures]
        except BaseException:
            self._stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            # They tidy up meanwhile; one in the middle of a request ends by itself.
            wait([future for future in futures if not future.cancelled()], timeout=_PATIENCE_S)
            raise
        finally:
            pool.shutdown(wait=False)
            if self._bar is not None:
                self._bar.close()

    def _show(self) -> None:
        if self._bar is None:
            if self._size < _SMALL and time.monotonic() - self._started < _PATIENCE_S:
                return
            self._bar = make_bar(self._what, self._size, unit="B", unit_scale=True)
        self._bar.update(self._moved - self._bar.n)


def is_watched() -> bool:
    """Whether somebody sees a bar: at a terminal or in a notebook, unless it was switched off."""
    if (chosen := PROGRESS.get()) is not None:
        return chosen
    if LIVE.get() is False or ENABLE_ARTIFACTS_PROGRESS_BAR.get() is False:
        return False
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel") or (sys.stderr is not None and sys.stderr.isatty())


def make_bar(what: str, total: int | None, *, shown: bool = True, **form: Any) -> Any:
    """A bar of tqdm on stderr or in the notebook; it says nothing unless it is `shown` and somebody sees it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without ipywidgets it is a bar of text, which is good enough
        from tqdm.auto import tqdm  # only for long work

        return tqdm(total=total, desc=what, leave=False, disable=not (shown and is_watched()), **form)
