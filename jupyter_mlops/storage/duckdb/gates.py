"""Gates: rules of a model, and what they say of a version, judged in the transaction that moves it."""

from __future__ import annotations

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.gates import Facts, FolderFacts, Gate, Verdict, judge, parse_rule, target_name
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb.audits import note
from jupyter_mlops.storage.duckdb.model_versions import mid_of
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["add", "of_model", "remove", "verdicts"]

_MOST = 100  # rules of a stage or an alias


def of_model(session: Session, name: str) -> list[Gate]:
    """A model's gates, in the order in which they were set."""
    mid = mid_of(session, name)
    rows = session.rows("SELECT gid, stage, alias, rule, who, time FROM store.gates WHERE mid = ? ORDER BY gid", [mid])
    return [Gate(gid, name, stage, alias, rule, who, time) for gid, stage, alias, rule, who, time in rows]


def add(session: Session, name: str, stage: str | None, alias: str | None, rules: list[str], by: Author) -> list[Gate]:
    """Set rules; one that stands there already is set once."""
    mid = mid_of(session, name)
    there = [gate.rule for gate in of_model(session, name) if (gate.stage, gate.alias) == (stage, alias)]
    fresh = [rule for rule in dict.fromkeys(rules) if rule not in there]
    if len(there) + len(fresh) > _MOST:
        raise InvalidParameter(f"At most {_MOST} rules stand at {target_name(stage, alias)}, not {len(there) + len(fresh)}.")
    with session.transaction() as change:
        for rule in fresh:
            session.rows(
                "INSERT INTO store.gates SELECT coalesce(max(gid), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM store.gates",
                [mid, stage, alias, rule, by.user, now_ms(), change],
            )
            note(session, by, "add gate", "model", mid, name, key=target_name(stage, alias), after=rule)
        session.rows("UPDATE store.registered_models SET change = ? WHERE mid = ?", [change, mid])
    return [gate for gate in of_model(session, name) if gate.rule in rules and (gate.stage, gate.alias) == (stage, alias)]


def remove(session: Session, name: str, gate_id: int, by: Author) -> None:
    """Take a rule away; `NotFound` when the model has none of that id."""
    mid = mid_of(session, name)
    with session.transaction() as change:
        row = session.row("DELETE FROM store.gates WHERE mid = ? AND gid = ? RETURNING stage, alias, rule", [mid, gate_id])
        if row is None:
            raise NotFound(f"Registered model {name!r} has no gate {gate_id}; list_gates({name!r}) shows those that it has.")
        note(session, by, "remove gate", "model", mid, name, key=target_name(row[0], row[1]), before=row[2])
        session.rows("UPDATE store.registered_models SET change = ? WHERE mid = ?", [change, mid])


def verdicts(
    session: Session, mid: int, number: int, stage: str | None, alias: str | None, holder: int | None, known: FolderFacts | None
) -> list[Verdict]:
    """What every gate of a stage or an alias says of a version.

    Parameters
    ----------
    holder : int or None
        The version that rules call the champion.
    known : FolderFacts or None
        What its folder was found to have; without it, rules that ask for that do not pass.
    """
    column, value = ("alias", alias) if alias else ("stage", stage)
    rules = [
        rule
        for (rule,) in session.rows(f"SELECT rule FROM store.gates WHERE mid = ? AND {column} = ? ORDER BY gid", [mid, value])
    ]
    if not rules:
        return []
    facts = _facts(session, mid, number, holder, {parse_rule(rule).other for rule in rules}, known)
    return [judge(rule, facts) for rule in rules]


def _facts(
    session: Session, mid: int, number: int, holder: int | None, others: set[str | None], known: FolderFacts | None
) -> Facts:
    aliases = session.rows("SELECT alias, version FROM store.model_aliases WHERE mid = ?", [mid])
    versions = {f"@{alias}": version for alias, version in aliases if f"@{alias}" in others}
    if holder is not None:
        versions["champion"] = holder
    found = {who: _metrics(session, mid, version) for who, version in {"": number, **versions}.items()}
    metrics = {who: values for who, values in found.items() if values is not None}
    tags = dict(session.rows("SELECT key, value FROM store.model_version_tags WHERE mid = ? AND version = ?", [mid, number]))
    evaluated = session.row(
        "SELECT passed FROM store.model_uses WHERE mid = ? AND version = ? AND passed IS NOT NULL ORDER BY change DESC LIMIT 1",
        [mid, number],
    )
    known = known or FolderFacts()
    return Facts(
        str(number), metrics, {who: str(version) for who, version in versions.items()}, tags, known.signature,
        known.input_example, evaluated[0] if evaluated else None,
    )  # fmt: skip


def _metrics(session: Session, mid: int, version: int) -> dict[str, float] | None:
    """The latest metrics of a version's source run; None when that is not in this store."""
    rows = session.rows(
        "SELECT l.key, l.value FROM store.model_versions v JOIN store.runs r USING (run_id) LEFT JOIN store.latest_metrics l "
        "ON l.rid = r.rid WHERE v.mid = ? AND v.version = ?", [mid, version],
    )  # fmt: skip
    return {key: value for key, value in rows if key is not None} if rows else None
