"""One real JupyterLab server and one real Chromium for all browser tests; real kernels in every notebook."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.find_chromium import chromium
from tests.browser.labs import Lab

TOKEN = "browser-tests"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(os.environ.get("MLOPS_SCREENSHOTS", "build/screenshots")).absolute()


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A JupyterLab server in an empty folder; yields its address, root and environment."""
    root, data = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "JUPYTER_MLOPS_"))}
    env |= {"JUPYTER_MLOPS_DATA_DIR": str(data), "JUPYTERLAB_SETTINGS_DIR": str(data / "settings")}
    env |= {"JUPYTERLAB_WORKSPACES_DIR": str(data / "workspaces")}
    settings = data / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser", f"--port={port}",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}", "--ServerApp.port_retries=0",
    ]  # fmt: skip
    log = open(data / "server.log", "w")
    process = subprocess.Popen(command, env=env, stderr=log, stdout=log, cwd=root)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=2).close()
                break
            except OSError:
                assert process.poll() is None, (data / "server.log").read_text()
                time.sleep(0.2)
        yield {"url": url, "root": root, "env": env, "log": data / "server.log"}
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def lab(server, browser):
    """A fresh page on the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Lab(page, server, TOKEN, SCREENSHOTS)
    context.close()


@pytest.fixture
def notebook(server):
    """Writes a notebook of code cells into the server's root; returns its name."""

    def write(name, *cells):
        cells = [nbformat.v4.new_code_cell(source) for source in cells]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        book = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
        (server["root"] / name).write_text(json.dumps(book))
        return name

    return write
