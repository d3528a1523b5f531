"""What the parts of a remote store have in common."""

MANY_BEGIN = """
import logging, os, sys, threading
from jupyter_mlops.storage.remote.stores import RemoteStore
logging.disable(logging.CRITICAL)
sys.setswitchinterval(1e-6)
for n in range(40):
    store = RemoteStore(f"http://127.0.0.1:9/{n}")
    ready = threading.Barrier(8)
    def log(key):
        ready.wait()
        store.set_tag("a" * 32, key, "v")
    threads = [threading.Thread(target=log, args=(f"k{k}",)) for k in range(8)]
    for one in threads: one.start()
    for one in threads: one.join()
    print(len(store.outbox.segments()), store.outbox.waiting().records)
sys.stdout.flush()
os._exit(0)
"""


def test_threads_that_log_first_at_the_same_time_share_one_segment(python, tmp_path, monkeypatch):
    """One in a second segment would be delivered by nobody while this process lives."""
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path))
    assert set(python(MANY_BEGIN).splitlines()) == {"1 8"}
