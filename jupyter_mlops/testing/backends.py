"""What every backend of projects must do, as tests: inherit the class, name the backend, run pytest.

A backend of your own, tested where it is implemented and installed::

    from jupyter_mlops.testing.backends import BackendContract


    class TestMyBackend(BackendContract):
        backend = "mine"  # the name of its entry point

        @pytest.fixture
        def config(self):
            return {"queue": "tests"}

`jupyter_mlops.projects.backends.base.Backend` says how one is written. The tests run in an empty current folder with a store of
its own: have a fixture for that as in the package's ``conftest.py``.
"""

from __future__ import annotations

import os
import pathlib
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import psutil
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.submitted_runs import SubmittedRun

__all__ = ["BackendContract"]

_PROJECT = """
name: contract
entry_points:
  main:
    parameters: {alpha: float, data: {type: path, default: data.csv}}
    command: "python train.py {alpha} {data}"
  sleep:
    parameters: {folder: string}
    command: "bash sleep.sh {folder}"
  fail: {command: "exit 3"}
"""
_TRAIN = """
import sys
import jupyter_mlops as mlflow
with mlflow.start_run():
    mlflow.log_metric("score", float(sys.argv[1]) * 2)
    mlflow.set_tag("others", " ".join(sys.argv[3:]))
    mlflow.log_artifact(sys.argv[2])
"""
_SLEEP = """
[ -e "$1/deaf" ] && trap '' TERM
sleep 600 &
echo $$ $! > "$1/pids.new" && mv "$1/pids.new" "$1/pids"
until [ -e "$1/go" ]; do sleep 0.05; done
kill -9 $!
wait $!
exit 0
"""
_PATIENCE_S = 120.0


class BackendContract:
    """Tests of a backend.

    Attributes
    ----------
    backend : str
        Its name.
    is_here : bool
        Whether programs run on the machine of the tests, so that it can be seen whether they have ended.
    """

    backend: ClassVar[str]
    is_here: ClassVar[bool] = True

    @pytest.fixture
    def config(self) -> dict[str, Any]:
        """The ``backend_config``. Override it where there is one."""
        return {}

    @pytest.fixture
    def submit(self, config: dict[str, Any], tmp_path: pathlib.Path) -> Iterator[Callable[..., SubmittedRun]]:
        """Runs an entry point of a project in an archive, which is fetched into a folder that must be empty in the end."""
        with zipfile.ZipFile(tmp_path / "project.zip", "w") as file:
            for name, text in {"MLproject": _PROJECT, "train.py": _TRAIN, "sleep.sh": _SLEEP, "data.csv": "a,b"}.items():
                file.writestr(name, text)
        storage = tmp_path / "storage"

        def submit(entry_point: str, parameters: dict[str, Any] | None = None, **options: Any) -> SubmittedRun:
            return mlflow.run(
                str(tmp_path / "project.zip"), entry_point, parameters=parameters, backend=self.backend, backend_config=config,
                storage_dir=str(storage), **options,
            )  # fmt: skip

        yield submit
        assert list(storage.iterdir()) == []

    def _pids(self, folder: pathlib.Path) -> list[int]:
        """Of the program that sleeps and of what it started, once it is there."""
        _until((folder / "pids").exists)
        return [int(pid) for pid in (folder / "pids").read_text().split()] if self.is_here else []

    def test_what_a_program_logs_is_in_the_store_of_the_caller(self, submit: Callable[..., SubmittedRun], tmp_path: pathlib.Path) -> None:
        submitted = submit("main", {"alpha": 0.7, "note": "a b"}, run_name="first")
        assert (submitted.wait(), submitted.get_status()) == (True, "FINISHED")
        run = mlflow.get_run(submitted.run_id)
        assert (run.info.run_name, run.info.status) == ("first", "FINISHED")
        assert run.data.params == {"alpha": "0.7", "data": "data.csv", "note": "a b"}
        assert run.data.metrics == {"score": 1.4}
        assert (run.data.tags["others"], run.data.tags["mlflow.project.backend"]) == ("--note a b", self.backend)
        local = mlflow.artifacts.download_artifacts(run_id=submitted.run_id, artifact_path="data.csv", dst_path=str(tmp_path / "to"))
        assert pathlib.Path(local).read_text() == "a,b"
        submitted.cancel()
        assert submitted.get_status() == "FINISHED"

    def test_a_program_that_fails_fails_its_run_and_says_why(self, submit: Callable[..., SubmittedRun]) -> None:
        with pytest.raises(ExecutionException, match=r"'fail' .* exited with 3"):
            submit("fail")
        submitted = submit("fail", synchronous=False)
        assert (submitted.wait(), submitted.get_status()) == (False, "FAILED")
        submitted.cancel()
        runs = mlflow.search_runs(output_format="list")
        assert [run.info.status for run in runs] == ["FAILED"] * 2
        assert all("exited with 3" in run.data.tags["jupyter_mlops.error"] for run in runs)

    def test_a_cancelled_run_leaves_nothing_running_and_others_go_on(self, submit: Callable[..., SubmittedRun], tmp_path: pathlib.Path) -> None:
        with mlflow.start_run(run_name="gone on with") as resumed:
            mlflow.log_param("other", 1)
        folders = [tmp_path / "cancelled", tmp_path / "other"]
        submitted = []
        for folder in folders:
            folder.mkdir()
        (folders[0] / "deaf").touch()
        for folder, run_id in zip(folders, [None, resumed.info.run_id], strict=True):
            submitted.append(submit("sleep", {"folder": folder}, run_id=run_id, synchronous=False))
        cancelled, other = submitted
        pids = self._pids(folders[0])
        assert cancelled.get_status() == "RUNNING"
        for _ in range(2):
            cancelled.cancel()
            assert not any(map(_is_there, pids))
            assert (cancelled.get_status(), cancelled.wait()) == ("KILLED", False)
        pids = self._pids(folders[1])
        assert mlflow.get_run(other.run_id).info.status == "RUNNING"
        (folders[1] / "go").touch()
        assert [other.wait(), other.wait()] == [True, True]
        assert not any(map(_is_there, pids))
        run = mlflow.get_run(resumed.info.run_id)
        assert (other.run_id, run.info.status) == (run.info.run_id, "FINISHED")
        assert run.data.params == {"other": "1", "folder": str(folders[1])}

    def test_an_interrupt_ends_the_program_with_all_that_it_started(self, submit: Callable[..., SubmittedRun], tmp_path: pathlib.Path) -> None:
        pids: list[int] = []

        def interrupt() -> None:
            pids.extend(self._pids(tmp_path))
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            submit("sleep", {"folder": tmp_path})
        thread.join()
        assert not any(map(_is_there, pids))
        assert [run.info.status for run in mlflow.search_runs(output_format="list")] == ["KILLED"]


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def _is_there(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE  # type: ignore[no-any-return]
    except psutil.NoSuchProcess:
        return False
