"""The contract of a registry: what every place that keeps registered models can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.gates import FolderFacts, Gate, MovePreview
from jupyter_mlops.entities.lineages import Lineage
from jupyter_mlops.entities.model_events import ModelEvent
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.registry_pages import ModelPage, VersionPage

__all__ = ["RegistryStore"]


class RegistryStore(ABC):
    """Registered models, versions, stages, aliases. Every method is one transaction, done when it returns.

    Who is behind a change is `by`, None for the user of this process; it stands in the model's history.
    """

    @abstractmethod
    def create_registered_model(self, name: str, tags: dict[str, str], description: str | None, by: Author | None = None) -> RegisteredModel:
        """Make a model; `AlreadyExists` when the name is taken."""

    @abstractmethod
    def get_registered_model(self, name: str) -> RegisteredModel:
        """A model."""

    @abstractmethod
    def update_registered_model(self, name: str, description: str | None, by: Author | None = None) -> RegisteredModel:
        """Set a model's description."""

    @abstractmethod
    def rename_registered_model(self, name: str, new_name: str, by: Author | None = None) -> RegisteredModel:
        """Give a model another name; versions, tags and aliases stay with it."""

    @abstractmethod
    def delete_registered_model(self, name: str, by: Author | None = None) -> None:
        """Remove a model with all that belongs to it."""

    @abstractmethod
    def search_registered_models(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[RegisteredModel]:
        """One page of models."""

    @abstractmethod
    def set_registered_model_tag(self, name: str, key: str, value: str, by: Author | None = None) -> None:
        """Set a tag of a model."""

    @abstractmethod
    def delete_registered_model_tag(self, name: str, key: str, by: Author | None = None) -> None:
        """Remove a tag of a model, if it is there."""

    @abstractmethod
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
        """Make the next version of a model; `location` is the folder that a ``models:/`` source means."""

    @abstractmethod
    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """A version."""

    @abstractmethod
    def update_model_version(self, name: str, version: str, description: str | None, by: Author | None = None) -> ModelVersion:
        """Set a version's description."""

    @abstractmethod
    def delete_model_version(self, name: str, version: str, by: Author | None = None) -> None:
        """Remove a version; its number stays used."""

    @abstractmethod
    def search_model_versions(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[ModelVersion]:
        """One page of versions."""

    @abstractmethod
    def models_page(self, search: str, order_by: str, limit: int, token: str | None) -> ModelPage:
        """One page of models that have a text anywhere, by ``"name"`` or, the latest first, by ``"updated"``."""

    @abstractmethod
    def versions_page(self, name: str, search: str, limit: int, token: str | None) -> VersionPage:
        """One page of a model's versions that have a text anywhere, the newest first, and the runs they come from."""

    @abstractmethod
    def versions_named(self, names: Sequence[tuple[str, str]]) -> VersionPage:
        """Those (name, version) that are there, in the order given, and the runs they come from."""

    @abstractmethod
    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing: bool, by: Author | None = None, *, force: bool = False,
        known: FolderFacts | None = None,
    ) -> ModelVersion:  # fmt: skip
        """Move a version to a stage, and those that are there to Archived when asked.

        `GateRefused` when a rule of the model says no, unless forced, which needs a comment; `known` is for rules about
        the model's folder, which a store does not read.
        """

    @abstractmethod
    def get_latest_versions(self, name: str, stages: Sequence[str] | None) -> list[ModelVersion]:
        """The highest version of each stage, by version."""

    @abstractmethod
    def set_model_version_tag(self, name: str, version: str, key: str, value: str, by: Author | None = None) -> None:
        """Set a tag of a version."""

    @abstractmethod
    def delete_model_version_tag(self, name: str, version: str, key: str, by: Author | None = None) -> None:
        """Remove a tag of a version, if it is there."""

    @abstractmethod
    def set_registered_model_alias(
        self, name: str, alias: str, version: str, by: Author | None = None, *, force: bool = False, known: FolderFacts | None = None
    ) -> None:
        """Point an alias at a version; gates and `force` as for stages."""

    @abstractmethod
    def delete_registered_model_alias(self, name: str, alias: str, by: Author | None = None) -> None:
        """Remove an alias, if it is there."""

    @abstractmethod
    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias points at; ``latest`` is the highest."""

    @abstractmethod
    def preview_move(
        self, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool, known: FolderFacts | None
    ) -> MovePreview:
        """What a move to a stage or an alias would do."""

    @abstractmethod
    def undo_move(self, name: str, by: Author | None = None, change: int | None = None) -> list[ModelVersion]:
        """Take back the last move of a stage or alias that was not taken back; `InvalidState` when that cannot be, or is not `change`."""

    @abstractmethod
    def get_model_history(self, name: str, max_results: int | None = None) -> list[ModelEvent]:
        """What happened to a model, newest first; also to one deleted or renamed."""

    @abstractmethod
    def get_last_move(self, name: str) -> list[ModelEvent]:
        """What `undo_move` would take back, in the order in which it happened; nothing when there is none."""

    @abstractmethod
    def add_gates(
        self, name: str, stage: str | None, alias: str | None, rules: list[str], by: Author | None = None
    ) -> list[Gate]:
        """Set rules that versions must meet to get to a stage or an alias."""

    @abstractmethod
    def get_gates(self, name: str) -> list[Gate]:
        """A model's gates."""

    @abstractmethod
    def remove_gate(self, name: str, gate_id: int, by: Author | None = None) -> None:
        """Take a rule away."""

    @abstractmethod
    def record_model_use(
        self, name: str, version: str, kind: str, place: str | None, run_id: str | None, passed: bool | None,
        by: Author | None = None,
    ) -> None:  # fmt: skip
        """Note that a version was loaded, evaluated or served."""

    @abstractmethod
    def get_lineage(self, name: str, version: str) -> Lineage:
        """What a version comes from and what came of it."""
