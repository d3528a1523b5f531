"""Artifacts through the stand-alone server: in, out, listed and removed."""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.registry.uris import place_of_version
from jupyter_mlops.server.answers import JSON, Refused
from jupyter_mlops.server.arguments import read_arguments
from jupyter_mlops.server.intakes import body_pieces
from jupyter_mlops.server.rest import files, multiparts
from jupyter_mlops.server.rest.arrivals import Arrival
from jupyter_mlops.server.rest.bodies import read_body
from jupyter_mlops.server.rest.departures import Departure
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.server.sendings import send_file
from jupyter_mlops.storage.artifact_stores.presigned import has_parts
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["Transfers"]

_PIECE = 1 << 20
_MOST_UPLOAD = 10 << 20
_DIGEST = re.compile(r"(?:^|,)\s*sha-256\s*=\s*:([A-Za-z0-9+/=]{44}):", re.IGNORECASE)
Handler = Callable[[WebRequest], Awaitable[Response]]


class Transfers:
    """The artifacts of a store, and how they are asked for.

    Parameters
    ----------
    root : str or None
        Where those of new experiments lie, a local folder or a URI; None means the store's own folder.
    is_serving : bool
        Whether their bytes go through the server.
    """

    def __init__(self, store: DuckDBStore, root: str | None, *, is_serving: bool = True) -> None:
        own = os.path.join(store.files.root, ARTIFACT_ROOT)
        self.store = store
        self.places = Places(root or own, own, is_serving)
        self.has_parts = is_serving and has_parts(root or own)

    def _rooted(self, path: str) -> tuple[str, str]:
        if not self.places.is_serving:
            raise Refused(503, "This server serves no artifacts: it was started with --no-serve-artifacts.", "TEMPORARILY_UNAVAILABLE")
        return self.places.rooted(path)

    def routes(self, guarded: Callable[[Handler], Handler]) -> list[BaseRoute]:
        """The routes of ``mlflow-artifacts``, each behind the checks that `guarded` puts before a handler."""
        below = {
            "artifacts": (self.artifacts, ["GET"]), "artifacts/{path:path}": (self.artifacts, ["GET", "PUT", "DELETE"]),
            "presigned/{path:path}": (self.presigned, ["GET"]), "mpu/{step}/{path:path}": (self.multipart, ["POST"]),
        }  # fmt: skip
        return [
            Route(f"/{api}/2.0/mlflow-artifacts/{path}", guarded(handler), methods=methods)
            for api in ("api", "ajax-api") for path, (handler, methods) in below.items()
        ]  # fmt: skip

    def routes_by_owner(self, guarded: Callable[[Handler], Handler]) -> list[BaseRoute]:
        """The routes that name a run or a version, whose artifacts are meant."""
        return [
            *(Route(f"/{api}/2.0/mlflow/upload-artifact", guarded(self.upload), methods=["POST"]) for api in ("api", "ajax-api")),
            Route("/get-artifact", guarded(self.run_artifact)), Route("/model-versions/get-artifact", guarded(self.version_artifact)),
        ]  # fmt: skip

    async def artifacts(self, request: WebRequest) -> Response:
        """An artifact in, out, or removed; without a path what lies in a folder."""
        path = request.path_params.get("path", "")
        if request.method == "PUT":
            return await self._receive(request, path)
        if request.method == "DELETE":
            return JSON(await asyncio.to_thread(files.remove, *self._rooted(path)))
        if not path:
            return JSON(await asyncio.to_thread(files.list_files, *self._rooted(request.query_params.get("path", ""))))
        return await self._send(request, path)

    async def run_artifact(self, request: WebRequest) -> Response:
        """One artifact of a run."""
        run_id = request.query_params.get("run_id") or request.query_params.get("run_uuid") or ""
        run = await asyncio.to_thread(self.store.get_run, run_id)
        return await self._send(request, self._below(run.info.artifact_uri, request.query_params.get("path", "")))

    async def version_artifact(self, request: WebRequest) -> Response:
        """One artifact of a model version."""
        query = request.query_params
        version = await asyncio.to_thread(self.store.get_model_version, query.get("name", ""), query.get("version", ""))
        place = await asyncio.to_thread(place_of_version, version, self.store)
        return await self._send(request, self._below(place, query.get("path", "")))

    async def upload(self, request: WebRequest) -> Response:
        """A small artifact of a run, as MLflow's page sends one."""
        run_id, path = request.query_params.get("run_uuid"), request.query_params.get("path")
        if not run_id or not path:
            raise InvalidParameter("Request must specify run_uuid and path.")
        run = await asyncio.to_thread(self.store.get_run, run_id)
        return await self._receive(request, self._below(run.info.artifact_uri, path), _MOST_UPLOAD)

    async def presigned(self, request: WebRequest) -> Response:
        """Where an artifact can be fetched without this server."""
        return JSON(await asyncio.to_thread(multiparts.presigned, *self._rooted(request.path_params["path"])))

    async def multipart(self, request: WebRequest) -> Response:
        """A step of sending a large file in parts, past this server."""
        form, take = multiparts.step(request.path_params["step"])
        arguments = await read_arguments(request)
        if isinstance(arguments, Response):
            return arguments
        return JSON(await asyncio.to_thread(take, *self._rooted(request.path_params["path"]), read_body(form, arguments)))

    def _below(self, place: str, path: str) -> str:
        shown = self.places.shown(place)
        if shown == place:
            raise InvalidParameter("These artifacts do not go through the server.")
        return f"{shown.partition(':/')[2]}/{path}"

    async def _receive(self, request: WebRequest, path: str, most: int | None = None) -> Response:
        expected = _expected_digest(request)
        arrival = await asyncio.to_thread(Arrival, *self._rooted(path), self.store.files.root)
        try:
            waiting = bytearray()
            async for piece in body_pieces(request, most):
                waiting += piece
                if len(waiting) >= _PIECE:
                    await asyncio.to_thread(arrival.write, waiting)
                    waiting = bytearray()
            await asyncio.to_thread(arrival.write, waiting)
            await asyncio.to_thread(arrival.keep, expected)
        finally:
            arrival.discard()
        return JSON({})

    async def _send(self, request: WebRequest, path: str) -> Response:
        return await send_file(request, await asyncio.to_thread(_departure, *self._rooted(path)))


def _departure(root: str, path: str) -> Departure:
    return Departure(*files.find_tree(root, path))


def _expected_digest(request: WebRequest) -> bytes | None:
    """The SHA-256 that the sender says its file has, in a header of RFC 9530 or in hex."""
    for name in ("repr-digest", "content-digest"):
        if found := _DIGEST.search(request.headers.get(name, "")):
            return _decoded(found[1], base64.b64decode)
    text = request.headers.get("x-checksum-sha256")
    return None if text is None else _decoded(text.strip(), bytes.fromhex)


def _decoded(text: str, decode: Callable[[str], bytes]) -> bytes:
    try:
        digest = decode(text)
    except (ValueError, binascii.Error):
        digest = b""
    if len(digest) != 32:
        raise InvalidParameter(f"{text!r:.100} is no SHA-256.")
    return digest
