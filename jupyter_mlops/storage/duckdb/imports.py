"""What was brought from where: the marks by which an import is repeated, and the experiments that it begins with.

A mark says of a thing of a source what it became here and the digest of what was taken. It is written in the transaction
that takes the thing, so an import may end anywhere and be called again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.storage.duckdb.imported_records import ExperimentRecord, digest_of
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["Mark", "PlacedExperiment", "mark", "marks", "place_experiments", "take_experiments"]

_KEPT_NUMBERS = 10**18  # MLflow's are below; one near the end of int64 would leave none for the next experiment


class Mark(NamedTuple):
    """Number of a thing here, None for what is known by its id, and the digest of what was taken."""

    target: int | None
    digest: str


class PlacedExperiment(NamedTuple):
    """What is to become of an experiment.

    Attributes
    ----------
    number : int
        Its id here.
    location : str
        Where artifacts of its runs go, as stored.
    change : str
        ``"new"``, ``"merged"`` (into one that is here, from elsewhere), ``"updated"`` or ``""``.
    """

    record: ExperimentRecord
    number: int
    location: str
    change: str


def marks(session: Session, source: str, kind: str, ids: list[str] | None = None) -> dict[str, Mark]:
    """Marks of one kind by the source's id: of `ids`, or all."""
    among = "" if ids is None else " AND id IN (SELECT unnest(?::VARCHAR[]))"
    rows = session.rows(
        f"SELECT id, target, digest FROM store.imports WHERE source = ? AND kind = ?{among}",
        [source, kind] if ids is None else [source, kind, ids],
    )
    return {key: Mark(target, digest) for key, target, digest in rows}


def mark(session: Session, source: str, kind: str, fresh: Mapping[str, Mark]) -> None:
    """Write marks, over those that are there, in the transaction under way."""
    session.rows(
        "DELETE FROM store.imports WHERE source = ? AND kind = ? AND id IN (SELECT unnest(?::VARCHAR[]))",
        [source, kind, list(fresh)],
    )
    session.rows(
        "INSERT INTO store.imports (source, kind, id, target, digest, time, change) "
            "SELECT ?, ?, unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[]), ?, ?",
        [source, kind, list(fresh), [m.target for m in fresh.values()], [m.digest for m in fresh.values()],
         now_ms(), session.change],
    )  # fmt: skip


def place_experiments(
    session: Session, source: str, records: Iterable[ExperimentRecord], locations: Mapping[str, str]
) -> list[PlacedExperiment]:
    """Say what each experiment becomes; nothing is written.

    Parameters
    ----------
    locations : mapping of str to str
        Artifact location by source's id, for those that keep theirs.
    """
    here = session.rows("SELECT experiment_id, name, artifact_location FROM store.experiments")
    names = {name: number for number, name, _ in here}
    stored = {number: location for number, _, location in here}
    own, merged = marks(session, source, "experiment"), marks(session, source, "merged experiment")
    placed = []
    for record in records:
        known = own.get(record.experiment_id) or merged.get(record.experiment_id)
        number = known.target if known and known.target in stored else names.get(record.name)
        if number is not None:
            # What lies here under that name without a mark was made by somebody else.
            change = "merged" if known is None or known.target not in stored else ""
            if record.experiment_id in own and known is not None and known.digest != digest_of(record):
                change = "updated"
        else:
            number, change = _free_number(record.experiment_id, stored), "new"
            names[record.name] = number
        location = stored.setdefault(
            number, session.relative(locations.get(record.experiment_id, f"{ARTIFACT_ROOT}/{number}"))
        )
        placed.append(PlacedExperiment(record, number, location, change))
    return placed


def _free_number(wanted: str, taken: Mapping[int, object]) -> int:
    number = int(wanted)
    return number if 0 <= number < _KEPT_NUMBERS and number not in taken else max(taken, default=-1) + 1


def take_experiments(session: Session, source: str, placed: list[PlacedExperiment]) -> None:
    """Write what `place_experiments` said, in one transaction; nothing when all is as it was."""
    if not any(p.change for p in placed):
        return
    new, updated, merged = ([p for p in placed if p.change == change] for change in ("new", "updated", "merged"))
    with session.transaction() as change:
        session.rows(
            "INSERT INTO store.experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, change) "
            "SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), ?",
            [
                [p.number for p in new],
                [p.record.name for p in new],
                [p.location for p in new],
                [p.record.lifecycle_stage for p in new],
                [p.record.creation_time for p in new],
                [p.record.last_update_time for p in new],
                change,
            ],
        )
        for p in updated:
            _update(session, p, change)
        for p in merged:
            session.rows(
                "UPDATE store.experiments SET creation_time = least(creation_time, ?), change = ? WHERE experiment_id = ?",
                [p.record.creation_time, change, p.number],
            )
        _add_tags(session, [*new, *updated, *merged])
        mark(session, source, "experiment", _marked([*new, *updated]))
        mark(session, source, "merged experiment", _marked(merged))


def _marked(placed: Iterable[PlacedExperiment]) -> dict[str, Mark]:
    return {p.record.experiment_id: Mark(p.number, digest_of(p.record)) for p in placed}


def _update(session: Session, placed: PlacedExperiment, change: int) -> None:
    """Follow the source; a new name only where nobody has it."""
    record = placed.record
    session.rows(
        "UPDATE store.experiments SET lifecycle_stage = $1, last_update_time = $2, change = $3, "
        "name = if(EXISTS (SELECT 1 FROM store.experiments o WHERE o.name = $4), name, $4) WHERE experiment_id = $5",
        [record.lifecycle_stage, record.last_update_time, change, record.name, placed.number],
    )
    session.rows(
        "DELETE FROM store.experiment_tags WHERE experiment_id = ? AND key IN (SELECT unnest(?::VARCHAR[]))",
        [placed.number, list(record.tags)],
    )


def _add_tags(session: Session, placed: Iterable[PlacedExperiment]) -> None:
    tags = [(p.number, key, value) for p in placed for key, value in p.record.tags.items()]
    if tags:
        session.rows(
            "INSERT INTO store.experiment_tags (experiment_id, key, value) "
            "SELECT i.* FROM (SELECT unnest(?::BIGINT[]) AS experiment_id, "
            "unnest(?::VARCHAR[]) AS key, unnest(?::VARCHAR[]) AS value) i "
            "ANTI JOIN store.experiment_tags t ON t.experiment_id = i.experiment_id AND t.key = i.key",
            [list(column) for column in zip(*tags, strict=True)],
        )
