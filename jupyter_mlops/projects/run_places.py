"""Lines of a notebook that say where its runs go, which of a project whoever runs it says."""

from __future__ import annotations

import ast
import re
from contextlib import suppress

__all__ = ["without_run_places"]

_CALLS = ("set_experiment", "set_tracking_uri")
_MAGIC = re.compile(r"[ \t]*%experiment[ \t]+\S")
_NOTE = "# Whoever runs the project says where its runs go:"


def without_run_places(source: str) -> str:
    """A cell in which such lines are comments.

    Examples
    --------
    >>> print(without_run_places("%experiment wine\\nimport mlflow\\nmlflow.set_experiment(\\n    'wine'\\n)\\nx = 1"))
    # Whoever runs the project says where its runs go:
    # %experiment wine
    import mlflow
    # Whoever runs the project says where its runs go:
    # mlflow.set_experiment(
    #     'wine'
    # )
    x = 1
    """
    lines = source.split("\n")
    magics = {number: number for number, line in enumerate(lines) if _MAGIC.match(line)}
    places = magics | _calls("\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines))
    for first, last in sorted(places.items(), reverse=True):
        lines[first : last + 1] = [_NOTE, *(f"# {line}" for line in lines[first : last + 1])]
    return "\n".join(lines)


def _calls(source: str) -> dict[int, int]:
    """First and last line of each of these calls that stands alone."""
    body: list[ast.stmt] = []
    with suppress(SyntaxError, ValueError):
        body = ast.parse(source).body
    spans = [(one.lineno - 1, (one.end_lineno or one.lineno) - 1) for one in body]
    return {
        first: last for (first, last), one in zip(spans, body, strict=True)
        if _is_call(one) and not any(other != (first, last) and other[0] <= last and first <= other[1] for other in spans)
    }  # fmt: skip


def _is_call(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    return name in _CALLS
