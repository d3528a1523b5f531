"""Pages of the registry and previews of moves, of servers that know only MLflow's protocol: made of what its searches tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.gates import MovePreview
from jupyter_mlops.entities.lineages import Lineage, LineageEdge, LineageNode
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel, canonical_stage
from jupyter_mlops.entities.registry_pages import ModelPage, ModelSummary, SourceRun, VersionPage
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.search.pages import check_limit, cut_page, offset_of

__all__ = ["lineage", "models_page", "preview_move", "versions_named", "versions_page"]

_MOST_METRICS = 12


def _page(found: Sequence[Any], limit: int, token: str | None) -> tuple[list[Any], int, str | None]:
    check_limit(limit)
    offset = offset_of(token)
    page, following = cut_page(list(found[offset : offset + limit + 1]), offset, limit)
    return page, len(found), following


def _has(search: str, texts: Iterable[Any]) -> bool:
    return not search or any(search in str(text).lower() for text in texts if text)


def models_page(store: Store, search: str, order_by: str, limit: int, token: str | None) -> ModelPage:
    """All models of the server are looked at."""
    orders = {"name": lambda m: m.name, "updated": lambda m: (-(m.last_updated_timestamp or 0), m.name)}
    if order_by not in orders:
        raise InvalidParameter(f"order_by is {' or '.join(map(repr, orders))}, not {order_by!r}.")
    models = every_page(lambda size, at: store.search_registered_models(None, size, None, at), None, 1000)
    text = search.strip().lower()
    kept = [m for m in models if _has(text, [m.name, m.description, *m.aliases, *(f"{k}={v}" for k, v in m.tags.items())])]
    page, total, following = _page(sorted(kept, key=orders[order_by]), limit, token)
    return ModelPage([_summary(store, model) for model in page], total, following)


def _versions(store: Store, name: str) -> list[ModelVersion]:
    quoted = name.replace("'", "\\'")
    return every_page(lambda size, at: store.search_model_versions(f"name = '{quoted}'", size, ["version_number DESC"], at), None, 1000)


def _summary(store: Store, model: RegisteredModel) -> ModelSummary:
    versions = _versions(store, model.name)
    stages: dict[str, str] = {}
    for version in versions:
        stages.setdefault(version.current_stage, version.version)
    return ModelSummary(
        model.name, model.creation_timestamp, model.last_updated_timestamp, model.description, model.tags, model.aliases, stages,
        len(versions), versions[0].version if versions else None,
    )  # fmt: skip


def versions_page(store: Store, name: str, search: str, limit: int, token: str | None) -> VersionPage:
    """All versions of the model are looked at."""
    model, text = store.get_registered_model(name), search.strip().lower()
    aliases: dict[str, list[str]] = {}
    for alias, version in model.aliases.items():
        aliases.setdefault(version, []).append(alias)
    versions = [_with_aliases(version, aliases.get(version.version, [])) for version in _versions(store, name)]
    kept = [
        v for v in versions
        if v.version == text or _has(text, [v.description, v.user_id, v.run_id, v.current_stage, *v.aliases, *(f"{k}={x}" for k, x in v.tags.items())])
    ]  # fmt: skip
    page, total, following = _page(kept, limit, token)
    return _with_runs(store, page, total, following, _summary(store, model))


def _with_aliases(version: ModelVersion, aliases: list[str]) -> ModelVersion:
    """A version as searches of MLflow tell it, with its aliases."""
    return msgspec.structs.replace(version, aliases=sorted(aliases))


def versions_named(store: Store, names: Sequence[tuple[str, str]]) -> VersionPage:
    """One request for each."""
    found = []
    for name, version in names:
        try:
            found.append(store.get_model_version(name, version))
        except (NotFound, InvalidParameter):
            continue
    return _with_runs(store, found, len(found))


def _with_runs(
    store: Store, versions: list[ModelVersion], total: int, token: str | None = None, model: ModelSummary | None = None
) -> VersionPage:
    runs: list[Run] = store.get_runs(list({version.run_id for version in versions if version.run_id}))
    counts: dict[str, int] = {}
    for run in runs:
        for key in run.data.metrics:
            counts[key] = counts.get(key, 0) + 1
    chosen = sorted(sorted(counts, key=lambda key: (key.startswith("system/"), -counts[key], key))[:_MOST_METRICS])
    sources = {
        run.info.run_id: SourceRun(
            run.info.run_id, run.info.run_name, run.info.experiment_id,
            {key: run.data.metrics[key] for key in chosen if key in run.data.metrics},
        )
        for run in runs
    }  # fmt: skip
    return VersionPage(versions, sources, chosen, total, token, model)


def lineage(store: Store, name: str, version: str) -> Lineage:
    """A version, the run that it comes from and the data sets of that; where it went nobody has noted."""
    made = store.get_model_version(name, version)
    root = LineageNode(f"version/{name}/{version}", "version", f"{name} {version}", made.current_stage)
    nodes, edges = [root], []
    runs: list[Run] = store.get_runs([made.run_id]) if made.run_id else []
    for run in runs:
        node = LineageNode(f"run/{run.info.run_id}", "run", run.info.run_name, run.info.run_id)
        edges.append(LineageEdge(node.id, root.id, "registered as"))
        nodes.append(node)
        for one in run.inputs.dataset_inputs:
            data = LineageNode(f"dataset/{one.dataset.name}/{one.dataset.digest}", "dataset", one.dataset.name, one.dataset.digest)
            nodes.append(data)
            edges.append(LineageEdge(data.id, node.id, "used by"))
    return Lineage(root.id, nodes, edges)


def preview_move(
    store: Store, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool
) -> MovePreview:
    """What a move would do; there are no gates."""
    moved = store.get_model_version(name, version)
    if alias is not None:
        holder = store.get_registered_model(name).aliases.get(alias)
        return MovePreview(name, version, None, alias, holder, holder, [], [])
    target = canonical_stage(str(stage))
    there = [v.version for v in _versions(store, name) if v.current_stage == target and v.version != version]
    archived = there if archive_existing and target in ("Staging", "Production") else []
    return MovePreview(name, version, target, None, moved.current_stage, max(there, key=int, default=None), archived, [])
