"""The process that serves for `serve`: ``python -m jupyter_mlops.serving.child``, told how by the first line of its input."""

from __future__ import annotations

import os
import signal
import sys
import threading

import msgspec

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.serving.servers import run_server
from jupyter_mlops.serving.settings import Begin

__all__ = ["main"]


def main() -> int:
    """Serve until the input closes."""
    begin = msgspec.json.decode(sys.stdin.readline(), type=Begin)
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what models print is log
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        run_server(begin.settings, begin.host, begin.port, lambda address: print(address, file=answer, flush=True))
    except MlflowException as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _end_with_parent() -> None:
    parent, reading = os.getppid(), threading.Thread(target=sys.stdin.read, daemon=True)
    reading.start()
    while reading.is_alive() and os.getppid() == parent:  # what the parent forked may hold the input open when it is killed
        reading.join(1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
