"""``%registry [SEARCH]``, ``%model NAME`` and ``%promote NAME VERSION STAGE|@ALIAS``: the registry inside a cell."""

from __future__ import annotations

from jupyter_mlops.entities.gates import MovePreview
from jupyter_mlops.errors import GateRefused, InvalidState
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.registry.moves import move, preview_move
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.widgets.browse_models import BrowseModels, browse_models, check_model

__all__ = ["model", "promote", "registry"]

_MODEL = Usage("%model", "Show the versions of a registered model.", Words("NAME", least=1, names=("models",)))
_PROMOTE = Usage(
    "%promote",
    "Move a version of a registered model to a stage, or point an alias at it.",
    Words(
        "NAME VERSION STAGE|@ALIAS", "the model, in quotes when it has spaces; Staging, Production, … or @champion",
        least=3, most=3, names=("models", "versions", "places"),
    ),
    Option("--comment", "why; stands in the model's history", "TEXT"),
    Option("--force", "move although a gate of the model says no; needs a comment"),
    Option("--archive", "move what is in Staging or Production now to Archived"),
    Option("--keep", "leave it there (as without --archive)"),
)  # fmt: skip


@command(Usage("%registry", "List registered models.", Words("[SEARCH]", "a text in name, description, tags or aliases", names=("models",))))
def registry(given: Given) -> BrowseModels:
    """Look through the registered models."""
    return BrowseModels(open_store(get_registry_uri()), search=given.name or "")


@command(_MODEL)
def model(given: Given) -> BrowseModels:
    """Look at one registered model."""
    return browse_models(str(given.name))


@command(_PROMOTE)
def promote(given: Given) -> None:
    """Move a version to a stage or an alias."""
    name, version, target = given.words
    if given.archive and given.keep:
        _PROMOTE.refuse("--archive and --keep contradict each other")
    alias = target[1:] if target.startswith("@") else None
    stage = target if alias is None else None
    check_model(open_store(get_registry_uri()), name)
    foreseen = preview_move(name, version, stage, alias, given.archive)
    try:
        move(name, version, stage, alias, given.archive, given.comment, given.force)
    except GateRefused as error:
        raise InvalidState(_refusal(error)) from None
    print(_sentence(foreseen))  # noqa: T201 - the answer to who asked


def _refusal(error: GateRefused) -> str:
    failed = [f"  {verdict.rule}: {verdict.reason}" for verdict in error.verdicts if not verdict.passed]
    head = f"version {error.version} of {error.name!r} may not move to {error.target}:"
    return "\n".join([head, *failed, "Mend it, or say --force --comment WHY."])


def _sentence(moved: MovePreview) -> str:
    """What moved, what was archived, and which rules were overruled.

    Examples
    --------
    >>> _sentence(MovePreview("churn", "3", "Production", None, "Staging", "2", ["2"], []))
    "Version 3 of 'churn' moved from Staging to Production. Archived: version 2."
    >>> _sentence(MovePreview("churn", "3", None, "champion", None, None, [], []))
    "Alias @champion of 'churn' set to version 3."
    """
    if moved.alias is None:
        text = f"Version {moved.version} of {moved.name!r} moved from {moved.before} to {moved.stage}."
    elif moved.before in (None, moved.version):
        text = f"Alias @{moved.alias} of {moved.name!r} set to version {moved.version}."
    else:
        text = f"Alias @{moved.alias} of {moved.name!r} moved from version {moved.before} to version {moved.version}."
    if moved.archives:
        text += f" Archived: {', '.join(f'version {version}' for version in moved.archives)}."
    overruled = [verdict.rule for verdict in moved.verdicts if not verdict.passed]
    return text + (f" Overruled: {', '.join(overruled)}." if overruled else "")
