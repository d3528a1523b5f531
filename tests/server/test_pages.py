"""The page's files: who gets them, how long they are kept, and what the page may load."""

import gzip
import re

import pytest

from jupyter_mlops.server import pages
from jupyter_mlops.tracking.settings import current_store
from tests.server.live import Client, served

ASSETS = re.compile(rb'(?:href|src)="(assets/[^"]+)"')


@pytest.fixture
def client():
    with served(current_store()) as asked:
        yield asked


@pytest.fixture
def stranger(client):
    return Client(client.port, None)


def test_anybody_has_the_page_and_what_it_is_made_of(stranger):
    page = stranger.get("/")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    names = [name.decode() for name in ASSETS.findall(page.content)]
    assert len(names) == 2
    for name in names:
        asset = stranger.get(f"/{name}")
        assert asset.status_code == 200
        assert "immutable" in asset.headers["Cache-Control"]
        assert asset.headers["X-Content-Type-Options"] == "nosniff"
        packed = stranger.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == asset.content


def test_the_page_may_load_nothing_from_elsewhere(stranger):
    policy = dict(part.strip().split(" ", 1) for part in stranger.get("/").headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["frame-ancestors"] == "'self'"
    assert b"http:" not in re.sub(rb"http(:|%3A)(//|%2F%2F)www.w3.org", b"", stranger.get("/").content)


@pytest.mark.parametrize(("option", "ancestors"), [("DENY", "'none'"), ("NONE", "*")])
def test_who_may_frame_the_page_is_said(option, ancestors):
    with served(current_store(), frame_options=option) as asked:
        assert asked.get("/").headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors}")


def test_plotly_is_for_those_who_are_logged_in(client, stranger):
    assert stranger.get("/plotly.js").status_code == 401
    way = client.get("/plotly.js")
    assert (way.status_code, way.headers["Cache-Control"]) == (307, "no-store")
    script = client.get(f"/{way.headers['Location']}")
    assert script.status_code == 200
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in script.headers["Cache-Control"]
    assert b"plotly.js v" in script.content[:200]


@pytest.mark.parametrize("name", ["../index.html", "..%2findex.html", "%2e%2e/index.html", "index.js", "..", "%00"])
def test_there_is_nothing_beside_the_assets(stranger, name):
    assert stranger.get(f"/assets/{name}").status_code in (401, 404)


def test_other_names_do_not_get_the_page(stranger):
    assert stranger.get("/", headers={"Host": "evil.example"}).status_code == 403


def test_a_prefix_without_a_slash_leads_to_the_page():
    with served(current_store(), prefix="/ml/ops") as asked:
        way = Client(asked.port, None).get("/ml/ops")
        assert (way.status_code, way.headers["Location"]) == (307, "ops/")
        assert Client(asked.port, None).get("/ml/ops/").status_code == 200


def test_a_page_that_is_not_built_says_so(stranger, monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "_FOLDER", tmp_path)
    answer = stranger.get("/")
    assert (answer.status_code, "jlpm" in answer.text) == (503, True)
    assert stranger.get("/assets/index.js").status_code == 404
