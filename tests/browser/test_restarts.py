"""A Jupyter server that restarts, one of another version, and one stream of changes for all that a page shows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab

LOG = """
import sys
import jupyter_mlops as mlflow

mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run(run_name=sys.argv[2]):
    mlflow.log_metric("loss", 1.0)
"""


def runs_of(lab):
    lab.command("jupyter-mlops:open")
    panel = lab.page.get_by_test_id("mlops-panel")
    panel.get_by_test_id("mlops-tab-runs").click()
    return panel.get_by_test_id("mlops-run")


def test_the_panel_goes_on_after_a_restart(start_server, tmp_path, page, python):
    """What happened while the server was away is shown when it is there again, without a reload."""
    server = start_server(tmp_path)
    store = server["root"] / "mlops.duckdb"
    python(LOG, store, "first")
    lab = Lab(page, server, TOKEN).open()
    streams, polls = [], []
    page.on("request", lambda request: "/jupyter-mlops/events?" in request.url and streams.append(request.url))
    page.on("request", lambda request: "/jupyter-mlops/changes?" in request.url and polls.append(request.url))
    runs = runs_of(lab)
    expect(runs).to_have_count(1)
    python(LOG, store, "second")
    expect(runs).to_have_count(2)
    assert len(streams) == 1
    asked = len(polls)
    page.wait_for_timeout(5000)
    assert len(polls) == asked, "whoever is told does not ask"
    server["stop"]()
    python(LOG, store, "third")
    page.wait_for_timeout(3000)
    server["start"]()
    expect(runs).to_have_count(3, timeout=60_000)
    python(LOG, store, "fourth")
    expect(runs).to_have_count(4)


@pytest.mark.parametrize(("protocol", "advice"), [("0", "Restart the Jupyter server."), ("99", "Save your work and reload the page.")])
def test_a_server_of_another_version_is_named(server, page, protocol, advice):
    def answer(route):
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "jupyter-mlops-protocol": protocol, "jupyter-mlops-version": "9.9.9"})

    page.route(re.compile("/jupyter-mlops/"), answer)
    lab = Lab(page, server, TOKEN).open()
    lab.command("jupyter-mlops:open")
    panel = page.get_by_test_id("mlops-panel")
    expect(panel).to_contain_text("The server has jupyter_mlops 9.9.9")
    expect(panel).to_contain_text(advice)


def test_a_server_without_the_extension_says_how_to_enable_it(start_server, tmp_path, page):
    server = start_server(tmp_path, "--ServerApp.jpserver_extensions={'jupyter_mlops': False}")
    lab = Lab(page, server, TOKEN).open()
    lab.command("jupyter-mlops:open")
    expect(page.get_by_test_id("mlops-panel")).to_contain_text("jupyter server extension enable jupyter_mlops")
