"""The line of ``%%track``: ``[NAME] [-e EXPERIMENT] [-p key=value]... [-t key=value]... [--autolog] [--no-params]``."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.literals import literal_or_text

__all__ = ["HELP", "TrackOptions", "read_options"]

HELP = """%%track [NAME] [-e EXPERIMENT] [-p KEY=VALUE]... [-t KEY=VALUE]... [--autolog] [--no-params]

Record this cell as a run: its source, output, params, metrics, git commit, packages and duration.

  NAME                        name of the run; a random one by default
  -e, --experiment EXPERIMENT experiment of the run; created when it is not there
  -p, --param KEY=VALUE       a param of the run
  -t, --tag KEY=VALUE         a tag of the run
  --autolog                   log what libraries train in this cell, as %autolog does for all cells
  --no-params                 do not record the numbers, texts and booleans assigned at the top of the cell
"""
_VALUED = {
    "-e": "experiment",
    "--experiment": "experiment",
    "-p": "params",
    "--param": "params",
    "-t": "tags",
    "--tag": "tags",
}


@dataclass
class TrackOptions:
    """What the line asks for."""

    name: str | None = None
    experiment: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    autolog: bool = False
    literals: bool = True
    help: bool = False


def read_options(line: str) -> TrackOptions:
    """Read the line.

    Raises
    ------
    InvalidParameter
        An option that is not known, or one without its value.

    Examples
    --------
    >>> options = read_options("forest -e iris -p depth=3 -t team=a")
    >>> options.name, options.experiment, options.params, options.tags
    ('forest', 'iris', {'depth': 3}, {'team': 'a'})
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InvalidParameter(f"%%track {line}: {error}.") from None
    options = TrackOptions()
    names: list[str] = []
    while words:
        word = words.pop(0)
        option, _, glued = word.partition("=") if word.startswith("--") else (word, "", "")
        if option in _VALUED:
            if not glued and not words:
                raise InvalidParameter(f"%%track: {option} needs a value.")
            _set(options, _VALUED[option], glued or words.pop(0), option)
        elif word == "--autolog":
            options.autolog = True
        elif word == "--no-params":
            options.literals = False
        elif word in ("-h", "--help", "-?"):
            options.help = True
        elif word.startswith("-"):
            raise InvalidParameter(f"%%track does not know {word!r}; %%track --help lists what it knows.")
        else:
            names.append(word)
    options.name = " ".join(names) or None
    return options


def _set(options: TrackOptions, what: str, text: str, option: str) -> None:
    if what == "experiment":
        options.experiment = text
        return
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise InvalidParameter(f"%%track: {option} takes KEY=VALUE, not {text!r}.")
    if what == "tags":
        options.tags[key] = value
    else:
        options.params[key] = literal_or_text(value)
