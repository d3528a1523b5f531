"""Numbers, texts and booleans assigned literally at the top of a cell: the params that nobody needs to log."""

from __future__ import annotations

import ast
from typing import Any

from jupyter_mlops.context.secrets import is_secret_name

__all__ = ["literal_or_text", "top_literals"]


def top_literals(source: str) -> dict[str, Any]:
    """Names and values assigned before the cell's first other statement (imports and magics may stand between).

    Names that sound like a secret (password, token, api_key, …) are left out.

    Parameters
    ----------
    source : str
        Python, magics already rewritten.

    Examples
    --------
    >>> top_literals("import os\\ndepth = 3\\nrate: float = -0.1\\n_seed = 1\\nx = depth\\nlate = 2")
    {'depth': 3, 'rate': -0.1}
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return {}
    found: dict[str, Any] = {}
    for statement in body:
        assigned = _assigned(statement)
        if assigned:
            found |= assigned
        elif not _may_stand_between(statement):
            break
    return found


def literal_or_text(text: str) -> Any:
    """The value that a word of a magic's line means.

    Examples
    --------
    >>> literal_or_text("0.5"), literal_or_text("None"), literal_or_text("forest")
    (0.5, None, 'forest')
    """
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _assigned(statement: ast.stmt) -> dict[str, Any]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value = statement.target, statement.value
    else:
        return {}
    if not isinstance(target, ast.Name) or target.id.startswith("_"):
        return {}
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError):
        return {}
    is_param = isinstance(literal, (bool, int, float, str)) and not is_secret_name(target.id, literal)
    return {target.id: literal} if is_param else {}


def _may_stand_between(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(statement, ast.Assign):  # `_hidden = 1`, `sizes = [1, 2]`: literal, but not a param
        try:
            ast.literal_eval(statement.value)
        except (ValueError, TypeError):
            return False
        return True
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or (isinstance(statement, ast.Expr) and "get_ipython" in ast.dump(statement))
