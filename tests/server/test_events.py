"""Live events of the stand-alone server."""

import asyncio
import http.client

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreError
from jupyter_mlops.server import events
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.tracking.settings import current_store


def follow(ask, path="/events", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", ask.port, timeout=20)
    connection.request("GET", path, headers={**ask.headers, "Host": "localhost", **headers})
    return connection, connection.getresponse()


def next_change(response):
    """Number of the next change that is told."""
    while True:
        line = response.fp.readline().decode().strip()
        if line.startswith("data: "):
            return int(line.removeprefix("data: "))


def test_whoever_listens_hears_of_what_is_logged_by_others(ask, child):
    current_store().last_change()
    (one, first), (other, second) = follow(ask), follow(ask)
    assert first.headers["Content-Type"].startswith("text/event-stream")
    known = next_change(first)
    assert next_change(second) == known
    child("import jupyter_mlops as m\nwith m.start_run(): m.log_metric('loss', 1.0)")
    later = next_change(first)
    assert later > known
    assert next_change(second) == later
    one.close()
    other.close()
    again, third = follow(ask, **{"Last-Event-ID": str(known)})
    assert next_change(third) >= later, "from where it was"
    again.close()


def test_what_is_known_already_is_not_told_again(ask):
    known = current_store().last_change()
    connection, response = follow(ask, f"/events?since={known}")
    with mlflow.start_run():
        mlflow.log_metric("loss", 1.0)
    assert next_change(response) > known
    connection.close()


def test_who_heard_nothing_because_the_store_is_broken_takes_no_place(tmp_path, monkeypatch):
    monkeypatch.setattr(events, "_MOST", 1)
    (tmp_path / "broken.duckdb").write_bytes(b"x" * 20_000)
    changes = events.Changes(DuckDBStore(str(tmp_path / "broken.duckdb")))

    async def listen():
        with pytest.raises(StoreError):
            async for _ in changes.stream(0):
                raise AssertionError

    asyncio.run(listen())
    assert not changes.is_full


def test_strangers_hear_nothing(ask):
    connection, response = follow(ask, Authorization="Bearer wrong")
    assert response.status == 401
    connection.close()
    for since in ("-1", "x", "1" * 30):
        assert ask.get(f"/events?since={since}").status_code == 400
