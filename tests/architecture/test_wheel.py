"""The built wheel works in an empty environment, without Node and without the source tree."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN, launched, start_server
from tests.browser.labs import Lab

__all__ = ["start_server"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """An environment with nothing but the wheel and what it depends on; yields a function that runs its programs."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    subprocess.run(
        [folder / "env/bin/python", "-m", "pip", "install", "--quiet", wheel], check=True, capture_output=True
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON", "MLFLOW"))}

    def run(*command):
        program = str(folder / "env/bin" / command[0])
        env = {
            **kept,
            "PATH": str(folder / "env/bin"),
            "HOME": str(folder),
            "JUPYTER_MLOPS_DATA_DIR": str(folder / "data"),
        }
        done = subprocess.run([program, *command[1:]], env=env, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    run.wheel, run.folder = wheel, folder
    return run


def test_both_extensions_are_enabled(environment):
    labs = next(line for line in environment("jupyter", "labextension", "list").splitlines() if "jupyter-mlops" in line)
    assert "enabled" in labs
    assert "OK" in labs
    servers = environment("jupyter", "server", "extension", "list")
    assert "jupyter_mlops" in servers
    assert "jupyter_mlops 0.1.0 \x1b[32mOK" in servers or "jupyter_mlops 0.1.0 OK" in servers


def test_its_settings_are_known(environment):
    read = "from jupyterlab_server.settings_utils import get_settings\nfrom jupyter_core.paths import jupyter_path\n"
    read += "from jupyterlab.commands import get_app_dir\nimport os\n"
    read += "found, _ = get_settings(get_app_dir(), os.path.join(get_app_dir(), 'schemas'), os.getcwd(), "
    read += "labextensions_path=jupyter_path('labextensions'), schema_name='jupyter-mlops:settings')\nprint(found['schema']['title'])"
    assert environment("python", "-W", "ignore", "-c", read).strip().endswith("MLOps")


def test_it_tracks(environment):
    code = "import jupyter_mlops as m\nwith m.start_run() as r: m.log_metric('a', 1)\nprint(m.get_run(r.info.run_id).data.metrics)"
    assert "{'a': 1.0}" in environment("python", "-c", code)


@pytest.mark.filterwarnings("default")
def test_its_panel_shows_a_run(environment, start_server, tmp_path):
    """JupyterLab of that environment, in a real browser."""
    programs = environment.folder / "env/bin"
    assert shutil.which("node", path=programs) is None
    bare = {name: "" for name in os.environ if name.startswith(("JUPYTER", "PYTHON"))}
    server = start_server(tmp_path, python=programs / "python", **bare, PATH=str(programs), HOME=str(environment.folder))
    store = server["root"] / "mlops.duckdb"
    environment("python", "-c", f"import jupyter_mlops as m; m.set_tracking_uri({str(store)!r})\nwith m.start_run(run_name='of the wheel'): pass")
    # A browser that stayed open would keep an event loop from all later tests.
    with launched() as browser:
        page = browser.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        Lab(page, server, TOKEN).open().command("jupyter-mlops:open")
        expect(page.get_by_test_id("mlops-run")).to_contain_text("of the wheel")
        assert errors == []
    server["stop"]()


def test_the_wheel_holds_no_tests_and_no_source_of_the_front_end(environment):
    names = zipfile.ZipFile(environment.wheel).namelist()
    assert not [name for name in names if "/tests/" in name or name.endswith((".tsx", ".ts")) or "node_modules" in name]
    assert any(name.endswith("schema/0001_first.sql") for name in names)
    lab = "share/jupyter/labextensions/jupyter-mlops"
    for part in ("package.json", "install.json", "schemas/jupyter-mlops/settings.json"):
        assert any(name.endswith(f"{lab}/{part}") for name in names), part
    assert {"jupyter_mlops/server/page/index.html", "jupyter_mlops/widgets/loader.js", "jupyter_mlops/widgets/static/views.js"} <= set(names)
    assert any(name.startswith("jupyter_mlops/server/page/assets/index-") and name.endswith(".js") for name in names)
