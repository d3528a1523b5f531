"""What routes share that are about files in Jupyter's file browser."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any

from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from jupyter_mlops.errors import NotFound
from jupyter_mlops.server.jupyter.handlers import RESOURCE, GuardedHandler

__all__ = ["ContentsHandler", "place_below"]


class ContentsHandler(GuardedHandler):
    """A route for who may also read, and where it writes files write, what the file browser shows."""

    async def require(self, action: str, resource: str = RESOURCE) -> None:
        """403 unless the user may also read what Jupyter's file browser shows."""
        await super().require(action, resource)
        await super().require("read", "contents")

    async def about(self, path: str) -> dict[str, Any]:
        """What Jupyter's manager of contents knows of a file."""
        contents: Any = self.contents_manager
        try:
            about: dict[str, Any] = await ensure_async(contents.get(path, content=False))
        except HTTPError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                raise NotFound(f"There is no file {path!r} in the file browser.") from error
            raise
        return about

    def root(self) -> str:
        """The folder on this server's disk that the file browser shows."""
        root = getattr(self.contents_manager, "root_dir", None)
        if not isinstance(root, str):
            raise NotFound("What the file browser shows lies on no disk of this server.")
        return os.path.expanduser(root)


def place_below(root: str, path: str) -> str:
    """Where a path of the file browser lies on the disk, whatever links lead to.

    Raises
    ------
    NotFound
        Not below `root`.
    """
    top = os.path.realpath(root)
    place = os.path.realpath(os.path.join(top, path.strip("/"))) if "\0" not in path else ""
    if not place or os.path.commonpath([top, place]) != top:
        raise NotFound(f"{path!r} does not lie in the folder of this server.")
    return place
