"""The command line of an entry point."""

from __future__ import annotations

import re
import shlex
import string
from collections.abc import Mapping

from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.definitions import EntryPoint

__all__ = ["command_of", "notebook_of"]

# What begins or ends a quote of the shell, or hides one, where that quote is open.
_MARKS = {"": re.compile(r"(?<!\S)#[^\n]*|\\.|['\"]", re.DOTALL), "'": re.compile("'"), '"': re.compile(r'\\.|"', re.DOTALL)}

_LONGEST = 131_071  # bytes of one argument on Linux, which the command is to the shell


def command_of(entry_point: EntryPoint, values: Mapping[str, str]) -> str:
    """The command with its values in place, quoted for the shell; those that it does not declare are appended as options.

    Raises
    ------
    ExecutionException
        It has a placeholder that is no parameter, cannot be read, or becomes longer than a system takes.

    Examples
    --------
    >>> from jupyter_mlops.projects.definitions import Parameter
    >>> command_of(EntryPoint("main", "train {name}", (Parameter("name"),)), {"name": "a b", "seed": "7"})
    "train 'a b' --seed 7"
    """
    declared = {parameter.name for parameter in entry_point.parameters}
    parts = _parts(entry_point)
    unknown = sorted({name for _, name in parts if name is not None} - declared)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise ExecutionException(
            f"The command of entry point {entry_point.name!r} has {names}, which is no parameter of it: declare it under "
            "parameters, or write {{ and }} for braces."
        )
    command, quote = "", ""
    for text, name in parts:
        command, quote = command + text, _quote_after(text, quote)
        if name is not None:
            value = shlex.quote(values[name])
            command += value if value == values[name] else f"{quote}{value}{quote}"  # "{name}" is one text, too
    options = (f"--{shlex.quote(name)} {shlex.quote(value)}" for name, value in values.items() if name not in declared)
    whole = " ".join((re.sub(r"(?<!\\)\n+$", "", command), *options))  # YAML leaves the end of the last line
    if len(whole.encode(errors="surrogatepass")) > _LONGEST:
        longest = max(values, key=lambda name: len(values[name]), default="")
        said = f" Its longest parameter is {longest!r:.100}, of {len(values[longest]):,} characters." if longest else ""
        raise ExecutionException(
            f"The command of entry point {entry_point.name!r} becomes longer than {_LONGEST:,} bytes, which no system takes.{said} "
            "Put it into a file, and give its path."
        )
    return whole


def _parts(entry_point: EntryPoint) -> list[tuple[str, str | None]]:
    """The command's texts, each with the placeholder behind it: a name alone, for what Python would make of a quoted value is not quoted."""
    try:
        parsed = list(string.Formatter().parse(entry_point.command))
    except ValueError as error:
        raise ExecutionException(f"The command of entry point {entry_point.name!r} cannot be read: {error}. Write {{{{ and }}}} for braces.") from None
    return [(text, field if field is None else f"{field}{(how and f'!{how}') or ''}{shape and f':{shape}'}") for text, field, shape, how in parsed]


def _quote_after(text: str, quote: str) -> str:
    """The quote that is open behind a text of the shell, when `quote` is before it."""
    place = 0
    while found := _MARKS[quote].search(text, place):
        place = found.end()
        if found[0] in ("'", '"'):
            quote = "" if quote else found[0]
    return quote


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
