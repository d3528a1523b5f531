"""The lease: those who waited in vain leave little behind, and what they left gives the lock back."""

import contextlib
import fcntl
import os
import threading

import pytest

from jupyter_mlops.errors import StoreBusy
from jupyter_mlops.storage.duckdb.lease import lease

HOLD = """
import sys
from jupyter_mlops.storage.duckdb.lease import lease
with lease(sys.argv[1], "hold"):
    print("inside", flush=True)
    sys.stdin.readline()
"""


def try_lock(path):
    """Take the lock at once, by a descriptor of its own."""
    with open(path + ".lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "mlops.duckdb")


@pytest.fixture
def holder(child, path):
    process = child(HOLD, path)
    assert process.stdout.readline() == "inside\n"
    return process


def waiters():
    return [thread for thread in threading.enumerate() if thread.name == "jupyter_mlops-lease"]


def descriptors():
    """Descriptors that this process has open."""
    found = []
    for fd in range(256):
        with contextlib.suppress(OSError):
            os.fstat(fd)
            found.append(fd)
    return found


def wait_in_vain(path, times=1):
    for _ in range(times):
        with pytest.raises(StoreBusy, match="held by process"), lease(path, "read", 0.01):
            pass


def let_go(process):
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.wait() == 0


def test_who_waits_in_vain_again_and_again_keeps_one_waiter(holder, path):
    wait_in_vain(path)
    count = len(descriptors())
    wait_in_vain(path, 5)
    (left,) = waiters()
    assert len(descriptors()) == count
    let_go(holder)
    left.join(10)
    assert not waiters()
    assert len(descriptors()) == count - 1


def test_the_waiter_that_was_left_is_taken_over_and_gets_the_lock(holder, path, child):
    wait_in_vain(path)
    (left,) = waiters()
    going = threading.Timer(0.1, let_go, [holder])
    going.start()
    with lease(path, "read"):
        assert set(waiters()) <= {left}
        with pytest.raises(BlockingIOError):
            try_lock(path)
    try_lock(path)
    going.join()


def test_who_waits_for_one_store_keeps_nobody_from_another(holder, path, tmp_path):
    def wait():
        with lease(path, "read"):
            got.append(True)

    got = []
    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        for name in ("other", "third"):
            with lease(str(tmp_path / name), "read", 0.2):
                assert not got
    finally:
        let_go(holder)
        waiting.join()
    assert got


def test_a_waiter_nobody_takes_over_gives_the_lock_back(holder, path):
    wait_in_vain(path)
    (left,) = waiters()
    let_go(holder)
    left.join(10)
    try_lock(path)
    with lease(path, "read", 0.0):
        assert not waiters()


def test_a_lock_file_that_was_replaced_is_not_waited_for(holder, path):
    wait_in_vain(path)
    os.unlink(path + ".lock")
    with lease(path, "read", 0.01):
        pass


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_waits_by_itself(holder, path):
    wait_in_vain(path)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with lease(path, "child"):
                os.write(writing, b"x")
        finally:
            os._exit(0)
    os.close(writing)
    let_go(holder)
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    os.waitpid(pid, 0)
