"""What must be true of the rows of a store, and how each of it is mended: a table of checks."""

from __future__ import annotations

from typing import NamedTuple

from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["CHECKS", "Check", "point_ranges", "read_whole", "table_names", "wrong_summaries"]

_POINTS_AT_ONCE = 250_000  # in one lease: about half a second


class Check(NamedTuple):
    """One promise: what is wrong when it is broken, SQL that counts the broken rows, and SQL that mends them.

    Attributes
    ----------
    repair : str
        Empty where only people can say what is right.
    """

    problem: str
    counted: str
    repair: str


def _orphans(table: str, ids: str, owner: str, what: str) -> Check:
    wrong = f"FROM store.{table} WHERE ({ids}) NOT IN (SELECT ({ids}) FROM {owner})"
    return Check(f"rows of {table} belong to no {what}", f"SELECT count(*) {wrong}", f"DELETE {wrong}")


def _twice(table: str, ids: str, kept: str) -> Check:
    spare = (
        f"(SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY {ids} ORDER BY {kept}, rowid) AS number "
        f"FROM store.{table}) WHERE number > 1)"
    )
    return Check(
        f"rows of {table} are there twice",
        f"SELECT count(*) FROM {spare}",
        f"DELETE FROM store.{table} WHERE rowid IN {spare}",
    )


_RUN_TABLES = ("params", "tags", "metrics", "latest_metrics", "run_owners", "inputs", "input_tags", "conflicts")

CHECKS: tuple[Check, ...] = (
    Check(
        "runs share their id with another run",
        "SELECT count(*) - count(DISTINCT run_id) FROM store.runs",
        "",
    ),
    Check(
        "runs belong to no experiment",
        "SELECT count(*) FROM store.runs WHERE experiment_id NOT IN (SELECT experiment_id FROM store.experiments)",
        "INSERT INTO store.experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, change) "
        "SELECT DISTINCT experiment_id, 'recovered-' || experiment_id, "
        "'mlartifacts/' || experiment_id, 'active', min(start_time), max(start_time), max(change) FROM store.runs "
        "WHERE experiment_id NOT IN (SELECT experiment_id FROM store.experiments) GROUP BY experiment_id",
    ),
    *(_orphans(table, "rid", "store.runs", "run") for table in _RUN_TABLES),
    _orphans("experiment_tags", "experiment_id", "store.experiments", "experiment"),
    _orphans("registered_model_tags", "mid", "store.registered_models", "model"),
    _orphans("model_versions", "mid", "store.registered_models", "model"),
    _orphans("model_version_tags", "mid, version", "store.model_versions", "version"),
    _orphans("model_aliases", "mid, version", "store.model_versions WHERE NOT deleted", "version"),
    _orphans("gates", "mid", "store.registered_models", "model"),
    _orphans("model_uses", "mid, version", "store.model_versions WHERE NOT deleted", "version"),
    _twice("params", "rid, key", "timestamp"),
    _twice("tags", "rid, key", "timestamp DESC"),
    _twice("latest_metrics", "rid, key", "count DESC"),
    _twice("run_owners", "rid, writer", "rid"),
    _twice("experiment_tags", "experiment_id, key", "value"),
)

# As the fold keeps them: latest and first by step, time and value (NaN a bit above 0), extremes without NaN where there
# is a number, of equal ones that of the least step.
_RANK = "{'s': step, 't': timestamp, 'v': if(isnan(value), 0, value), 'n': isnan(value)}"
_SUMMARY = f"""
SELECT rid, key, count(*) AS count,
    arg_max({{'value': value, 'timestamp': timestamp, 'step': step}}, {_RANK}) AS latest,
    arg_min({{'value': value, 'timestamp': timestamp, 'step': step}}, {_RANK}) AS first,
    coalesce(arg_min({{'value': value, 'step': step}}, {{'v': value, 's': step}}) FILTER (WHERE NOT isnan(value)), {{'value': any_value(value), 'step': min(step)}}) AS least,
    coalesce(arg_max({{'value': value, 'step': step}}, {{'v': value, 's': -1 - step}}) FILTER (WHERE NOT isnan(value)), {{'value': any_value(value), 'step': min(step)}}) AS most
FROM store.metrics WHERE rid BETWEEN $1 AND $2 GROUP BY rid, key
"""
_WRONG = f"""
SELECT coalesce(h.rid, l.rid) AS rid, coalesce(h.key, l.key) AS key
FROM ({_SUMMARY}) h FULL JOIN (FROM store.latest_metrics WHERE rid BETWEEN $1 AND $2) l ON h.rid = l.rid AND h.key = l.key
WHERE l.rid IS NULL OR h.rid IS NULL OR l.count <> h.count
    OR (l.value, l.step, l.timestamp) IS DISTINCT FROM (h.latest.value, h.latest.step, h.latest.timestamp)
    OR (l.min, l.min_step, l.max, l.max_step) IS DISTINCT FROM (h.least.value, h.least.step, h.most.value, h.most.step)
    OR (l.first, l.first_step, l.first_timestamp) IS DISTINCT FROM (h.first.value, h.first.step, h.first.timestamp)
"""


def point_ranges(session: Session) -> list[tuple[int, int]]:
    """Ranges of run numbers (first, last) with some 250,000 points each, one run at least."""
    rows = session.rows("SELECT rid, count(*) FROM store.metrics GROUP BY rid ORDER BY rid")
    ranges: list[tuple[int, int]] = []
    begin, held = 0, 0
    for rid, points in rows:
        held += points
        if held >= _POINTS_AT_ONCE:
            ranges.append((begin, rid))
            begin, held = rid + 1, 0
    return [*ranges, (begin, (1 << 62))]


def wrong_summaries(session: Session, first: int, last: int, *, repair: bool) -> int:
    """Count the metrics of runs `first` to `last` whose summary disagrees with their history; write them anew if asked."""
    wrong = session.rows(_WRONG, [first, last])
    if wrong and repair:
        which = [[rid for rid, _ in wrong], [key for _, key in wrong]]
        chosen = "(rid, key) IN (SELECT (unnest(?::BIGINT[]), unnest(?::VARCHAR[])))"
        with session.transaction():
            session.rows(f"DELETE FROM store.latest_metrics WHERE {chosen}", which)
            session.rows(
                "INSERT INTO store.latest_metrics (rid, key, value, timestamp, step, min, min_step, max, max_step, first, first_timestamp, first_step, count) "
                "SELECT rid, key, latest.value, latest.timestamp, latest.step, least.value, "
                "least.step, most.value, most.step, first.value, first.timestamp, first.step, count "
                f"FROM ({_SUMMARY}) WHERE (rid, key) IN (SELECT (unnest($3::BIGINT[]), unnest($4::VARCHAR[])))",
                [first, last, *which],
            )
    return len(wrong)


def table_names(session: Session) -> list[str]:
    """Every table of the store."""
    found = session.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' ORDER BY table_name")
    return [name for (name,) in found]


def read_whole(session: Session, table: str) -> None:
    """Read every row of a table.

    Raises
    ------
    duckdb.Error
        A block's checksum is wrong; a session makes a `StoreCorrupt` of it.
    """
    session.rows(f"SELECT sum(hash(t)) FROM store.{table} t")
