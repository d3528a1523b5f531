"""``%predict MODEL_URI [DATAFRAME] [--challenger URI]``: a playground of a model."""

from __future__ import annotations

import shlex
from collections.abc import MutableMapping
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import needs_local_scope, no_var_expand

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.widgets.playground import Playground, playground

__all__ = ["predict"]

_USAGE = "%predict MODEL_URI [DATAFRAME] [--challenger URI]"


@no_var_expand
@needs_local_scope
def predict(line: str, local_ns: MutableMapping[str, Any] | None = None) -> Playground:
    """Try a model by hand, see `jupyter_mlops.playground`: ``%predict models:/churn@champion``.

    ``%predict models:/churn@champion frame`` predicts the rows of a variable; ``--challenger URI`` asks a second model the
    same.
    """
    words, challenger = _words(line)
    data = None
    if len(words) == 2:
        if words[1] not in (local_ns or {}):
            raise UsageError(f"%predict: there is no variable {words[1]!r}. {_USAGE}")
        data = (local_ns or {})[words[1]]
    try:
        return playground(words[0], challenger, data)
    except MlflowException as error:
        raise UsageError(f"%predict: {error}") from None


def _words(line: str) -> tuple[list[str], str | None]:
    """URI and variable, and the challenger.

    Examples
    --------
    >>> _words("models:/m/1 frame --challenger models:/m/2")
    (['models:/m/1', 'frame'], 'models:/m/2')
    """
    try:
        words, challenger = shlex.split(line), None
        if "--challenger" in words:
            at = words.index("--challenger")
            challenger = words[at + 1]
            del words[at : at + 2]
    except (IndexError, ValueError):
        raise UsageError(_USAGE) from None
    if not 1 <= len(words) <= 2 or words[0].startswith("-"):
        raise UsageError(_USAGE)
    return words, challenger
