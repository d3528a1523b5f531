"""Every test and doctest works in a folder of its own, with no store, experiment or run chosen."""

import logging
import os
import sys

import pytest


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """A temporary folder as the current one; what the package remembers in this process is forgotten afterwards."""
    outer = dict(os.environ)
    for name in [name for name in outer if name.startswith(("MLFLOW_", "JUPYTER_MLOPS_"))]:
        del os.environ[name]
    os.environ["JUPYTER_MLOPS_DATA_DIR"] = str(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    yield
    _forget()
    os.environ.clear()
    os.environ.update(outer)


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
            store.files.close()
        opened._stores.clear()
    logging.getLogger("jupyter_mlops").setLevel(logging.NOTSET)
