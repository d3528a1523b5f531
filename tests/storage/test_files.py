"""The files of a store among the threads of a process."""

import subprocess
import sys
import threading
import time

from jupyter_mlops.storage.duckdb import files


def test_threads_that_log_first_at_the_same_time_share_one_writer(tmp_path, monkeypatch):
    def make_slowly(*arguments, writer=files.Writer):
        time.sleep(0.05)
        return writer(*arguments)

    monkeypatch.setattr(files, "Writer", make_slowly)
    store = files.StoreFiles(str(tmp_path / "mlops.duckdb"))
    store.head()
    barrier, found = threading.Barrier(4), []

    def ask():
        barrier.wait(10)
        found.append(store.writer())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert set(found) == {store.opened}


FULL_DISK = """
import resource, sys
from jupyter_mlops.errors import StoreError
from jupyter_mlops.storage.duckdb.store import DuckDBStore
store = DuckDBStore(sys.argv[1])
run = store.create_run("0", "logged", "", 1, {}, owned=False).info.run_id
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
try:
    store.create_experiment("too much", None, {})
    raise SystemExit("it was made")
except StoreError as error:
    assert "Could not write" in str(error), error
resource.setrlimit(resource.RLIMIT_FSIZE, before)
store.create_experiment("there is room", None, {})
print(store.get_run(run).info.run_name)
"""


def test_a_database_that_has_no_room_to_begin_is_not_taken_for_a_damaged_one(tmp_path):
    path = str(tmp_path / "mlops.duckdb")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "logged\n", done.stderr
