"""The stand-alone host: the table of endpoints on Starlette, with a token, for MLflow's clients and ours."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.server import guards
from jupyter_mlops.server.events import Changes
from jupyter_mlops.server.meters import Meters
from jupyter_mlops.server.rest import files
from jupyter_mlops.server.rest.endpoints import call, find
from jupyter_mlops.server.rest.openapi import openapi_document
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT
from jupyter_mlops.views.calls import error_message

__all__ = ["MLFLOW_VERSION", "Settings", "make_app"]

MLFLOW_VERSION = "2.22.0"  # what `/version` says: the newest of MLflow whose classic protocol this is
_MOST_JSON = 16 * 2**20
_MOST_BATCH = 1_000_000  # as MLflow's servers have it
_METHODS = ("GET", "POST", "PATCH", "DELETE", "PUT")
_OPEN = {"/health", "/ready", "/version"}
Handler = Callable[[WebRequest], Awaitable[Response]]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a server is set up.

    Attributes
    ----------
    token : str or None
        What every request must bring; None for a server that anybody may ask.
    prefix : str
        In front of every path, such as ``/mlops``.
    allowed_hosts, allowed_origins : tuple of str
        Names that it may be asked by, and origins of other pages that may change something.
    serve_artifacts : bool
        Whether artifacts go through the server.
    """

    token: str | None
    prefix: str = ""
    allowed_hosts: tuple[str, ...] = guards.LOOPBACK
    allowed_origins: tuple[str, ...] = ()
    serve_artifacts: bool = True


class JSON(Response):
    """An answer as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def make_app(store: DuckDBStore, settings: Settings) -> Starlette:
    """The application that answers for a store."""
    server = _Server(store, settings)
    routes = [
        Route("/health", _ok), Route("/ready", server.guarded(server.ready)), Route("/version", _version),
        Route("/api/3.0/mlflow/server-info", server.guarded(server.info)),
        *(
            Route(f"/{api}/2.0/mlflow-artifacts/artifacts{rest}", server.guarded(server.artifacts), methods=["GET", "PUT", "DELETE"])
            for api in ("api", "ajax-api") for rest in ("", "/{path:path}")
        ),
        Route("/metrics", server.guarded(server.metrics)),
        Route("/events", server.guarded(server.events)),
        Route("/openapi.json", server.guarded(server.openapi)),
        Route("/get-artifact", server.guarded(server.run_artifact)),
        Route("/{api:path}", server.guarded(server.protocol), methods=list(_METHODS)),
    ]  # fmt: skip
    return Starlette(routes=[Mount(settings.prefix, routes=routes)] if settings.prefix else routes)


async def _ok(_: WebRequest) -> Response:
    return PlainTextResponse("OK")


async def _version(_: WebRequest) -> Response:
    return PlainTextResponse(MLFLOW_VERSION)


class _Server:
    """The store, and how it is asked."""

    def __init__(self, store: DuckDBStore, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.root = os.path.join(store.files.root, ARTIFACT_ROOT)
        self.places = Places(self.root if settings.serve_artifacts else None)
        self.changes = Changes(store)
        self.meters = Meters()

    def guarded(self, handler: Handler) -> Handler:
        """The handler behind the checks that every request must pass."""

        async def checked(request: WebRequest) -> Response:
            began = time.perf_counter()
            answer = await self._answer(handler, request)
            self.meters.count(_named(request), _method(request), answer.status_code, time.perf_counter() - began)
            return answer

        return checked

    async def _answer(self, handler: Handler, request: WebRequest) -> Response:
        problem = self._problem(request)
        if problem is not None:
            return problem
        try:
            return await handler(request)
        except MlflowException as error:
            return JSON(error_message(error), error.get_http_status_code())

    def _problem(self, request: WebRequest) -> Response | None:
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if not guards.is_allowed_host(host, self.settings.allowed_hosts):
            return _refusal(403, "PERMISSION_DENIED", "This server is not asked by that name; --allowed-hosts says by which it is.")
        if request.method not in ("GET", "HEAD") and not guards.is_allowed_origin(origin, host, self.settings.allowed_origins):
            return _refusal(403, "PERMISSION_DENIED", "Pages of that origin may change nothing here.")
        if request.url.path.removeprefix(self.settings.prefix) in _OPEN or self.settings.token is None:
            return None
        if guards.is_same(guards.given_token(request.headers), self.settings.token):
            return None
        refusal = _refusal(401, "UNAUTHENTICATED", "A token is needed: MLFLOW_TRACKING_TOKEN, as the server printed it when it started.")
        refusal.headers["WWW-Authenticate"] = 'Basic realm="jupyter_mlops"'
        return refusal

    async def protocol(self, request: WebRequest) -> Response:
        """The table of endpoints."""
        path = request.path_params["api"].replace("ajax-api/", "api/", 1)
        arguments = await _arguments(request)
        if isinstance(arguments, Response):
            return arguments
        status, answer = await asyncio.to_thread(
            call, request.method, path, lambda: Request(self.store, arguments, "", self.places)
        )
        return JSON(answer, status)

    async def ready(self, _: WebRequest) -> Response:
        """Whether the store can be read."""
        await asyncio.to_thread(self.store.last_change)
        return PlainTextResponse("OK")

    async def info(self, _: WebRequest) -> Response:
        """What newer clients ask before they fetch artifacts."""
        parts = dict.fromkeys(("workspaces_enabled", "multipart_uploads_enabled", "multipart_downloads_enabled"), False)
        return JSON({"store_type": "SqlStore", **parts})

    async def metrics(self, _: WebRequest) -> Response:
        """What the server counted, for Prometheus."""
        return Response(self.meters.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def events(self, request: WebRequest) -> Response:
        """Changes of the store, live; ``since``, or what a browser sends when it comes back, says what is known."""
        given = request.headers.get("last-event-id") or request.query_params.get("since") or "0"
        if not given.isdecimal() or len(given) > 18:
            raise InvalidParameter(f"'since' is the number of a change, not {given!r:.100}.")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self.changes.stream(int(given)), headers=headers, media_type="text/event-stream")

    async def openapi(self, _: WebRequest) -> Response:
        """The description of all endpoints."""
        return JSON(await asyncio.to_thread(openapi_document, self.settings.prefix))

    async def artifacts(self, request: WebRequest) -> Response:
        """Artifacts in, out, listed and removed."""
        if not self.settings.serve_artifacts:
            return PlainTextResponse("This server serves no artifacts: it was started with --no-serve-artifacts.", 503)
        path = request.path_params.get("path", "")
        if request.method == "PUT":
            return await self._receive(request, path)
        if request.method == "DELETE":
            return JSON(await asyncio.to_thread(files.remove, self.root, path))
        if not path:
            return JSON(await asyncio.to_thread(files.list_files, self.root, request.query_params.get("path", "")))
        return await self._send(path)

    async def run_artifact(self, request: WebRequest) -> Response:
        """One artifact of a run."""
        run_id = request.query_params.get("run_id") or request.query_params.get("run_uuid") or ""
        run = await asyncio.to_thread(self.store.get_run, run_id)
        shown = self.places.shown(run.info.artifact_uri)
        if shown == run.info.artifact_uri:
            raise InvalidParameter("The artifacts of this run do not go through the server.")
        return await self._send(f"{shown.partition(':/')[2]}/{request.query_params.get('path', '')}")

    async def _receive(self, request: WebRequest, path: str) -> Response:
        handle, local = await asyncio.to_thread(tempfile.mkstemp, prefix="mlops-receive-", dir=self._spool())
        try:
            with open(handle, "wb") as file:
                async for chunk in request.stream():
                    await asyncio.to_thread(file.write, chunk)
            await asyncio.to_thread(files.store_file, self.root, path, local)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(local)
        return JSON({})

    def _spool(self) -> str:
        """Where files wait until they are whole: on the disk that they will lie on."""
        folder = self.store.files.root
        os.makedirs(folder, exist_ok=True)
        return folder

    async def _send(self, path: str) -> Response:
        return _Sending(await asyncio.to_thread(files.fetch_file, self.root, path))


class _Sending(FileResponse):
    """A file, whole or a range of it; no browser runs it as a page of ours, and the copy is gone afterwards."""

    def __init__(self, sent: files.Sent) -> None:
        self._folder = sent.folder
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
        super().__init__(sent.path, headers=headers, media_type="application/octet-stream", filename=sent.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


def _named(request: WebRequest) -> str:
    """The endpoint of a request, of a table that does not grow."""
    path = request.path_params.get("api")
    if path is None:
        return str(request.scope["route"].path)
    try:
        return find(request.method, path.replace("ajax-api/", "api/", 1))[0].path
    except MlflowException:
        return "other"


def _method(request: WebRequest) -> str:
    return request.method if request.method in _METHODS else "other"


def _refusal(status: int, code: str, message: str) -> Response:
    return JSON({"error_code": code, "message": message}, status)


async def _arguments(request: WebRequest) -> dict[str, Any] | Response:
    """What a request asks, from its query or its JSON."""
    if request.method == "GET":
        query = request.query_params
        return {name: texts if len(texts := query.getlist(name)) > 1 else query[name] for name in query}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _refusal(400, "INVALID_PARAMETER_VALUE", "The body must be JSON, with Content-Type: application/json.")
    most = _MOST_BATCH if request.url.path.endswith("/runs/log-batch") else _MOST_JSON
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return _refusal(400, "INVALID_PARAMETER_VALUE", f"The body has more than {most:,} bytes.")
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        return _refusal(400, "INVALID_PARAMETER_VALUE", f"The body is not a JSON object: {error}.")

