"""``%config JupyterMLOps``: what the magics of one shell do when nothing else is said."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython
from traitlets import Bool, Float, Int
from traitlets.config import Configurable

__all__ = ["JupyterMLOps", "settings"]


class JupyterMLOps(Configurable):
    """Also settable in ``ipython_config.py``: ``c.JupyterMLOps.live = False``."""

    live = Bool(True, help="Cards follow a tracked cell while it runs; else there is one output at its end, as with --no-live.").tag(config=True)
    refresh_s = Float(0.25, min=0.2, help="Seconds between two looks of a card at its run, 0.2 or more.").tag(config=True)
    autolog = Bool(False, help="Tracked cells log what libraries train, as with --autolog.").tag(config=True)
    capture_source = Bool(True, help="Tracked cells keep their source and what they print with the run.").tag(config=True)
    max_rows = Int(50, min=1, help="Rows that a table of runs shows.").tag(config=True)


def settings() -> JupyterMLOps:
    """Those of the running shell; the defaults where the extension is not loaded."""
    shell: Any = get_ipython()
    found = [one for one in getattr(shell, "configurables", ()) if isinstance(one, JupyterMLOps)]
    return found[0] if found else JupyterMLOps()
