"""Pages of the registry as people look through them: searched by any text, with what a table shows beside each row.

However many rows, the number of queries is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_mlops.entities.names import stored_text
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.entities.registry_pages import ModelPage, ModelSummary, SourceRun, VersionPage
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb import model_versions
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.search.pages import check_limit, cut_page, offset_of

__all__ = ["ORDERS", "models_page", "versions_named", "versions_page"]

ORDERS = {"name": "m.name", "updated": "m.last_update_time DESC, m.name"}
_MOST_METRICS = 12
_NO_PROMPT = """NOT EXISTS (FROM store.registered_model_tags t
    WHERE t.mid = m.mid AND t.key = 'mlflow.prompt.is_prompt' AND lower(t.value) = 'true')"""
_MODELS = f"""FROM store.registered_models m WHERE {_NO_PROMPT} AND ($1 = '' OR contains(lower(m.name), $1)
    OR contains(lower(m.description), $1)
    OR m.mid IN (SELECT mid FROM store.model_aliases WHERE contains(lower(alias), $1))
    OR m.mid IN (SELECT mid FROM store.registered_model_tags WHERE contains(lower(key || '=' || value), $1)))"""
_VERSIONS = """FROM store.model_versions v WHERE v.mid = $1 AND NOT v.deleted"""
_MATCHING = f"""{_VERSIONS} AND (v.version::VARCHAR = $2 OR contains(lower(v.description), $2)
    OR contains(lower(v.user_id), $2) OR starts_with(v.run_id, $2) OR (v.stage <> 'None' AND contains(lower(v.stage), $2))
    OR v.version IN (SELECT version FROM store.model_aliases WHERE mid = $1 AND contains(lower(alias), $2))
    OR v.version IN (SELECT version FROM store.model_version_tags
        WHERE mid = $1 AND contains(lower(key || '=' || value), $2))
    OR v.run_id IN (SELECT run_id FROM store.runs WHERE contains(lower(run_name), $2)))"""
_RUNS = """SELECT r.rid, r.run_id, r.run_name, e.name FROM store.runs r JOIN store.experiments e USING (experiment_id)
    WHERE r.run_id IN (SELECT unnest(?::VARCHAR[]))"""
# What a machine measured of itself comes after what the user measured, however many versions have it.
_METRICS = f"""
WITH logged AS (SELECT rid, key, value FROM store.latest_metrics WHERE rid IN (SELECT unnest(?::BIGINT[]))),
chosen AS (SELECT key FROM logged GROUP BY key
    ORDER BY starts_with(key, 'system/'), count(*) DESC, key LIMIT {_MOST_METRICS})
SELECT rid, key, value FROM logged WHERE key IN (FROM chosen) ORDER BY key"""


def models_page(session: Session, search: str, order_by: str, limit: int, token: str | None) -> ModelPage:
    """Models with `search` in name, description, tags or aliases."""
    if order_by not in ORDERS:
        raise InvalidParameter(f"order_by is {' or '.join(map(repr, ORDERS))}, not {order_by!r}.")
    text = stored_text(search, "search").strip().lower()
    ids, total, token = _page(session, "m.mid", _MODELS, ORDERS[order_by], [text], limit, token)
    return ModelPage(_summaries(session, [mid for (mid,) in ids]), total, token)


def _summaries(session: Session, mids: list[int]) -> list[ModelSummary]:
    """Models of those numbers, in the order given."""
    among = "mid IN (SELECT unnest(?::BIGINT[]))"
    tags = _mappings(
        session, f"SELECT mid, key, value FROM store.registered_model_tags WHERE {among} ORDER BY key", mids
    )
    aliases = _mappings(
        session, f"SELECT mid, alias, version::VARCHAR FROM store.model_aliases WHERE {among} ORDER BY alias", mids
    )
    stages = f"""SELECT mid, stage, max(version)::VARCHAR, count(*) FROM store.model_versions
        WHERE NOT deleted AND {among} GROUP BY mid, stage"""
    staged: dict[int, dict[str, str]] = {}
    counts: dict[int, int] = {}
    for mid, stage, highest, count in session.rows(stages, [mids]):
        staged.setdefault(mid, {})[stage] = highest
        counts[mid] = counts.get(mid, 0) + count
    rows = session.rows(
        "SELECT mid, name, creation_time, last_update_time, description FROM store.registered_models "
        f"WHERE {among}", [mids],
    )  # fmt: skip
    found = {
        mid: ModelSummary(
            name, created, updated, description, tags.get(mid, {}), aliases.get(mid, {}), staged.get(mid, {}),
            counts.get(mid, 0), max(staged.get(mid, {}).values(), key=int, default=None),
        )
        for mid, name, created, updated, description in rows
    }  # fmt: skip
    return [found[mid] for mid in mids]


def _mappings(session: Session, query: str, mids: list[int]) -> dict[int, dict[str, str]]:
    """Keys and values by model."""
    found: dict[int, dict[str, str]] = {}
    for mid, key, value in session.rows(query, [mids]):
        found.setdefault(mid, {})[key] = value
    return found


def versions_page(session: Session, name: str, search: str, limit: int, token: str | None) -> VersionPage:
    """Versions of a model, the newest first, with `search` in description, user, stage, aliases, tags or the run's name."""
    text, mid = stored_text(search, "search").strip().lower(), model_versions.mid_of(session, name)
    source, bound = (_MATCHING, [mid, text]) if text else (_VERSIONS, [mid])
    keys, total, token = _page(session, "v.mid, v.version", source, "v.version DESC", bound, limit, token)
    (model,) = _summaries(session, [mid])
    return _with_runs(session, model_versions.fetch(session, keys), total, token, model)


def versions_named(session: Session, names: Sequence[tuple[str, str]]) -> VersionPage:
    """Those (name, version) that are there, in the order given."""
    numbers = [
        (stored_text(name, "model's name"), int(version))
        for name, version in names
        if version.isdecimal() and len(version) < 19
    ]
    keys = session.rows(
        "SELECT v.mid, v.version FROM (SELECT unnest(?::VARCHAR[]) AS name, unnest(?::BIGINT[]) AS version, "
        "unnest(range(?)) AS place) w JOIN store.registered_models m USING (name) "
        "JOIN store.model_versions v ON v.mid = m.mid AND v.version = w.version WHERE NOT v.deleted ORDER BY place",
        [[name for name, _ in numbers], [number for _, number in numbers], len(numbers)],
    )
    return _with_runs(session, model_versions.fetch(session, keys), len(keys))


def _page(
    session: Session, ids: str, source: str, order: str, bound: list[Any], limit: int, token: str | None
) -> tuple[list[Any], int, str | None]:
    """Ids of one page, how many there are on all, and the token of the next."""
    check_limit(limit)
    offset = offset_of(token)
    found = session.rows(f"SELECT {ids} {source} ORDER BY {order} LIMIT {limit + 1} OFFSET {offset}", bound)
    page, following = cut_page(found, offset, limit)
    if following is None and (page or not offset):
        return page, offset + len(page), None
    counted = session.row(f"SELECT count(*) {source}", bound)
    return page, counted[0] if counted else 0, following


def _with_runs(
    session: Session,
    versions: list[ModelVersion],
    total: int,
    token: str | None = None,
    model: ModelSummary | None = None,
) -> VersionPage:
    run_ids = list({version.run_id for version in versions if version.run_id})
    rows = session.rows(_RUNS, [run_ids])
    by_rid = {rid: SourceRun(run_id, run_name, experiment) for rid, run_id, run_name, experiment in rows}
    metrics: dict[str, None] = {}
    for rid, key, value in session.rows(_METRICS, [list(by_rid)]):
        by_rid[rid].metrics[key] = value
        metrics[key] = None
    return VersionPage(versions, {run.run_id: run for run in by_rid.values()}, list(metrics), total, token, model)
