"""The process of a deployment on this machine: ``python -m jupyter_mlops.deployments.local_server``, told how by its input."""

from __future__ import annotations

import os
import sys

import msgspec
import psutil

from jupyter_mlops.deployments.local_places import Place, Start
from jupyter_mlops.errors import MlflowException
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

    record = msgspec.structs.replace(start.record, pid=os.getpid(), started=psutil.Process().create_time())
    place.write(record)

    def note(address: str) -> None:
        place.write(msgspec.structs.replace(record, url=address))

    try:
        run_server(settings, "127.0.0.1", config.port, note)
    except MlflowException as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
