"""A server for one run of a project, on a socket that the process which started it listens at: ``python -m``, told by its standard input.

It ends when that process does, however it does.
"""

from __future__ import annotations

import socket
import sys
import threading

import msgspec

from jupyter_mlops.server.asgi import make_app
from jupyter_mlops.server.connections import Server, server_config
from jupyter_mlops.server.settings import Settings
from jupyter_mlops.storage.http.addresses import LOOPBACK
from jupyter_mlops.storage.opened import open_store_file

__all__ = ["main"]


def main() -> None:
    """Answer for a store to whoever has the token, until the standard input ends."""
    told = msgspec.json.decode(sys.stdin.buffer.readline())
    app = make_app(open_store_file(told["store"], "A server"), Settings(token=told["token"], allowed_hosts=tuple(LOOPBACK)))
    server = Server(server_config(app), app.state.changes.close)

    def end() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=end, daemon=True).start()
    server.run(sockets=[socket.socket(fileno=told["socket"])])


if __name__ == "__main__":
    main()
