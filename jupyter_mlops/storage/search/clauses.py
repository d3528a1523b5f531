"""What the parser saw, checked against what can be searched: every clause gets its field and its value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from jupyter_mlops.errors import InvalidFilter
from jupyter_mlops.storage.search.fields import kind_of, read_field
from jupyter_mlops.storage.search.subjects import Subject
from jupyter_mlops.storage.search.trees import And, Comparison, Field, Not, Or, Tree, Value

if TYPE_CHECKING:
    import lark

__all__ = ["ClauseReader"]

_NUMERIC = ("=", "!=", "<", "<=", ">", ">=")
_TEXTUAL = ("=", "!=", "LIKE", "ILIKE", "IN", "NOT IN")
_HINTS = {"==": " Equality is written '='.", "<>": " Inequality is written '!='."}
_OPERATORS = {"within": "IN", "not_within": "NOT IN", "missing": "IS NULL", "present": "IS NOT NULL"}
_DEEPEST = 50  # far below what the database and this module's recursion can take
_MOST_CLAUSES = 500


class ClauseReader:
    """Makes a filter's tree from the parser's.

    Parameters
    ----------
    subject : Subject
        What is searched.
    text : str
        The whole filter, for messages.
    """

    def __init__(self, subject: Subject, text: str) -> None:
        self.subject = subject
        self.text = text

    def read(self, raw: lark.Tree[lark.Token]) -> Tree:
        """The tree of a filter.

        Raises
        ------
        InvalidFilter
            A clause does not fit the subject, or the filter is too long or too deep to be asked.
        """
        self._check_size(raw)
        return self._read(raw)

    def _check_size(self, raw: Any) -> None:
        clauses, waiting = 0, [(raw, 1)]
        while waiting:
            node, depth = waiting.pop()
            if depth > _DEEPEST:
                self._fail(f"The filter is nested deeper than {_DEEPEST} levels.", None)
            if node.data in ("conjunction", "disjunction", "opposite"):
                waiting += [(child, depth + 1) for child in node.children]
            else:
                clauses += 1
        if clauses > _MOST_CLAUSES:
            self._fail(f"The filter has {clauses} clauses, at most {_MOST_CLAUSES} are read: use IN for lists.", None)

    def _read(self, raw: Any) -> Tree:
        if raw.data == "conjunction":
            return And(tuple(self._read(child) for child in raw.children))
        if raw.data == "disjunction":
            return Or(tuple(self._read(child) for child in raw.children))
        if raw.data == "opposite":
            return Not(self._read(raw.children[0]))
        return self._clause(raw)

    def _clause(self, raw: Any) -> Comparison:
        name, *rest = raw.children
        field = read_field(str(name), self.subject, self.text, name.start_pos, self.subject.attributes)
        if raw.data in ("missing", "present"):
            return Comparison(field, _OPERATORS[raw.data])
        if raw.data == "comparison":
            operator, token = rest
            value = self._value(field, operator, token)
            return Comparison(field, str(operator).upper(), value)
        self._check_operator(field, _OPERATORS[raw.data], name.start_pos, number=False)
        return Comparison(field, _OPERATORS[raw.data], tuple(str(member)[1:-1] for member in rest))

    def _value(self, field: Field, operator: lark.Token, token: lark.Token) -> Value:
        value: str | int | float = str(token)[1:-1] if token.type == "STRING" else _number(str(token))
        kind = kind_of(field, self.subject)
        if kind == "integer" and (isinstance(value, float) or str(operator).upper() in _NUMERIC):
            value = self._integer(value, token)
        is_number = not isinstance(value, str)
        self._check_operator(field, str(operator).upper(), operator.start_pos, is_number)
        if kind == "number" and not is_number:
            self._fail(f"{field.key!r} is a number: write {str(token)[1:-1] or 0} without quotes.", token.start_pos)
        if kind == "text" and is_number:
            self._fail(f"{field.key!r} is a text: put the value into quotes, '{token}'.", token.start_pos)
        return value

    def _integer(self, value: str | int | float, token: lark.Token) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
            return int(value)
        if not isinstance(value, int):
            self._fail(f"Expected a whole number, found {token}.", token.start_pos)
        return value

    def _check_operator(self, field: Field, operator: str, position: int | None, number: bool) -> None:
        kind = kind_of(field, self.subject)
        numeric = kind in ("number", "integer") or (kind == "param" and number)
        valid = _NUMERIC if numeric else _TEXTUAL
        if operator in valid:
            return
        hint = _HINTS.get(operator, "")
        if kind == "param" and operator in _NUMERIC:
            hint = " To compare numbers leave the quotes out."
        what = "number" if numeric else "text"
        self._fail(
            f"{operator!r} does not compare a {what} such as {field.key!r}; valid are {', '.join(valid)}, "
            f"IS NULL and IS NOT NULL.{hint}",
            position,
        )

    def _fail(self, message: str, position: int | None) -> NoReturn:
        raise InvalidFilter(message, self.text, position)


def _number(literal: str) -> int | float:
    if re.fullmatch(r"-?[0-9]{1,19}", literal) and abs(int(literal)) < 2**63:
        return int(literal)
    return float(literal)  # a literal that overflows becomes infinity
