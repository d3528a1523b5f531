"""Who asks a server: only a server that was named as a store learns it."""

import contextlib
import http.server
import os
import threading

import pytest

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.http.addresses import ARTIFACTS
from jupyter_mlops.storage.http.clients import client_of
from jupyter_mlops.storage.http.credentials import authorization, remember_user, token_file
from jupyter_mlops.storage.opened import get_tracking_uri, open_store, set_tracking_uri


@pytest.fixture
def listener():
    """A server of somebody else: its address and the headers that it was sent."""
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            heard.append(self.headers)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()


@pytest.mark.parametrize("uri", ["http://localhost:99999", "http://localhost:abc", "http://", "http://[::1"])
def test_what_is_no_address_is_refused_in_words(uri):
    with pytest.raises(InvalidParameter, match="such as 'http://localhost:5000'"):
        set_tracking_uri(uri)


def test_a_place_of_artifacts_does_not_learn_the_token(listener, monkeypatch):
    """It may stand in a run that somebody else wrote."""
    url, heard = listener
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "secret")
    artifact_store(f"{url}{ARTIFACTS}/0/abc/artifacts").list("")
    assert heard and heard[-1]["Authorization"] is None
    open_store(url)
    artifact_store(f"{url}{ARTIFACTS}/0/abc/artifacts").list("")
    assert heard[-1]["Authorization"] == "Bearer secret"


def test_a_redirection_is_not_followed(monkeypatch, listener):
    url, heard = listener

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", url)
            self.end_headers()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        with contextlib.suppress(MlflowException):
            client_of(f"http://127.0.0.1:{server.server_port}").get("experiments/get", experiment_id="0")
        server.shutdown()
    assert heard == []


def test_user_and_password_of_a_url_are_shown_nowhere(tmp_path, listener):
    url, heard = listener
    set_tracking_uri(url.replace("http://", "http://ann:p%40ss@"))
    assert get_tracking_uri() == url
    store = open_store()
    client_of(url).get("experiments/get", experiment_id="0")
    assert heard[-1]["Authorization"] == "Basic YW5uOnBAc3M="
    assert "p%40ss" not in repr(vars(store)) and "ann" not in store.uri
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"p%40ss" in path.read_bytes()]


def test_the_token_that_a_server_left_on_this_machine_is_found(tmp_path):
    place = token_file("127.0.0.1", 5000)
    os.makedirs(os.path.dirname(place))
    with open(place, "w") as file:
        file.write("left\n")
    for address in ("http://localhost:5000", "http://127.0.0.1:5000", "http://[::1]:5000"):
        assert authorization(address) == "Bearer left"
    assert authorization("http://elsewhere:5000") is None and authorization("http://localhost:5001") is None


def test_the_environment_says_who_asks_a_store(monkeypatch):
    address = remember_user("http://host:5000")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "abc")
    assert authorization(address) == "Bearer abc"
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ann")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "pw")
    assert authorization(address) == "Basic YW5uOnB3"
