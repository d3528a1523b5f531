"""Artifacts through the stand-alone server: in, out, listed and removed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile

from starlette.requests import Request as WebRequest
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.answers import JSON
from jupyter_mlops.server.rest import files
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.storage.duckdb.store import DuckDBStore

__all__ = ["Transfers"]


class Transfers:
    """The artifacts of a store, and how they are asked for.

    Parameters
    ----------
    root : str or None
        The folder that is served; None where none is.
    """

    def __init__(self, store: DuckDBStore, root: str | None) -> None:
        self.store, self.root, self.places = store, root, Places(root)

    async def artifacts(self, request: WebRequest) -> Response:
        """Artifacts in, out, listed and removed."""
        if self.root is None:
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
