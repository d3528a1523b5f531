"""Imports from tracking servers: what is apart from files, and what can go wrong on the way."""

import contextlib
import http.server
import json
import math
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import urllib.request
from typing import NamedTuple

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, NotAuthenticated, ServerUnreachable
from jupyter_mlops.importers.imports import import_store
from jupyter_mlops.importers.servers import ServerSource
from tests.importers.dump_store import dump
from tests.importers.fill_database import fill_database
from tests.mlflow_peers import VERSIONS
from tests.mlflow_servers import DATABASE, mlflow_server, stop
from tests.server_processes import started, token_of

_IMPORT = """
    import sys
    from jupyter_mlops.importers.imports import import_store
    def say(done, total, name):
        if done % 20 == 0:
            print(done, total, flush=True)
    report = import_store(sys.argv[1], sys.argv[2], progress=say)
    print("done", report.runs_new, report.runs_unchanged, report.problems, flush=True)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")


@pytest.fixture
def copied(database, tmp_path):
    """A folder with a database and artifacts as MLflow's server keeps them, for a server of its own."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    shutil.copy(database.folder / DATABASE, folder / DATABASE)
    return folder


def _address(port):
    return f"http://127.0.0.1:{port}"


def _read_until(process, done):
    for line in process.stdout:
        if line.startswith("done") or int(line.split()[0]) >= done:
            return line.split()
    raise AssertionError("the import ended early")


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """A server of this package with runs of every kind; its address, token and what its client reads."""
    folder = tmp_path_factory.mktemp("ours")
    with started(folder) as (_, port), pytest.MonkeyPatch.context() as patched:
        patched.setenv("MLFLOW_TRACKING_TOKEN", token_of(folder))
        script = os.path.join(os.path.dirname(__file__), "write_stores.py")
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_mlops.as_mlflow", script, _address(port)], cwd=folder, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": os.path.dirname(script)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        yield _address(port), token_of(folder), json.loads(done.stdout.splitlines()[-1])


def test_a_server_of_our_own_is_brought_in_whole(ours, monkeypatch, tmp_path, sql):
    address, token, told = ours
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
    report = import_store(address, "mine.duckdb")
    assert report.problems == report.conflicts == []
    found = dump(mlflow.MlflowClient("mine.duckdb"))
    assert found["runs"] == told["runs"]
    assert {e["name"]: e["tags"] for e in found["experiments"].values()} == {e["name"]: e["tags"] for e in told["experiments"].values()}
    for models in (found["models"], told["models"]):
        for version in models["line"]["versions"].values():
            version.pop("source")
    assert found["models"].keys() == told["models"].keys()
    assert found["models"]["line"]["aliases"] == {"champion": "2", "old": "1"}
    assert sql("SELECT count(*) FROM runs", "mine.duckdb") == [(len(told["runs"]),)]
    again = import_store(address, "mine.duckdb")
    assert (again.runs_new, again.runs_updated, again.models_updated, again.artifact_files, again.logged_models) == (0, 0, 0, 0, 0)


def test_who_asks_is_told_and_kept_nowhere(ours, monkeypatch, tmp_path):
    address, token, _ = ours
    with pytest.raises(NotAuthenticated) as caught:
        import_store(address, "mine.duckdb")
    assert token not in str(caught.value)
    given = address.replace("http://", f"http://ann:{token}@")
    with contextlib.suppress(NotAuthenticated):  # whether a token is a password is for the server to say
        assert token not in repr(import_store(given, "mine.duckdb"))
    source = ServerSource(given)
    assert (source.name, source.places(None)._address) == (address, address)
    source.close()
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
    assert import_store(address, "mine.duckdb").source == address
    mlflow.MlflowClient("mine.duckdb").search_experiments()
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes(), path


def test_the_command_imports_from_a_server(peer_server, tmp_path, value):
    done = subprocess.run(
        [sys.executable, "-c", "from jupyter_mlops.cli.main import main; main()", "import", peer_server.source, "--store", "mine.duckdb"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"{len(peer_server.dump['runs'])} new, 0 updated" in done.stdout
    assert value("SELECT count(*) FROM runs", "mine.duckdb") == len(peer_server.dump["runs"])


@pytest.fixture
def peer_server(written):
    """A running server of the newest MLflow with one of everything."""
    return written(VERSIONS[0], "server")


def test_a_dry_run_writes_nothing(peer_server, tmp_path):
    report = import_store(peer_server.source, "mine.duckdb", dry_run=True)
    assert (report.runs_new, report.artifact_files) == (len(peer_server.dump["runs"]), 0)
    assert not (tmp_path / "mine.duckdb").exists()
    assert not (tmp_path / "mlartifacts").exists()
    assert report.points == import_store(peer_server.source, "other.duckdb", artifacts=False).points


def test_artifacts_may_stay_behind_the_server(peer_server, tmp_path):
    report = import_store(peer_server.source, "mine.duckdb", artifacts=False)
    assert report.artifact_files == 0
    run_id = next(run_id for run_id, run in peer_server.dump["runs"].items() if "texts/hello.txt" in run["artifacts"])
    client = mlflow.MlflowClient("mine.duckdb")
    assert client.get_run(run_id).info.artifact_uri.startswith(peer_server.source)
    with open(client.download_artifacts(run_id, "texts/hello.txt"), encoding="utf-8") as file:
        assert file.read() == "hello ü\n" * 100
    assert not (tmp_path / "mlartifacts" / "1").exists()


def test_a_copy_of_the_servers_folder_is_as_good(peer_server, tmp_path):
    """Named, it is read in place of the server: seen by a file that only the copy has."""
    copy = shutil.copytree(peer_server.folder / "mlartifacts", tmp_path / "copy")
    run_id, run = next((run_id, run) for run_id, run in peer_server.dump["runs"].items() if "a.json" in run["artifacts"])
    (copy / run["experiment"] / run_id / "artifacts" / "of the copy").write_text("x")
    import_store(peer_server.source, "mine.duckdb", artifact_root=copy)
    assert "of the copy" in [file.path for file in mlflow.MlflowClient("mine.duckdb").list_artifacts(run_id)]


@pytest.fixture(scope="module", params=VERSIONS)
def brought(request, written, tmp_path_factory):
    """From a server with many runs, one that is long and one that it cannot read, by an import that was killed and one that went on.

    What the database of the server has, the store, how many runs were there when the import was killed, and the report.
    """
    folder, store = tmp_path_factory.mktemp("theirs"), str(tmp_path_factory.mktemp("mine") / "mine.duckdb")
    shutil.copy(written(request.param, "database").folder / DATABASE, folder / DATABASE)
    (long,) = fill_database(folder / DATABASE, 1, keys=1, points=210_000)
    ids = fill_database(folder / DATABASE, 150, keys=4, points=6)
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as theirs, theirs:
        theirs.execute("PRAGMA ignore_check_constraints = ON")
        theirs.execute("UPDATE runs SET status = 'BOGUS' WHERE run_uuid = ?", [ids[7]])
    with mlflow_server(folder, request.param) as (_, port):
        command = [sys.executable, "-c", textwrap.dedent(_IMPORT), _address(port), store]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as importing:
            assert _read_until(importing, 100)[0] != "done"
            importing.send_signal(signal.SIGKILL)
        killed_at = len(mlflow.MlflowClient(store).search_runs(["0", "1", "2", "3", "4"], run_view_type=3))
        report = import_store(_address(port), store)
        yield Brought(folder / DATABASE, store, _address(port), ids, long, killed_at, report)


class Brought(NamedTuple):
    database: pathlib.Path
    store: str
    address: str
    ids: list
    long: str
    killed_at: int
    report: object


def _theirs(brought, query):
    with contextlib.closing(sqlite3.connect(brought.database)) as theirs:
        return theirs.execute(query).fetchone()


@pytest.mark.faults
def test_a_killed_import_goes_on(brought, sql):
    (runs,) = _theirs(brought, "SELECT count(*) FROM runs")
    assert brought.killed_at < runs - 1 == sql("SELECT count(*) FROM runs", brought.store)[0][0]
    report = brought.report
    assert report.runs_new + report.runs_updated + report.runs_unchanged == runs - 1
    which = f"key IN ('m0', 'm1', 'm2', 'm3') AND run_{{}} NOT IN ('{brought.ids[7]}', '{brought.long}')"
    count, total = _theirs(brought, f"SELECT count(*), sum(value) FROM metrics WHERE {which.format('uuid')}")
    [(our_count, our_total)] = sql(f"SELECT count(*), sum(value) FROM metrics JOIN runs USING (rid) WHERE {which.format('id')}", brought.store)
    assert (our_count, round(our_total, 6)) == (count, round(total, 6)) == (149 * 24, round(total, 6))


def test_a_repeated_import_changes_nothing(brought, sql):
    before = sql("SELECT run_id, change FROM runs ORDER BY ALL", brought.store)
    report = import_store(brought.address, brought.store)
    assert (report.runs_unchanged, report.models_unchanged) == (len(before), 3)
    assert sql("SELECT run_id, change FROM runs ORDER BY ALL", brought.store) == before


def test_a_run_that_the_server_cannot_read_is_told_and_the_others_come(brought, value):
    [told] = [line for line in brought.report.problems if "not on this machine" not in line]
    assert brought.ids[7].startswith(told.partition("id ")[2].partition("…")[0])
    assert value(f"SELECT count(*) FROM runs WHERE run_id IN {tuple(brought.ids)}", brought.store) == 149


def test_long_histories_come_whole(brought, sql):
    """In pages where the server has pages, and in one piece where it has none."""
    query = f"SELECT count(*), count(DISTINCT step), round(sum(value), 6) FROM metrics JOIN runs USING (rid) WHERE run_id = '{brought.long}'"
    assert sql(query, brought.store) == [(210_000, 210_000, round(math.fsum(1 / (p + 1) for p in range(210_000)), 6))]


def test_a_server_that_goes_away_leaves_what_arrived_and_what_changes_comes_later(copied, sql, value):
    fill_database(copied / DATABASE, 150, keys=4, points=6)
    with mlflow_server(copied) as (process, port):

        def say(done, total, name):
            if done == 120:
                stop(process)

        with pytest.raises(ServerUnreachable, match="goes on from there"):
            import_store(_address(port), "mine.duckdb", progress=say)
    here = sql("SELECT count(*) FROM runs", "mine.duckdb")[0][0]
    assert 100 <= here < 158
    with mlflow_server(copied, port=port):
        report = import_store(_address(port), "mine.duckdb")
        assert (report.runs_unchanged, report.runs_unchanged + report.runs_new) == (here, 158)
        run = _tell(port, "runs/create", experiment_id="0", start_time=1)["run"]["info"]["run_id"]
        assert import_store(_address(port), "mine.duckdb").runs_new == 1
        _tell(port, "runs/log-metric", run_id=run, key="loss", value=0.5, timestamp=1, step=3)
        _tell(port, "runs/update", run_id=run, status="FINISHED", end_time=9)
        report = import_store(_address(port), "mine.duckdb")
    assert (report.runs_new, report.runs_updated, report.points) == (0, 1, 1)
    assert value(f"SELECT status FROM runs WHERE run_id = '{run}'", "mine.duckdb") == "FINISHED"


def _tell(port, path, **body):
    url = f"{_address(port)}/api/2.0/mlflow/{path}"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_what_is_no_tracking_server_is_told(tmp_path):
    with subprocess.Popen([sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        port = process.stdout.readline().split("port ")[1].split()[0]
        with pytest.raises(InvalidParameter, match="no tracking server"):
            import_store(_address(port), "mine.duckdb")
        process.kill()
    with pytest.raises(ServerUnreachable):
        import_store(_address(port), "mine.duckdb")


RUN = "a" * 32
_INFO = {"run_id": RUN, "experiment_id": "1", "status": "FINISHED", "start_time": "5", "artifact_uri": f"mlflow-artifacts:/1/{RUN}/artifacts"}
_METRIC = {"key": "loss", "value": 0.5, "timestamp": "1", "step": "0"}
_ODD_ANSWERS = {
    "experiments/search": {"experiments": [{"experiment_id": "1", "name": "one"}, {"experiment_id": "9" * 40, "name": "x"}, {"name": "without id"}, 7]},
    "runs/search": {"runs": [{"info": _INFO, "data": {"metrics": [_METRIC], "params": [{"key": "p", "value": "q"}, {"key": "../p", "value": "q"}]}}]},
    "metrics/get-history": {"metrics": [_METRIC], "next_page_token": "again"},
    "artifacts": {"files": [{"path": "../../evil", "file_size": 2}, {"path": "/evil", "file_size": 2}, {"path": "fine.txt", "file_size": "2"}]},
    "model-versions/search": {"model_versions": [{"name": "m", "version": "1", "source": "file:///etc", "run_id": ""}, {"version": {}}]},
    "registered-models/search": {"registered_models": [{"name": "m", "tags": [{"key": "k", "value": "v"}]}, {"name": "a/b"}]},
    "logged-models/search": {"models": [{"info": {"model_id": "../m", "experiment_id": "1"}}, {}]},
}


class _Odd(http.server.BaseHTTPRequestHandler):
    """A server that answers what no honest one does."""

    def do_GET(self):
        path = self.path.partition("?")[0]
        answer = next((told for name, told in _ODD_ANSWERS.items() if path.endswith(name)), None)
        content = b"hi" if path.endswith("fine.txt") else json.dumps(answer).encode()
        self.send_response(404 if answer is None and content != b"hi" else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_):
        pass


def test_nothing_that_a_server_says_leads_out_or_goes_on_for_ever(tmp_path, sql):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        report = import_store(_address(server.server_address[1]), "mine.duckdb")
        server.shutdown()
    assert (report.runs_new, report.experiments_new, report.models_new) == (1, 1, 1)
    assert sql("SELECT run_id, key, value FROM params JOIN runs USING (rid)", "mine.duckdb") == [(RUN, "p", "q")]
    assert [path.read_text() for path in tmp_path.rglob("fine.txt")] == ["hi"]
    assert not [*tmp_path.rglob("evil"), *tmp_path.parent.glob("evil")]
    for what in ("the same page", "../../evil", "'a/b'", "../m", "9' is no number", "is not what a tracking server tells"):
        assert any(what in line for line in report.problems), (what, report.problems)
