"""Registered models of a tracking server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.gates import FolderFacts, Gate, MovePreview
from jupyter_mlops.entities.lineages import Lineage
from jupyter_mlops.entities.model_events import ModelEvent
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.registry_pages import ModelPage, VersionPage
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.http.addresses import API, served_place, shown_place
from jupyter_mlops.storage.registry_base import RegistryStore
from jupyter_mlops.storage.remote import registry_pages
from jupyter_mlops.storage.remote.links import Linked, refusal_of, told_by
from jupyter_mlops.storage.remote.messages import as_pairs, model_of, page_of, version_of

__all__ = ["RemoteRegistry"]

_MODELS, _VERSIONS = API + "registered-models/", API + "model-versions/"


class RemoteRegistry(Linked, RegistryStore):
    """The part of a remote store that is about registered models; gates, history and lineage only our own servers have."""

    @property
    def _whole(self) -> Store:
        """The store that this is a part of: pages tell of runs, too."""
        return cast("Store", self)

    def _call(self, method: str, path: str, by: Author | None = None, **arguments: Any) -> dict[str, Any]:
        return self.client.call(method, path, arguments, headers=told_by(by))

    def _model(self, method: str, path: str, by: Author | None = None, **arguments: Any) -> RegisteredModel:
        return model_of(self._call(method, _MODELS + path, by, **arguments)["registered_model"], self.uri)

    def _version(self, method: str, path: str, by: Author | None = None, **arguments: Any) -> ModelVersion:
        return version_of(self._call(method, path, by, **arguments)["model_version"], self.uri)

    def create_registered_model(self, name: str, tags: dict[str, str], description: str | None, by: Author | None = None) -> RegisteredModel:
        return self._model("POST", "create", by, name=name, tags=as_pairs(tags), description=description)

    def get_registered_model(self, name: str) -> RegisteredModel:
        return self._model("GET", "get", name=name)

    def update_registered_model(self, name: str, description: str | None, by: Author | None = None) -> RegisteredModel:
        return self._model("PATCH", "update", by, name=name, description=description or "")

    def rename_registered_model(self, name: str, new_name: str, by: Author | None = None) -> RegisteredModel:
        return self._model("POST", "rename", by, name=name, new_name=new_name)

    def delete_registered_model(self, name: str, by: Author | None = None) -> None:
        self._call("DELETE", _MODELS + "delete", by, name=name)

    def search_registered_models(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[RegisteredModel]:
        told = self.client.get("registered-models/search", filter=filter_string, max_results=max_results, order_by=order_by, page_token=page_token)
        return page_of(told, "registered_models", model_of, self.uri)

    def set_registered_model_tag(self, name: str, key: str, value: str, by: Author | None = None) -> None:
        self._call("POST", _MODELS + "set-tag", by, name=name, key=key, value=str(value))

    def delete_registered_model_tag(self, name: str, key: str, by: Author | None = None) -> None:
        self._call("DELETE", _MODELS + "delete-tag", by, name=name, key=key)

    def create_model_version(
        self, name: str, source: str, run_id: str | None, tags: dict[str, str], run_link: str | None, description: str | None,
        by: Author | None = None, *, location: str | None = None,
    ) -> ModelVersion:  # fmt: skip
        return self._version(
            "POST", _VERSIONS + "create", by, name=name, source=shown_place(self.uri, source), run_id=run_id, tags=as_pairs(tags), run_link=run_link,
            description=description,
        )  # fmt: skip

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        return self._version("GET", _VERSIONS + "get", name=name, version=str(version))

    def update_model_version(self, name: str, version: str, description: str | None, by: Author | None = None) -> ModelVersion:
        return self._version("PATCH", _VERSIONS + "update", by, name=name, version=str(version), description=description or "")

    def delete_model_version(self, name: str, version: str, by: Author | None = None) -> None:
        self._call("DELETE", _VERSIONS + "delete", by, name=name, version=str(version))

    def search_model_versions(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[ModelVersion]:
        told = self.client.get("model-versions/search", filter=filter_string, max_results=max_results, order_by=order_by, page_token=page_token)
        return page_of(told, "model_versions", version_of, self.uri)

    def models_page(self, search: str, order_by: str, limit: int, token: str | None) -> ModelPage:
        if self.is_ours:
            return self.peer("models-page", ModelPage, search=search, order_by=order_by, limit=limit, token=token)
        return registry_pages.models_page(self._whole, search, order_by, limit, token)

    def versions_page(self, name: str, search: str, limit: int, token: str | None) -> VersionPage:
        if self.is_ours:
            return self._placed(self.peer("versions-page", VersionPage, name=name, search=search, limit=limit, token=token))
        return registry_pages.versions_page(self._whole, name, search, limit, token)

    def versions_named(self, names: Sequence[tuple[str, str]]) -> VersionPage:
        if self.is_ours:
            return self._placed(self.peer("versions-named", VersionPage, names=[list(one) for one in names]))
        return registry_pages.versions_named(self._whole, names)

    def _placed(self, page: VersionPage) -> VersionPage:
        return msgspec.structs.replace(page, versions=[self._here(version) for version in page.versions])

    def _here(self, version: ModelVersion) -> ModelVersion:
        return msgspec.structs.replace(version, source=served_place(self.uri, version.source or "") or None)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing: bool, by: Author | None = None, *, force: bool = False,
        known: FolderFacts | None = None,
    ) -> ModelVersion:  # fmt: skip
        asked = {"name": name, "version": str(version), "stage": stage, "archive_existing_versions": bool(archive_existing)}
        return version_of(self._moved("POST", _VERSIONS + "transition-stage", asked, by, force)["model_version"], self.uri)

    def get_latest_versions(self, name: str, stages: Sequence[str] | None) -> list[ModelVersion]:
        told = self.client.post("registered-models/get-latest-versions", name=name, stages=list(stages) if stages else None)
        return [version_of(one, self.uri) for one in told.get("model_versions", ())]

    def set_model_version_tag(self, name: str, version: str, key: str, value: str, by: Author | None = None) -> None:
        self._call("POST", _VERSIONS + "set-tag", by, name=name, version=str(version), key=key, value=str(value))

    def delete_model_version_tag(self, name: str, version: str, key: str, by: Author | None = None) -> None:
        self._call("DELETE", _VERSIONS + "delete-tag", by, name=name, version=str(version), key=key)

    def set_registered_model_alias(
        self, name: str, alias: str, version: str, by: Author | None = None, *, force: bool = False, known: FolderFacts | None = None
    ) -> None:
        self._moved("POST", _MODELS + "alias", {"name": name, "alias": alias, "version": str(version)}, by, force)

    def _moved(self, method: str, path: str, asked: dict[str, Any], by: Author | None, force: bool) -> dict[str, Any]:
        """What a move answers; MLflow's own servers know neither comments nor force, and have no gates to force."""
        more = {"comment": by.comment if by else None, "force": force or None}
        try:
            return self._call(method, path, by, **asked, **more)
        except InvalidState as error:
            raise refusal_of(error) from None

    def delete_registered_model_alias(self, name: str, alias: str, by: Author | None = None) -> None:
        self._call("DELETE", _MODELS + "alias", by, name=name, alias=alias)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        try:
            return self._version("GET", _MODELS + "alias", name=name, alias=alias)
        except InvalidParameter:
            if alias.lower() != "latest" or self.is_ours:
                raise
        found = self.search_model_versions(f"name = '{name}'", 1, ["version_number DESC"], None)
        if not found:
            raise NotFound(f"The model {name!r} has no versions.")
        return found[0]

    def preview_move(
        self, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool, known: FolderFacts | None
    ) -> MovePreview:
        if self.is_ours:
            asked: dict[str, Any] = {"name": name, "version": version, "stage": stage, "alias": alias, "archive_existing": archive_existing}
            return self.peer("preview-move", MovePreview, **asked)
        return registry_pages.preview_move(self._whole, name, version, stage, alias, archive_existing)

    def undo_move(self, name: str, by: Author | None = None, change: int | None = None) -> list[ModelVersion]:
        moved = self.peer("undo-move", list[ModelVersion], by=by, name=name, change=change, comment=by.comment if by else None)
        return [self._here(version) for version in moved]

    def get_model_history(self, name: str, max_results: int | None = None) -> list[ModelEvent]:
        return self.peer("model-history", list[ModelEvent], name=name, max_results=max_results)

    def get_last_move(self, name: str) -> list[ModelEvent]:
        return self.peer("last-move", list[ModelEvent], name=name) if self.is_ours else []

    def add_gates(self, name: str, stage: str | None, alias: str | None, rules: list[str], by: Author | None = None) -> list[Gate]:
        comment = by.comment if by else None
        return self.peer("add-gates", list[Gate], name=name, stage=stage, alias=alias, rules=rules, comment=comment, by=by)

    def get_gates(self, name: str) -> list[Gate]:
        return self.peer("gates", list[Gate], name=name) if self.is_ours else []

    def remove_gate(self, name: str, gate_id: int, by: Author | None = None) -> None:
        self.peer("remove-gate", type(None), by=by, name=name, gate_id=gate_id, comment=by.comment if by else None)

    def record_model_use(
        self, name: str, version: str, kind: str, place: str | None, run_id: str | None, passed: bool | None, by: Author | None = None
    ) -> None:
        if not self.is_ours:
            return  # a use that nobody could look up
        asked = {"name": name, "version": version, "kind": kind, "place": place, "run_id": run_id, "passed": passed}
        self.peer("record-model-use", type(None), by=by, **asked, comment=by.comment if by else None)

    def get_lineage(self, name: str, version: str) -> Lineage:
        if self.is_ours:
            return self.peer("lineage", Lineage, name=name, version=version)
        return registry_pages.lineage(self._whole, name, version)
