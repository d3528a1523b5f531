"""``%registry [SEARCH]``, ``%model NAME`` and ``%promote NAME VERSION STAGE|@ALIAS``: the registry inside a cell."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from typing import NoReturn, TypeVar

from IPython.core.error import UsageError

from jupyter_mlops.entities.gates import MovePreview
from jupyter_mlops.errors import GateRefused, MlflowException
from jupyter_mlops.registry.moves import move, preview_move
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.widgets.browse_models import BrowseModels, browse_models, check_model

__all__ = ["model", "promote", "registry"]

T = TypeVar("T")
_HELP = ("-h", "--help", "-?")
_REGISTRY = (
    "%registry [SEARCH]: list registered models, those with the text SEARCH in name, description, tags or aliases"
)
_MODEL = "%model NAME: show the versions of a registered model"
_PROMOTE = "%promote NAME VERSION STAGE|@ALIAS [--comment TEXT] [--force] [--archive | --keep]"
_PROMOTE_HELP = f"""{_PROMOTE}

Move a version of a registered model to a stage, or point an alias at it.

  NAME            the registered model; in quotes when it has spaces
  VERSION         number of the version
  STAGE           None, Staging, Production or Archived
  @ALIAS          such as @champion
  --comment TEXT  why; stands in the model's history
  --force         move although a gate of the model says no; needs a comment
  --archive       move what is in Staging or Production now to Archived
  --keep          leave it there (as without --archive)
"""


def registry(line: str) -> BrowseModels | None:
    """Look through the registered models: ``%registry``, ``%registry churn``."""
    if line.strip() in _HELP:
        _say(_REGISTRY)
        return None
    return BrowseModels(open_store(get_registry_uri()), search=" ".join(_words(line, _REGISTRY)))


def model(line: str) -> BrowseModels | None:
    """Look at one registered model: ``%model churn``."""
    if line.strip() in _HELP:
        _say(_MODEL)
        return None
    name = " ".join(_words(line, _MODEL))
    if not name:
        raise UsageError(_MODEL)
    return _said(lambda: browse_models(name))


def promote(line: str) -> None:
    """Move a version to a stage or an alias: ``%promote churn 3 Production --archive``, ``%promote churn 3 @champion``.

    ``%promote --help`` lists the options.
    """
    if set(words := _words(line, _PROMOTE)) & set(_HELP):
        _say(_PROMOTE_HELP)
        return
    given = _reader().parse_args(words)
    alias = given.target[1:] if given.target.startswith("@") else None
    stage = given.target if alias is None else None
    store = open_store(get_registry_uri())
    _said(lambda: check_model(store, given.name))
    foreseen = _said(lambda: preview_move(given.name, given.version, stage, alias, given.archive))
    _said(lambda: move(given.name, given.version, stage, alias, given.archive, given.comment, given.force))
    _say(_sentence(foreseen))


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


class _Reader(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%promote: {message}. {_PROMOTE}")


def _reader() -> argparse.ArgumentParser:
    reader = _Reader("%promote", add_help=False, allow_abbrev=False)
    for name in ("name", "version", "target"):
        reader.add_argument(name, metavar={"target": "STAGE|@ALIAS"}.get(name, name.upper()))
    reader.add_argument("--comment", metavar="TEXT")
    reader.add_argument("--force", action="store_true")
    archive = reader.add_mutually_exclusive_group()
    archive.add_argument("--archive", action="store_true")
    archive.add_argument("--keep", action="store_true")
    return reader


def _words(line: str, usage: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{error}. {usage}") from None


def _say(text: str) -> None:
    print(text)  # noqa: T201 - the answer to who asked


def _said(call: Callable[[], T]) -> T:
    """What `call` returns; its errors as lines without a traceback."""
    try:
        return call()
    except GateRefused as error:
        failed = [f"  {verdict.rule}: {verdict.reason}" for verdict in error.verdicts if not verdict.passed]
        head = f"version {error.version} of {error.name!r} may not move to {error.target}:"
        raise UsageError("\n".join([head, *failed, "Mend it, or say --force --comment WHY."])) from None
    except MlflowException as error:
        raise UsageError(error.message) from None
