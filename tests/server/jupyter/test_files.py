"""Artifacts through a Jupyter server: their bytes and parts of them, which no browser runs."""

import hashlib
import pathlib

import pytest

from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.tracking.client import MlflowClient
from tests.server.live import served

DATA = bytes(range(256)) * 4
LARGE = 5_000_000


@pytest.fixture
def run(client, tmp_path):
    """A run of the server's store with a few files."""
    run = client.create_run("0")
    (tmp_path / "page.html").write_text("<script>alert(1)</script>")
    (tmp_path / "a b+ü.bin").write_bytes(DATA)
    (tmp_path / "large.bin").write_bytes(b"x" * LARGE)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "dot.png").write_bytes(b"\x89PNG")
    client.log_artifacts(run.info.run_id, str(tmp_path))
    return run.info


def get(server, info, path, method="GET", **headers):
    with server.user as user:
        return user.request(method, "get-artifact", params={"run_id": info.run_id, "path": path}, headers=headers)


def test_files_come_whole_with_their_digest(jupyter, run):
    for path, content in (("a b+ü.bin", DATA), ("large.bin", b"x" * LARGE), ("empty", b"")):
        answer = get(jupyter, run, path)
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["Content-Length"] == str(len(content))
        assert hashlib.sha256(content).digest() == __import__("base64").b64decode(answer.headers["Repr-Digest"][9:-1])


@pytest.mark.parametrize(("asked", "status", "part"), [("bytes=2-4", 206, (2, 5)), ("bytes=-24", 206, (1000, 1024)), ("bytes=1024-", 416, None)])
def test_parts(jupyter, run, asked, status, part):
    for method in ("GET", "HEAD"):
        answer = get(jupyter, run, "a b+ü.bin", method, Range=asked)
        assert answer.status_code == status
        if part is None:
            assert answer.headers["Content-Range"] == "bytes */1024"
        else:
            assert answer.content == (DATA[slice(*part)] if method == "GET" else b"")
            assert answer.headers["Content-Range"] == f"bytes {part[0]}-{part[1] - 1}/1024"


def test_no_browser_runs_a_file_as_a_page_of_jupyter(jupyter, run):
    answer = get(jupyter, run, "page.html")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert get(jupyter, run, "dot.png").headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("path", ["../../../mlops.duckdb", "/etc/passwd", "a/../page.html", "..", "", "no.txt", "\x00"])
def test_no_path_leads_elsewhere(jupyter, run, path):
    assert get(jupyter, run, path).status_code in (400, 404)


def test_a_file_that_is_not_what_was_logged_never_arrives(jupyter, run):
    folder = pathlib.Path(run.artifact_uri)
    (folder / "page.html").write_bytes(b"changed by hand")
    assert b"changed" not in get(jupyter, run, "page.html").content
    (folder / "large.bin").write_bytes(b"y" * LARGE)
    with pytest.raises(Exception, match="peer closed|incomplete"):
        get(jupyter, run, "large.bin")
    assert "The answer was cut off" in jupyter.log()


def test_an_unknown_run_and_an_unknown_version(jupyter):
    with jupyter.user as user:
        for path in ("get-artifact?run_id=none&path=a", "get-artifact?path=a", "model-versions/get-artifact?name=no&version=1&path=a"):
            answer = user.get(path)
            assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_files_of_a_run_that_is_behind_a_server(jupyter, tmp_path):
    """The browser reaches the Jupyter server alone, and that reaches the tracking server."""
    with served(open_store(str(tmp_path / "team.duckdb")), token=None) as team:
        address = f"http://127.0.0.1:{team.port}"
        client = MlflowClient(address)
        info = client.create_run("0").info
        (tmp_path / "a.bin").write_bytes(DATA)
        client.log_artifact(info.run_id, str(tmp_path / "a.bin"))
        open_store(address).flush()
        key = open_store(address).key
        stores = jupyter.folder / "data" / "stores.json"
        stores.write_text(stores.read_text().replace("{", f'{{"{key}":"{address}",', 1))
        with jupyter.user as user:
            asked = {"store": key, "run_id": info.run_id, "path": "a.bin"}
            assert user.get("get-artifact", params=asked).content == DATA
            part = user.get("get-artifact", params=asked, headers={"Range": "bytes=10-19"})
            assert (part.status_code, part.content) == (206, DATA[10:20])
            assert user.get("get-artifact", params=asked | {"path": "b.bin"}).status_code == 404
            assert user.get("api/2.0/mlflow/artifacts/list", params=asked | {"path": ""}).json()["files"][0]["path"] == "a.bin"
