"""What a store is and what it holds."""

from __future__ import annotations

import os

import msgspec

from jupyter_mlops.storage.artifact_stores.digests import is_record
from jupyter_mlops.storage.duckdb.counts import count_rows
from jupyter_mlops.storage.duckdb.migrations import read_meta
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT
from jupyter_mlops.storage.journal.segments import SUFFIX, is_alive

__all__ = ["FolderSize", "StoreInfo", "folder_size", "store_info"]


class FolderSize(msgspec.Struct, frozen=True):
    """Files below a folder and their bytes."""

    files: int
    size: int


class StoreInfo(msgspec.Struct, frozen=True):
    """A store at a glance; sizes in bytes."""

    path: str
    store_id: str
    schema: int
    change: int
    size: int
    journal: FolderSize
    writers: int
    artifacts: FolderSize
    counts: dict[str, int]


def folder_size(folder: str) -> FolderSize:
    """Files below `folder`, links not followed; what we wrote beside them and files that go away do not count."""
    files = size = 0
    for parent, _, names in os.walk(folder):
        for path in (os.path.join(parent, name) for name in names):
            if is_record(path) or path == os.path.join(folder, ".gitignore"):
                continue
            try:
                size += os.lstat(path).st_size
                files += 1
            except FileNotFoundError:
                continue
    return FolderSize(files, size)


def store_info(store: DuckDBStore) -> StoreInfo:
    """Sizes and counts of a store, with all that was logged so far."""
    files = store.files
    with files.reading("info") as session:
        meta = read_meta(session.connection)
        counts = count_rows(session)
    segments = [os.path.join(files.folder, name) for name in os.listdir(files.folder) if name.endswith(SUFFIX)]
    return StoreInfo(
        path=store.path,
        store_id=meta["store_id"],
        schema=int(meta["schema"]),
        change=int(meta["change"]),
        size=os.stat(store.path).st_size,  # never by open(): that would drop the database's lock
        journal=folder_size(files.folder),
        writers=sum(map(is_alive, segments)),
        artifacts=folder_size(os.path.join(files.root, ARTIFACT_ROOT)),
        counts=counts,
    )
