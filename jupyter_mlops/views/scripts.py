"""Scripts that pages run: plotly.js of the installed plotly package, and the views as a widget."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.resources

from jupyter_mlops.errors import NotFound
from jupyter_mlops.version import __version__

__all__ = ["loader_script", "plotly_script", "plotly_version", "views_script"]


def plotly_script() -> bytes | None:
    """The script; None where the package has none."""
    script = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    return script.read_bytes() if script.is_file() else None


def plotly_version() -> str:
    """What its address says, so that a browser may keep it for ever."""
    return importlib.metadata.version("plotly")


@functools.cache
def loader_script() -> str:
    """The kB that every widget carries, which asks for `views_script` once a page and version."""
    script = importlib.resources.files("jupyter_mlops") / "widgets" / "loader.js"
    return script.read_text("utf-8").replace("VERSION", __version__)


def views_script() -> bytes:
    """The views for pages without a front end of ours."""
    script = importlib.resources.files("jupyter_mlops") / "widgets" / "static" / "views.js"
    if not script.is_file():
        raise NotFound("widgets/static/views.js was not built: run `jlpm build:page` in labextension/, or install a released package.")
    return script.read_bytes()
