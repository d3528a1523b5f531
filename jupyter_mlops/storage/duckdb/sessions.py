"""A session: the store's file attached to this process's DuckDB, for the length of one lease."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import MlflowException, StoreBusy, StoreCorrupt, StoreError, StoreReadOnly
from jupyter_mlops.storage.duckdb.backups import newest_backup
from jupyter_mlops.storage.duckdb.lease import is_cut_off
from jupyter_mlops.storage.interrupts import loading
from jupyter_mlops.storage.modes import file_mode

if TYPE_CHECKING:
    import duckdb
    import numpy as np

__all__ = [
    "TEMPORARY", "Session", "absolute_in", "at_exit", "attached", "is_loaded", "new_engine", "quoted", "relative_to", "translated", "warm_up",
]  # fmt: skip

_log = logging.getLogger(__name__)
_DAMAGE = ("not a valid duckdb", "checksum", "corrupt", "could not read", "serialization error")
_engines: list[duckdb.DuckDBPyConnection] = []  # as many as stores were open at the same moment: each is "store" on one of its own
_idle: list[duckdb.DuckDBPyConnection] = []
TEMPORARY = ".mlops-tmp"  # what does not fit into memory goes there, beside the store
_exits: list[Callable[[], None]] = []


def at_exit(function: Callable[[], None]) -> Callable[[], None]:
    """Call `function` when the process ends, while the database can still be used; the last one given comes first.

    Notes
    -----
    Handlers run in the reverse order of their registration, and DuckDB, which is imported late, has one after which it
    takes no more Python objects.
    """
    _exits.append(function)
    return atexit.register(function)


def _exit_before_duckdb() -> None:
    for function in _exits:
        atexit.unregister(function)
        atexit.register(function)


class Session:
    """What the table modules work with: SQL on the attached database ``store``, in one transaction when writing.

    Attributes
    ----------
    root : str
        The store's folder; relative locations mean below it.
    change : int
        Number of the transaction under way; 0 outside of one.
    wrote : bool
        Whether a transaction was committed.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, root: str) -> None:
        self.connection = connection
        self.root = root
        self.change = 0
        self.wrote = False

    def rows(self, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return self.connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> tuple[Any, ...] | None:
        """The first row of a statement, None when there is none."""
        return self.connection.execute(sql, parameters).fetchone()

    def columns(self, sql: str, parameters: list[Any] | None = None) -> dict[str, np.ndarray[Any, Any]]:
        """All rows of a statement by column: a million numbers in the time in which `rows` makes 50,000 tuples."""
        return self.connection.execute(sql, parameters).fetchnumpy()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[int]:
        """Run the body in one transaction, which has the next change number; an exception undoes all of it."""
        self.connection.execute("BEGIN")
        try:
            self.change = self._next_change()
            yield self.change
            self.connection.execute("COMMIT")
            self.wrote = True
        except BaseException:
            with contextlib.suppress(Exception):  # DuckDB has rolled back by itself when the COMMIT failed
                self.connection.execute("ROLLBACK")
            raise
        finally:
            self.change = 0

    def _next_change(self) -> int:
        self.connection.execute("UPDATE store.meta SET value = (value::BIGINT + 1)::VARCHAR WHERE key = 'change'")
        return self.current_change()

    def current_change(self) -> int:
        """Number of the last transaction."""
        row = self.row("SELECT value::BIGINT FROM store.meta WHERE key = 'change'")
        return int(row[0]) if row else 0

    def absolute(self, location: str) -> str:
        """A stored location, absolute."""
        return absolute_in(self.root, location)

    def relative(self, location: str) -> str:
        """A location as it is stored."""
        return relative_to(self.root, location)


def absolute_in(root: str, location: str) -> str:
    """A stored location, absolute.

    Examples
    --------
    >>> absolute_in("/lab", "mlartifacts/0"), absolute_in("/lab", "s3://bucket/x")
    ('/lab/mlartifacts/0', 's3://bucket/x')
    """
    is_relative = ":" not in location and not location.startswith("/")
    return os.path.join(root, location) if is_relative else location


def relative_to(root: str, location: str) -> str:
    """A location as it is stored: relative when it lies below the store's folder, so that the folder can move.

    Examples
    --------
    >>> relative_to("/lab", "/lab/mlartifacts/0")
    'mlartifacts/0'
    """
    inside = location.startswith(root.rstrip("/") + "/")
    relative = os.path.relpath(location, root) if inside else location
    return location if ":" in relative else relative  # with a colon it would read as a URI


@contextlib.contextmanager
def _engine(root: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine for the body alone."""
    try:
        engine = _idle.pop()
    except IndexError:
        with loading():
            engine = new_engine(root)
        _engines.append(engine)
    try:
        yield engine
    finally:
        _idle.append(engine)


def new_engine(root: str) -> duckdb.DuckDBPyConnection:
    """A database in memory, on which a store's file can be attached; its large results spill into the folder `root`."""
    import duckdb  # 0.1 s and more: only when a store is read

    _exit_before_duckdb()
    engine = duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            "memory_limit": "1GB",
            "temp_directory": os.path.join(root, TEMPORARY),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,  # names in SQL never mean Python variables
        },
    )
    engine.execute("SELECT ?::BIGINT", [1]).fetchall()  # the first bound query loads what must not be in a lease
    return engine


def quoted(text: str) -> str:
    """A text as SQL writes it, where no value can be bound.

    Examples
    --------
    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def is_loaded() -> bool:
    """Whether this process has used its database engine already."""
    return bool(_engines)


def warm_up(root: str) -> None:
    """Load the engine, so that no lease pays for it."""
    if not _engines:
        with _engine(root):
            pass


@contextlib.contextmanager
def attached(path: str, *, read_only: bool = False) -> Iterator[Session]:
    """Attach the file at `path` for the body. Call it inside a lease.

    Raises
    ------
    StoreBusy
        Another tool holds the file; the message names its process.
    StoreCorrupt
        The file is no DuckDB database or is damaged.
    """
    import duckdb

    root = os.path.dirname(path)
    option = "READ_ONLY" if read_only else "STORAGE_VERSION 'v1.2.0'"
    is_new = not os.path.exists(path)
    with _engine(root) as engine:
        try:
            engine.execute(f"ATTACH {quoted(path)} AS store ({option})")
        except duckdb.Error as error:
            if is_new and "Could not write" in str(error):  # what was begun is no database, and would be taken for a damaged one
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            raise translated(error, path) from error
        try:
            if is_new:
                os.chmod(path, file_mode(root))
            yield Session(engine, root)
        except duckdb.Error as error:
            raise translated(error, path) from error
        finally:
            _detach(engine)


def _detach(engine: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    try:
        engine.execute("DETACH store")
    except duckdb.Error as error:
        # The disk is full at the checkpoint: what was committed stays in the write-ahead log, and the file is let go.
        _log.warning("The store could not be checkpointed: %s", error)


def translated(error: Exception, path: str) -> MlflowException:
    """An error of DuckDB at the file `path` as one of ours, which says what to do next."""
    text = str(error)
    if held := re.search(r"lock is held in (.+?) \(PID (\d+)\)", text):
        holder = f"process {held[2]} ({os.path.basename(held[1])})"
        return StoreBusy(f"{path} is open in {holder}. Close it there; what is logged meanwhile is kept.", holder)
    if "Unique file handle conflict" in text and is_cut_off():
        return StoreError(
            f"{path} cannot be read in this process: it was forked while another thread of its parent had the store open. "
            "It can log. To read, start processes by 'spawn', or fork them while nothing reads."
        )
    if "Unique file handle conflict" in text or "different configuration" in text:
        return StoreBusy(
            f"This very process holds {path} open by duckdb.connect(). Close that connection first; "
            "jupyter_mlops.sql() runs queries without holding it.",
            "this process",
        )
    if "Permission denied" in text or "read-only mode" in text:
        return StoreReadOnly(f"{path}: {text.splitlines()[0]}")
    if any(mark in text.lower() for mark in _DAMAGE):
        return StoreCorrupt(f"{path} is damaged: {text.splitlines()[0]} {way_out(path)}")
    return StoreError(f"{path}: {text.splitlines()[0]}")


def way_out(path: str) -> str:
    """What to do when the store at `path` is damaged."""
    backup = newest_backup(path)
    if backup is None:
        return "There is no backup beside it: `jupyter mlops store check --repair` keeps what can be read."
    return f"Say `jupyter mlops store restore` to go back to {backup}. What is logged meanwhile is kept."


def _after_fork() -> None:
    if _engines:
        import ctypes  # in forked children only

        for engine in _engines:  # a parent's has threads that are not here: to drop it, at exit too, would crash this process
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(engine))
        _engines.clear()
        _idle.clear()


os.register_at_fork(after_in_child=_after_fork)
