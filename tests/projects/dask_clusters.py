"""A scheduler of Dask and its workers, as processes of their own."""

import os
import pathlib
import subprocess
import sys
import time

import pytest
from distributed import Client


class Cluster:
    """A scheduler, and a worker when one is asked for."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", folder / "scheduler.json")
        self._worker = None
        self._hides = False
        until = time.monotonic() + 60
        while not (folder / "scheduler.json").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        self.client = Client(scheduler_file=str(folder / "scheduler.json"), set_as_default=False)
        self.address = self.client.scheduler.address

    def _start(self, *arguments, before=()):
        command = [*map(str, before), sys.executable, "-m", "dask", *map(str, arguments)]
        with open(self._folder / f"{arguments[0]}.log", "a") as log:
            return subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log, env={**os.environ, "TMPDIR": str(self._folder)})

    def worker(self, hidden=None):
        """The worker, which is started unless it is there; it runs two tasks at once. One that does not see a folder is a new one."""
        if hidden or self._hides:
            self._end_worker()
        self._hides = hidden is not None
        if self._worker is None or self._worker.poll() is not None:
            self._worker = self._start_worker(hidden)
        self.client.wait_for_workers(1, timeout=60)
        return self._worker

    def spare_worker(self):
        """A second worker, which is the worker from now on."""
        self._worker = self._start_worker(None)
        self.client.wait_for_workers(2, timeout=60)

    def _start_worker(self, hidden):
        before = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs none "{hidden}" && exec "$@"', "sh"] if hidden else []
        return self._start("worker", self.address, "--nworkers", "1", "--nthreads", "2", "--no-dashboard", "--no-nanny", before=before)

    def _end_worker(self):
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
            self._worker = None
        until = time.monotonic() + 60
        while self.client.scheduler_info()["workers"]:
            assert time.monotonic() < until
            time.sleep(0.05)

    def close(self):
        self._end_worker()
        self.client.close()
        self._scheduler.kill()
        self._scheduler.wait()


@pytest.fixture(scope="session")
def dask(tmp_path_factory):
    """A cluster whose temporary folders are in a folder of its own."""
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.close()
