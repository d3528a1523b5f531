"""The route that most requests take: to an endpoint of the table, before any other route is looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from jupyter_mlops.server.rest.endpoints import has_plain_path

__all__ = ["TableRoute", "asked_of"]


class TableRoute(Route):
    """Endpoints whose paths hold no arguments, found by one look at the table; all else is for the routes behind.

    Parameters
    ----------
    handler : callable
        Answers a request; what the table calls its path is ``path_params["api"]``.
    """

    def __init__(self, handler: Callable[[WebRequest], Awaitable[Response]]) -> None:
        super().__init__("/{api:path}", handler, methods=[])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        is_ours = match is Match.FULL and has_plain_path(*asked_of(scope["method"], found["path_params"]["api"]))
        return (match, found) if is_ours else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self.endpoint(WebRequest(scope, receive))
        await answer(scope, receive, send)


def asked_of(method: str, path: str) -> tuple[str, str]:
    """Method and path by which the table knows what a request asks.

    Examples
    --------
    >>> asked_of("HEAD", "ajax-api/2.0/mlflow/runs/get")
    ('GET', 'api/2.0/mlflow/runs/get')
    """
    return "GET" if method == "HEAD" else method, path.removeprefix("ajax-") if path.startswith("ajax-api/") else path
