"""Files whose reader goes away while a thread reads on."""

import sys
import threading

from jupyter_mlops.server.sendings import _Pieces


def test_what_is_being_read_is_closed_by_the_reader():
    """A generator closed while another thread is in it may crash the process, so nobody else touches it."""
    reading, go_on, closed = threading.Event(), threading.Event(), []

    def file():
        try:
            yield b"first"
            reading.set()
            go_on.wait(10)
            yield b"second"
        finally:
            closed.append(threading.current_thread())

    pieces = _Pieces(file())
    assert pieces.next() == b"first"
    reader = threading.Thread(target=pieces.next)
    reader.start()
    assert reading.wait(10)
    pieces.close()
    assert closed == []
    go_on.set()
    reader.join()
    assert closed == [reader]
    assert pieces.next() == b""


def test_readers_that_go_away_at_any_moment_leave_every_file_closed_once():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    closed = []

    def file():
        try:
            yield from (b"1", b"2", b"3")
        finally:
            closed.append(1)

    def read(pieces):
        while pieces.next():
            pass

    try:
        for _ in range(3000):
            pieces = _Pieces(file())
            pieces.next()
            reader = threading.Thread(target=read, args=(pieces,))
            reader.start()
            pieces.close()
            reader.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(closed) == 3000
