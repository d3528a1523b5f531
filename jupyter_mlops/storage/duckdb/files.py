"""The files of one store and how to get at them: journal, head, lock, database."""

from __future__ import annotations

import contextlib
import glob
import logging
import os
import threading
import time
from collections.abc import Iterator

from jupyter_mlops.errors import MlflowException, StoreBusy, StoreCorrupt, StoreError, StoreReadOnly
from jupyter_mlops.storage.duckdb import experiments
from jupyter_mlops.storage.duckdb.backups import BackupFolder, copy_file
from jupyter_mlops.storage.duckdb.fold import fold
from jupyter_mlops.storage.duckdb.lease import WAIT_S, lease
from jupyter_mlops.storage.duckdb.migrations import SCHEMA_VERSION, NeedsMigration, check_schema, migrate, read_meta
from jupyter_mlops.storage.duckdb.sessions import TEMPORARY, Session, attached, warm_up, way_out
from jupyter_mlops.storage.duckdb.torn_blocks import mend_torn_blocks, read_metadata, was_broken_off
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT, Head, mend_head, new_head, read_head, write_head
from jupyter_mlops.storage.journal.writers import Writer
from jupyter_mlops.storage.modes import keep_out_of_git, make_folder

__all__ = ["StoreFiles"]

_log = logging.getLogger(__name__)
_LOOK_AGAIN_S = 1.0
_PATIENCE_S = 1.0
_making = threading.Lock()


def _left(until: float) -> float:
    """Seconds until a moment of the monotonic clock, at least 0."""
    return max(0.0, until - time.monotonic())


class StoreFiles:
    """Everything that one store keeps on disk.

    Parameters
    ----------
    path : str
        Absolute path of the DuckDB file; the journal is the folder ``<path>.journal`` beside it.

    Attributes
    ----------
    wait_s : float, seconds, default 30
        How long a session waits for others by default.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.wait_s = WAIT_S
        self.root = os.path.dirname(path)
        self.folder = path + ".journal"
        self._head: Head | None = None
        self._head_seen = (0.0, 0)
        self._said: str | None = None  # why reads show less than everything
        self.opened: Writer | None = None  # this process's writer, once it has written

    def head(self) -> Head:
        """What writers know, at most a second old; made with the first call on a store that is not there yet."""
        checked, stamp = self._head_seen
        now = time.monotonic()
        if self._head is not None and now - checked < _LOOK_AGAIN_S:
            return self._head
        with contextlib.suppress(FileNotFoundError):
            if self._head is not None and os.stat(os.path.join(self.folder, "head.json")).st_mtime_ns == stamp:
                self._head_seen = (now, stamp)
                return self._head
        return self._read_head()

    def _read_head(self) -> Head:
        try:
            head = read_head(self.folder)
        except StoreCorrupt:  # the next session mends it; logging does not wait for that
            head = self._head
        if head is None or head.has_file != os.path.exists(self.path):
            if os.path.exists(self.path):
                with self.session("open"):
                    pass
                head = read_head(self.folder)
            else:
                head = self._begin()
        assert head is not None
        self._remember(head)
        return head

    def _begin(self) -> Head:
        """Found a store by its head alone: the database is made by whoever reads first."""
        self.make_folders()
        with lease(self.path, "begin a store", self.wait_s):
            head = mend_head(self.folder)
            if head is None or (head.has_file and not os.path.exists(self.path)):
                head = new_head()  # a database that was taken away is not refilled from what its journal had left
                write_head(self.folder, head)
                make_folder(os.path.join(self.root, ARTIFACT_ROOT))
                keep_out_of_git(os.path.join(self.root, ARTIFACT_ROOT))
            return head

    def places(self) -> list[str]:
        """Everything that the store keeps on disk now, its backups and what was set aside included."""
        beside = glob.glob(glob.escape(self.path) + ".*")
        return [self.path, *beside, *(os.path.join(self.root, name) for name in (ARTIFACT_ROOT, TEMPORARY))]

    def make_folders(self) -> None:
        """Make the store's folder and that of its journal, where they are not there."""
        make_folder(self.root)
        make_folder(self.folder)
        keep_out_of_git(self.folder)

    def _remember(self, head: Head) -> None:
        self._head = head
        with contextlib.suppress(FileNotFoundError):
            self._head_seen = (time.monotonic(), os.stat(os.path.join(self.folder, "head.json")).st_mtime_ns)

    def writer(self) -> Writer:
        """This process's writer for the store as it is now."""
        store_id = self.head().store_id
        writer = self.opened
        if writer is not None and writer.store_id == store_id:
            return writer
        with _making:  # of threads that log first at the same time, one makes it
            before = self.opened
            if before is not None and before.store_id == store_id:
                return before
            writer = self.opened = Writer(self.folder, store_id, self.fold_backlog)
        if before is not None:
            before.close()
        return writer

    @contextlib.contextmanager
    def reading(self, purpose: str = "read") -> Iterator[Session]:
        """A session that only reads: of a store that may not be written, or that another tool reads, what was folded last.

        Raises
        ------
        StoreBusy
            Another process or tool holds the store for writing, for longer than `wait_s`.
        """
        until = time.monotonic() + self.wait_s
        with contextlib.ExitStack() as stack:
            while True:
                try:
                    held_s = 0.0 if self._said else _PATIENCE_S
                    session = stack.enter_context(self.session(purpose, _left(until), held_s))
                    self._said = None
                    break
                except (StoreBusy, StoreReadOnly) as error:
                    try:
                        session = stack.enter_context(self._as_it_was(purpose, error, _left(until)))
                        break
                    except StoreError as then:
                        if not isinstance(error, StoreBusy) and not isinstance(then, StoreBusy):
                            raise error from None
                        if time.monotonic() > until:
                            raise error from None
                time.sleep(0.02)  # somebody writes at this moment
            yield session

    @contextlib.contextmanager
    def _as_it_was(self, purpose: str, why: StoreError, wait_s: float) -> Iterator[Session]:
        locked = not isinstance(why, StoreReadOnly)
        with lease(self.path, purpose, wait_s, locked=locked), attached(self.path, read_only=True) as session:
            if not read_meta(session.connection):
                raise why
            if self._said != why.message:
                self._said = why.message
                folded = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(os.stat(self.path).st_mtime))
                _log.warning("%s It is shown as of %s.", why.message, folded)
            yield session

    @contextlib.contextmanager
    def session(self, purpose: str, wait_s: float | None = None, held_s: float | None = None) -> Iterator[Session]:
        """Attach the database under the lease, with all that was logged so far folded in.

        Parameters
        ----------
        purpose : str
            What for, shown to those who wait in vain.
        wait_s : float, seconds, optional
        held_s : float, seconds, optional
            How long to wait for another tool that has the file open; by default as long as for other processes.

        Raises
        ------
        StoreBusy
            Another process or tool holds the store for longer than `wait_s`.
        """
        wait_s = self.wait_s if wait_s is None else wait_s
        warm_up(self.root)
        self.make_folders()
        until = time.monotonic() + wait_s
        held_until = until if held_s is None else min(until, time.monotonic() + held_s)
        entered = False
        while True:
            with lease(self.path, purpose, _left(until)):
                try:
                    self._begin_anew_if_removed()
                    is_suspect = was_broken_off(self.path)
                    with attached(self.path) as session:
                        if is_suspect:
                            read_metadata(session)
                        if not self._fold(session):
                            session.wrote = False  # a fold changes nothing that writers know
                            entered = True
                            yield session
                            if session.wrote:
                                self._refresh_head(session)
                            return
                except NeedsMigration as older:
                    kept = self.migrate(older.meta)
                    _log.warning("%s now has schema %d; as it was before: %s", self.path, SCHEMA_VERSION, kept)
                except StoreCorrupt as damage:
                    if entered or not mend_torn_blocks(self.path, damage):
                        raise
                except StoreBusy:
                    if entered or time.monotonic() > held_until:
                        raise
            time.sleep(0.02)  # others may have their turn between two parts of a large fold

    @contextlib.contextmanager
    def turn(self, purpose: str) -> Iterator[None]:
        """The lease alone: nobody of us has the database attached, so its file may be opened and closed."""
        warm_up(self.root)
        with lease(self.path, purpose, self.wait_s):
            yield

    @contextlib.contextmanager
    def at_rest(self, purpose: str) -> Iterator[dict[str, str]]:
        """The lease, with all that was logged folded in and nobody at the file: it may be copied or replaced.

        Yields what the database says of itself.

        Raises
        ------
        StoreBusy
            Another process or tool holds the store for longer than `wait_s`.
        StoreError
            The disk is too full to bring the write-ahead log into the file.
        """
        with self.session(purpose):
            pass  # in as many turns as what waits needs, so that the one below is short
        with lease(self.path, purpose, self.wait_s):
            with attached(self.path) as session:
                self._fold(session)
                meta = read_meta(session.connection)
            self._must_rest()
            yield meta

    def _must_rest(self) -> None:
        if os.path.exists(self.path + ".wal"):
            raise StoreError(f"{self.path} cannot be brought to rest: its write-ahead log stays. Is the disk full?")

    def migrate(self, meta: dict[str, str]) -> str:
        """Copy the database to a backup, then bring it to this version's schema; returns the backup's folder.

        Call it within a lease, the database detached.
        """
        self._must_rest()
        with BackupFolder(self.path) as backup:
            copy_file(self.path, backup.database)
            kept = backup.finish(meta, f"migration from schema {meta['schema']} to {SCHEMA_VERSION}")
        with attached(self.path) as session:
            migrate(session.connection, meta, meta["store_id"])
        return kept

    def _begin_anew_if_removed(self) -> None:
        """A database that was taken away is not refilled from what its journal had left."""
        if not os.path.exists(self.path) and (head := mend_head(self.folder)) and head.has_file:
            write_head(self.folder, new_head())

    def _fold(self, session: Session) -> bool:
        head = mend_head(self.folder)
        meta = read_meta(session.connection)
        check_schema(meta)
        if head is None:
            head = new_head()
        elif head.has_file and not meta:
            raise StoreCorrupt(
                f"{self.path} holds nothing, although its journal knows that it did: it was emptied, or copied in the middle "
                f"of a write. {way_out(self.path)} To begin anew, remove it."
            )
        store_id = migrate(session.connection, meta, head.store_id)
        if store_id != head.store_id or not head.has_file:
            head = Head(store_id, artifact_root=head.artifact_root).with_experiments(experiments.recent(session))
            write_head(self.folder, head)
        writer = self.opened
        waiting = writer.backlog() if writer else 0
        more = fold(session, self.folder, store_id)
        if writer and not more:
            writer.folded += waiting
        return more

    def _refresh_head(self, session: Session) -> None:
        """Tell writers of experiments that this session made or changed."""
        head = read_head(self.folder)
        known = experiments.recent(session)
        if head is not None and head.experiments != known:
            write_head(self.folder, head.with_experiments(known))
            self._head = None

    def fold_backlog(self) -> None:
        """Fold what waits, for a writer that nobody reads; what goes wrong here is no reason to stop logging."""
        try:
            with self.session("fold", wait_s=1.0):
                pass
        except StoreBusy:
            pass  # whoever holds it folds, or the next one does
        except MlflowException as error:
            _log.warning("What was logged stays in the journal for now: %s", error)

    def close(self) -> None:
        """Give this process's segment up; what it holds is folded by whoever reads next."""
        opened, self.opened = self.opened, None
        if opened is not None:
            opened.close()


def _after_fork() -> None:
    """A lock that another thread of the parent held would never be given up here."""
    global _making
    _making = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
