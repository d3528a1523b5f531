"""Bringing models in: those with an id of their own, then the registry, whose sources then name what was copied."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.entities.uris import is_local, local_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.importers.artifacts import digest_of_files, link_folder
from jupyter_mlops.importers.places import Places
from jupyter_mlops.importers.reports import ImportReport
from jupyter_mlops.importers.sanitation import Unreadable
from jupyter_mlops.importers.sources import Source
from jupyter_mlops.importers.targets import Target
from jupyter_mlops.storage.duckdb.imported_models import take_logged_models, take_model
from jupyter_mlops.storage.duckdb.imported_records import LoggedModelRecord, ModelRecord, VersionRecord, digest_of
from jupyter_mlops.storage.duckdb.imports import Mark, PlacedExperiment
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["import_models"]

_OWNER = re.compile(r"/([^/]+)/artifacts(?=/|$)")
_LOGGED = re.compile(r"models:/+(m-[\w-]+)$")
_NO_MARK = Mark(None, "")


def import_models(
    source: Source, target: Target, places: Places, report: ImportReport,
    experiments: Mapping[str, PlacedExperiment], artifacts: bool,
) -> None:  # fmt: skip
    """Bring in all models of a source, after its runs."""
    _import_logged(source, target, places, report, experiments, artifacts)
    models = source.models()
    ids = {owner for model in models for version in model.versions for owner in _owners(version)}
    uris = target.artifact_uris(sorted(ids)) | target.logged_places(sorted(ids))
    before = target.marks("model")
    for model in models:
        _import_model(_with_sources(model, uris), target, report, before.get(model.name, _NO_MARK))


# Registered models


def _owners(version: VersionRecord) -> list[str]:
    """Ids of runs and logged models that a version's source may be of."""
    found = []
    for text in filter(None, (version.source, version.storage_location)):
        found += _OWNER.findall(text) + _LOGGED.findall(text)
    return found


def _with_sources(model: ModelRecord, uris: Mapping[str, str]) -> ModelRecord:
    """A model whose versions name the places where their folders lie now."""
    versions = [msgspec.structs.replace(v, source=_new_source(v, uris), storage_location=None) for v in model.versions]
    return msgspec.structs.replace(model, versions=versions)


def _new_source(version: VersionRecord, uris: Mapping[str, str]) -> str | None:
    given = version.source
    if given is None or given.startswith("runs:"):
        return given
    if (logged := _LOGGED.match(given)) and logged[1] in uris:
        return uris[logged[1]]
    text = (version.storage_location or given) if given.startswith("models:") else given
    for owner in _OWNER.finditer(text):
        if owner[1] in uris:
            try:
                below = check_relative_path(text[owner.end() :].lstrip("/"))
            except InvalidParameter:
                return given
            return f"{uris[owner[1]]}/{below}" if below else uris[owner[1]]
    return given


def _import_model(model: ModelRecord, target: Target, report: ImportReport, before: Mark) -> None:
    if before.digest == digest_of(model):
        report.models_unchanged += 1
        return
    if target.dry_run:
        report.models_updated += before.digest != ""
        report.models_new += before.digest == ""
        report.versions += len(model.versions)
        return
    with target.writing() as session:
        outcome, versions, refused, held = take_model(session, target.source, model, Author.of_process())
    report.models_new += outcome == "new"
    report.models_updated += outcome == "updated"
    report.versions += len(versions)
    if outcome == "refused":
        report.conflicts.append(f"model {shown(model.name)} is in the store from elsewhere")
    report.conflicts += [f"version {n} of model {shown(model.name)} was made here too" for n in refused]
    report.conflicts += [f"{move} of model {shown(model.name)}: a gate stands there, move it by hand" for move in held]
    report.problems += [
        f"model {shown(model.name)} version {v.version}: there is nothing at {shown(v.source)}"
        for v in model.versions
        if v.version in versions and _is_missing(v.source)
    ]


def _is_missing(source: str | None) -> bool:
    return bool(source) and is_local(str(source)) and not os.path.exists(local_path(str(source)))


# Models with an id of their own


def _import_logged(
    source: Source, target: Target, places: Places, report: ImportReport,
    experiments: Mapping[str, PlacedExperiment], artifacts: bool,
) -> None:  # fmt: skip
    before, records = target.marks("logged model"), source.logged_models()
    here = target.logged_places([record.model_id for record in records])
    fresh: list[tuple[LoggedModelRecord, int, str, str]] = []
    for record in records:
        experiment = experiments.get(record.experiment_id)
        if experiment is None:
            report.problems.append(f"logged model {record.model_id}: its experiment is not there")
        elif record.model_id in here and record.model_id not in before:
            report.conflicts.append(f"logged model {record.model_id} is in the store from elsewhere")
        else:
            place, digest = _copy(record, experiment.number, target, places, report, artifacts)
            if before.get(record.model_id, _NO_MARK).digest != digest:
                fresh.append((record, experiment.number, place, digest))
    report.logged_models += len(fresh)
    if fresh and not target.dry_run:
        _link([(record, place) for record, _, place, _ in fresh], target)
        with target.writing() as session:
            take_logged_models(session, target.source, fresh)


def _copy(
    record: LoggedModelRecord, number: int, target: Target, places: Places, report: ImportReport, artifacts: bool
) -> tuple[str, str]:
    """Where a model lies from now on, and the digest to note of it."""

    def note(line: str) -> None:
        report.problems.append(f"logged model {record.model_id}: {line}")

    if places.is_remote(record.artifact_location):
        return record.artifact_location, digest_of(record)
    try:
        origin = places.find(record.artifact_location, record.model_id)
    except InvalidParameter as error:
        note(shown(error, 300))
        origin = None
    if not artifacts:
        return origin.place if origin else record.artifact_location, digest_of(record)
    place = f"{ARTIFACT_ROOT}/{number}/models/{record.model_id}/artifacts"
    is_here = origin is not None and origin.place == os.path.realpath(target.absolute(place))
    try:
        digest = digest_of(record, digest_of_files(None if is_here else origin))
    except Unreadable as error:
        note(shown(error, 300))
        return place, ""
    if origin is None:
        note("its folder is missing")
    elif not (is_here or target.dry_run):
        copied = origin.copy(target.absolute(place), note)
        report.artifact_files += copied.files
        report.artifact_bytes += copied.size
        digest = "" if copied.retry else digest
    return place, digest


def _link(fresh: Iterable[tuple[LoggedModelRecord, str]], target: Target) -> None:
    """Have the newest model of each name among the artifacts of its run too, where ``runs:/<run>/<name>`` looks."""
    newest = {(record.run_id, record.name): (record, place) for record, place in fresh if record.run_id}
    uris = target.artifact_uris([str(run_id) for run_id, _ in newest])
    for (run_id, name), (_, place) in newest.items():
        root, folder = uris.get(str(run_id)), target.absolute(place)
        try:
            inside = check_relative_path(name)
        except InvalidParameter:
            continue
        if root and inside and target.owns(root) and os.path.isdir(folder):
            link_folder(folder, os.path.join(root, inside))
