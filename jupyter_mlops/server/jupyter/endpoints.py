"""The table of endpoints under Jupyter."""

from __future__ import annotations

from typing import Any

from tornado.web import authenticated

from jupyter_mlops.server.calls import called
from jupyter_mlops.server.jupyter.handlers import GuardedHandler
from jupyter_mlops.server.rest.bodies import read_json
from jupyter_mlops.server.rest.endpoints import known, other_methods
from jupyter_mlops.server.rest.requests import Request

__all__ = ["EndpointHandler"]

_NO_FILES = (
    "Jupyter takes no artifacts: kernels on its machine write them by themselves, with the store's file as tracking URI. "
    "From elsewhere, log to a tracking server: `jupyter mlops server` on that store."
)


class EndpointHandler(GuardedHandler):
    """Every endpoint of the table."""

    @authenticated
    async def get(self, path: str) -> None:
        """A GET of the table."""
        await self._answer("GET", path, self.query())

    @authenticated
    async def post(self, path: str) -> None:
        """A POST of the table."""
        await self._answer("POST", path, None)

    @authenticated
    async def patch(self, path: str) -> None:
        """A PATCH of the table."""
        await self._answer("PATCH", path, None)

    @authenticated
    async def delete(self, path: str) -> None:
        """A DELETE of the table."""
        await self._answer("DELETE", path, None)

    @authenticated
    async def put(self, path: str) -> None:
        """Nothing of the table is put; what MLflow's clients put are files."""
        self.tell(405, {"error_code": "NOT_IMPLEMENTED", "message": _NO_FILES})

    async def _answer(self, method: str, path: str, arguments: dict[str, Any] | None) -> None:
        endpoint = known(method, path)
        await self.require("write" if endpoint is not None and endpoint.writes else "read")
        self._track_activity = path != "changes"  # a page that only looks on keeps no server from being culled
        body = self.request.body

        def request() -> Request:
            return self.asked(read_json(body) if arguments is None else arguments)

        status, answer = await called(method, path, request, self.in_thread)
        if status == 404 and (others := other_methods(method, path)):
            status = 405
            self.set_header("Allow", ", ".join(others))
        self.tell(status, answer)
