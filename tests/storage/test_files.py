"""The files of a store among the threads of a process."""

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
