"""The command line of an entry point."""

from __future__ import annotations

import shlex
import string
from collections.abc import Mapping

from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.definitions import EntryPoint

__all__ = ["command_of", "notebook_of"]


def command_of(entry_point: EntryPoint, values: Mapping[str, str]) -> str:
    """The command with its values in place, quoted for the shell; those that it does not declare are appended as options.

    Raises
    ------
    ExecutionException
        It has a placeholder that is no parameter, or cannot be read.

    Examples
    --------
    >>> from jupyter_mlops.projects.definitions import Parameter
    >>> command_of(EntryPoint("main", "train {name}", (Parameter("name"),)), {"name": "a b", "seed": "7"})
    "train 'a b' --seed 7"
    """
    declared = {parameter.name for parameter in entry_point.parameters}
    placeholders = _placeholders(entry_point)
    unknown = sorted(placeholders - declared)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise ExecutionException(
            f"The command of entry point {entry_point.name!r} has {names}, which is no parameter of it: declare it under "
            "parameters, or write {{ and }} for braces."
        )
    command = entry_point.command.format(**{name: shlex.quote(value) for name, value in values.items() if name in declared})
    options = (f"--{shlex.quote(name)} {shlex.quote(value)}" for name, value in values.items() if name not in declared)
    return " ".join((command, *options))


def _placeholders(entry_point: EntryPoint) -> set[str]:
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(entry_point.command) if field is not None]
    except ValueError as error:
        raise ExecutionException(f"The command of entry point {entry_point.name!r} cannot be read: {error}. Write {{{{ and }}}} for braces.") from None
    return {field.partition(".")[0].partition("[")[0] if field.isidentifier() else field for field in fields}


def notebook_of(entry_point: EntryPoint) -> str | None:
    """The notebook that an entry point is, None for other commands: ``command: train.ipynb``.

    Examples
    --------
    >>> notebook_of(EntryPoint("main", "train.ipynb")), notebook_of(EntryPoint("main", "python train.py"))
    ('train.ipynb', None)
    """
    try:
        words = shlex.split(entry_point.command)
    except ValueError:
        return None
    return words[0] if len(words) == 1 and words[0].endswith(".ipynb") else None
