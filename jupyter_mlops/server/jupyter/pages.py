"""What pages ask before anything of a store: which stores there are, and plotly.js."""

from __future__ import annotations

from tornado.web import HTTPError, authenticated

from jupyter_mlops.server.jupyter.handlers import GuardedHandler
from jupyter_mlops.server.jupyter.protocols import PROTOCOL
from jupyter_mlops.version import __version__
from jupyter_mlops.views.scripts import plotly_script, plotly_version

__all__ = ["PlotlyHandler", "StoresHandler"]


class StoresHandler(GuardedHandler):
    """The stores that may be asked for."""

    @authenticated
    async def get(self) -> None:
        """``stores``."""
        await self.require("read")
        default, stores = await self.in_thread(self.stores.all)
        self.tell(200, {"version": __version__, "protocol": PROTOCOL, "plotly": plotly_version(), "default": default, "stores": stores})


class PlotlyHandler(GuardedHandler):
    """plotly.js of the installed plotly package, for the browser to keep."""

    @authenticated
    async def get(self) -> None:
        """``plotly.js?v=<version>``."""
        await self.require("read")
        script = await self.stores.threads.call("plotly.js", plotly_script)
        if script is None:
            raise HTTPError(404)
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.finish(script, set_content_type="text/javascript")
