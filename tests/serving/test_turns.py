"""Turns of requests."""

import asyncio
import gc
import threading
import weakref

import pytest

from jupyter_mlops.serving.turns import Turns


class Body:
    def __call__(self):
        return b""


def test_what_is_given_up_is_not_kept_while_a_model_hangs():
    async def asked():
        turns, end = Turns(), threading.Event()
        try:
            with pytest.raises(TimeoutError):
                await turns.take(lambda: b"x" * end.wait(20), 0.01)
            body = Body()
            with pytest.raises(TimeoutError):
                await turns.take(body, 0.01)
            left = weakref.ref(body)
            del body
            gc.collect()
            assert left() is None
        finally:
            end.set()
        assert await turns.take(Body(), 10) == b""

    asyncio.run(asked())
