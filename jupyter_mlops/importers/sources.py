"""What can be brought in: the contract of a source, and which one a URI or path means."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from jupyter_mlops.entities.uris import local_path, without_credentials
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.importers.places import Places
from jupyter_mlops.storage.duckdb.imported_records import (
    ExperimentRecord,
    LoggedModelRecord,
    ModelRecord,
    Points,
    RunRecord,
)
from jupyter_mlops.storage.http.addresses import is_server

__all__ = ["CHUNK", "GIANT", "Source", "open_source"]

CHUNK = 50_000  # points in a piece of a long history
GIANT = 200_000  # points of a run that goes in by parts


class Source(ABC):
    """A store of another tracker, read only.

    Attributes
    ----------
    name : str
        URI by which an import is known when it is repeated.
    folder : str
        Folder in which relative places begin.
    problems : list of str
        What could not be read, as it was met.
    """

    def __init__(self, name: str, folder: str) -> None:
        self.name = name
        self.folder = folder
        self.problems: list[str] = []

    @abstractmethod
    def experiments(self) -> list[ExperimentRecord]:
        """All experiments, deleted ones too."""

    @abstractmethod
    def run_ids(self) -> list[tuple[str, str]]:
        """All runs: id, and id of the experiment."""

    @abstractmethod
    def runs(self, run_ids: Sequence[str]) -> list[RunRecord]:
        """Those of `run_ids` that can be read."""

    @abstractmethod
    def points(self, run_ids: Sequence[str]) -> Points | None:
        """All metrics of some runs; None when there are none.

        Raises
        ------
        Unreadable
            They cannot be read now.
        """

    @abstractmethod
    def parts(self, run_id: str) -> Iterator[Points]:
        """All metrics of a run, in pieces of about `CHUNK` points; raises as `points` does."""

    @abstractmethod
    def logged_models(self) -> list[LoggedModelRecord]:
        """Models with an id of their own."""

    @abstractmethod
    def models(self) -> list[ModelRecord]:
        """Registered models."""

    def places(self, root: str | None) -> Places:
        """Where artifacts lie; `root` is the folder that the user says ``mlflow-artifacts:/`` means."""
        return Places(self.folder, root)

    def weigh(self, record: RunRecord) -> int:
        """About how many points a run has that is brought in now; when more than `GIANT`, it goes in by `parts`."""
        return record.points

    def artifact_folders(self, run: RunRecord) -> list[str]:
        """Where else than at its URI the artifacts of a run may lie."""
        return []

    @abstractmethod
    def close(self) -> None:
        """Let the source go."""


def open_source(given: str | os.PathLike[str]) -> Source:
    """The source that a URI or path means.

    Parameters
    ----------
    given : str or path
        ``sqlite:///mlflow.db``, the path of such a file, ``file:…`` or the path of an ``mlruns`` folder, or the address of
        a tracking server.

    Raises
    ------
    NotFound
        There is nothing at that place.
    InvalidParameter
        It is no store of MLflow.
    """
    text = os.fspath(given)
    if is_server(text):
        from jupyter_mlops.importers.servers import ServerSource

        return ServerSource(text)
    scheme = urlsplit(text).scheme if ":" in text else ""
    if scheme == "sqlite":
        path = os.path.abspath(text.removeprefix("sqlite:").removeprefix("///"))
    elif scheme in ("", "file"):
        path = local_path(text)
    else:
        raise InvalidParameter(
            f"Cannot import from {without_credentials(text)!r}: give sqlite:///mlflow.db, the path of an MLflow database "
            "file, an mlruns folder, or the http:// address of a tracking server."
        )
    if not os.path.exists(path):
        raise NotFound(f"There is nothing at {path}: name an MLflow database file or an mlruns folder.")
    if os.path.isdir(path):
        from jupyter_mlops.importers.mlruns import MlrunsSource

        return MlrunsSource(path)
    from jupyter_mlops.importers.sqlite import SQLiteSource

    return SQLiteSource(path)
