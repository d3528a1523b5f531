"""JupyterLab below a path, as JupyterHub and proxies have it: our views are part of its page and ask below that path alone."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab
from tests.browser.test_compare import compared

BASE = "/user/ann"


@pytest.fixture
def below(start_server, tmp_path, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Lab(page, start_server(tmp_path, base=BASE), TOKEN)
    context.close()


def test_views_stand_in_the_page_and_ask_below_its_path(below, notebook):
    asked = []
    below.page.on("request", lambda request: asked.append(urlsplit(request.url)))
    below.page.on("websocket", lambda socket: asked.append(urlsplit(socket.url)))
    write = lambda name, *cells: notebook(name, *cells, root=below.root)  # noqa: E731
    view = compared(below, write, "proxy.ipynb")
    expect(view).to_have_attribute("data-source", "server")
    expect(view.get_by_test_id("mlops-compare-row")).to_have_count(4)
    expect(view.get_by_test_id("mlops-chart").locator(".plot-container").first).to_be_visible()
    below.command("jupyter-mlops:open")
    panel = below.page.get_by_test_id("mlops-panel")
    panel.get_by_test_id("mlops-tab-runs").click()
    expect(panel.get_by_test_id("mlops-run")).to_have_count(4)
    assert below.page.locator("iframe").count() == 0
    here = urlsplit(below.server["url"]).netloc
    elsewhere = {f"{one.netloc}{one.path}" for one in asked if one.scheme in ("http", "https", "ws", "wss")}
    assert {place for place in elsewhere if not place.startswith(f"{here}{BASE}/")} == set()
    assert any(one.path.startswith(f"{BASE}/jupyter-mlops/views/") for one in asked)
    for _ in range(100):
        if any(one.path == f"{BASE}/jupyter-mlops/events" for one in asked):
            return
        below.page.wait_for_timeout(100)
    raise AssertionError("no stream of changes was asked for")
