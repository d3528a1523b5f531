"""Artifacts of a tracking server: those that it sends are copied through it, others are looked for as those of files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable

from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.entities.uris import is_local
from jupyter_mlops.errors import InvalidParameter, MlflowException, ServerUnreachable
from jupyter_mlops.importers.artifacts import IMPORTED, PART, Copied, Origin
from jupyter_mlops.importers.places import Places
from jupyter_mlops.importers.sanitation import Unreadable
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.served import ServedArtifactStore
from jupyter_mlops.storage.artifact_stores.transfers import Transfer
from jupyter_mlops.storage.duckdb.imported_records import digest_of
from jupyter_mlops.storage.http.addresses import ARTIFACTS, shown_place

__all__ = ["ServedFolder", "ServedPlaces"]


class ServedFolder:
    """A folder of artifacts behind a server.

    Parameters
    ----------
    place : str
        Its URL.

    Notes
    -----
    Servers tell names and sizes alone, so a file of the same size as the one that was copied before counts as the same.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self._store = ServedArtifactStore(place)

    def digest(self) -> str:
        """Of its paths and sizes; raises `Unreadable` when they cannot be listed."""
        return digest_of(sorted(self._sizes().items()))

    def _sizes(self) -> dict[str, int]:
        try:
            return self._store.sizes("") or {}
        except ServerUnreachable:
            raise
        except MlflowException as error:
            raise Unreadable(f"artifacts cannot be listed: {error.message}") from error

    def copy(self, target: str, note: Callable[[str], None]) -> Copied:
        """Copy the files that `target` lacks, several at a time."""
        store = LocalArtifactStore(target)
        logged, before = store.digests(leave_out=IMPORTED), store.digests()
        fresh = {}
        for path, size in self._sizes().items():
            try:
                there = store.local(path)
            except InvalidParameter as error:
                note(shown(error, 300))
                continue
            if os.path.lexists(there) and logged.of(path):
                note(f"artifact {shown(path)}: it was logged here too, and is left alone")
            elif not (before.of(path) and os.path.isfile(there) and os.path.getsize(there) == size):
                fresh[path] = size
        transfer = Transfer("downloading", sum(fresh.values()), inline=len(fresh) < 2)
        problems = [line for line in transfer.each(lambda path: self._take(path, store, transfer), fresh) if line]
        for line in problems:
            note(line)
        files = len(fresh) - len(problems)
        return Copied(files, sum(fresh.values()) if files == len(fresh) else 0, bool(problems))

    def _take(self, path: str, store: LocalArtifactStore, transfer: Transfer) -> str:
        """Copy one file; returns what is wrong with it."""
        target = store.local(path)
        folder, name = os.path.split(target)
        part = os.path.join(folder, PART + hashlib.sha256(os.fsencode(name)).hexdigest()[:32])
        try:
            os.makedirs(folder, exist_ok=True)
            store.record(path, self._store.receive(path, part, transfer), IMPORTED)
            os.replace(part, target)
        except ServerUnreachable:
            raise
        except (MlflowException, OSError) as error:
            return f"artifact {shown(path)}: {shown(error, 300)}"
        return ""


class ServedPlaces(Places):
    """Finds folders of artifacts of a server.

    Parameters
    ----------
    address : str
        The server's.
    root : str or None
        Folder of this machine that ``mlflow-artifacts:/`` means, when the user names one; else the server is asked.
    problems : list of str
        Takes a note about the first place that only the server's own machine has.
    """

    def __init__(self, address: str, root: str | None, problems: list[str]) -> None:
        super().__init__(os.sep, root)
        self._address, self._named, self._problems = address, root is not None, problems
        self._told = False

    def is_remote(self, uri: str) -> bool:
        """Whether artifacts at `uri` lie neither on this machine nor behind the server itself."""
        return not (self._is_served(uri) or is_local(uri))

    def _is_served(self, uri: str) -> bool:
        return uri.startswith(f"{self._address}{ARTIFACTS}/")

    def find(self, uri: str, owner: str, first: Iterable[str] = ()) -> Origin | None:
        """The artifacts of the run or model `owner`, None when they are not there."""
        if self._is_served(uri) and not self._named:
            if not uri.endswith(f"/{owner}/artifacts"):
                raise InvalidParameter(f"{uri} is not the folder of the artifacts of {owner}: nothing is copied.")
            return ServedFolder(uri)
        found = super().find(shown_place(self._address, uri), owner, first)
        if found is None and not self._told:
            self._tell(self.path(shown_place(self._address, uri)))
        return found

    def _tell(self, path: str) -> None:
        """A run without artifacts has no folder; one whose experiment has none is of another machine."""
        if not os.path.isdir(os.path.dirname(os.path.dirname(path))):
            self._told = True
            self._problems.append(
                f"artifacts at {shown(os.path.dirname(os.path.dirname(path)), 300)} are not on this machine, and the server does not "
                "send them: start it with --serve-artifacts, or name a copy of its folder by --artifacts"
            )

    def path(self, uri: str) -> str:
        """Path or URL that a place means."""
        if not self._is_served(uri):
            return super().path(uri)
        return super().path(shown_place(self._address, uri)) if self._named else uri
