"""Two gigabytes through the server and back: ``python -m tests.benchmarks.move_artifacts [megabytes] [server options]``."""

import pathlib
import shutil
import sys
import tempfile

from tests.server.test_artifacts import up_and_down
from tests.server_processes import started


def main(megabytes="2048", *options):
    folder = pathlib.Path(tempfile.mkdtemp(dir=".")).resolve()
    size = int(megabytes) << 20
    try:
        if shutil.disk_usage(folder).free < 3 * size:
            sys.exit("There is not enough room on this disk.")
        with started(folder, *options) as (process, port):
            grown, up, down = up_and_down(folder, process, port, size)
        print(f"{megabytes} MB: up {size / up / 1e6:.0f} MB/s, down {size / down / 1e6:.0f} MB/s, memory grew by {grown / 1e6:.1f} MB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
