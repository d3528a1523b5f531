"""Files on their way: several at a time, with a progress bar for long ones, stopped at once by an interrupt."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from jupyter_mlops.errors import InvalidParameter

__all__ = ["Stopped", "Transfer"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_THREADS = 8
_SMALL = 20_000_000  # bytes whose bar is shown only when they take long
_PATIENCE_S = 2.0
_TICK_S = 0.1
_OFF = ("0", "false")


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
        pool = ThreadPoolExecutor(min(_chosen_threads(), len(items)), thread_name_prefix="jupyter_mlops-transfer")
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
            self._bar = _bar(self._what, self._size)
        self._bar.update(self._moved - self._bar.n)


def _chosen_threads() -> int:
    text = os.environ.get("JUPYTER_MLOPS_TRANSFER_THREADS", str(_THREADS))
    if not text.isdigit() or int(text) < 1:
        raise InvalidParameter(f"JUPYTER_MLOPS_TRANSFER_THREADS is a number of threads from 1, not {text!r}.")
    return int(text)


def _is_watched() -> bool:
    """Whether somebody sees a bar: at a terminal or in a notebook, unless it was switched off."""
    if chosen := os.environ.get("JUPYTER_MLOPS_PROGRESS"):
        return chosen.lower() not in _OFF
    if any(
        os.environ.get(name, "").lower() in _OFF
        for name in ("JUPYTER_MLOPS_LIVE", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR")
    ):
        return False
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel") or (sys.stderr is not None and sys.stderr.isatty())


def _bar(what: str, size: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without ipywidgets it is a bar of text, which is good enough
        from tqdm.auto import tqdm  # only for long work

        return tqdm(total=size, desc=what, unit="B", unit_scale=True, leave=False, disable=not _is_watched())
