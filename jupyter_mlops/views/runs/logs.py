"""What a run printed, as it was kept; while it runs, as far as that is written."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.artifacts.printings import PROGRAM_LOG
from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.reproduction.recordings import STDERR, STDOUT
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.files.contents import read_part

__all__ = ["run_log"]

_FOLDERS = ("cell", "", "logs")
_FIRST = (STDOUT, STDERR, PROGRAM_LOG)
_MOST, _MOST_FILES = 500_000, 50


def run_log(store: TrackingStore, run_id: str, path: str | None = None, known: int = -1) -> dict[str, Any]:
    """A log of a run: its end, where it is long.

    Parameters
    ----------
    path : str, optional
        By default what its cell or program printed, else the first one.
    known : int, bytes
        How large the log was when it was read last: one that has not changed is not sent again.

    Returns
    -------
    dict
        ``files`` (``path, size`` of all logs), ``path``, ``size``, ``start`` (bytes that were left out) and ``text``, which is None
        where nothing has changed.
    """
    run = store.get_run(run_id)
    found = {one.path: one.file_size or 0 for one in _logs(artifact_store(run.info.artifact_uri))}
    files = [{"path": name, "size": size} for name, size in found.items()]
    if path not in found:
        path = next(iter(found), None)
    if path is None:
        return {"files": [], "path": None, "size": 0, "start": 0, "text": None}
    size = found[path]
    if size == known:
        return {"files": files, "path": path, "size": size, "start": 0, "text": None}
    start = max(0, size - _MOST)
    part = read_part(run, path, start, _MOST)
    if start:
        start += (skipped := part.find(b"\n") + 1)
        part = part[skipped:]
    return {"files": files, "path": path, "size": size, "start": start, "text": part.decode(errors="replace")}


def _logs(files: ArtifactStore) -> list[FileInfo]:
    found: list[FileInfo] = []
    for folder in _FOLDERS:
        try:
            found += [one for one in files.list(folder) if not one.is_dir and (one.path.endswith(".log") or one.path in _FIRST)]
        except (MlflowException, OSError):
            continue  # a place that is out of reach has no logs; the list of files says why
    order = {name: place for place, name in enumerate(_FIRST)}
    return sorted(found, key=lambda one: (order.get(one.path, len(order)), one.path))[:_MOST_FILES]
