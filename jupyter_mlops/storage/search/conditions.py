"""Trees and orders as SQL: what users wrote only ever becomes a bound parameter."""

from __future__ import annotations

import math
from typing import Any

from jupyter_mlops.entities.tags import CONTEXT_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.search.answers import Answers
from jupyter_mlops.storage.search.orders import Order
from jupyter_mlops.storage.search.tables import Tables
from jupyter_mlops.storage.search.trees import And, Comparison, Field, Not, Or, Tree, Value

__all__ = ["Statement"]

_NUMERIC = frozenset(("=", "!=", "<", "<=", ">", ">="))
_OPERATORS = frozenset((*_NUMERIC, "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"))
_ASPECT_COLUMNS = {"min": "min", "max": "max", "first": "first", "last": "value", "count": "count"}
_DATASETS = "(SELECT i.rid, d.name, d.digest FROM store.inputs AS i JOIN store.datasets AS d ON d.did = i.did)"


class Statement:
    """Writes the parts of one SELECT and keeps its parameters.

    Every condition it writes is true or false, never NULL, so that NOT and OR mean what they say.

    Parameters
    ----------
    tables : Tables
    root : str
        The store's folder, for locations that are kept relative to it.

    Attributes
    ----------
    parameters : list
        Values of ``$1``, ``$2``, …

    Examples
    --------
    >>> from jupyter_mlops.storage.search.tables import RUN_TABLES
    >>> statement = Statement(RUN_TABLES)
    >>> statement.condition(Comparison(Field("attribute", "status"), "=", "FAILED"))
    '(t.status IS NOT NULL AND t.status = $1)'
    >>> statement.parameters
    ['FAILED']
    """

    def __init__(self, tables: Tables, root: str = "") -> None:
        self.tables = tables
        self.parameters: list[Any] = []
        self._asked: dict[str, Answers] = {}
        self._order_joins: list[str] = []
        self._root = root.rstrip("/")

    def bind(self, value: Any) -> str:
        """Keep `value` and return the name of its parameter."""
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def condition(self, tree: Tree | None) -> str:
        """SQL that is true for what passes `tree`."""
        if tree is None:
            return "true"
        if isinstance(tree, Not):
            return f"(NOT {self.condition(tree.child)})"
        if isinstance(tree, And | Or):
            word = " AND " if isinstance(tree, And) else " OR "
            return f"({word.join(self.condition(child) for child in tree.children)})"
        return self._comparison(tree)

    def orders(self, orders: tuple[Order, ...]) -> str:
        """Terms of an ORDER BY."""
        return ", ".join(self._order(order) for order in orders)

    def joins(self) -> str:
        """The joins that conditions and orders written so far lean on."""
        return " ".join([*(answers.join() for answers in self._asked.values()), *self._order_joins])

    def _order(self, order: Order) -> str:
        direction = "DESC" if order.descending else "ASC"
        if order.field.entity == "attribute":
            return f"{self._column(order.field.key)} {direction} NULLS LAST"
        name = f"o{len(self._order_joins)}"
        same = " AND ".join(f"{name}.{column} = t.{column}" for column in self.tables.ids)
        self._order_joins.append(f"LEFT JOIN {self._values(order.field)} AS {name} ON {same}")
        if order.field.entity == "metric" and order.descending:
            # NaN sorts above all numbers: only an ascending order leaves it behind them.
            return f"-{name}.value ASC NULLS LAST"
        return f"{name}.value {direction} NULLS LAST"

    def _comparison(self, clause: Comparison) -> str:
        if clause.operator not in _OPERATORS:
            raise InvalidParameter(f"No operator {clause.operator!r}")  # a tree that the parser did not make
        if clause.field.entity != "attribute":
            if clause.operator == "IS NULL":
                return f"(NOT {self._entry(Comparison(clause.field, 'IS NOT NULL'))})"
            return self._entry(clause)
        column = self._column(clause.field.key)
        if clause.operator.startswith("IS"):
            return f"({column} {clause.operator})"
        if isinstance(clause.value, str | tuple) and clause.field.key == "experiment_id":
            column = f"CAST({column} AS VARCHAR)"  # ids are numbers in the store and texts for users
        return f"({column} IS NOT NULL AND {self._test(column, clause)})"

    def _entry(self, clause: Comparison) -> str:
        """SQL that is true for rows with an entry, say a tag, that passes `clause`."""
        field = clause.field
        if field.entity == "dataset" and field.key != "context":
            column = {"name": "name", "digest": "digest"}[field.key]
            return self._answers(_DATASETS).ask(f"bool_or({self._test(column, clause)})", [])
        is_context = field.entity == "dataset"
        answers = self._answers("store.input_tags" if is_context else self.tables.keyed[field.entity])
        key = self.bind(CONTEXT_TAG if is_context else field.key)
        if field.aspect is None:
            return answers.ask(f"bool_or(key = {key} AND {self._test('value', clause)})", [key])
        named = self.bind(f"{field.key}.{field.aspect}")
        # A run that has a metric of just this name means that one, as MLflow reads it.
        question = (
            f"CASE WHEN bool_or(key = {named}) THEN bool_or(key = {named} AND {self._test('value', clause)}) "
            f"ELSE bool_or(key = {key} AND {self._test(_aspect(field.aspect), clause)}) END"
        )
        return answers.ask(question, [key, named])

    def _answers(self, relation: str) -> Answers:
        if relation not in self._asked:
            self._asked[relation] = Answers(f"a{len(self._asked)}", relation, self.tables.ids)
        return self._asked[relation]

    def _test(self, value: str, clause: Comparison) -> str:
        operator, wanted = clause.operator, clause.value
        if operator == "IS NOT NULL":
            return f"{value} IS NOT NULL"
        if isinstance(wanted, tuple):
            return f"{value} {operator} (SELECT unnest(CAST({self.bind(list(wanted))} AS VARCHAR[])))"
        if isinstance(wanted, str):
            return f"{value} {operator} {self.bind(wanted)}"
        if clause.field.entity == "param":
            value = f"TRY_CAST({value} AS DOUBLE)"
        return self._number_test(value, operator, wanted, clause.field.entity)

    def _number_test(self, value: str, operator: str, wanted: Value, entity: str) -> str:
        if not isinstance(wanted, int | float) or operator not in _NUMERIC:
            raise InvalidParameter(f"{operator!r} does not compare with {wanted!r}")  # not from the parser either
        floats = entity in ("metric", "param")
        not_nan = f"NOT isnan({value})" if floats else "true"
        if math.isinf(wanted):
            # Infinity is beyond every number, also beyond infinite metrics: MLflow keeps those as the largest float.
            beyond = ("<", "<=") if wanted > 0 else (">", ">=")
            return not_nan if operator in beyond else f"({value} IS NOT NULL AND {str(operator == '!=').lower()})"
        test = f"{value} {operator} {self.bind(float(wanted) if floats else wanted)}"
        # NaN counts as larger than all numbers in the database; it passes `!=` alone.
        return f"{test} AND {not_nan}" if floats and operator in (">", ">=") else test

    def _column(self, key: str) -> str:
        column = self.tables.columns[key]
        return column.replace("$root", self.bind(self._root)) if "$root" in column else column

    def _values(self, field: Field) -> str:
        """A relation of (ids, value) with what rows have for `field`."""
        ids, table, key = ", ".join(self.tables.ids), self.tables.keyed[field.entity], self.bind(field.key)
        if field.aspect is None:
            return f"(SELECT {ids}, value FROM {table} WHERE key = {key})"
        named = self.bind(f"{field.key}.{field.aspect}")
        value = (
            f"CASE WHEN bool_or(key = {named}) THEN max(value) FILTER (key = {named}) "
            f"ELSE max({_aspect(field.aspect)}) END"
        )
        return f"(SELECT {ids}, {value} AS value FROM {table} WHERE key IN ({key}, {named}) GROUP BY {ids})"


def _aspect(aspect: str) -> str:
    return f"CAST({_ASPECT_COLUMNS[aspect]} AS DOUBLE)"
