"""What the processes of models may use."""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.variables import PREDICT_IDLE, PREDICT_MEMORY, PREDICT_PYTHON, PREDICT_TIMEOUT

__all__ = ["Limits"]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of the workers of a server.

    Attributes
    ----------
    workers : int
        Processes at a time; for one more the one that was asked longest ago ends.
    calls : int
        Calls at a time, each of which is a thread of the server.
    call_s, load_s, idle_s : float, seconds
        That a call may take, that loading may take, and that a worker lives unasked.
    memory : int, bytes
        Of a worker with all processes that it started.
    python : str or None
        The interpreter; the server's own by default.

    Notes
    -----
    Memory is what is resident, looked at ten times a second by the server. ``RLIMIT_AS`` would count addresses: numpy's
    BLAS, jemalloc and CUDA reserve tens of gigabytes that they never touch, and models would fail that need little. What
    grows too fast to be seen meets the kernel's own limit, which takes the worker first (``oom_score_adj``).
    """

    workers: int = 4
    calls: int = 16
    call_s: float = 60.0
    load_s: float = 300.0
    idle_s: float = 600.0
    memory: int = 0
    python: str | None = None

    @classmethod
    def given(cls) -> Limits:
        """As the environment says, see `entities.variables`."""
        return cls(
            call_s=PREDICT_TIMEOUT.get(), idle_s=PREDICT_IDLE.get(), memory=_memory(), python=PREDICT_PYTHON.get()
        )


def _memory() -> int:
    if (given := PREDICT_MEMORY.get()) is not None:
        return given << 20
    import psutil  # only for servers

    return int(psutil.virtual_memory().total // 2)
