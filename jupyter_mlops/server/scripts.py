"""plotly.js of the installed plotly package, which pages draw charts with."""

from __future__ import annotations

import importlib.metadata
import importlib.resources

__all__ = ["plotly_script", "plotly_version"]


def plotly_script() -> bytes | None:
    """The script; None where the package has none."""
    script = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    return script.read_bytes() if script.is_file() else None


def plotly_version() -> str:
    """What its address says, so that a browser may keep it for ever."""
    return importlib.metadata.version("plotly")
