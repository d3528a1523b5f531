"""What may come next in a filter or an order of runs."""

from __future__ import annotations

import re

from jupyter_mlops.magics.lines.known_names import KnownNames
from jupyter_mlops.storage.search.subjects import RUNS

__all__ = ["filter_words", "is_field"]

_GROUPS = ("metrics", "params", "tags")
_BARE = re.compile(r"[A-Za-z_]\w*")
_SIGNS = ("=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "IN")
_STATUSES = ("FINISHED", "FAILED", "KILLED", "RUNNING", "SCHEDULED")


def filter_words(word: str, before: list[str], known: KnownNames, *, is_order: bool = False) -> tuple[str, list[str]]:
    """The last part of what was typed, and what it can become.

    Parameters
    ----------
    word : str
        What was typed since the last space.
    before : list of str
        The words before it.
    known : KnownNames
    is_order : bool
        Whether it is the key of an order, not a filter.
    """
    glued = re.match(r"(?P<field>.+?)(?P<sign>[=<>!]+)(?P<value>.*)$", word, re.DOTALL)
    if glued and not is_order:
        return glued["value"], _values(glued["field"], glued["value"], known)
    if len(before) > 1 and before[-1].upper() in _SIGNS and not is_order:
        return word, _values(before[-2], word, known)
    start = word.lstrip("('\"") if is_order or word.startswith("(") else word
    if not is_order and before and is_field(before[-1]):
        return word, [sign for sign in _SIGNS if sign.startswith(word.upper())]
    if not is_order and before and before[-1].upper() not in ("AND", "OR", "NOT", "("):
        return word, [one for one in ("AND", "OR") if one.startswith(word.upper())]
    return start, [field for field in _fields(known, start) if field.replace("`", "").startswith(start.replace("`", ""))]


def is_field(token: str) -> bool:
    """Whether a filter has begun with this word.

    Examples
    --------
    >>> [is_field(token) for token in ("(metrics.acc", "status", "forest")]
    [True, True, False]
    """
    head = token.lstrip("(").partition(".")
    return (bool(head[1]) and head[0] in _GROUPS) or head[0] in RUNS.attributes


def _fields(known: KnownNames, start: str) -> list[str]:
    ours = ("mlflow.", "jupyter_mlops.", *(() if "system" in start else ("system/",)))
    keys = [(group, key) for group in _GROUPS for key in known.keys(group) if not key.startswith(ours)]
    own = [f"{group}.{key if _BARE.fullmatch(key) else f'`{key}`'}" for group, key in keys]
    return [*own, *(name for name in RUNS.attributes if name != "artifact_uri")]


def _values(field: str, start: str, known: KnownNames) -> list[str]:
    group, dot, key = field.lstrip("(").partition(".")
    if dot and group in ("params", "tags"):
        values = known.values(group, key.strip("`"))
    elif field.lstrip("(") in ("status", "run_name"):
        values = list(_STATUSES) if field.endswith("status") else known.run_names()
    else:
        return []
    quoted = [f'"{value}"' if "'" in value else f"'{value}'" for value in values]
    return [value for value in quoted if value.startswith(start) or value[1:].startswith(start or "'")]
