"""``%autolog [FLAVOR] [off] [KEY=VALUE]...``: autologging on or off."""

from __future__ import annotations

import importlib
from typing import Any

from jupyter_mlops.autologging.autologs import FLAVORS
from jupyter_mlops.autologging.autologs import autolog as autolog_all
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Usage, Words
from jupyter_mlops.magics.literals import literal_or_text

__all__ = ["autolog"]

_WORDS = (*(flavor.name for flavor in FLAVORS), "on", "off")
_USAGE = Usage(
    "%autolog",
    "Log what libraries train: %autolog, %autolog sklearn max_tuning_runs=2, %autolog off.",
    Words(
        "[FLAVOR] [on|off] [KEY=VALUE]...",
        "all installed ones without FLAVOR; KEY=VALUE are arguments of autolog(), as Python without spaces",
        names=(_WORDS,),
        is_free=True,
    ),
)


@command(_USAGE)
def autolog(given: Given) -> None:
    """Log what libraries train, or no more."""
    function, options = _read(given.words)
    try:
        function(**options)
    except (TypeError, ValueError) as error:
        raise InvalidParameter(f"%autolog {given.text}: {error}") from None


def _read(words: list[str]) -> tuple[Any, dict[str, Any]]:
    modules = {flavor.name: flavor.module for flavor in FLAVORS}
    function: Any = autolog_all
    options: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            options[key] = literal_or_text(value)
        elif word in ("on", "off"):
            options["disable"] = word == "off"
        elif word in modules:
            function = importlib.import_module(modules[word]).autolog
        else:
            raise InvalidParameter(f"%autolog: there is no {word!r}: say {', '.join(modules)}, on, off, or KEY=VALUE.")
    return function, options
