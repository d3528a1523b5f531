"""Files of runs, open to be read in parts, wherever they lie."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.artifact_stores.transfers import Transfer

__all__ = ["file_size", "named_path", "read_part", "suffix_of"]

_MOST_COPIED = 64_000_000  # bytes of a file elsewhere, to be shown


def suffix_of(path: str) -> str:
    """What a file's name ends with and says of its kind, such as ``.csv``."""
    return os.path.splitext(path.rpartition("/")[2].lower())[1]


def file_size(files: ArtifactStore, path: str) -> int:
    """Bytes of a file.

    Raises
    ------
    NotFound
        There is none of that path, or it is a folder.
    """
    size = (files.sizes(path) or {}).get("") if path else None
    if size is None:
        raise NotFound(f"There is no artifact {path!r:.300} that is a file.")
    return size


@contextlib.contextmanager
def named_path(files: ArtifactStore, path: str) -> Iterator[str]:
    """A path of this machine by which others read the file, without ``*`` or ``?``, which they might take for patterns."""
    if isinstance(files, LocalArtifactStore):
        with files.open_file(path) as file:
            yield f"/dev/fd/{file.fileno()}"
        return
    if (size := file_size(files, path)) > _MOST_COPIED:
        raise InvalidParameter(f"{path!r:.300} has {size:,} bytes, too many to be shown from where it lies. Download it.")
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "file")
        files.receive(path, copy, Transfer("downloading", 0))
        yield copy


def read_part(run: Run, path: str, start: int, most: int) -> bytes:
    """At most so many bytes of a run's file, from one place on."""
    files = artifact_store(run.info.artifact_uri)
    with files.told(f"Reading {path!r}"), files.open_file(path, most_copied=_MOST_COPIED) as file:
        file.seek(start)
        parts, left = [], most
        while left > 0 and (part := file.read(left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
