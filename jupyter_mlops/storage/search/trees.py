"""A filter that has been read: frozen nodes, and the way back to text."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from jupyter_mlops.errors import InvalidParameter

__all__ = ["ASPECTS", "BARE_KEY", "And", "Comparison", "Field", "Not", "Or", "Tree", "Value", "render"]

ASPECTS = ("min", "max", "first", "last", "count")
BARE_KEY = r"[\w./:\-]+"

_WORDS = {"attribute": "", "metric": "metrics.", "param": "params.", "tag": "tags.", "dataset": "dataset."}

Value = str | int | float | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Field:
    """What a clause looks at.

    Attributes
    ----------
    entity : str
        One of attribute, metric, param, tag, dataset.
    key : str
        Without quotes; for an attribute its main name, never an alias.
    aspect : str or None
        For a metric one of min, max, first, last, count; None is its latest value. A run that has a metric really
        named ``<key>.<aspect>`` is asked for that one.
    """

    entity: str
    key: str
    aspect: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clause. It is true or false, never unknown: without the field it is false, except for ``IS NULL``.

    Attributes
    ----------
    field : Field
    operator : str
        One of ``= != < <= > >= LIKE ILIKE IN``, ``NOT IN``, ``IS NULL``, ``IS NOT NULL``.
    value : str, int, float, tuple of str or None
        A tuple for ``IN``, None for ``IS NULL``. A number means that numbers are compared, a str that texts are.
    """

    field: Field
    operator: str
    value: Value = None


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more conditions."""

    children: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more conditions."""

    children: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    child: Tree


Tree = Comparison | And | Or | Not


def render(tree: Tree | None) -> str:
    """Text that reads back as `tree`.

    Parameters
    ----------
    tree : Tree or None
        None is the filter that everything passes.

    Returns
    -------
    str

    Raises
    ------
    InvalidParameter
        A key holds both kinds of key quotes, or a value both kinds of text quotes: the language has no escapes.

    Examples
    --------
    >>> loss, name = Field("metric", "val loss"), Field("attribute", "run_name")
    >>> render(And((Comparison(loss, "<", 0.5), Not(Comparison(name, "IN", ("a", "it's"))))))
    'metrics.`val loss` < 0.5 AND NOT run_name IN (\\'a\\', "it\\'s")'
    """
    if tree is None:
        return ""
    if isinstance(tree, Comparison):
        return " ".join(part for part in (_field(tree.field), tree.operator, _value(tree.value)) if part)
    if isinstance(tree, Not):
        return f"NOT {_inside(tree.child, (And, Or))}"
    if isinstance(tree, And):
        return " AND ".join(_inside(child, (And, Or)) for child in tree.children)
    return " OR ".join(_inside(child, (Or,)) for child in tree.children)


def _inside(tree: Tree, weaker: tuple[type, ...]) -> str:
    return f"({render(tree)})" if isinstance(tree, weaker) else render(tree)


def _field(field: Field) -> str:
    aspect = f".{field.aspect}" if field.aspect else ""
    return f"{_WORDS[field.entity]}{_key(field)}{aspect}"


def _key(field: Field) -> str:
    key = field.key
    before, _, last = key.rpartition(".")
    reads_as_aspect = field.entity == "metric" and before and last in ASPECTS
    if field.entity == "attribute" or (re.fullmatch(BARE_KEY, key) and not reads_as_aspect):
        return key
    for quote in '`"':
        if quote not in key and key:
            return f"{quote}{key}{quote}"
    raise InvalidParameter(f'The key {key!r} cannot be written in a filter: it is empty or holds both ` and ".')


def _value(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"({', '.join(_text(member) for member in value)})"
    if isinstance(value, str):
        return _text(value)
    # A literal has no name for infinity, but one that overflows becomes it.
    return repr(value) if math.isfinite(value) else f"{'-' if value < 0 else ''}1e400"


def _text(value: str) -> str:
    for quote in "'\"":
        # A doubled quote does not end a text and stays doubled in it, as in MLflow.
        if quote not in value.replace(quote * 2, ""):
            return f"{quote}{value}{quote}"
    raise InvalidParameter(f"The text {value!r} cannot be written in a filter: it holds both ' and \".")
