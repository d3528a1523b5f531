"""The process of a deployment on this machine: ``python -m jupyter_mlops.deployments.local_server``, told how by its input."""

from __future__ import annotations

import contextlib
import os
import sys

import msgspec
import psutil

from jupyter_mlops.deployments.local_places import Place, Start, began
from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.serving.servers import run_server
from jupyter_mlops.serving.settings import Settings

__all__ = ["main"]

_LOOK_S = 1.0


def main() -> int:
    """Serve until somebody ends this process; it holds the deployment's lock as long."""
    start = msgspec.json.decode(sys.stdin.buffer.read(), type=Start)
    os.set_inheritable(start.lock, False)
    place, config = Place(start.name), start.record.config
    settings = Settings(
        model_uri=start.record.model_uri, named_by=place.model_file, follow_every=_LOOK_S,
        trust=config.trust, timeout=config.timeout, workers=config.workers,
    )  # fmt: skip

    record = msgspec.structs.replace(start.record, pid=os.getpid(), began=began(psutil.Process()))
    place.write(record)

    def note(address: str) -> None:
        place.write(msgspec.structs.replace(record, url=address))

    try:
        run_server(settings, "127.0.0.1", config.port, note)
    except MlflowException as error:
        with contextlib.suppress(NotFound):  # who removes it asks no more
            place.write(msgspec.structs.replace(place.read(), failure=(type(error).__name__, error.error_code)))
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
