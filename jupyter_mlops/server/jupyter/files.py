"""Files in Jupyter's file browser that have a page of ours: described by their text, or opened as a store."""

from __future__ import annotations

import os
import posixpath
from typing import Any

from jupyter_server.utils import ensure_async
from tornado.web import HTTPError, authenticated

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.server.jupyter.contents import ContentsHandler, place_below
from jupyter_mlops.storage.duckdb.foreign_files import check_is_store
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.views.registry.described_files import describe_file

__all__ = ["FileHandler", "StoreFileHandler"]

_MOST_BYTES = 1_000_000
_REQUIREMENTS = "requirements.txt"
_PATIENCE_S = 10.0


class FileHandler(ContentsHandler):
    """What an MLmodel or MLproject file says. It is read by Jupyter's own manager of contents, which knows what may be read."""

    @authenticated
    async def get(self) -> None:
        """``file?path=<path in the file browser>``."""
        await self.require("read")
        path = self.get_query_argument("path")
        said = describe_file(posixpath.basename(path), await self._text(path))
        folder = posixpath.dirname(path)
        example = said.pop("example")
        for name, beside in (("requirements", _REQUIREMENTS), ("example", example)):
            said[name] = None if beside is None or posixpath.basename(beside) != beside else await self._beside(folder, beside)
        self.tell(200, said)

    async def _beside(self, folder: str, name: str) -> str | None:
        try:
            return await self._text(posixpath.join(folder, name))
        except (HTTPError, InvalidParameter, NotFound):
            return None  # models of other tools have none

    async def _text(self, path: str) -> str:
        contents: Any = self.contents_manager
        about = await self.about(path)
        if about["type"] != "file" or (about.get("size") or 0) > _MOST_BYTES:
            raise InvalidParameter(f"{posixpath.basename(path)!r} has more than {_MOST_BYTES:,} bytes, or is no file.")
        found = await ensure_async(contents.get(path, content=True, type="file", format="text"))
        return str(found["content"])


class StoreFileHandler(ContentsHandler):
    """A store that lies in Jupyter's file browser becomes one of those that are asked for."""

    @authenticated
    async def post(self) -> None:
        """``store-file?path=<path in the file browser>``: the key of the store."""
        await self.require("write")
        path = self.get_query_argument("path")
        await self.about(path)
        self.tell(200, {"key": await self.in_thread(_opened, self.root(), path)})


def _opened(root: str, path: str) -> str:
    """Key of the store; only what lies below the root, whatever links lead to, and is there."""
    place = place_below(root, path)
    if not os.path.isfile(place):
        raise NotFound(f"{path!r} is no file on the disk of this server.")
    if not place.endswith(".duckdb"):
        raise InvalidParameter(f"{path!r} is no store: those are named like mlops.duckdb.")
    check_is_store(place, _PATIENCE_S)
    return open_store(place).key
