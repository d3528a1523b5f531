"""The registry half of the DuckDB store: each call one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.gates import FolderFacts, Gate, MovePreview
from jupyter_mlops.entities.lineages import Lineage
from jupyter_mlops.entities.model_events import ModelEvent
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.registry_pages import ModelPage, VersionPage
from jupyter_mlops.storage.duckdb import (
    audits,
    gates,
    model_moves,
    model_uses,
    model_versions,
    registered_models,
    registry_pages,
    searches,
)
from jupyter_mlops.storage.duckdb.files import StoreFiles
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = ["DuckDBRegistry"]


class DuckDBRegistry(RegistryStore):
    """Registered models on a store's files."""

    files: StoreFiles

    def create_registered_model(self, name: str, tags: dict[str, str], description: str | None, by: Author | None = None) -> RegisteredModel:
        with self.files.session("create model") as session:
            return registered_models.create(session, name, tags, description, by or Author.of_process())

    def get_registered_model(self, name: str) -> RegisteredModel:
        with self.files.reading() as session:
            return registered_models.get(session, name)

    def update_registered_model(self, name: str, description: str | None, by: Author | None = None) -> RegisteredModel:
        with self.files.session("update model") as session:
            return registered_models.update(session, name, description, by or Author.of_process())

    def rename_registered_model(self, name: str, new_name: str, by: Author | None = None) -> RegisteredModel:
        with self.files.session("rename model") as session:
            return registered_models.rename(session, name, new_name, by or Author.of_process())

    def delete_registered_model(self, name: str, by: Author | None = None) -> None:
        with self.files.session("delete model") as session:
            registered_models.delete(session, name, by or Author.of_process())

    def search_registered_models(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[RegisteredModel]:
        with self.files.reading("search") as session:
            return searches.models_page(session, filter_string, max_results, order_by, page_token)

    def set_registered_model_tag(self, name: str, key: str, value: str, by: Author | None = None) -> None:
        with self.files.session("tag model") as session:
            registered_models.set_tag(session, name, key, value, by or Author.of_process())

    def delete_registered_model_tag(self, name: str, key: str, by: Author | None = None) -> None:
        with self.files.session("tag model") as session:
            registered_models.delete_tag(session, name, key, by or Author.of_process())

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None,
        tags: dict[str, str],
        run_link: str | None,
        description: str | None,
        by: Author | None = None,
        *,
        location: str | None = None,
    ) -> ModelVersion:
        with self.files.session("create version") as session:
            return model_versions.create(session, name, source, run_id, tags, run_link, description, by or Author.of_process(), location)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        with self.files.reading() as session:
            return model_versions.get(session, name, version)

    def update_model_version(self, name: str, version: str, description: str | None, by: Author | None = None) -> ModelVersion:
        with self.files.session("update version") as session:
            return model_versions.update(session, name, version, description, by or Author.of_process())

    def delete_model_version(self, name: str, version: str, by: Author | None = None) -> None:
        with self.files.session("delete version") as session:
            model_versions.delete(session, name, version, by or Author.of_process())

    def search_model_versions(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[ModelVersion]:
        with self.files.reading("search") as session:
            return searches.versions_page(session, filter_string, max_results, order_by, page_token)

    def models_page(self, search: str, order_by: str, limit: int, token: str | None) -> ModelPage:
        with self.files.reading("search") as session:
            return registry_pages.models_page(session, search, order_by, limit, token)

    def versions_page(self, name: str, search: str, limit: int, token: str | None) -> VersionPage:
        with self.files.reading("search") as session:
            return registry_pages.versions_page(session, name, search, limit, token)

    def versions_named(self, names: Sequence[tuple[str, str]]) -> VersionPage:
        with self.files.reading("search") as session:
            return registry_pages.versions_named(session, names)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing: bool, by: Author | None = None, *, force: bool = False,
        known: FolderFacts | None = None,
    ) -> ModelVersion:  # fmt: skip
        author = by or Author.of_process()
        with self.files.session("change stage") as session:
            return model_moves.transition(session, name, version, stage, archive_existing, author, force=force, known=known)

    def get_latest_versions(self, name: str, stages: Sequence[str] | None) -> list[ModelVersion]:
        with self.files.reading() as session:
            return model_versions.latest_of(session, name, stages)

    def set_model_version_tag(self, name: str, version: str, key: str, value: str, by: Author | None = None) -> None:
        with self.files.session("tag version") as session:
            model_versions.set_tag(session, name, version, key, value, by or Author.of_process())

    def delete_model_version_tag(self, name: str, version: str, key: str, by: Author | None = None) -> None:
        with self.files.session("tag version") as session:
            model_versions.delete_tag(session, name, version, key, by or Author.of_process())

    def set_registered_model_alias(
        self, name: str, alias: str, version: str, by: Author | None = None, *, force: bool = False, known: FolderFacts | None = None
    ) -> None:
        with self.files.session("set alias") as session:
            model_moves.set_alias(session, name, alias, version, by or Author.of_process(), force=force, known=known)

    def delete_registered_model_alias(self, name: str, alias: str, by: Author | None = None) -> None:
        with self.files.session("remove alias") as session:
            model_moves.delete_alias(session, name, alias, by or Author.of_process())

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        with self.files.reading() as session:
            version = registered_models.version_of_alias(session, name, alias)
            return model_versions.get(session, name, version)

    def preview_move(
        self, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool, known: FolderFacts | None
    ) -> MovePreview:
        with self.files.reading() as session:
            return model_moves.preview(session, name, version, stage, alias, archive_existing, known)

    def undo_move(self, name: str, by: Author | None = None, change: int | None = None) -> list[ModelVersion]:
        with self.files.session("undo move") as session:
            return model_moves.undo(session, name, by or Author.of_process(), change)

    def get_model_history(self, name: str, max_results: int | None = None) -> list[ModelEvent]:
        with self.files.reading() as session:
            return audits.history(session, name, max_results)

    def get_last_move(self, name: str) -> list[ModelEvent]:
        with self.files.reading() as session:
            return audits.last_move(session, name)

    def add_gates(
        self, name: str, stage: str | None, alias: str | None, rules: list[str], by: Author | None = None
    ) -> list[Gate]:
        with self.files.session("add gate") as session:
            return gates.add(session, name, stage, alias, rules, by or Author.of_process())

    def get_gates(self, name: str) -> list[Gate]:
        with self.files.reading() as session:
            return gates.of_model(session, name)

    def remove_gate(self, name: str, gate_id: int, by: Author | None = None) -> None:
        with self.files.session("remove gate") as session:
            gates.remove(session, name, gate_id, by or Author.of_process())

    def record_model_use(
        self, name: str, version: str, kind: str, place: str | None, run_id: str | None, passed: bool | None,
        by: Author | None = None,
    ) -> None:  # fmt: skip
        with self.files.session("record use") as session:
            model_uses.add(session, name, version, kind, place, run_id, passed, by or Author.of_process())

    def get_lineage(self, name: str, version: str) -> Lineage:
        with self.files.reading() as session:
            return model_uses.lineage(session, name, version)
