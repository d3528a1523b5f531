"""Projects on workers of Dask: what is seen from them, and what is left when anything dies."""

import os
import signal
import threading
import time

import psutil
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.errors import ExecutionException

SLEEPS = {
    "MLproject": "entry_points: {main: {command: 'bash sleep.sh'}}",
    "sleep.sh": "sleep 600 & echo $$ $! $PPID > $TMPFILE.new && mv $TMPFILE.new $TMPFILE; wait",
}


def _sleeps(project, pids):
    return project(**{name: text.replace("$TMPFILE", str(pids)) for name, text in SLEEPS.items()})


def _until(is_so):
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def _read(pids):
    _until(pids.exists)
    return [int(pid) for pid in pids.read_text().split()]


def _are_gone(pids):
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)


def test_a_repository_is_run_in_a_cluster_of_its_own_of_which_nothing_is_left(project, git, tmp_path):
    folder = project("repository")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    before = set(threading.enumerate())
    submitted = projects.run(f"file://{folder}", version="main", backend="dask", parameters={"alpha": 0.5}, storage_dir=str(tmp_path / "storage"))
    run = mlflow.get_run(submitted.run_id)
    assert (run.info.status, run.data.metrics, run.data.tags["data"]) == ("FINISHED", {"score": 1.0}, "a,b")
    assert run.data.tags["mlflow.source.git.branch"] == "main"
    assert list((tmp_path / "storage").iterdir()) == []
    left = set(threading.enumerate()) - before
    assert not [thread.name for thread in left if thread.name.startswith(("IO loop", "Dask-Default-Threads"))]


def test_a_cluster_of_its_own_ends_with_the_process_and_all_that_runs_in_it(project, python, tmp_path):
    folder = _sleeps(project, tmp_path / "pids")
    python(f"""
import pathlib, time, jupyter_mlops as mlflow
mlflow.run({str(folder)!r}, backend="dask", synchronous=False)
while not pathlib.Path("pids").exists():
    time.sleep(0.05)
""")
    pids = _read(tmp_path / "pids")
    _until(lambda: _are_gone(pids))
    (run,) = mlflow.search_runs(output_format="list")
    assert run.info.status in ("FAILED", "KILLED")


def test_a_run_on_a_cluster_goes_on_when_whoever_began_it_ends(project, python, dask, tmp_path):
    folder = project(**{"train.py": "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.05)\n"
                                    "import jupyter_mlops as m\nwith m.start_run(): m.log_metric('late', 1)\n"})  # fmt: skip
    dask.worker()
    run_id = python(f"""
import jupyter_mlops as mlflow
print(mlflow.run({str(folder)!r}, backend="dask", backend_config={{"address": {dask.address!r}}}, synchronous=False).run_id)
""").split()[-1]
    assert mlflow.get_run(run_id).info.status in ("SCHEDULED", "RUNNING")
    (folder / "go").touch()
    _until(lambda: mlflow.get_run(run_id).info.status == "FINISHED")
    assert mlflow.get_run(run_id).data.metrics == {"late": 1}


def test_a_worker_that_is_killed_fails_its_run_which_is_not_begun_again(project, dask, tmp_path):
    folder = _sleeps(project, tmp_path / "pids")
    worker = dask.worker()
    submitted = projects.run(str(folder), backend="dask", backend_config={"address": dask.address}, synchronous=False)
    pids = _read(tmp_path / "pids")
    (tmp_path / "pids").unlink()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    _until(lambda: mlflow.get_run(submitted.run_id).info.status == "FAILED")  # said by what ran there, whoever waits
    assert "worker that ran it was killed" in mlflow.get_run(submitted.run_id).data.tags["jupyter_mlops.error"]
    _until(lambda: _are_gone(pids))
    assert submitted.wait() is False
    dask.worker()
    mlflow_run = projects.run(str(project("next")), backend="dask", backend_config={"address": dask.address})
    assert mlflow_run.get_status() == "FINISHED"
    assert not (tmp_path / "pids").exists()


def test_a_task_that_dask_begins_again_runs_no_program_twice(project, dask, tmp_path):
    folder = _sleeps(project, tmp_path / "pids")
    worker = dask.worker()
    failures = []

    def wait():
        try:
            projects.run(str(folder), backend="dask", backend_config={"address": dask.address})
        except ExecutionException as error:
            failures.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    pids = _read(tmp_path / "pids")
    (tmp_path / "pids").unlink()
    dask.spare_worker()
    worker.kill()
    worker.wait()
    thread.join(60)
    (said,) = failures
    assert "worker that ran it was killed" in said or "begun by a worker that is gone" in said
    _until(lambda: _are_gone(pids))
    assert not (tmp_path / "pids").exists()
    assert [run.info.status for run in mlflow.search_runs(output_format="list")] == ["FAILED"]


@pytest.mark.skipif(os.system("unshare -rm true 2>/dev/null") != 0, reason="needs user namespaces: a worker that does not see folders of this machine")
def test_a_worker_elsewhere_gets_the_folder_and_is_told_where_a_store_is_needed(project, dask, tmp_path, monkeypatch):
    hidden = tmp_path / "hidden"
    folder = project("hidden/project", **{"train.sh": "#!/bin/sh\npwd > \"$1\"; cat data.csv >> \"$1\"", ".secret": "x", "MLproject": """
entry_points:
  main: {parameters: {to: string}, command: './train.sh {to}'}
  read: {parameters: {data: {type: path, default: data.csv}}, command: 'cmp {data} ../project/data.csv'}
"""})  # fmt: skip
    (folder / "train.sh").chmod(0o755)
    (hidden / "data.csv").write_text("other")
    config = {"address": dask.address}
    dask.worker(hidden=hidden)
    projects.run(str(folder), backend="dask", backend_config=config, parameters={"to": tmp_path / "said"})
    where, data = (tmp_path / "said").read_text().splitlines()
    assert data == "a,b"
    assert not os.path.exists(where)
    assert not where.startswith(str(hidden))
    assert projects.run(str(folder), "read", backend="dask", backend_config=config).get_status() == "FINISHED"
    with pytest.raises(ExecutionException, match="does not see .*hidden/data.csv: put that on a disk"):
        projects.run(str(folder), "read", backend="dask", backend_config=config, parameters={"data": hidden / "data.csv"})
    mlflow.set_tracking_uri(hidden / "mlops.duckdb")
    with pytest.raises(ExecutionException, match="does not see the store .*hidden/mlops.duckdb: start `jupyter mlops server`"):
        projects.run(str(folder), backend="dask", backend_config=config, parameters={"to": "x"})
    assert [run.info.status for run in mlflow.search_runs(output_format="list")] == ["FAILED"]
    monkeypatch.setattr("jupyter_mlops.projects.archives._MOST_BYTES", 10)
    with pytest.raises(ExecutionException, match="too much to send"):
        projects.run(str(folder), backend="dask", backend_config=config, parameters={"to": "x"})
