"""Which store is meant, and which stores this user has opened."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import shlex
from urllib.parse import unquote, urlsplit

import msgspec

from jupyter_mlops.entities.uris import check_here, without_credentials
from jupyter_mlops.entities.variables import DATA_DIR, SERVER_STORE, TRACKING_URI
from jupyter_mlops.errors import InvalidParameter, StoreNotKnown

__all__ = [
    "DEFAULT_NAME",
    "STORE_VARIABLES",
    "data_folder",
    "default_store",
    "is_store_there",
    "known_stores",
    "locate_key",
    "remember_store",
    "store_key",
    "store_path",
]

DEFAULT_NAME = "mlops.duckdb"
_log = logging.getLogger(__name__)
STORE_VARIABLES = (*TRACKING_URI.names, *SERVER_STORE.names)  # the first that is set holds
_told: set[str] = set()


def data_folder() -> str:
    """The user's data folder: ``$JUPYTER_MLOPS_DATA_DIR``, else the system's usual place."""
    if folder := DATA_DIR.get():
        return os.path.abspath(folder)
    import platformdirs  # only when a store is opened

    return platformdirs.user_data_dir("jupyter_mlops", appauthor=False)


def default_store() -> str:
    """Path or URI of the store that is meant when nothing was set in this process.

    In this order: ``JUPYTER_MLOPS_TRACKING_URI``, ``MLFLOW_TRACKING_URI``, ``JUPYTER_MLOPS_SERVER_STORE`` (set by the
    Jupyter server for its kernels), the nearest ``mlops.duckdb`` upwards, ``./mlops.duckdb``.
    """
    return (
        TRACKING_URI.get() or SERVER_STORE.get() or _nearest(os.getcwd()) or os.path.join(os.getcwd(), DEFAULT_NAME)
    )


def _nearest(folder: str) -> str | None:
    """The store in `folder` or above; not beyond the home folder, a mount point or a folder of another owner."""
    home, owner = os.path.expanduser("~"), os.stat(folder).st_uid
    while True:
        if os.path.isfile(path := os.path.join(folder, DEFAULT_NAME)):
            return path
        parent = os.path.dirname(folder)
        if folder in (home, parent) or os.path.ismount(folder) or os.stat(parent).st_uid != owner:
            return None
        folder = parent


def store_path(uri: str | os.PathLike[str]) -> str:
    """Absolute path of the DuckDB file that a tracking URI means.

    Parameters
    ----------
    uri : str or path
        A path, ``duckdb:///path``, or what MLflow's users write: ``sqlite:///P.db``, ``file:P`` and ``mlruns`` mean the
        store ``P.duckdb`` beside it, said once on the log.

    Raises
    ------
    InvalidParameter
        A URI of a place that is not a file of this machine.

    Examples
    --------
    >>> store_path("duckdb:////data/team.duckdb"), store_path("sqlite:////data/mlflow.db")
    ('/data/team.duckdb', '/data/mlflow.duckdb')
    """
    text = check_here(os.fspath(uri))
    scheme = urlsplit(text).scheme if ":" in text else ""
    if scheme == "duckdb":
        return _in_folder(_absolute(text.removeprefix("duckdb:").removeprefix("//"), text.startswith("duckdb:////")))
    if scheme == "sqlite":
        path = _absolute(text.removeprefix("sqlite:").removeprefix("//"), text.startswith("sqlite:////"))
        return _beside(os.path.splitext(path)[0], path, text)
    if scheme == "file":
        path = os.path.abspath(unquote(urlsplit(text).path))
        return _beside(path, path, text)
    if scheme or text.startswith(("http//", "https//")):  # a server's address without its colon
        raise InvalidParameter(
            f"Cannot keep runs at {without_credentials(text)!r}: use a path such as './mlops.duckdb' or 'duckdb:///path', or a server's address such as 'http://localhost:5000'."
        )
    path = os.path.abspath(os.path.expanduser(text))
    return _beside(path, path, text) if os.path.basename(path) == "mlruns" else _in_folder(path)


def _in_folder(path: str) -> str:
    """`path`, or the store in it where it is a folder; where it is a link to a file, what that leads to."""
    path = os.path.join(path, DEFAULT_NAME) if os.path.isdir(path) else path
    return os.path.realpath(path) if os.path.islink(path) else path


def _absolute(path: str, root_slash: bool) -> str:
    return os.path.abspath(("/" if root_slash else "") + path.lstrip("/"))


def _beside(stem: str, theirs: str, given: str) -> str:
    path = stem + ".duckdb"
    if path not in _told:
        _told.add(path)
        command = f" Bring in what MLflow keeps there: jupyter mlops import {shlex.quote(theirs)} --store {shlex.quote(path)}"
        _log.warning("Tracking URI %r means the store %s.%s", given, path, command if _is_mlflow(theirs) else "")
    return path


def _is_mlflow(path: str) -> bool:
    """Whether MLflow seems to keep a store at `path`; never opens a file, as that would drop locks that it holds here."""
    try:
        if os.path.isdir(path):
            return any(name.isdigit() for name in os.listdir(path))
        return os.path.getsize(path) > 0 and not path.endswith(".duckdb")
    except OSError:
        return False


def store_key(location: str) -> str:
    """Key of a store in routes and notebooks: 16 hex characters of its path's or URL's digest."""
    return hashlib.sha256(location.encode()).hexdigest()[:16]


def is_store_there(path: str) -> bool:
    """Whether there is a store at a path, of which nobody may have read yet: what is logged makes its journal alone."""
    return os.path.isfile(path) or os.path.isdir(f"{path}.journal")


def _list_path() -> str:
    return os.path.join(data_folder(), "stores.json")


def known_stores() -> dict[str, str]:
    """Key and location of every store that this user's processes opened."""
    try:
        with open(_list_path(), "rb") as file:
            return msgspec.json.decode(file.read(), type=dict[str, str])
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def remember_store(location: str) -> str:
    """Enter a store in the user's list; returns its key. A list that cannot be written is no reason to stop."""
    key = store_key(location)
    with contextlib.suppress(OSError):
        if known_stores().get(key) == location:
            return key
        os.makedirs(data_folder(), mode=0o700, exist_ok=True)
        with open(_list_path() + ".lock", "a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            fresh = f"{_list_path()}.{os.getpid()}"
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(known_stores() | {key: location}))
            os.replace(fresh, _list_path())
    return key


def locate_key(key: str) -> str:
    """Location of the store of that key.

    Raises
    ------
    StoreNotKnown
        It is not on this user's list: only stores that a process of this user opened can be asked for.
    """
    location = known_stores().get(key)
    if location is None:
        raise StoreNotKnown(f"No store {key!r} on this user's list. Open it once in a notebook or script.")
    return location
