"""The oldest JupyterLab that is promised, 4.4.0, with a kernel of another environment than the server's: the built extension works there too."""

import json
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab
from tests.browser.test_widgets import OURS, SETUP, compare_in
from tests.environments import ROOT, environment


@pytest.fixture
def oldest(start_server, browser, tmp_path):
    """JupyterLab 4.4.0 with our front end; its server knows nothing of us, its kernel is this Python."""
    share = tmp_path / "share"
    (share / "labextensions").mkdir(parents=True)
    (share / "labextensions" / "jupyter-mlops").symlink_to(ROOT / "jupyter_mlops" / "labextension")
    (share / "kernels" / "python3").mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (share / "kernels" / "python3" / "kernel.json").write_text(json.dumps(kernel))
    folder = tmp_path / "server"
    folder.mkdir()
    server = start_server(folder, python=environment("jupyterlab-4.4.0"), JUPYTER_PATH=str(share))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Lab(page, server, TOKEN)
    context.close()


def test_views_are_alive_in_the_oldest_jupyterlab(oldest, notebook):
    cells = [SETUP.format(name="oldest").strip(), "w = mlflow.compare()\nw", "%%track forest\ndepth = 3\nmlflow.log_metric('acc', 0.9)"]
    oldest.open_notebook(notebook("oldest.ipynb", *cells, root=oldest.root)).run_all()
    assert oldest.page.evaluate("jupyterapp.version") == "4.4.0"
    view = compare_in(oldest, 1)
    expect(view).to_have_attribute("data-alive", "true")
    expect(view).to_have_attribute("data-source", "kernel")
    expect(view.locator(".plot-container").first).to_be_visible(timeout=60_000)  # plotly.js comes from the kernel
    rows = view.get_by_test_id("mlops-compare-row")
    rows.nth(1).click()
    oldest.told("w.selection", str([rows.nth(1).get_attribute("data-run-id")]))
    oldest.run_code("w.selection = []")
    expect(view.locator('[aria-selected="true"][data-run-id]')).to_have_count(0)
    expect(oldest.output(2).get_by_test_id("mlops-card")).to_have_attribute("data-status", "FINISHED")
    oldest.shoot("oldest-lab")
    oldest.save()
    (output,) = oldest.saved("oldest.ipynb")["cells"][1]["outputs"]
    assert set(output["data"]) == OURS
