"""The registry half of the DuckDB store: each call one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.registry_pages import ModelPage, VersionPage
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.storage.base import RegistryStore
from jupyter_mlops.storage.duckdb import model_versions, registered_models, registry_pages, searches
from jupyter_mlops.storage.duckdb.files import StoreFiles

__all__ = ["DuckDBRegistry"]


class DuckDBRegistry(RegistryStore):
    """Registered models on a store's files."""

    files: StoreFiles

    def create_registered_model(self, name: str, tags: dict[str, str], description: str | None) -> RegisteredModel:
        with self.files.session("create model") as session:
            return registered_models.create(session, name, tags, description, user_name())

    def get_registered_model(self, name: str) -> RegisteredModel:
        with self.files.reading() as session:
            return registered_models.get(session, name)

    def update_registered_model(self, name: str, description: str | None) -> RegisteredModel:
        with self.files.session("update model") as session:
            return registered_models.update(session, name, description, user_name())

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        with self.files.session("rename model") as session:
            return registered_models.rename(session, name, new_name, user_name())

    def delete_registered_model(self, name: str) -> None:
        with self.files.session("delete model") as session:
            registered_models.delete(session, name, user_name())

    def search_registered_models(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[RegisteredModel]:
        with self.files.reading("search") as session:
            return searches.models_page(session, filter_string, max_results, order_by, page_token)

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None:
        with self.files.session("tag model") as session:
            registered_models.set_tag(session, name, key, value)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        with self.files.session("tag model") as session:
            registered_models.delete_tag(session, name, key)

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None,
        tags: dict[str, str],
        run_link: str | None,
        description: str | None,
        user_id: str | None,
    ) -> ModelVersion:
        with self.files.session("create version") as session:
            who = user_id or user_name()
            return model_versions.create(session, name, source, run_id, tags, run_link, description, who)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        with self.files.reading() as session:
            return model_versions.get(session, name, version)

    def update_model_version(self, name: str, version: str, description: str | None) -> ModelVersion:
        with self.files.session("update version") as session:
            return model_versions.update(session, name, version, description, user_name())

    def delete_model_version(self, name: str, version: str) -> None:
        with self.files.session("delete version") as session:
            model_versions.delete(session, name, version, user_name())

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
        self, name: str, version: str, stage: str, archive_existing: bool, who: str
    ) -> ModelVersion:
        with self.files.session("change stage") as session:
            return model_versions.transition(session, name, version, stage, archive_existing, who)

    def get_latest_versions(self, name: str, stages: Sequence[str] | None) -> list[ModelVersion]:
        with self.files.reading() as session:
            return model_versions.latest_of(session, name, stages)

    def set_model_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        with self.files.session("tag version") as session:
            model_versions.set_tag(session, name, version, key, value)

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        with self.files.session("tag version") as session:
            model_versions.delete_tag(session, name, version, key)

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        with self.files.session("set alias") as session:
            registered_models.set_alias(session, name, alias, version, user_name())

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        with self.files.session("remove alias") as session:
            registered_models.delete_alias(session, name, alias, user_name())

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        with self.files.reading() as session:
            version = registered_models.version_of_alias(session, name, alias)
            return model_versions.get(session, name, version)
