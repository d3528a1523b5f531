"""Where what waits for a store waits: in threads of our own, of which one store never takes all."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import functools
import weakref
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from jupyter_mlops.errors import StoreBusy

__all__ = ["Threads"]

_MOST = 32
_MOST_A_STORE = 4  # there is one lease a store, more threads would only wait for it
_PATIENCE_S = 30.0
P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Calls what blocks in threads; for use in one event loop.

    Parameters
    ----------
    patience_s : float, seconds
        How long a call waits for its turn among those of the same store.

    Notes
    -----
    The threads of asyncio's own pool are few, and Jupyter looks names up in them: a store that somebody holds would stop it.
    """

    def __init__(self, patience_s: float = _PATIENCE_S) -> None:
        self._pool = concurrent.futures.ThreadPoolExecutor(_MOST, "jupyter_mlops")
        self._turns: weakref.WeakValueDictionary[str, asyncio.Semaphore] = weakref.WeakValueDictionary()
        self._patience_s = patience_s

    async def call(self, store: str, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What a function returns or raises, asked of a store.

        Raises
        ------
        StoreBusy
            Earlier calls still wait for that store.
        """
        turn = self._turns.setdefault(store, asyncio.Semaphore(_MOST_A_STORE))
        try:
            async with asyncio.timeout(self._patience_s):
                await turn.acquire()
        except TimeoutError:
            raise StoreBusy(f"The store does not answer: {_MOST_A_STORE} requests have waited for it for {self._patience_s:g} s.") from None
        call = functools.partial(contextvars.copy_context().run, functools.partial(function, *given, **named))
        waiting = asyncio.get_running_loop().run_in_executor(self._pool, call)
        waiting.add_done_callback(lambda _: turn.release())
        return await asyncio.shield(waiting)  # whoever asked may be gone: the thread has its turn until it is done
