"""Folding data sets: one row for each experiment, name and digest, one input for each run and data set."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.tags import CONTEXT_TAG
from jupyter_mlops.storage.duckdb.intakes import Input, Intake
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["take_in"]

_Identity = tuple[int, str, str]  # experiment, name, digest


def take_in(session: Session, intake: Intake, rids: dict[str, int]) -> None:
    """Apply inputs of the runs in `rids`; what is there already changes nothing.

    Of a data set the source, schema and profile that were logged first stay, and of an input each tag. Only a context may
    have several values: a run can use one data set for training and for validation.
    """
    if not intake.inputs:
        return
    inputs = sorted(intake.inputs, key=lambda i: i.time)
    experiments = dict(
        session.rows(
            "SELECT rid, experiment_id FROM store.runs WHERE rid IN (SELECT unnest(?::BIGINT[]))",
            [list({rids[i.run_id] for i in inputs})],
        )
    )
    fresh: dict[_Identity, Input] = {}
    for item in inputs:
        fresh.setdefault((experiments[rids[item.run_id]], item.name, item.digest), item)
    dids = _datasets(session, fresh)
    links = [(rids[i.run_id], dids[experiments[rids[i.run_id]], i.name, i.digest], i.tags) for i in inputs]
    _inputs(session, {(rid, did) for rid, did, _ in links})
    _tags(session, [(rid, did, key, value) for rid, did, tags in links for key, value in tags])


def _datasets(session: Session, wanted: dict[_Identity, Input]) -> dict[_Identity, int]:
    """Numbers of data sets; those that are not there are inserted."""
    identities: list[Any] = [list(column) for column in zip(*wanted, strict=True)]
    dids: dict[_Identity, int] = {
        (experiment, name, digest): did
        for experiment, name, digest, did in session.rows(
            "SELECT experiment_id, name, digest, did FROM store.datasets JOIN (SELECT unnest(?::BIGINT[]) AS experiment_id, "
            "unnest(?::VARCHAR[]) AS name, unnest(?::VARCHAR[]) AS digest) USING (experiment_id, name, digest)",
            identities,
        )
    }
    row = session.row("SELECT coalesce(max(did), 0) FROM store.datasets")
    last = row[0] if row else 0
    for identity, item in wanted.items():
        if identity not in dids:
            last = dids[identity] = last + 1
            details = [item.source_type, item.source, item.schema, item.profile]
            session.rows("INSERT INTO store.datasets (did, experiment_id, name, digest, source_type, source, schema, profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [last, *identity, *details])
    return dids


def _inputs(session: Session, links: set[tuple[int, int]]) -> None:
    session.rows(
        "INSERT INTO store.inputs (rid, did) SELECT * FROM (SELECT unnest(?::BIGINT[]) AS rid, unnest(?::BIGINT[]) AS did) "
        "EXCEPT SELECT rid, did FROM store.inputs",
        [[rid for rid, _ in links], [did for _, did in links]],
    )


def _tags(session: Session, tags: list[tuple[int, int, str, str]]) -> None:
    kept: dict[tuple[int, int, str, str | None], str] = {}
    for rid, did, key, value in tags:
        kept.setdefault((rid, did, key, value if key == CONTEXT_TAG else None), value)
    if not kept:
        return
    session.rows(
        "INSERT INTO store.input_tags (rid, did, key, value) SELECT * FROM (SELECT unnest(?::BIGINT[]) AS rid, unnest(?::BIGINT[]) AS did, "
        "unnest(?::VARCHAR[]) AS key, unnest(?::VARCHAR[]) AS value) n WHERE NOT EXISTS (FROM store.input_tags t "
        "WHERE t.rid = n.rid AND t.did = n.did AND t.key = n.key AND (t.value = n.value OR t.key <> ?))",
        [*([k[place] for k in kept] for place in range(3)), list(kept.values()), CONTEXT_TAG],
    )
