"""``%autolog [FLAVOR] [off] [KEY=VALUE]...``: autologging on or off."""

from __future__ import annotations

import importlib
import shlex
from typing import Any

from IPython.core.error import UsageError

from jupyter_mlops.autologging.autologs import FLAVORS
from jupyter_mlops.autologging.autologs import autolog as autolog_all
from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.magics.literals import literal_or_text

__all__ = ["autolog"]


def autolog(line: str) -> None:
    """Log what libraries train: ``%autolog``, ``%autolog sklearn max_tuning_runs=2``, ``%autolog off``.

    Without the name of a flavor, all that are installed; ``KEY=VALUE`` are arguments of ``autolog()``, as Python without
    spaces.
    """
    try:
        function, options = _read(line)
        function(**options)
    except (MlflowException, TypeError, ValueError) as error:
        raise UsageError(f"%autolog {line}: {error}") from None


def _read(line: str) -> tuple[Any, dict[str, Any]]:
    modules = {flavor.name: flavor.module for flavor in FLAVORS}
    function: Any = autolog_all
    options: dict[str, Any] = {}
    for word in shlex.split(line, posix=False):
        key, equals, value = word.partition("=")
        if equals:
            options[key] = literal_or_text(value)
        elif word in ("on", "off"):
            options["disable"] = word == "off"
        elif word in modules:
            function = importlib.import_module(modules[word]).autolog
        else:
            raise InvalidParameter(f"there is no {word!r}: say {', '.join(modules)}, on, off, or KEY=VALUE.")
    return function, options
