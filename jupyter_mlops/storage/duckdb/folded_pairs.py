"""Folding params and tags: of two params of one key the earlier stays, of two tags the later."""

from __future__ import annotations

from jupyter_mlops.storage.duckdb.intakes import Intake
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["INCOMING", "take_in"]

_Pairs = dict[tuple[int, str], tuple[str, int]]
INCOMING = (
    "(SELECT unnest(?::BIGINT[]) AS rid, unnest(?::VARCHAR[]) AS key, unnest(?::VARCHAR[]) AS value, "
    "unnest(?::BIGINT[]) AS timestamp)"
)


def take_in(session: Session, intake: Intake, rids: dict[str, int], change: int) -> None:
    """Apply params and tags of the runs in `rids`; refused values of params go to ``conflicts``."""
    fresh = {rids[run_id] for run_id in intake.starts if run_id in rids}
    _params(session, intake, rids, fresh, change)
    _tags(session, intake, rids, fresh)


def _params(session: Session, intake: Intake, rids: dict[str, int], fresh: set[int], change: int) -> None:
    incoming = [(time, rids[run_id], key, value) for run_id, key, value, time in intake.params]
    there = _there(session, {(rid, key) for _, rid, key, _ in incoming if rid not in fresh})
    params: _Pairs = {}
    conflicts: list[tuple[int, str, str, str, int]] = []
    for time, rid, key, value in sorted(there + incoming, key=lambda p: p[0]):  # of one time: what is there stays
        kept = params.setdefault((rid, key), (value, time))
        if kept[0] != value:
            conflicts.append((rid, key, kept[0], value, time))
    _insert(session, "params", {k: v for k, v in params.items() if k[0] in fresh})
    if known := _columns({k: v for k, v in params.items() if k[0] not in fresh}):
        session.rows(
            f"MERGE INTO store.params p USING {INCOMING} i ON p.rid = i.rid AND p.key = i.key "
            "WHEN MATCHED AND i.timestamp < p.timestamp THEN UPDATE SET value = i.value, timestamp = i.timestamp "
            "WHEN NOT MATCHED THEN INSERT (rid, key, value, timestamp) VALUES (i.rid, i.key, i.value, i.timestamp)", known,
        )  # fmt: skip
    if conflicts:
        session.rows(
            "INSERT INTO store.conflicts (rid, key, kept, refused, timestamp, change) SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[]), unnest(?::BIGINT[]), ?",
            [*(list(column) for column in zip(*conflicts, strict=True)), change],
        )


def _there(session: Session, keys: set[tuple[int, str]]) -> list[tuple[int, int, str, str]]:
    """Params of those runs and keys that the store has: time, rid, key, value."""
    if not keys:
        return []
    rows = session.rows(
        "SELECT p.timestamp, p.rid, p.key, p.value FROM store.params p "
        "JOIN (SELECT unnest(?::BIGINT[]) AS rid, unnest(?::VARCHAR[]) AS key) i ON p.rid = i.rid AND p.key = i.key",
        [[rid for rid, _ in keys], [key for _, key in keys]],
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _tags(session: Session, intake: Intake, rids: dict[str, int], fresh: set[int]) -> None:
    tags: _Pairs = {(rids[r], key): (value, time) for r, key, value, time in sorted(intake.tags, key=lambda t: t[3])}
    _insert(session, "tags", {k: v for k, v in tags.items() if k[0] in fresh})
    if known := _columns({k: v for k, v in tags.items() if k[0] not in fresh}):
        session.rows(
            f"MERGE INTO store.tags t USING {INCOMING} i ON t.rid = i.rid AND t.key = i.key "
            "WHEN MATCHED AND i.timestamp >= t.timestamp THEN UPDATE SET value = i.value, timestamp = i.timestamp "
            "WHEN NOT MATCHED THEN INSERT (rid, key, value, timestamp) VALUES (i.rid, i.key, i.value, i.timestamp)", known,
        )  # fmt: skip


def _columns(pairs: _Pairs) -> list[list[object]]:
    if not pairs:
        return []
    return [
        [k[0] for k in pairs],
        [k[1] for k in pairs],
        [v[0] for v in pairs.values()],
        [v[1] for v in pairs.values()],
    ]


def _insert(session: Session, table: str, pairs: _Pairs) -> None:
    if pairs:
        session.rows(f"INSERT INTO store.{table} (rid, key, value, timestamp) SELECT * FROM {INCOMING}", list(_columns(pairs)))
