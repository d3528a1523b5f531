"""What Jupyter Server loads: our routes, and one store for its kernels and its panel."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
from collections.abc import Callable
from typing import Any

from jupyter_server.utils import url_path_join

from jupyter_mlops.entities.variables import SERVER_STORE, SERVER_VERSION
from jupyter_mlops.server.jupyter.artifacts import RunArtifactHandler, VersionArtifactHandler
from jupyter_mlops.server.jupyter.endpoints import EndpointHandler
from jupyter_mlops.server.jupyter.events import EventsHandler
from jupyter_mlops.server.jupyter.files import FileHandler, StoreFileHandler
from jupyter_mlops.server.jupyter.handlers import SETTING, GuardedHandler
from jupyter_mlops.server.jupyter.pages import PlotlyHandler, StoresHandler
from jupyter_mlops.server.jupyter.projects import ProjectHandler
from jupyter_mlops.server.jupyter.stores import ServedStores, choose_store
from jupyter_mlops.version import __version__

__all__ = ["ROUTES"]

_LAB = 4  # whose packages the front end is built with
ROUTES: dict[str, type[GuardedHandler]] = {
    "stores": StoresHandler,
    "file": FileHandler,
    "store-file": StoreFileHandler,
    "project": ProjectHandler,
    "events": EventsHandler,
    r"plotly\.js": PlotlyHandler,
    "get-artifact": RunArtifactHandler,
    "model-versions/get-artifact": VersionArtifactHandler,
    "(changes|views/.+|actions/.+|api/.+)": EndpointHandler,
}


def _warn_of_lab(warn: Callable[..., None]) -> None:
    """JupyterLab leaves a panel out that was built for an older one, and tells nobody who does not look for it."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        version = importlib.metadata.version("jupyterlab")
        if not version.startswith(f"{_LAB}."):
            warn("jupyter_mlops %s has its panel for JupyterLab %s, and this is %s: upgrade jupyter-mlops.", __version__, _LAB, version)


def _load_jupyter_server_extension(app: Any) -> None:
    """Add the routes to a Jupyter server, and tell the kernels that it starts which store is meant.

    Parameters
    ----------
    app : jupyter_server.serverapp.ServerApp
    """
    web = app.web_app
    store = choose_store(os.path.expanduser(app.root_dir), app.log.warning)
    web.settings[SETTING] = ServedStores(store, app.log.warning)
    SERVER_STORE.set(store)
    SERVER_VERSION.set(__version__)
    base = url_path_join(web.settings["base_url"], "jupyter-mlops")
    web.add_handlers(".*$", [(url_path_join(base, route), handler) for route, handler in ROUTES.items()])
    _warn_of_lab(app.log.warning)
    app.log.info("jupyter_mlops keeps runs in %s", store)
