"""One real JupyterLab server and one real Chromium for all browser tests; real kernels in every notebook."""

import contextlib
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
from playwright.sync_api import expect, sync_playwright

from tests.browser.find_chromium import chromium
from tests.browser.labs import Lab
from tests.browser.pages import FILL, Served, run_script, ui

TOKEN = "browser-tests"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=30_000)  # a machine that does other things too


def _end(process):
    """Jupyter, also one that would wait for ever for the thread that read a notebook while it was told to end."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session")
def start_server():
    """Starts JupyterLab servers; all are stopped at the end."""
    running = []

    def start(folder, *options, python=sys.executable, base="", **variables):
        root, data = folder / "root", folder / "data"
        settings = data / "settings" / "@jupyterlab" / "apputils-extension"
        root.mkdir()
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        env = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "JUPYTER_MLOPS_"))}
        env |= {"JUPYTER_MLOPS_DATA_DIR": str(data), "JUPYTERLAB_SETTINGS_DIR": str(data / "settings")}
        env |= {"JUPYTERLAB_WORKSPACES_DIR": str(data / "workspaces"), **variables}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(python), "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
        command += ["--JupyterNotebookApp.expose_app_in_browser=True"]  # Notebook 7, which the same server has
        command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
        command += [f"--ServerApp.root_dir={root}", f"--ServerApp.base_url={base}/", *options]
        url, processes = f"http://127.0.0.1:{port}{base}", []

        def begin():
            with open(data / "server.log", "a") as log:
                processes.append(subprocess.Popen(command, env=env, stderr=log, stdout=log, cwd=root))
            running.append(processes[-1])
            _wait_for(f"{url}/api?token={TOKEN}", processes[-1], data / "server.log")

        def stop():
            _end(processes[-1])

        begin()
        return {"url": url, "root": root, "env": env, "log": data / "server.log", "start": begin, "stop": stop}

    yield start
    for process in running:
        _end(process)


def _wait_for(url, process, log):
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)


@pytest.fixture(scope="session")
def server(start_server, tmp_path_factory):
    """A JupyterLab server in an empty folder: its address, root and environment."""
    return start_server(tmp_path_factory.mktemp("server"))


@contextlib.contextmanager
def launched():
    """A Chromium until the end of the block."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def browser():
    with launched() as running:
        yield running


@pytest.fixture
def page(browser):
    """A fresh page in a context of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.fixture
def lab(server, page):
    """A fresh page on the server."""
    return Lab(page, server, TOKEN)


@pytest.fixture
def notebook(server):
    """Writes a notebook of code cells into the server's root; returns its name."""

    def write(name, *cells, root=server["root"]):
        assert not (root / name).exists(), f"{name} is of another test, whose kernel would be found again"
        cells = [nbformat.v4.new_code_cell(source) for source in cells]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        book = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
        (root / name).write_text(json.dumps(book))
        return name

    return write


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The page of a stand-alone server, whose store has runs and models."""
    folder = tmp_path_factory.mktemp("page")
    run_script(FILL, folder / "mlops.duckdb")
    with ui(folder) as (process, port):
        yield Served(folder, process, port)
