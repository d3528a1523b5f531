"""Backups of a whole store, taken while notebooks go on, and how to get back to one."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound, StoreCorrupt, StoreError
from jupyter_mlops.storage.artifact_stores.digests import is_record
from jupyter_mlops.storage.duckdb.backups import (
    ASKED,
    PARTIAL,
    Backup,
    BackupFolder,
    backups_of,
    newest_backup,
    read_manifest,
    sha256_of,
    snapshot,
)
from jupyter_mlops.storage.duckdb.rewrites import put_back
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT, read_head
from jupyter_mlops.upkeep.bars import byte_bar

_log = logging.getLogger(__name__)

__all__ = ["Backup", "Restored", "back_up", "list_backups", "prune", "restore"]


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
    InvalidParameter
        `to` lies among the artifacts.

    Notes
    -----
    Others wait at most for the copy of a file of 256 MB, or for one comparison of a larger one (2 GB and more a second).
    Artifacts of other places (an experiment's own location) are not copied; links to folders are followed only directly
    below ``mlartifacts``.

    Examples
    --------
    >>> import jupyter_mlops
    >>> from jupyter_mlops.storage.opened import open_store_file
    >>> with jupyter_mlops.start_run():
    ...     jupyter_mlops.log_metric("loss", 0.5)
    >>> back_up(open_store_file(None, "this")).manifest.artifacts
    True
    """
    artifact_root = os.path.join(store.files.root, ARTIFACT_ROOT)
    if to and (os.path.realpath(to) + os.sep).startswith(os.path.realpath(artifact_root) + os.sep):
        raise InvalidParameter(f"Backups cannot be kept among what they copy: {to} lies in {artifact_root}.")
    before = newest_backup(store.path, to, artifacts=True)
    with BackupFolder(store.path, to) as backup:
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
    """Plain files below `folder`, relative to `root`, and their sizes.

    A folder directly below may be a link, to a larger disk; what is linked deeper is left out, and said so.
    """
    left_out = 0
    tops = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir()) if os.path.isdir(folder) else []
    for top in tops:
        for parent, folders, names in os.walk(top):
            left_out += sum(os.path.islink(os.path.join(parent, name)) for name in [*folders, *names])
            for path in (os.path.join(parent, name) for name in names):
                if os.path.isfile(path) and not os.path.islink(path):
                    yield os.path.relpath(path, root), os.path.getsize(path)
    if left_out:
        _log.warning("%d links below %s are not followed: what they lead to is not copied.", left_out, folder)


def _copy_artifact(source: str, target: str, before: str | None) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        if before and _is_same(source, before):
            with contextlib.suppress(OSError):  # not every file system has links, nor may everybody make them
                return os.link(before, target)
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
    return backups_of(store.path, place)


def prune(store: DuckDBStore, keep: int, place: str | None = None) -> list[str]:
    """Remove the oldest backups that somebody asked for, all but `keep`; returns their folders."""
    asked = [backup.folder for backup in list_backups(store, place) if backup.manifest.why == ASKED]
    spare = asked[: max(0, len(asked) - keep)]
    for folder in spare:
        os.rename(folder, folder + PARTIAL)  # no backup any more; what is left when we die here the next one removes
        shutil.rmtree(folder + PARTIAL)
    return spare


def restore(
    store: DuckDBStore, folder: str | None = None, *, force: bool = False, progress: bool = False
) -> Restored:
    """Go back to a backup.

    Parameters
    ----------
    store : DuckDBStore
    folder : str, optional
        The backup's folder; by default the newest backup of this store.
    force : bool, default False
        Also where the backup is one of another store than the one that is there.
    progress : bool, default False

    Returns
    -------
    Restored

    Raises
    ------
    NotFound
        There is no backup.
    InvalidState
        It is the backup of another store; nothing was changed.
    StoreCorrupt
        The backup itself is damaged; nothing was changed.
    StoreBusy
        Another tool holds the store; nothing was changed.

    Notes
    -----
    The present database is set aside, never deleted. What living writers logged since the backup is folded in by whoever
    reads next; experiments made since then stay, so that it has a place. Artifacts that are missing are copied
    back, from this backup or the newest other one that has them; those that are there stay as they are.
    """
    folder = folder or newest_backup(store.path)
    if folder is None:
        raise NotFound(f"There is no backup of {store.path}. Name the folder of one.")
    manifest = read_manifest(folder)
    database = os.path.join(folder, manifest.database)
    if not os.path.isfile(database) or sha256_of(database) != manifest.sha256:
        raise StoreCorrupt(f"The backup {folder} is damaged: {manifest.database} is not what was copied. Try an older one.")
    head = None if force else read_head(store.files.folder)
    if head is not None and head.store_id != manifest.store_id:
        raise InvalidState(
            f"{folder} is a backup of another store ({manifest.store}), and what notebooks have logged to {store.path} "
            "and is not folded yet would be set aside. Name another place, or say that it is meant (--force)."
        )
    whole = [backup.folder for backup in reversed(list_backups(store)) if backup.manifest.artifacts]
    aside = put_back(store.files, database)
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
