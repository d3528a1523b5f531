"""What is logged for a server arrives, each once, whatever happens to the server, the network or the program."""

import base64
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

import jupyter_mlops as mlflow
from tests.mlflow_servers import mlflow_server
from tests.network_faults import CUT, LOSE, PASS, network_to
from tests.server_processes import free_port, started, token_of

SYNC = [sys.executable, "-c", "from jupyter_mlops.cli.main import main; main()", "sync"]
LOG = """
import sys, time
import jupyter_mlops as mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("far")
with mlflow.start_run(run_name="long") as run:
    print(run.info.run_id, flush=True)
    slowest = 0
    for step in range(int(sys.argv[2])):
        began = time.perf_counter()
        mlflow.log_metrics({f"m{n}": step + n / 10 for n in range(3)}, step=step)
        slowest = max(slowest, time.perf_counter() - began)
        time.sleep(float(sys.argv[3]))
    mlflow.log_param("lr", 0.1)
    mlflow.log_text("kept", "notes/a.txt")
print("slowest", slowest, flush=True)
"""


@pytest.fixture
def far(tmp_path, monkeypatch):
    """Folder of a server, whose user's data folder is also that of the clients here."""
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "5")
    monkeypatch.setenv("JUPYTER_MLOPS_FLUSH_TIMEOUT", "20")
    return tmp_path


@pytest.fixture
def line(far, monkeypatch):
    """A server and a network to it."""
    with started(far) as (_, port), network_to(port) as network:
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token_of(far))
        yield network


def arrived(sql, far, run_id):
    """Points, as they lie in the table, params, status and artifacts of a run on the server's disk."""
    store = str(far / "mlops.duckdb")
    points = sql(
        f"SELECT key, step, value, count(*) FROM metrics JOIN runs USING (rid) WHERE run_id = '{run_id}' GROUP BY ALL ORDER BY key, step", store
    )
    params = sql(f"SELECT key, value FROM params JOIN runs USING (rid) WHERE run_id = '{run_id}'", store)
    ((status, uri),) = sql(f"SELECT status, artifact_uri FROM runs WHERE run_id = '{run_id}'", store)
    return points, params, status, far / uri


def must_have_all(sql, far, run_id, steps, *, may_double=False):
    points, params, status, artifacts = arrived(sql, far, run_id)
    assert [point[:3] for point in points] == [(f"m{n}", step, step + n / 10) for n in range(3) for step in range(steps)]
    if not may_double:
        assert {point[3] for point in points} == {1}
    assert (params, status) == ([("lr", "0.1")], "FINISHED")
    assert (artifacts / "notes" / "a.txt").read_text() == "kept"


def test_a_server_that_is_killed_in_the_middle_of_a_thousand_batches_and_comes_back(far, child, sql):
    port = free_port()
    with started(far, port=port) as (server, _):
        client = child(LOG, f"http://127.0.0.1:{port}", 1000, 0.002)
        run_id = client.stdout.readline().strip()
        time.sleep(1.0)
        server.send_signal(signal.SIGKILL)
        server.wait()
    time.sleep(1.0)
    assert client.poll() is None or client.wait() == 0
    with started(far, port=port) as (server, _):
        assert client.wait(60) == 0
        assert client.stdout.readline().startswith("slowest 0.")
        server.terminate()
        server.wait(20)
    must_have_all(sql, far, run_id, 1000, may_double=True)  # what was taken and never answered came again; reads show it once
    client = mlflow.MlflowClient(str(far / "mlops.duckdb"))
    assert [len(client.get_metric_history(run_id, f"m{n}")) for n in range(3)] == [1000] * 3


def test_answers_that_are_lost(line, far, python, sql):
    count = iter(range(10**6))
    line.now = lambda method, path: LOSE if "deliveries" in path and next(count) % 2 == 0 else PASS
    run_id = python(LOG, line.url, 200, 0.01).split()[0]
    assert sum("deliveries" in path for _, path in line.seen) > 4
    must_have_all(sql, far, run_id, 200)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_has_no_time(status, line, far, python, sql):
    count = iter(range(10**6))
    line.now = lambda method, path: status if ("deliveries" in path or "artifacts/" in path) and next(count) % 3 else PASS
    must_have_all(sql, far, python(LOG, line.url, 50, 0.001).split()[0], 50)


def test_a_network_that_is_cut_longer_than_is_tried_then_delivered_by_sync(line, far, python, sql, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_FLUSH_TIMEOUT", "1")
    python("import sys, jupyter_mlops as m; m.set_tracking_uri(sys.argv[1]); m.set_experiment('far')", line.url)
    line.now = CUT
    done = python(LOG, line.url, 300, 0, check=False)
    assert done.returncode == 0
    run_id = done.stdout.split()[0]
    assert re.search(r"30\d records and 1 files for http://127.0.0.1:\d+ are not delivered yet\. They are kept", done.stderr), done.stderr
    asked = subprocess.run([*SYNC, "--status"], capture_output=True, text=True, check=False)
    assert "and 1 files (4 B) wait for" in asked.stdout
    failed = subprocess.run(SYNC, capture_output=True, text=True, check=False)
    assert failed.returncode == 1 and "still wait for" in failed.stderr
    line.now = PASS
    done = subprocess.run(SYNC, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "were delivered to" in done.stdout, done.stderr
    must_have_all(sql, far, run_id, 300)
    assert subprocess.run(SYNC, capture_output=True, text=True, check=False).stdout == "Nothing waits for a server.\n"


def test_a_client_that_is_killed_without_a_network_and_another_process_that_goes_on(line, far, child, python, sql):
    python("import sys, jupyter_mlops as m; m.set_tracking_uri(sys.argv[1]); m.set_experiment('far')", line.url)
    line.now = CUT
    client = child(LOG, line.url, 100_000, 0.001)
    run_id = client.stdout.readline().strip()
    time.sleep(0.5)
    os.kill(client.pid, signal.SIGKILL)
    client.wait()
    line.now = PASS
    python(
        """
        import sys, time
        import jupyter_mlops as mlflow
        mlflow.set_tracking_uri(sys.argv[1])
        with mlflow.start_run(run_name="next"):
            mlflow.log_metric("m", 1)
        for _ in range(100):
            if not mlflow.storage.opened.open_store().outbox.waiting().records:
                break
            time.sleep(0.1)
        """,
        line.url,
    )
    points, _, status, _ = arrived(sql, far, run_id)
    steps = max(step for _, step, _, _ in points) + 1
    assert steps > 50 and status == "RUNNING"
    assert [point[:3] for point in points] == [(f"m{n}", step, step + n / 10) for n in range(3) for step in range(steps)]
    assert {point[3] for point in points} == {1}


def test_without_the_server_runs_begin_and_a_new_experiment_is_made_with_the_first(line, far, python, sql, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_FLUSH_TIMEOUT", "1")
    python("import sys, jupyter_mlops as m; m.set_tracking_uri(sys.argv[1]); m.set_experiment('other')", line.url)
    line.now = CUT
    run_id = python(LOG, line.url, 10, 0).split()[0]
    line.now = PASS
    subprocess.run(SYNC, check=True)
    must_have_all(sql, far, run_id, 10)
    store = str(far / "mlops.duckdb")
    assert sql(f"SELECT e.name FROM experiments e JOIN runs USING (experiment_id) WHERE run_id = '{run_id}'", store) == [("far",)]


def test_a_server_that_never_answered_is_told_clearly(far, python):
    done = python(LOG, f"http://127.0.0.1:{free_port()}", 1, 0, check=False)
    assert done.returncode == 1 and "ServerUnreachable" in done.stderr and "does not answer" in done.stderr


def test_what_the_server_refuses_is_set_aside_and_keeps_nothing_else(line, far, python, sql):
    run_id = python(
        """
        import sys
        import jupyter_mlops as mlflow
        from jupyter_mlops import MlflowClient
        mlflow.set_tracking_uri(sys.argv[1])
        with mlflow.start_run() as run:
            mlflow.log_param("lr", "1")
            mlflow.flush()
            store = mlflow.storage.opened.open_store()
            store.log_param(run.info.run_id, "lr", "2")  # as a process would that did not know
            mlflow.log_metric("after", 3)
        print(run.info.run_id)
        """,
        line.url,
    ).split()[0]
    store = str(far / "mlops.duckdb")
    assert sql("SELECT key, value FROM params", store) == [("lr", "1")]
    assert sql("SELECT key, value FROM metrics", store) == [("after", 3.0)]
    (refused,) = (far / "data" / "outboxes").glob("*/refused.jsonl")
    assert run_id in refused.read_text() and "is already '1' and cannot become '2'" in refused.read_text()


def test_a_forked_child_delivers_what_it_logs(line, far, python, sql):
    run_id = python(
        """
        import os, sys
        import jupyter_mlops as mlflow
        mlflow.set_tracking_uri(sys.argv[1])
        with mlflow.start_run() as run:
            mlflow.log_metric("parent", 1)
            if (pid := os.fork()) == 0:
                mlflow.log_metric("child", 2, run_id=run.info.run_id)
                mlflow.flush()
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        print(run.info.run_id)
        """,
        line.url,
    ).split()[0]
    assert sql(f"SELECT key, value FROM metrics JOIN runs USING (rid) WHERE run_id = '{run_id}' ORDER BY key", str(far / "mlops.duckdb")) == [
        ("child", 2.0), ("parent", 1.0),
    ]  # fmt: skip


def test_a_child_that_is_gone_before_the_run_is_told_holds_nothing_up(line, far, python, sql):
    """What it left waits for the beginning of the run, which its parent is still to deliver."""
    run_id = python(
        """
        import os, sys
        import jupyter_mlops as mlflow
        mlflow.set_tracking_uri(sys.argv[1])
        with mlflow.start_run() as run:
            if (pid := os.fork()) == 0:
                mlflow.log_metric("child", 2, run_id=run.info.run_id)
                os._exit(0)
            os.waitpid(pid, 0)
            mlflow.log_metric("parent", 1)
            assert mlflow.flush(10)
        print(run.info.run_id)
        """,
        line.url,
    ).split()[0]
    assert subprocess.run(SYNC, check=False, capture_output=True).returncode == 0
    assert sql(f"SELECT key, value FROM metrics JOIN runs USING (rid) WHERE run_id = '{run_id}' ORDER BY key", str(far / "mlops.duckdb")) == [
        ("child", 2.0), ("parent", 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize("is_known", [True, False], ids=["the run is left by a later program", "the run is told by nobody"])
def test_what_older_programs_left_waits_for_no_one_who_waits_for_it(is_known, line, far, child, python, sql):
    python("import sys, jupyter_mlops as mlflow\nmlflow.set_tracking_uri(sys.argv[1])\nmlflow.set_experiment('far')", line.url)
    line.now = lambda method, path: CUT
    log = """
        import sys
        import jupyter_mlops as mlflow
        from jupyter_mlops.tracking.settings import current_store
        mlflow.set_tracking_uri(sys.argv[1])
        mlflow.set_experiment("far")
        mlflow.start_run(run_name=sys.argv[2])
        print(mlflow.active_run().info.run_id, flush=True)
        for of in sys.stdin:
            current_store().log_metric(of.strip(), sys.argv[2], 1.0, 1, 0)  # as a child does that was forked from who began the run
            print("logged", flush=True)
        """
    older, later = child(log, line.url, "older"), None
    ids = [older.stdout.readline().strip()]
    later = child(log, line.url, "later")
    ids.append(later.stdout.readline().strip())
    of = {older: ids[1], later: ids[0]} if is_known else dict.fromkeys((older, later), "f" * 32)
    for process, run_id in of.items():
        process.stdin.write(f"{run_id}\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "logged"
        process.kill()
        process.wait()
    line.now = lambda method, path: PASS
    done = subprocess.run(SYNC, check=False, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    rows = sql("SELECT run_id, key FROM metrics JOIN runs USING (rid)", str(far / "mlops.duckdb"))
    assert sorted(rows) == (sorted([(ids[1], "older"), (ids[0], "later")]) if is_known else [])


def test_an_mlflow_server_gets_a_run_once_although_its_answers_are_lost(far, python):
    folder = far / "theirs"
    folder.mkdir()
    with mlflow_server(folder) as (_, port), network_to(port) as line:
        lost = {"runs/create": 1, "log-batch": 3, "runs/update": 1}

        def now(method, path):
            for name, left in lost.items():
                if name in path and left:
                    lost[name] = left - 1
                    return LOSE
            return PASS

        line.now = now
        run_id = python(LOG, line.url, 100, 0.01).split()[0]
        assert lost == {"runs/create": 0, "log-batch": 0, "runs/update": 0}
        told = python(
            """
            import sys
            import jupyter_mlops as mlflow
            mlflow.set_tracking_uri(sys.argv[1])
            client = mlflow.MlflowClient()
            runs = client.search_runs([client.get_experiment_by_name("far").experiment_id])
            print(len(runs), runs[0].info.run_id, runs[0].info.status, runs[0].data.params, len(client.get_metric_history(sys.argv[2], "m0")),
                  mlflow.artifacts.load_text(runs[0].info.artifact_uri + "/notes/a.txt"))
            """,
            line.url, run_id,
        )  # fmt: skip
        assert told.strip() == f"1 {run_id} FINISHED {{'lr': '0.1'}} 100 kept"


def test_what_is_no_segment_holds_nothing_up(line, far, python):
    script = "import sys, jupyter_mlops as m\nm.set_tracking_uri(sys.argv[1])\nm.set_experiment('far')\nwith m.start_run(): m.log_metric('a', 1)\nassert m.flush(10)"
    python(script, line.url)
    (outbox,) = (far / "data" / "outboxes").iterdir()
    (outbox / f"{'0' * 32}.seg").mkdir()
    (outbox / f"{'1' * 32}.seg").symlink_to("/etc/passwd")
    (outbox / f"{'2' * 32}.seg").write_bytes(os.urandom(300))
    (outbox / f"{'3' * 32}.seg").touch()
    python(script, line.url)
    assert subprocess.run(SYNC, check=False).returncode == 0
    assert {path.name[0] for path in outbox.glob("*.seg")} == {"0", "1"}


def test_who_does_not_wait_for_a_server_at_the_end_is_told_what_is_left(far, monkeypatch):
    with started(far) as (server, port):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token_of(far))
        script = "import sys, jupyter_mlops as m\nm.set_tracking_uri(sys.argv[1])\nm.set_experiment('far')\nwith m.start_run():\n m.flush()\n print('now', flush=True)\n sys.stdin.readline()\n m.log_metric('a', 1)"
        command = [sys.executable, "-c", script, f"http://127.0.0.1:{port}"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
            assert client.stdout.readline() == "now\n"
            server.send_signal(signal.SIGSTOP)
            client.stdin.write("\n")
            client.stdin.flush()
            assert "Ctrl-C leaves it for later" in client.stderr.readline()
            began = time.monotonic()
            client.send_signal(signal.SIGINT)
            told = client.communicate(timeout=10)[1]
            assert time.monotonic() - began < 5
        server.send_signal(signal.SIGCONT)
        assert "are not delivered yet" in told and "jupyter mlops sync" in told and "Traceback" not in told


def test_nothing_counts_as_taken_that_was_not_sent(far, python):
    sent = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            told = {"experiment": {"experiment_id": "1", "name": "far", "artifact_location": "s3://x"}}
            self.answer({"name": "jupyter_mlops"} if self.path.endswith("/server") else told)

        def do_POST(self):
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer({"position": 10**12})

        def answer(self, told):
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        script = (
            "import sys, jupyter_mlops as m\nm.set_tracking_uri(sys.argv[1])\nm.set_experiment('far')\n"
            "with m.start_run():\n m.flush()\n m.log_metric('later', 1)\n assert m.flush(10)"
        )
        python(script, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert any(b"later" in base64.b64decode(one["frames"]) for one in sent)
