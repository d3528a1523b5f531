"""What lies in the folders of a run, in parts."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.calls import check_stretch

__all__ = ["run_files"]

_MOST = 500


def run_files(
    store: TrackingStore, run_id: str, folder: str = "", search: str = "", offset: int = 0, limit: int = 200
) -> dict[str, Any]:
    """A stretch of a folder, folders first; with `search` of all files below it whose path has that text, in any case.

    Parameters
    ----------
    store : TrackingStore
    run_id, folder, search : str
    offset : int
    limit : int, 1 to 500

    Returns
    -------
    dict
        ``total``, ``offset`` and ``files`` (``path, is_dir, size``; of folders and where the storage does not tell, None).

    Raises
    ------
    NotFound
        There is no such run.
    """
    check_stretch(limit, offset, _MOST)
    files, inside = artifact_store(store.get_run(run_id).info.artifact_uri), check_relative_path(folder)
    if search:
        words, above = search.lower(), f"{inside}/" if inside else ""
        sizes = files.sizes(inside) or {}
        found = [FileInfo(above + path, False, size) for path, size in sizes.items() if path and words in path.lower()]
    else:
        found = files.list(inside)
    found.sort(key=lambda one: (not one.is_dir, one.path.lower()))
    shown = [{"path": one.path, "is_dir": one.is_dir, "size": one.file_size} for one in found[offset : offset + limit]]
    return {"total": len(found), "offset": offset, "files": shown}
