"""What a run has kept of the code that it was made by: files among its artifacts, read back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable

import msgspec

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import (
    CELL_ID_TAG,
    DURATION_TAG,
    PACKAGES_TAG,
    PARENT_TAG,
    SWEEP_TAG,
    TRACKED_CELL_TAG,
    TRIAL_TAG,
)
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore

__all__ = ["CELL_TAGS", "DIFF", "SLICE", "SOURCE", "STDERR", "STDOUT", "Hidden", "Recording", "SlicedCell", "has_cells", "maker_of", "read_text", "recorded_packages", "recording_of"]

SLICE, SOURCE, DIFF = "cell/slice.json", "cell/source.py", "source/git.diff"
STDOUT, STDERR = "cell/stdout.txt", "cell/stderr.txt"
_MOST = 10_000_000  # bytes
_DEEPEST = 10
CELL_TAGS = frozenset((DURATION_TAG, SWEEP_TAG, TRACKED_CELL_TAG, TRIAL_TAG))
"""Each tells that the cells of a run were kept."""


class SlicedCell(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cell as it was executed.

    Attributes
    ----------
    source : str
        With its magics; without what looks like a secret.
    cell_id : str or None
    count : int or None
        Its execution count.
    failed : bool
        It raised an error.
    """

    source: str
    cell_id: str | None = None
    count: int | None = None
    failed: bool = False


class Hidden(msgspec.Struct, frozen=True):
    """Names that a run used and that the notebook no longer tells of, and why it does not."""

    names: list[str]
    why: str

    def __str__(self) -> str:
        return f"{', '.join(self.names)}: {self.why}"


class Recording(msgspec.Struct, frozen=True, omit_defaults=True):
    """The cells of a run in the order of their execution, the tracked one last, and what is hidden of its state."""

    cells: list[SlicedCell] = []
    hidden: list[Hidden] = []
    version: int = 1


def read_text(run: Run, path: str, most: int = _MOST) -> str | None:
    """A small text file among the artifacts of a run; None when there is none, or it cannot be read."""
    try:
        store = artifact_store(run.info.artifact_uri)
        if not 0 < (store.sizes(path) or {}).get("", 0) <= most:
            return None
        with tempfile.TemporaryDirectory() as folder, open(store.fetch(path, folder), encoding="utf-8", errors="replace") as file:
            return file.read()
    except (MlflowException, OSError):
        return None


def recorded_packages(run: Run) -> dict[str, str]:
    """Versions of the packages that a run had imported, by name."""
    lines = run.data.tags.get(PACKAGES_TAG, "").splitlines()
    return {name.strip(): version.strip() for name, equals, version in (line.partition("==") for line in lines) if equals}


def recording_of(store: TrackingStore, run: Run) -> Recording:
    """The cells that a run was made of, see `maker_of`. Empty where none were kept."""
    return maker_of(store, run)[1]


def has_cells(runs: Iterable[Run]) -> bool:
    """Whether the tags of a run and of those above it, `runs`, tell that its cells were kept; no artifact is read for it."""
    return any(not CELL_TAGS.isdisjoint(run.data.tags) for run in runs)


def maker_of(store: TrackingStore, run: Run) -> tuple[Run, Recording]:
    """The run that a cell made, and its cells: the run itself or, of one inside a tracked cell, one above it; of a sweep the trial."""
    maker, above = None, run
    for _ in range(_DEEPEST):
        maker = maker or (above if TRIAL_TAG in above.data.tags else None)
        if found := _own(above):
            return maker or above, found
        parent = above.data.tags.get(PARENT_TAG)
        runs = store.get_runs([parent]) if parent else []
        if not runs:
            break
        above = runs[0]
    return run, Recording()


def _own(run: Run) -> Recording | None:
    text = read_text(run, SLICE)
    if text is not None:
        try:
            return msgspec.json.decode(text, type=Recording)
        except (msgspec.DecodeError, RecursionError):
            pass  # written by a later version, or by somebody else: the cell itself is a file of its own
    source = read_text(run, SOURCE)
    return None if source is None else Recording([SlicedCell(source, run.data.tags.get(CELL_ID_TAG))])
