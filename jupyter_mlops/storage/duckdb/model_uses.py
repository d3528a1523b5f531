"""Where versions are used, and all that a version comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.lineages import USE_KINDS, Lineage, LineageEdge, LineageNode
from jupyter_mlops.entities.names import bounded_text
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.audits import note
from jupyter_mlops.storage.duckdb.model_versions import locate
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["add", "lineage"]

_MOST_NODES, _MOST_TEXT = 500, 1000
_VERSION_COLUMNS = "mid, version, name, stage, run_id, source"
_VERSIONS = "store.model_versions v JOIN store.registered_models m USING (mid)"
# A copy's source is `models:/name/version`: the model that had the name then, by its history, else the one that has it now.
_COPIES = """
WITH copies AS (
    SELECT v.mid, v.version, v.creation_time, regexp_extract(v.source, '^models:/(.*)/([0-9]{{1,18}})$', ['name', 'number']) AS origin
    FROM store.model_versions v WHERE NOT v.deleted AND starts_with(v.source, 'models:/') AND {chosen}),
named AS (
    SELECT mid, change, time, if(action = 'rename', after, name) AS name FROM store.audit
    WHERE mid IS NOT NULL AND kind = 'model' AND action IN ('create', 'import', 'rename'))
SELECT c.mid, c.version, coalesce(arg_max(n.mid, n.change), any_value(m.mid)) AS origin_mid, c.origin.number::BIGINT
FROM copies c LEFT JOIN named n ON n.name = c.origin.name AND n.time <= c.creation_time
LEFT JOIN store.registered_models m ON m.name = c.origin.name
WHERE c.origin.number <> '' GROUP BY c.mid, c.version, c.origin HAVING origin_mid IS NOT NULL"""
_FOUND = {"loaded": "loaded by", "evaluated": "evaluated", "served": "served"}


def add(
    session: Session, name: str, version: str, kind: str, place: str | None, run_id: str | None, passed: bool | None, by: Author
) -> None:
    """Note a use; that it is loaded by the same run, or served at the same place, is noted once."""
    if kind not in USE_KINDS or (passed is not None and kind != "evaluated"):
        raise InvalidParameter(f"A use is {', '.join(USE_KINDS)}, and only one that is evaluated passed or did not: not {kind!r:.100}.")
    for text, what in ((place, "place of a use"), (run_id, "run_id of a use")):
        if text is not None:
            bounded_text(text, _MOST_TEXT, what)
    mid, number = locate(session, name, version)
    if kind != "evaluated" and session.row(
        "SELECT 1 FROM store.model_uses WHERE mid = ? AND version = ? AND kind = ? AND run_id IS NOT DISTINCT FROM ? "
        "AND place IS NOT DISTINCT FROM ?", [mid, number, kind, run_id, place],
    ):  # fmt: skip
        return
    with session.transaction() as change:
        session.rows(
            "INSERT INTO store.model_uses (mid, version, kind, place, run_id, passed, who, time, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [mid, number, kind, place, run_id, passed, by.user, now_ms(), change],
        )
        if kind != "loaded":  # a run that loads a model says so itself
            outcome = {None: "", True: " (passed)", False: " (failed)"}[passed]
            note(session, by, "use", "version", mid, name, number, key=kind, after=(place or run_id or "") + outcome)


class _Gathered:
    """Nodes and edges, each once, with what is still to be looked at."""

    def __init__(self) -> None:
        self.nodes: dict[str, LineageNode] = {}
        self.edges: dict[tuple[str, str], LineageEdge] = {}
        self.is_whole = True

    def node(self, node_id: str, kind: str, name: str, detail: str = "") -> bool:
        """Add a node; whether it is new."""
        if node_id in self.nodes:
            return False
        if len(self.nodes) >= _MOST_NODES:
            self.is_whole = False
            return False
        self.nodes[node_id] = LineageNode(node_id, kind, name, detail)
        return True

    def edge(self, start: str, end: str, label: str = "") -> None:
        """Join two nodes that are there."""
        if start in self.nodes and end in self.nodes:
            self.edges.setdefault((start, end), LineageEdge(start, end, label))


def lineage(session: Session, name: str, version: str) -> Lineage:
    """All that a version comes from and all that came of it, one query for each kind of step."""
    key = locate(session, name, version)
    found = _Gathered()
    (root,) = _add_versions(session, found, [key])
    _upstream(session, found, [root])
    _downstream(session, found, [root])
    return Lineage(_version_id(root), list(found.nodes.values()), list(found.edges.values()), found.is_whole)


def _version_id(row: tuple[Any, ...]) -> str:
    return f"version/{row[2]}/{row[1]}"


def _add_versions(session: Session, found: _Gathered, keys: Iterable[tuple[int, int]]) -> list[tuple[Any, ...]]:
    """Rows of versions that were not there yet, now nodes."""
    keys = list(keys)
    rows = session.rows(
        f"SELECT {_VERSION_COLUMNS}, (SELECT list(alias ORDER BY alias) FROM store.model_aliases a WHERE a.mid = v.mid AND a.version = v.version) "
        f"FROM {_VERSIONS} JOIN (SELECT unnest(?::BIGINT[]) AS mid, unnest(?::BIGINT[]) AS version) w USING (mid, version) "
        "WHERE NOT deleted", [[mid for mid, _ in keys], [number for _, number in keys]],
    )  # fmt: skip
    fresh = []
    for row in rows:
        words = [row[3]] if row[3] != "None" else []
        detail = ", ".join([*words, *(f"@{alias}" for alias in row[6] or [])])
        if found.node(_version_id(row), "version", f"{row[2]} v{row[1]}", detail):
            fresh.append(row)
    return fresh


def _add_runs(session: Session, found: _Gathered, run_ids: Iterable[str]) -> list[str]:
    rows = session.rows(
        "SELECT run_id, run_name FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [sorted(set(run_ids))]
    )
    return [run_id for run_id, run_name in rows if found.node(f"run/{run_id}", "run", run_name or run_id[:8], run_id)]


def _upstream(session: Session, found: _Gathered, rows: list[tuple[Any, ...]]) -> None:
    while rows:
        runs = _add_runs(session, found, [row[4] for row in rows if row[4]])
        for row in rows:
            found.edge(f"run/{row[4]}", _version_id(row), "registered")
        rows_of_copies = _originals(session, found, rows)
        _add_datasets(session, found, runs)
        used = session.rows(
            "SELECT DISTINCT mid, version, run_id FROM store.model_uses WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [runs]
        )
        rows = rows_of_copies + _add_versions(session, found, [(mid, number) for mid, number, _ in used])
        names = _names(session, [(mid, number) for mid, number, _ in used])
        for mid, number, run_id in used:
            found.edge(names.get((mid, number), ""), f"run/{run_id}", "loaded by")


def _names(session: Session, keys: list[tuple[int, int]]) -> dict[tuple[int, int], str]:
    rows = session.rows(
        "SELECT mid, name FROM store.registered_models WHERE mid IN (SELECT unnest(?::BIGINT[]))", [[mid for mid, _ in keys]]
    )
    by_mid = dict(rows)
    return {(mid, number): f"version/{by_mid[mid]}/{number}" for mid, number in keys if mid in by_mid}


def _copies(session: Session, chosen: str, bound: list[Any]) -> list[tuple[int, int, int, int]]:
    """Model and version of chosen copies, and of what each was copied from, whatever that is called by now."""
    return session.rows(_COPIES.format(chosen=chosen), bound)


def _originals(session: Session, found: _Gathered, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Versions that others were copied from."""
    copies = _copies(
        session, "(v.mid, v.version) IN (SELECT (unnest(?::BIGINT[]), unnest(?::BIGINT[])))",
        [[row[0] for row in rows], [row[1] for row in rows]],
    )  # fmt: skip
    fresh = _add_versions(session, found, [(mid, number) for _, _, mid, number in copies])
    _add_copied(session, found, copies)
    return fresh


def _add_copied(session: Session, found: _Gathered, copies: list[tuple[int, int, int, int]]) -> None:
    names = _names(session, [key for copy in copies for key in (copy[:2], copy[2:])])
    for copy in copies:
        found.edge(names.get(copy[2:], ""), names[copy[:2]], "copied")


def _add_datasets(session: Session, found: _Gathered, runs: list[str]) -> None:
    rows = session.rows(
        "SELECT r.run_id, d.did, d.name, d.digest, any_value(t.value) FROM store.runs r JOIN store.inputs i USING (rid) "
        "JOIN store.datasets d USING (did) LEFT JOIN store.input_tags t ON t.rid = i.rid AND t.did = i.did AND t.key = 'mlflow.data.context' "
        "WHERE r.run_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL ORDER BY d.did", [runs],
    )  # fmt: skip
    for run_id, did, name, digest, context in rows:
        found.node(f"dataset/{did}", "dataset", name, digest)
        found.edge(f"dataset/{did}", f"run/{run_id}", context or "")


def _downstream(session: Session, found: _Gathered, rows: list[tuple[Any, ...]]) -> None:
    while rows:
        keys = {(row[0], row[1]): _version_id(row) for row in rows}
        uses = session.rows(
            "SELECT mid, version, kind, place, run_id, arg_max(passed, change) FILTER (passed IS NOT NULL), max(time) FROM store.model_uses JOIN (SELECT unnest(?::BIGINT[]) AS mid, "
            "unnest(?::BIGINT[]) AS version) w USING (mid, version) GROUP BY ALL ORDER BY max(time)",
            [[mid for mid, _ in keys], [number for _, number in keys]],
        )
        runs = _add_runs(session, found, [run_id for _, _, _, _, run_id, _, _ in uses if run_id])
        for mid, number, kind, place, run_id, passed, _ in uses:
            outcome = {None: "", True: ", passed", False: ", failed"}[passed]
            if run_id:
                found.edge(keys[mid, number], f"run/{run_id}", _FOUND.get(kind, kind) + outcome)
            if place:
                found.node(f"use/{kind}/{place}", "use", place, kind)
                found.edge(keys[mid, number], f"use/{kind}/{place}", kind + outcome)
        made = session.rows(
            "SELECT mid, version, run_id FROM store.model_versions WHERE NOT deleted AND run_id IN (SELECT unnest(?::VARCHAR[]))", [runs]
        )
        called = session.rows(
            "SELECT DISTINCT mid, name FROM store.audit WHERE mid IN (SELECT unnest($1::BIGINT[])) UNION "
            "SELECT mid, name FROM store.registered_models WHERE mid IN (SELECT unnest($1::BIGINT[]))", [[mid for mid, _ in keys]],
        )  # fmt: skip
        sources = [f"models:/{name}/{number}" for one, name in called for mid, number in keys if mid == one]
        copies = _copies(session, "v.source IN (SELECT unnest(?::VARCHAR[]))", [sources])
        copied = [copy for copy in copies if copy[2:] in keys]
        keys_of_next = [(mid, number) for mid, number, *_ in [*made, *copied]]
        rows = _add_versions(session, found, keys_of_next)
        names = _names(session, keys_of_next)
        for mid, number, run_id in made:
            found.edge(f"run/{run_id}", names[mid, number], "registered")
        _add_copied(session, found, copied)
