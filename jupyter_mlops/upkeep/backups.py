"""Backups of a whole store, taken while notebooks go on, and how to get back to one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mlops.errors import NotFound, StoreCorrupt, StoreError
from jupyter_mlops.storage.artifact_stores.digests import is_record
from jupyter_mlops.storage.duckdb.backups import (
    ASKED,
    MANIFEST,
    BackupFolder,
    Manifest,
    backups_of,
    newest_backup,
    read_manifest,
    sha256_of,
    snapshot,
)
from jupyter_mlops.storage.duckdb.rewrites import put_back
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT
from jupyter_mlops.upkeep.bars import byte_bar

__all__ = ["Backup", "Restored", "back_up", "list_backups", "prune", "restore"]


class Backup(NamedTuple):
    """A whole backup: its folder and what it says of itself."""

    folder: str
    manifest: Manifest


class Restored(NamedTuple):
    """What a restore did: the backup, where the replaced database is now, artifacts that were put back."""

    backup: Backup
    aside: str | None
    artifacts: int


def back_up(
    store: DuckDBStore, to: str | None = None, *, artifacts: bool = True, why: str = ASKED, progress: bool = False
) -> Backup:
    """Copy a store's database as of one moment, then its artifacts.

    Parameters
    ----------
    store : DuckDBStore
    to : str, optional
        Folder in which the backup's own folder is made; by default ``<store>.backups`` beside the store.
    artifacts : bool, default True
        Whether to copy what lies below the store's ``mlartifacts``. A file that the newest backup in the same place has
        unchanged (size and time) is linked to it, and takes no room.
    why : str
        Kept in the backup.
    progress : bool, default False
        Whether to show a bar.

    Returns
    -------
    Backup

    Raises
    ------
    StoreBusy, StoreCorrupt, StoreError
        No backup was made.

    Notes
    -----
    Others wait at most for the copy of a file of 256 MB, or for one comparison of a larger one (2 GB and more a second).
    Artifacts of other places (an experiment's own location) are not copied.

    Examples
    --------
    >>> import jupyter_mlops
    >>> from jupyter_mlops.storage.opened import open_store
    >>> with jupyter_mlops.start_run():
    ...     jupyter_mlops.log_metric("loss", 0.5)
    >>> back_up(open_store()).manifest.artifacts
    True
    """
    with BackupFolder(store.path, to) as backup:
        before = newest_backup(store.path, to)
        meta = snapshot(store.files, backup.database)
        if artifacts:
            _copy_artifacts(store.files.root, backup.folder, before, progress)
        folder = backup.finish(meta, why, artifacts=artifacts)
    return Backup(folder, read_manifest(folder))


def _copy_artifacts(root: str, target: str, before: str | None, progress: bool) -> None:
    found = list(_files_below(os.path.join(root, ARTIFACT_ROOT), root))
    found.sort(key=lambda file: is_record(file[0]))  # last: a record may be of more than there is, never of less
    with byte_bar(sum(size for _, size in found), "artifacts", shown=progress) as bar:
        for name, size in found:
            _copy_artifact(os.path.join(root, name), os.path.join(target, name), before and os.path.join(before, name))
            bar.update(size)


def _files_below(folder: str, root: str) -> Iterator[tuple[str, int]]:
    """Plain files below `folder`, relative to `root`, and their sizes; links are left out."""
    for parent, _, names in os.walk(folder):
        for path in (os.path.join(parent, name) for name in names):
            if os.path.isfile(path) and not os.path.islink(path) and path != os.path.join(folder, ".gitignore"):
                yield os.path.relpath(path, root), os.path.getsize(path)


def _copy_artifact(source: str, target: str, before: str | None) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        if before and _is_same(source, before):
            os.link(before, target)
        else:
            shutil.copy2(source, target, follow_symlinks=False)
    except FileNotFoundError:
        return  # removed meanwhile: it belongs to no run any more
    except OSError as error:
        raise StoreError(f"{source} cannot be copied to {target}: {error.strerror}.") from error


def _is_same(source: str, before: str) -> bool:
    try:
        one, other = os.lstat(source), os.lstat(before)
    except FileNotFoundError:
        return False
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def list_backups(store: DuckDBStore, place: str | None = None) -> list[Backup]:
    """Backups of a store, the oldest first."""
    return [Backup(folder, read_manifest(folder)) for folder in backups_of(store.path, place)]


def prune(store: DuckDBStore, keep: int, place: str | None = None) -> list[str]:
    """Remove the oldest backups that somebody asked for, all but `keep`; returns their folders."""
    asked = [backup.folder for backup in list_backups(store, place) if backup.manifest.why == ASKED]
    spare = asked[: max(0, len(asked) - keep)]
    for folder in spare:
        os.unlink(os.path.join(folder, MANIFEST))  # from here on it is no backup any more, whatever happens
        shutil.rmtree(folder)
    return spare


def restore(store: DuckDBStore, folder: str | None = None, *, progress: bool = False) -> Restored:
    """Go back to a backup.

    Parameters
    ----------
    store : DuckDBStore
    folder : str, optional
        The backup's folder; by default the newest backup of this store.
    progress : bool, default False

    Returns
    -------
    Restored

    Raises
    ------
    NotFound
        There is no backup.
    StoreCorrupt
        The backup itself is damaged; nothing was changed.
    StoreBusy
        Another tool holds the store; nothing was changed.

    Notes
    -----
    The present database is set aside, never deleted. What living writers logged since the backup is folded into it by whoever reads next.
    Artifacts that are missing are copied back, from this backup or the newest other one that has them; those that are
    there stay as they are.
    """
    folder = folder or newest_backup(store.path)
    if folder is None:
        raise NotFound(f"There is no backup of {store.path}. Name the folder of one.")
    manifest = read_manifest(folder)
    database = os.path.join(folder, manifest.database)
    if not os.path.isfile(database) or sha256_of(database) != manifest.sha256:
        raise StoreCorrupt(f"The backup {folder} is damaged: {manifest.database} is not what was copied. Try an older one.")
    aside = put_back(store.files, database)
    whole = [backup.folder for backup in reversed(list_backups(store)) if backup.manifest.artifacts]
    artifacts = sum(_put_artifacts_back(place, store.files.root, progress) for place in dict.fromkeys([folder, *whole]))
    return Restored(Backup(folder, manifest), aside, artifacts)


def _put_artifacts_back(folder: str, root: str, progress: bool) -> int:
    found = list(_files_below(os.path.join(folder, ARTIFACT_ROOT), folder))
    missing = [(name, size) for name, size in found if not os.path.lexists(os.path.join(root, name))]
    with byte_bar(sum(size for _, size in missing), "artifacts", shown=progress) as bar:
        for name, size in missing:
            _copy_artifact(os.path.join(folder, name), os.path.join(root, name), None)
            bar.update(size)
    return sum(not is_record(name) for name, _ in missing)
