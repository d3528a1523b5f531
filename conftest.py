"""Every test and doctest works in a folder of its own, with no store, experiment or run chosen."""

import importlib.util
import logging
import multiprocessing
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).parent
# Examples that need a framework: tests/frameworks runs them where it is installed.
_NEEDS = {"keras": ("keras", "autologging/keras_callbacks"), "tensorflow": ("tensorflow",), "torch": ("pytorch",)}
collect_ignore = [
    f"jupyter_mlops/{path}.py"
    for library, paths in _NEEDS.items()
    for path in paths
    if importlib.util.find_spec(library) is None
]
# The first installs itself when it is imported; the other is a script for an environment with the real MLflow.
collect_ignore += ["jupyter_mlops/as_mlflow/children/mlflow.py", "tests/compat/projects", *(f"tests/compat/{name}.py" for name in ("classic_flow", "send_large", "users_flow"))]


@pytest.fixture(autouse=True)
def own_folder(tmp_path):
    """A temporary folder as the current one; what the package remembers in this process is forgotten afterwards.

    A test fails that leaves something behind. The folder is not left to `monkeypatch`, whose ``undo`` would also undo it.
    """
    outer, outer_folder = dict(os.environ), os.getcwd()
    for name in [name for name in outer if name.startswith(("MLFLOW_", "JUPYTER_MLOPS_"))]:
        del os.environ[name]
    os.environ["JUPYTER_MLOPS_DATA_DIR"] = str(tmp_path / "data")
    os.chdir(tmp_path)
    yield
    left = _left_behind()
    _forget()
    os.chdir(outer_folder)
    os.environ.clear()
    os.environ.update(outer)
    assert not left, f"left behind: {', '.join(left)}"


def _left_behind():
    """Open runs, processes, and stores in the source tree, which every later process below it would take for its own."""
    stacks, opened = (sys.modules.get(f"jupyter_mlops.{name}") for name in ("tracking.stacks", "storage.opened"))
    runs = [f"run {active.run.info.run_id}" for active in (stacks.open_runs() if stacks else ())]
    stores = [f"store {path}" for path in (opened._stores if opened else ()) if ROOT in pathlib.Path(path).parents]
    return runs + stores + [f"process {child.pid}" for child in multiprocessing.active_children()]


def _forget():
    package = "jupyter_mlops."
    if stacks := sys.modules.get(package + "tracking.stacks"):
        for active in stacks.open_runs():
            stacks.remove(active)
        stacks._entered.set(None)
        vars(stacks._thread).clear()
    if states := sys.modules.get(package + "tracking.run_states"):
        states._states.clear()
    if settings := sys.modules.get(package + "tracking.settings"):
        settings._chosen = None
    if locate := sys.modules.get(package + "storage.locate"):
        locate._told.clear()
    if opened := sys.modules.get(package + "storage.opened"):
        opened._tracking_uri = opened._registry_uri = None
        opened._hidden.clear()
        for store in opened._stores.values():
            store.files.close() if hasattr(store, "files") else store.close()
        opened._stores.clear()
    if clients := sys.modules.get(package + "storage.http.clients"):
        for client in clients._clients.values():
            client.close()
        clients._clients.clear()
    if credentials := sys.modules.get(package + "storage.http.credentials"):
        credentials._opened.clear()
        credentials._users.clear()
    logging.getLogger("jupyter_mlops").setLevel(logging.NOTSET)
