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
    memory : int or None, bytes
        Of a worker with all processes that it started; half of the machine's by default.
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
    memory: int | None = None
    python: str | None = None

    @classmethod
    def given(cls) -> Limits:
        """As the environment says, see `entities.variables`."""
        memory = PREDICT_MEMORY.get()
        return cls(
            call_s=PREDICT_TIMEOUT.get(), idle_s=PREDICT_IDLE.get(), memory=None if memory is None else memory << 20,
            python=PREDICT_PYTHON.get(),
        )  # fmt: skip

    def most_bytes(self) -> int:
        """What `memory` means here; the machine is looked at only when a worker starts."""
        if self.memory is not None:
            return self.memory
        import psutil  # only for servers that run models

        return int(psutil.virtual_memory().total // 2)
