"""Artifacts through a Jupyter server: their bytes, or parts of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter
from jupyter_mlops.registry.uris import place_of_version
from jupyter_mlops.server.file_heads import file_head
from jupyter_mlops.server.jupyter.handlers import GuardedHandler
from jupyter_mlops.server.rest.departures import Departure
from jupyter_mlops.server.rest.files import check_artifact_path
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["RunArtifactHandler", "VersionArtifactHandler"]

P = ParamSpec("P")
T = TypeVar("T")


class _ArtifactHandler(GuardedHandler):
    """A file on its way; one that turns out not to be what was logged is cut off, and never arrives whole."""

    @authenticated
    async def get(self) -> None:
        """The file, or the part of it that was asked for."""
        await self._send()

    @authenticated
    async def head(self) -> None:
        """What a GET would tell of the file."""
        await self._send()

    def place(self) -> str:
        """Where the artifacts lie that are meant."""
        raise NotImplementedError

    def compute_etag(self) -> None:
        """The file's own tag holds."""

    async def _send(self) -> None:
        await self.require("read")
        self.check_xsrf_cookie()  # as Jupyter's own files: asked for by its own pages alone
        file = await self._of_files(self._departure)
        with contextlib.closing(file):
            status, headers, start, stop = file_head(file, self.request.headers)
            for name, value in headers.items():
                self.set_header(name, value)
            if status == 416:
                error = InvalidParameter(f"The file has {file.size:,} bytes; those asked for are not among them.")
                return self.tell(416, {"error_code": error.error_code, "message": error.message})
            self.set_status(status)
            if self.request.method == "GET":
                await self._stream(file, start, stop)
            self.finish(set_content_type=headers["Content-Type"])

    async def _stream(self, file: Departure, start: int, stop: int) -> None:
        pieces = file.read(start, stop)
        try:
            while piece := await self._of_files(next, pieces, b""):
                self.write(piece)
                await self.flush()
        except ArtifactCorrupt as error:
            if self._headers_written:
                self.log.error("%s The answer was cut off.", error)
            raise
        except StreamClosedError:  # whoever asked is gone
            pass

    def _departure(self) -> Departure:
        place = self.place()
        return Departure(artifact_store(place), check_artifact_path(self.get_query_argument("path", "")))

    async def _of_files(self, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """In a thread, of which files that are slow do not take those that the store has."""
        return await self.stores.threads.call(f"{self.get_query_argument('store', '')}/files", function, *given, **named)

    def query_of(self, *names: str) -> str:
        """The argument that has one of these names."""
        return next((text for name in names if (text := self.get_query_argument(name, ""))), "")


class RunArtifactHandler(_ArtifactHandler):
    """``get-artifact?run_id=…&path=…``."""

    def place(self) -> str:
        """Where those of the run lie."""
        return self.asked({}).store.get_run(self.query_of("run_id", "run_uuid")).info.artifact_uri


class VersionArtifactHandler(_ArtifactHandler):
    """``model-versions/get-artifact?name=…&version=…&path=…``."""

    def place(self) -> str:
        """Where those of the model version lie."""
        store: Any = self.asked({}).store
        version = store.get_model_version(self.query_of("name"), self.query_of("version"))
        return place_of_version(version, store)
