"""A cell that may take only so long."""

from __future__ import annotations

import _thread
import asyncio
import contextlib
import signal
import threading

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.interrupts import HeldInterrupts

__all__ = ["TimeLimit"]


class TimeLimit:
    """Interrupts the main thread once, as Ctrl-C does, when the time is over.

    Parameters
    ----------
    seconds : float

    Raises
    ------
    InvalidParameter
        In another thread than the main one, which no interrupt would reach.
    """

    def __init__(self, seconds: float) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise InvalidParameter("--time-limit works for cells in the main thread only.")
        self._seconds = seconds
        self._lock = threading.Lock()
        self._is_done = self._is_over = False
        self._loop: asyncio.AbstractEventLoop | None = None
        with contextlib.suppress(RuntimeError):  # a shell without one
            self._loop = asyncio.get_running_loop()
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def _strike(self) -> None:
        with self._lock:
            if self._is_done:
                return
            self._is_over = True
            if hasattr(signal, "pthread_kill"):  # a real signal, which also ends a sleep or a read
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            else:
                _thread.interrupt_main()
            if self._loop is not None:  # a signal does not end its wait for what the cell awaits
                with contextlib.suppress(RuntimeError):  # closed
                    self._loop.call_soon_threadsafe(lambda: None)

    def stop(self) -> str | None:
        """The cell has ended; returns in words why, if it was this."""
        self._timer.cancel()
        with HeldInterrupts() as held:
            with self._lock:
                self._is_done = True
            held.pending = held.pending and not self._is_over  # ours came when there was nothing left to interrupt
        return f"time limit of {self._seconds:g} s" if self._is_over else None
