"""Artifacts in a local folder: plain files, readable without us."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore

__all__ = ["LocalArtifactStore"]

_UNFINISHED = ".mlops-part-"


def _links(folder: str, names: list[str]) -> set[str]:
    """Symbolic links in a folder: they are not followed out of it, and not copied."""
    return {name for name in names if os.path.islink(os.path.join(folder, name))}


class LocalArtifactStore(ArtifactStore):
    """Files below a folder of this machine.

    Parameters
    ----------
    root : str
        Absolute path; made with the first file.
    """

    def __init__(self, root: str) -> None:
        self.root = root

    def local(self, path: str) -> str:
        """Absolute local path of `path`, which may not leave the root, through symbolic links neither."""
        inside = os.path.join(self.root, check_relative_path(path)) if path else self.root
        real, root = os.path.realpath(inside), os.path.realpath(self.root)
        if real != root and not real.startswith(root + os.sep):
            raise InvalidParameter(f"Artifact path {path!r} leads out of {self.root}.")
        return inside

    def put_file(self, local_path: str, path: str) -> None:
        target = self.local(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        fresh = os.path.join(os.path.dirname(target), _UNFINISHED + new_id())
        try:
            shutil.copyfile(local_path, fresh)
            os.replace(fresh, target)
        except BaseException:
            if os.path.exists(fresh):
                os.unlink(fresh)
            raise

    def put_folder(self, local_folder: str, path: str, leave_out: Collection[str] = ()) -> None:
        os.makedirs(self.local(path), exist_ok=True)
        without = {os.path.realpath(place) for place in (self.root, *leave_out)}  # never a copy of the copy
        for folder, folders, names in os.walk(local_folder):
            real = os.path.realpath(folder)
            folders[:] = [name for name in folders if os.path.join(real, name) not in without]
            below = os.path.relpath(folder, local_folder)
            for name in (name for name in names if os.path.join(real, name) not in without):
                parts = [p for p in (path, "" if below == "." else below.replace(os.sep, "/"), name) if p]
                self.put_file(os.path.join(folder, name), "/".join(parts))

    def list(self, path: str) -> list[FileInfo]:
        folder = self.local(path)
        if not os.path.isdir(folder):
            return []
        with os.scandir(folder) as entries:
            found = [
                FileInfo(
                    f"{path}/{e.name}" if path else e.name,
                    e.is_dir(),
                    None if e.is_dir() else e.stat(follow_symlinks=False).st_size,
                )
                for e in entries
                if not e.name.startswith(_UNFINISHED)
            ]
        return sorted(found, key=lambda info: info.path)

    def fetch(self, path: str, destination: str) -> str:
        source = self.local(path)
        if not os.path.exists(source):
            raise NotFound(f"There is no artifact {path!r} in {self.root}.")
        target = os.path.join(destination, *path.split("/")) if path else destination
        os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=_links)
        else:
            shutil.copyfile(source, target)
        return target
