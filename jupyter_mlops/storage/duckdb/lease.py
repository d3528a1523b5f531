"""The lease: whose turn it is to touch the store, among threads and processes of this machine."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import threading
import time
from collections.abc import Iterator

from jupyter_mlops.errors import StoreBusy
from jupyter_mlops.storage.interrupts import HeldInterrupts
from jupyter_mlops.storage.modes import open_file

__all__ = ["WAIT_S", "holder_of", "is_cut_off", "lease"]

WAIT_S = 30.0
_FORK_WAIT_S = 2.0
_turns = threading.Condition()
_holders: dict[str, int] = {}  # the thread of this process whose turn it is, by path of the store
_forks: int | None = None  # the thread that forks: nobody's turn begins meanwhile
_cut_off = False
_lock_files: set[int] = set()  # descriptors that have the lock or wait for it
_waiters: dict[str, _Waiter] = {}  # those that were left, by the same; asked only by whoever has its turn


@contextlib.contextmanager
def lease(path: str, purpose: str, wait_s: float = WAIT_S, *, locked: bool = True) -> Iterator[None]:
    """Hold the turn on the store at `path`; SIGINT is held back until it is given up.

    Parameters
    ----------
    path : str
        The store's file; the lock is the file ``<path>.lock`` beside it.
    purpose : str
        What for, shown to those who wait in vain.
    wait_s : float, seconds, default 30
    locked : bool, default True
        False takes the turn among the threads of this process alone: for a store whose lock may not be written.

    Raises
    ------
    StoreBusy
        Somebody held it all the time; the message names the process.
    KeyboardInterrupt
        While waiting.

    Notes
    -----
    About 20 µs when nobody holds it. A thread that holds a lease must not ask for another, of this store or any: two
    that hold one and want the other's would wait for each other.
    """
    with HeldInterrupts() as held:
        until = time.monotonic() + wait_s
        if not _begin_turn(path, held, until):
            return _raise_waited(path, wait_s, held)
        fd = None
        try:
            if locked:
                fd = _lock(path + ".lock", held, until)
                if fd is None:
                    return _raise_waited(path, wait_s, held)
                _write_holder(fd, purpose)
            yield
        finally:
            if fd is not None:
                _close(fd)  # gives the lock up; never LOCK_UN, which would also take a forked parent's
            _end_turn(path)


def _raise_waited(path: str, wait_s: float, held: HeldInterrupts) -> None:
    if held.pending:
        held.pending = False
        raise KeyboardInterrupt
    holder = holder_of(path)
    raise StoreBusy(f"{path} has been busy for {wait_s:g} s, held by {holder}. Wait for it or stop it.", holder)


def _begin_turn(path: str, held: HeldInterrupts, until: float) -> bool:
    me = threading.get_ident()
    with _turns:
        assert me not in _holders.values(), "a lease is asked for inside a lease"
        while path in _holders or _forks not in (None, me):
            if held.pending or time.monotonic() > until:
                return False
            _turns.wait(0.05)
        _holders[path] = me
    return True


def _end_turn(path: str) -> None:
    with _turns:
        _holders.pop(path, None)  # a forked child has none any more
        _turns.notify_all()


def _lock(path: str, held: HeldInterrupts, until: float) -> int | None:
    waiter = _waiters.pop(path, None)
    if waiter is None or not waiter.adopt(path):
        fd = open_file(path, os.O_RDWR | os.O_CREAT)
        _lock_files.add(fd)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            waiter = _Waiter(fd)
        except BaseException:
            _close(fd)
            raise
    got = waiter.wait(held, until)
    if got is None:
        _waiters[path] = waiter
    return got


def _close(fd: int) -> None:
    _lock_files.discard(fd)
    os.close(fd)


class _Waiter:
    """Waits for the lock in a thread: blocking ``flock`` is fair, polling is not, and only a thread can be left.

    One that was left waits on, and whoever asks for the same lock next takes it over instead of starting another.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._decision = threading.Lock()
        self._given_up = False
        self._got = threading.Event()
        self._thread = threading.Thread(target=self._block, daemon=True, name="jupyter_mlops-lease")
        self._thread.start()

    def _block(self) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        with self._decision:
            self._got.set()
            if self._given_up:
                _close(self._fd)

    def adopt(self, path: str) -> bool:
        """Want the lock again; False when it was given back already, or is one of a file that has been replaced."""
        with self._decision:
            if self._got.is_set() or not self._thread.is_alive():
                return False
            with contextlib.suppress(FileNotFoundError):
                self._given_up = not os.path.samestat(os.fstat(self._fd), os.stat(path))
            return not self._given_up

    def wait(self, held: HeldInterrupts, until: float) -> int | None:
        while not self._got.wait(0.05):
            if held.pending or time.monotonic() > until:
                with self._decision:
                    if not self._got.is_set():
                        self._given_up = True
                        return None
        return self._fd


def _write_holder(fd: int, purpose: str) -> None:
    program = os.path.basename(sys.argv[0] or "python") if sys.argv else "python"
    text = f"{os.getpid()} {program} {purpose}".encode("utf-8", "backslashreplace")[:200].ljust(200)
    with contextlib.suppress(OSError):  # a full disk: the name is a courtesy, the lock holds without it
        os.pwrite(fd, text, 0)


def holder_of(path: str) -> str:
    """Who held the lease on the store at `path` last: process, program and purpose."""
    try:
        with open(path + ".lock", encoding="utf-8", errors="replace") as file:
            pid, program, purpose = file.read().strip().split(" ", 2)
    except (OSError, ValueError):
        return "an unknown process"
    return f"process {pid} ({program}, {purpose})"


def is_cut_off() -> bool:
    """Whether this process was forked while another thread of its parent held a store for longer than a fork waits."""
    return _cut_off


def _before_fork() -> None:
    """Let other threads be done with their stores: a file that DuckDB has open at a fork cannot be opened in the child."""
    global _forks
    me = threading.get_ident()
    with _turns:
        if _turns.wait_for(lambda: _forks is None, _FORK_WAIT_S):
            _forks = me
        _turns.wait_for(lambda: not set(_holders.values()) - {me}, _FORK_WAIT_S)


def _after_fork_here() -> None:
    global _forks
    with _turns:
        if _forks == threading.get_ident():
            _forks = None
            _turns.notify_all()


def _after_fork() -> None:
    global _turns, _forks, _cut_off
    _cut_off = _cut_off or bool(_holders)
    _turns = threading.Condition()
    _holders.clear()
    _forks = None
    _waiters.clear()
    while _lock_files:
        os.close(_lock_files.pop())  # a copy of the parent's: it would keep the lock for as long as this process lives


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_here, after_in_child=_after_fork)
