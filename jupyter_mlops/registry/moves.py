"""Moving versions to stages and aliases: what a move would do, whether the gates let it through, and back again."""

from __future__ import annotations

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.gates import FolderFacts, MovePreview, check_target, parse_rule
from jupyter_mlops.entities.registered_models import ModelVersion, canonical_stage
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.registry.authors import author
from jupyter_mlops.registry.model_files import read_mlmodel, version_files
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = ["move", "move_version", "preview", "preview_move", "undo"]


def move(
    name: str, version: str | int, stage: str | None = None, alias: str | None = None, archive_existing: bool = False,
    comment: str | None = None, force: bool = False,
) -> ModelVersion:  # fmt: skip
    """Move a version to a stage, or point an alias at it.

    Parameters
    ----------
    name : str
    version : str or int
    stage, alias : str
        One of them.
    archive_existing : bool
        Whether what is in Staging or Production now goes to Archived.
    comment : str, optional
        Why; it stands in the model's history.
    force : bool
        Move although a gate says no; needs a comment.

    Returns
    -------
    ModelVersion
        As it is now.

    Raises
    ------
    GateRefused
        A rule of the model is not met; says which, with the values. Nothing moved.
    NotFound
        There is no such model or version.
    InvalidParameter
        Not one of stage and alias, an unknown stage, a reserved alias, `force` without comment.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> client = mlflow.MlflowClient()
    >>> _ = client.create_registered_model("moved")
    >>> _ = client.create_model_version("moved", "/models/a")
    >>> move("moved", 1, alias="champion", comment="the first").aliases
    ['champion']
    """
    store = open_store(get_registry_uri())
    return move_version(store, name, str(version), stage, alias, archive_existing, author(comment), force)


def move_version(
    store: RegistryStore, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool, by: Author,
    force: bool,
) -> ModelVersion:  # fmt: skip
    """`move` in a store, on behalf of `by`."""
    check_target(stage, alias)
    known = _folder_facts(store, name, version, stage, alias)
    if alias is None:
        return store.transition_model_version_stage(
            name, version, str(stage), archive_existing, by, force=force, known=known
        )
    store.set_registered_model_alias(name, alias, version, by, force=force, known=known)
    return store.get_model_version(name, version)


def preview_move(
    name: str, version: str | int, stage: str | None = None, alias: str | None = None, archive_existing: bool = False
) -> MovePreview:
    """What `move` would do: what it archives, who is there now, and what each gate says. Nothing is changed."""
    return preview(open_store(get_registry_uri()), name, str(version), stage, alias, archive_existing)


def preview(
    store: RegistryStore, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool
) -> MovePreview:
    """`preview_move` in a store."""
    known = _folder_facts(store, name, version, stage, alias)
    return store.preview_move(name, version, stage, alias, archive_existing, known)


def undo(name: str, comment: str | None = None) -> list[ModelVersion]:
    """Take back the last move of a stage or an alias of a model that was not taken back yet.

    Returns
    -------
    list of ModelVersion
        The versions that it was about, those that were archived with it too.

    Raises
    ------
    InvalidState
        There is no such move, or what it moved has moved on since.
    NotFound
        There is no such model.
    """
    return open_store(get_registry_uri()).undo_move(name, author(comment))


def _folder_facts(
    store: RegistryStore, name: str, version: str, stage: str | None, alias: str | None
) -> FolderFacts | None:
    """What the model's folder has, looked at only when a rule asks for it: a folder may be far away."""
    target = (None if stage is None or not str(stage).strip() else canonical_stage(stage), alias)
    rules = [gate.rule for gate in store.get_gates(name) if (gate.stage, gate.alias) == target]
    if not {parse_rule(rule).kind for rule in rules} & {"signature", "input_example"}:
        return None
    try:
        found = read_mlmodel(version_files(store, store.get_model_version(name, version)))
    except (MlflowException, OSError, ValueError):
        return None
    return FolderFacts(bool(found.get("signature")), bool(found.get("saved_input_example_info")))
