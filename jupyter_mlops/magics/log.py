"""``%log NAME=EXPRESSION...``: values of the notebook as metrics and params of the open run."""

from __future__ import annotations

import numbers
import re
from typing import Any

from jupyter_mlops.context.secrets import is_secret_name, mask_secrets
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.references import RUN, state_at_hand
from jupyter_mlops.magics.lines.values import whole_number
from jupyter_mlops.sweeps.trials import error_text

__all__ = ["log"]

_NAME = re.compile(r"(?:^|(?<=\s))([\w./\-]+)=(?!=)")
_USAGE = Usage(
    "%log",
    "Log values to the open run: a number is a metric, anything else a param: %log acc=model.score(X, y) kind='forest'.",
    Words("NAME=EXPRESSION...", "Python, with the variables of the notebook", least=1, is_free=True, names=("assignments",)),
    Option("--step", "of metrics, 0 by default", "N", whole_number),
    RUN,
)


@command(_USAGE, expands=False)
def log(given: Given) -> None:
    """Log values to the open run."""
    state = state_at_hand(given.run, is_open=True)
    values = {name: _value(name, code, given.variables) for name, code in assignments(given.text).items()}
    metrics = {name: value for name, value in values.items() if _is_number(value)}
    params = {name: mask_secrets(str(value)) for name, value in values.items() if name not in metrics}
    state.log_batch([(name, value, None, given.step or 0) for name, value in metrics.items()], params.items())


def assignments(text: str) -> dict[str, str]:
    """Names and the Python that follows each, which may have spaces.

    Raises
    ------
    InvalidParameter
        It is no such list.

    Examples
    --------
    >>> assignments("acc=f(x, n=3) val/loss=1 - 0.5 kind='a b=c'")
    {'acc': 'f(x, n=3)', 'val/loss': '1 - 0.5', 'kind': "'a b=c'"}
    """
    starts = list(_NAME.finditer(text))
    if not starts or text[: starts[0].start()].strip():
        _USAGE.refuse(f"it takes {_USAGE.words.shown}, not {text}")
    found: dict[str, str] = {}
    name, begin = starts[0][1], starts[0].end()
    for other in starts[1:]:
        if _is_python(text[begin : other.start()]):  # else it stands inside the Python, as in f(x, n=3)
            found[name] = text[begin : other.start()].strip()
            name, begin = other[1], other.end()
    if not _is_python(text[begin:]):
        _USAGE.refuse(f"{name}={text[begin:]} is no Python expression")
    return {**found, name: text[begin:].strip()}


def _is_python(code: str) -> bool:
    try:
        compile(code.strip(), "<%log>", "eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _value(name: str, code: str, variables: Any) -> Any:
    try:
        value = eval(code, variables if isinstance(variables, dict) else dict(variables))  # noqa: S307 - the user's own code
    except Exception as error:  # whatever it raises
        raise InvalidParameter(f"%log {name}={code}: {error_text(error)}") from None
    if is_secret_name(name, value):
        raise InvalidParameter(f"%log: {name} sounds like a secret, which is not logged.")
    return value


def _is_number(value: Any) -> bool:
    is_one = getattr(value, "shape", None) == () and getattr(getattr(value, "dtype", None), "kind", "f") in "iuf"  # of an array, a tensor
    return is_one or (isinstance(value, numbers.Real) and not isinstance(value, bool))
