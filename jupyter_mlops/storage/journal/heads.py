"""``head.json``: what a writer must know of the store without opening the database."""

from __future__ import annotations

import contextlib
import logging
import os

import msgspec

from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_ID, DEFAULT_EXPERIMENT_NAME
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.errors import StoreCorrupt, StoreNewer, StoreReadOnly
from jupyter_mlops.storage.journal.protocol import FORMAT
from jupyter_mlops.storage.journal.segments import headers_in
from jupyter_mlops.storage.modes import open_file

__all__ = ["ARTIFACT_ROOT", "Head", "HeadExperiment", "mend_head", "new_head", "read_head", "write_head"]

ARTIFACT_ROOT = "mlartifacts"
_RECENT = 50
_log = logging.getLogger(__name__)


class HeadExperiment(msgspec.Struct, frozen=True):
    """An experiment as writers need it; its location may be relative to the store's folder."""

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str = "active"


class Head(msgspec.Struct, frozen=True):
    """What writers know. Replaced whole, by rename, under the lease.

    Attributes
    ----------
    store_id : str
        Segments carry it; those of another id belong to another store.
    format, min_writer : int
        Journal format of the store, and the least format that may still be written.
    has_file : bool
        Whether the database was made: if it then is missing, somebody took it away.
    experiments : list of HeadExperiment
        The default one and the latest.
    """

    store_id: str
    format: int = FORMAT
    min_writer: int = FORMAT
    has_file: bool = False
    artifact_root: str = ARTIFACT_ROOT
    experiments: list[HeadExperiment] = msgspec.field(default_factory=list)

    def find(self, *, name: str | None = None, experiment_id: str | None = None) -> HeadExperiment | None:
        """The experiment of that name or id, if it is among those that writers know."""
        for experiment in self.experiments:
            if name == experiment.name or experiment_id == experiment.experiment_id:
                return experiment
        return None

    def with_experiments(self, experiments: list[HeadExperiment]) -> Head:
        """A copy that knows `experiments`, newest first; the oldest beyond 50 are left out."""
        return msgspec.structs.replace(self, has_file=True, experiments=experiments[:_RECENT])


def new_head() -> Head:
    """Head of a store that does not exist yet."""
    location = f"{ARTIFACT_ROOT}/{DEFAULT_EXPERIMENT_ID}"
    return Head(new_id(), experiments=[HeadExperiment(DEFAULT_EXPERIMENT_ID, DEFAULT_EXPERIMENT_NAME, location)])


def read_head(folder: str) -> Head | None:
    """Head in a journal folder, None when there is none.

    Raises
    ------
    StoreNewer
        The store asks for a newer journal format than this version writes.
    StoreCorrupt
        What the file holds cannot be read.
    StoreReadOnly
        This user may not read it.
    """
    path = os.path.join(folder, "head.json")
    try:
        with open(path, "rb") as file:
            head = msgspec.json.decode(file.read(), type=Head)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise StoreReadOnly(f"{path} may not be read: {error.strerror}.") from error
    except msgspec.MsgspecError as error:
        raise StoreCorrupt(f"{path} cannot be read ({error}).") from error
    if head.min_writer > FORMAT:
        raise StoreNewer(f"The store of {folder} needs journal format {head.min_writer}; upgrade jupyter_mlops.")
    return head


def mend_head(folder: str) -> Head | None:
    """As `read_head`; one that cannot be read is set aside, and made anew for the segments that are there.

    Call it under the lease only. What the database knows is not in the new one.
    """
    try:
        return read_head(folder)
    except StoreCorrupt as error:
        path = os.path.join(folder, "head.json")
        os.replace(path, path + ".aside")
        _log.warning("%s It was set aside as head.json.aside and is written anew.", error.message)
        ids = {header.store_id for header in headers_in(folder)}
        head = msgspec.structs.replace(new_head(), **({"store_id": ids.pop()} if len(ids) == 1 else {}))
        write_head(folder, head)
        return head


def write_head(folder: str, head: Head) -> None:
    """Replace the head. Call it under the lease only."""
    path = os.path.join(folder, "head.json")
    fresh = path + ".new"
    try:
        with open(open_file(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
            file.write(msgspec.json.encode(head))
        os.replace(fresh, path)
    except BaseException:  # such as a full disk, which might have taken a part
        with contextlib.suppress(FileNotFoundError):
            os.unlink(fresh)
        raise
