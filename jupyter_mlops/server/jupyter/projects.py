"""A notebook of the file browser as a project: what it would be, and its making."""

from __future__ import annotations

import os
from typing import Any

import msgspec
from tornado.web import authenticated

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.projects.drafts import draft_of
from jupyter_mlops.projects.new_projects import write_project
from jupyter_mlops.server.jupyter.contents import ContentsHandler, place_below
from jupyter_mlops.server.rest.bodies import Text, read_body, read_json

__all__ = ["ProjectHandler"]


class NewProject(msgspec.Struct, frozen=True):
    """Where a project is made, and with what."""

    folder: Text
    name: Text
    requirements: list[Text]
    overwrite: bool = False


class ProjectHandler(ContentsHandler):
    """``project?path=<path of a notebook in the file browser>``."""

    @authenticated
    async def get(self) -> None:
        """What the notebook would be as a project."""
        await self.require("read")
        self.tell(200, await self.in_thread(_drafted, self.root(), await self._notebook()))

    @authenticated
    async def post(self) -> None:
        """Make it one; answers the path of its MLproject file."""
        await self.require("write")
        await self.require("write", "contents")
        asked = read_body(NewProject, read_json(self.request.body))
        self.tell(200, {"path": await self.in_thread(_made, self.root(), await self._notebook(), asked)})

    async def _notebook(self) -> str:
        """Path of a notebook that the file browser shows to who asks."""
        path = self.get_query_argument("path")
        await self.about(path)
        return path


def _drafted(root: str, path: str) -> dict[str, Any]:
    draft = draft_of(place_below(root, path))
    parameters = [{"name": one.name, "type": one.type, "default": one.default} for one in draft.parameters]
    return {
        "name": draft.name, "folder": os.path.splitext(path.strip("/"))[0], "file": draft.file, "parameters": parameters,
        "requirements": draft.requirements, "missing": draft.missing, "files": draft.files, "left": draft.left,
    }  # fmt: skip


def _made(root: str, path: str, asked: NewProject) -> str:
    if any(part.startswith(".") for part in asked.folder.strip("/").split("/")):
        raise InvalidParameter(f"{asked.folder!r} is hidden, or leads elsewhere: give a folder that the file browser can show.")
    target = place_below(root, asked.folder)
    project = write_project(draft_of(place_below(root, path)), target, name=asked.name, requirements=asked.requirements, overwrite=asked.overwrite)
    return os.path.relpath(os.path.join(project.folder, "MLproject"), os.path.realpath(root)).replace(os.sep, "/")
