"""Data sets as they are read: the inputs of runs, and the data sets of experiments."""

from __future__ import annotations

from jupyter_mlops.entities.datasets import Dataset, DatasetInput, DatasetSummary, InputTag
from jupyter_mlops.entities.tags import CONTEXT_TAG
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["of_runs", "summaries"]

_AT_MOST = 1000


def of_runs(session: Session, rids: list[int]) -> dict[int, list[DatasetInput]]:
    """Inputs by run, in the order in which data sets became known.

    A data set that a run has in several contexts is an input in each of them, with all its other tags.
    """
    tags: dict[tuple[int, int], list[InputTag]] = {}
    for rid, did, key, value in session.rows(
        "SELECT rid, did, key, value FROM store.input_tags WHERE rid IN (SELECT unnest(?::BIGINT[])) ORDER BY key, value", [rids]
    ):
        tags.setdefault((rid, did), []).append(InputTag(key, value))
    found: dict[int, list[DatasetInput]] = {}
    for rid, did, *fields in session.rows(
        "SELECT i.rid, did, name, digest, source_type, source, schema, profile "
        "FROM store.inputs i JOIN store.datasets d USING (did) WHERE i.rid IN (SELECT unnest(?::BIGINT[])) ORDER BY did",
        [rids],
    ):
        found.setdefault(rid, []).extend(_by_context(Dataset(*fields), tags.get((rid, did), [])))
    return found


def _by_context(dataset: Dataset, tags: list[InputTag]) -> list[DatasetInput]:
    contexts = [tag for tag in tags if tag.key == CONTEXT_TAG]
    others = [tag for tag in tags if tag.key != CONTEXT_TAG]
    return [DatasetInput(dataset, [*others, context]) for context in contexts] or [DatasetInput(dataset, others)]


def summaries(session: Session, experiment_ids: list[int]) -> list[DatasetSummary]:
    """Data sets of those experiments by context, the newest first."""
    rows = session.rows(
        "SELECT DISTINCT d.experiment_id, d.name, d.digest, t.value, did FROM store.datasets d "
        "JOIN store.inputs i USING (did) LEFT JOIN store.input_tags t ON t.rid = i.rid AND t.did = i.did AND t.key = ? "
        f"WHERE d.experiment_id IN (SELECT unnest(?::BIGINT[])) ORDER BY did DESC, t.value LIMIT {_AT_MOST}",
        [CONTEXT_TAG, experiment_ids],
    )
    return [DatasetSummary(str(number), name, digest, context) for number, name, digest, context, _ in rows]
