"""The stand-alone host: the table of endpoints on Starlette, with a token, for MLflow's clients and ours."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request as WebRequest
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Scope

from jupyter_mlops.entities.authors import ORIGIN
from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.server import guards
from jupyter_mlops.server.answers import JSON, Refused, answered, refusal
from jupyter_mlops.server.arguments import is_short, read_arguments
from jupyter_mlops.server.auth.authorities import Authority, Everybody, OneToken
from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.seen_stores import seen_by
from jupyter_mlops.server.calls import called
from jupyter_mlops.server.envelopes import Envelope
from jupyter_mlops.server.events import HEADERS, Changes
from jupyter_mlops.server.logins import Logins
from jupyter_mlops.server.meters import Meters
from jupyter_mlops.server.pages import page_routes
from jupyter_mlops.server.rest.endpoints import call_at_once, known, other_methods
from jupyter_mlops.server.rest.openapi import openapi_document
from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.server.settings import Settings
from jupyter_mlops.server.table_routes import TableRoute, asked_of
from jupyter_mlops.server.transfer_needs import require_transfer
from jupyter_mlops.server.transfers import Transfers
from jupyter_mlops.server.workers.pools import Workers
from jupyter_mlops.storage.duckdb.store import DuckDBStore

__all__ = ["MLFLOW_VERSION", "make_app"]

MLFLOW_VERSION = "2.22.0"  # what `/version` says: the newest of MLflow whose classic protocol this is
_METHODS = ("GET", "POST", "PATCH", "DELETE", "PUT")
Handler = Callable[[WebRequest], Awaitable[Response]]


def make_app(store: DuckDBStore, settings: Settings, authority: Authority | None = None) -> Starlette:
    """The application that answers for a store to whom its authority knows, by default who has the token of the settings.

    Its ``state.logins`` is where whoever opens a page in this process gets a link that logs in, see `Logins`.
    """
    server = _Server(store, settings, authority or (Everybody() if settings.token is None else OneToken(settings.token)))
    routes: list[BaseRoute] = [
        *([] if settings.artifacts_only else [TableRoute(server.guarded(server.protocol))]),
        Route("/health", _ok), Route("/ready", server.guarded(server.ready, is_open=True)), Route("/version", _version),
        Route("/api/3.0/mlflow/server-info", server.guarded(server.info)),
        Route("/metrics", server.guarded(server.metrics, for_admins=True)),
        *server.transfers.routes(server.guarded_transfer),
        *([] if settings.artifacts_only else server.routes()),
        Route("/{api:path}", server.guarded(_closed if settings.artifacts_only else server.protocol), methods=list(_METHODS)),
    ]  # fmt: skip
    server.known = {route.endpoint: route for route in routes if isinstance(route, Route)}
    if settings.prefix:
        routes = [Route(settings.prefix, server.guarded(_below, is_open=True)), Mount(settings.prefix, routes=routes)]
    app = Starlette(
        routes=routes, middleware=[Middleware(Envelope, settings=settings, named=server.named, meters=server.meters)],
        exception_handlers={HTTPException: _unrouted},  # type: ignore[dict-item]
    )  # fmt: skip
    app.state.logins, app.state.changes = server.logins, server.changes
    return app


async def _ok(_: WebRequest) -> Response:
    return PlainTextResponse("OK")


async def _version(_: WebRequest) -> Response:
    return PlainTextResponse(MLFLOW_VERSION)


async def _closed(_: WebRequest) -> Response:
    raise Refused(503, "This server has nothing but artifacts: it was started with --artifacts-only.", "TEMPORARILY_UNAVAILABLE")


async def _below(request: WebRequest) -> Response:
    """To the page, whose own addresses are relative."""
    return RedirectResponse(f"{request.url.path.rpartition('/')[2]}/", 307)


class _Server:
    """The store, and how it is asked."""

    def __init__(self, store: DuckDBStore, settings: Settings, authority: Authority) -> None:
        self.store, self.settings = store, settings
        self.transfers = Transfers(store, settings.artifacts, is_serving=settings.serve_artifacts)
        self.changes = Changes(store)
        self.workers = None if settings.predict == "off" else Workers(may_trust=settings.predict == "trust")
        self.meters = Meters()
        self.logins = Logins(authority, settings.prefix)
        self.known: dict[Any, Route] = {}  # by endpoint; older Starlettes do not tell which route a request takes

    def routes(self) -> list[BaseRoute]:
        """What there is beside artifacts and the table of endpoints."""
        guarded, logins = self.guarded, self.logins
        return [
            *self.transfers.routes_by_owner(self.guarded_transfer),
            Route("/session", guarded(logins.session)), Route("/logout", guarded(logins.log_out), methods=["POST"]),
            Route("/login", guarded(logins.log_in, is_open=True), methods=["GET", "POST"]),
            Route("/login/link", guarded(logins.link), methods=["POST"]),
            Route("/events", guarded(self.events)), Route("/openapi.json", guarded(self.openapi)),
            *page_routes(self.settings, guarded),
        ]  # fmt: skip

    def named(self, scope: Scope) -> str:
        """The endpoint of a request, of a table that does not grow."""
        path = scope.get("path_params", {}).get("api")
        if path is None:
            route = scope.get("route") or self.known.get(scope.get("endpoint"))
            return "other" if route is None else str(route.path)
        endpoint = known(*asked_of(scope["method"], path))
        return "other" if endpoint is None else endpoint.path

    def guarded(self, handler: Handler, *, is_open: bool = False, for_admins: bool = False) -> Handler:
        """The handler behind the checks that every request must pass; an open one does not ask who asks."""

        async def checked(request: WebRequest) -> Response:
            request.scope.setdefault("route", self.known.get(request.scope["endpoint"]))
            try:
                guards.require_allowed(request.method, request.headers, self.settings.allowed_hosts, self.settings.allowed_origins)
                if not is_open:
                    caller = await self.logins.admit(request)
                    if for_admins:
                        caller.require_admin()
                return await handler(request)
            except MlflowException as error:
                return self.logins.refusal(request, error)

        return checked

    def guarded_transfer(self, handler: Handler) -> Handler:
        """The handler of artifacts behind the checks that every request must pass, and what its caller may do with those."""

        async def checked(request: WebRequest) -> Response:
            await require_transfer(self._request(request, {}), request)
            return await handler(request)

        return self.guarded(checked)

    async def protocol(self, request: WebRequest) -> Response:
        """The table of endpoints."""
        method, path = asked_of(request.method, request.path_params["api"])
        arguments = await read_arguments(request)
        if isinstance(arguments, Response):
            return arguments
        asked = functools.partial(self._request, request, arguments)
        told = call_at_once(method, path, asked) if is_short(request) else None
        if told is None:
            told = await called(method, path, asked)
        status, answer = told
        if status == 404 and (others := other_methods(method, path)):
            raise HTTPException(405, f"{path} is asked by {', '.join(others)}.", {"Allow": ", ".join(others)})
        return answered(answer, status)

    def _request(self, asked: WebRequest, arguments: dict[str, Any]) -> Request:
        caller: Caller = asked.state.caller
        origin = asked.headers.get(ORIGIN, "")
        return Request(seen_by(caller, self.store), arguments, caller.user, self.transfers.places, caller, origin, self.workers)

    async def ready(self, _: WebRequest) -> Response:
        """Whether the store can be read."""
        await asyncio.to_thread(self.store.last_change)
        return PlainTextResponse("OK")

    async def info(self, _: WebRequest) -> Response:
        """What newer clients ask before they fetch artifacts."""
        parts = dict.fromkeys(("multipart_uploads_enabled", "multipart_downloads_enabled"), self.transfers.has_parts)
        return JSON({"store_type": "SqlStore", "workspaces_enabled": False, **parts})

    async def metrics(self, _: WebRequest) -> Response:
        """What the server counted, for Prometheus."""
        return Response(self.meters.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def events(self, request: WebRequest) -> Response:
        """Changes of the store, live; ``since``, or what a browser sends when it comes back, says what is known."""
        given = request.headers.get("last-event-id") or request.query_params.get("since") or "0"
        if not given.isdecimal() or len(given) > 18:
            raise InvalidParameter(f"'since' is the number of a change, not {given!r:.100}.")
        if self.changes.is_full:
            raise Refused(429, "As many listen to changes as may: ask /changes now and then instead.", "REQUEST_LIMIT_EXCEEDED")
        return StreamingResponse(self.changes.stream(int(given)), headers=HEADERS, media_type="text/event-stream")

    async def openapi(self, _: WebRequest) -> Response:
        """The description of all endpoints."""
        return JSON(await asyncio.to_thread(openapi_document, self.settings.prefix))


async def _unrouted(_: WebRequest, error: HTTPException) -> Response:
    codes = {404: "ENDPOINT_NOT_FOUND", 405: "ENDPOINT_NOT_FOUND"}  # as MLflow's clients take both
    answer = refusal(error.status_code, codes.get(error.status_code, "BAD_REQUEST"), error.detail)
    answer.headers.update(error.headers or {})
    return answer
