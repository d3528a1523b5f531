"""Trees and orders as SQL: what users wrote only ever becomes a bound parameter."""

from __future__ import annotations

import math
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.search.orders import Order
from jupyter_mlops.storage.search.tables import Tables
from jupyter_mlops.storage.search.trees import And, Comparison, Field, Not, Or, Tree, Value

__all__ = ["Statement"]

_NUMERIC = frozenset(("=", "!=", "<", "<=", ">", ">="))
_OPERATORS = frozenset((*_NUMERIC, "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"))
_ASPECT_COLUMNS = {"min": "min", "max": "max", "first": "first", "last": "value", "count": "count"}
_CONTEXT_TAG = "mlflow.data.context"


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

    def orders(self, orders: tuple[Order, ...]) -> tuple[str, str]:
        """The joins that an ORDER BY needs, and its terms."""
        joins, terms = [], []
        for number, order in enumerate(orders):
            term = f"o{number}.value"
            if order.field.entity == "attribute":
                term = self._column(order.field.key)
            else:
                joins.append(f"LEFT JOIN {self._values(order.field)} AS o{number} ON {self._same_row(f'o{number}')}")
            direction = "DESC" if order.descending else "ASC"
            if order.field.entity == "metric" and order.descending:
                # NaN sorts above all numbers: only an ascending order leaves it behind them.
                term, direction = f"-{term}", "ASC"
            terms.append(f"{term} {direction} NULLS LAST")
        return " ".join(joins), ", ".join(terms)

    def _comparison(self, clause: Comparison) -> str:
        if clause.operator not in _OPERATORS:
            raise InvalidParameter(f"No operator {clause.operator!r}")  # a tree that the parser did not make
        field = clause.field
        if field.entity != "attribute":
            values, is_null = self._values(field), clause.operator == "IS NULL"
            test = "e.value IS NOT NULL" if is_null else self._test("e.value", clause)
            exists = f"EXISTS (SELECT 1 FROM {values} AS e WHERE {self._same_row('e')} AND {test})"
            return f"(NOT {exists})" if is_null else exists
        column = self._column(field.key)
        if clause.operator.startswith("IS"):
            return f"({column} {clause.operator})"
        if isinstance(clause.value, str | tuple) and field.key == "experiment_id":
            column = f"CAST({column} AS VARCHAR)"  # ids are numbers in the store and texts for users
        return f"({column} IS NOT NULL AND {self._test(column, clause)})"

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
        assert isinstance(wanted, int | float) and operator in _NUMERIC
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

    def _same_row(self, other: str) -> str:
        return " AND ".join(f"{other}.{name} = t.{name}" for name in self.tables.ids)

    def _values(self, field: Field) -> str:
        """A relation of (ids, value) with what rows have for `field`."""
        ids = ", ".join(self.tables.ids)
        if field.entity == "dataset":
            return self._dataset_values(field.key)
        table, key = self.tables.keyed[field.entity], self.bind(field.key)
        if field.aspect is None:
            return f"(SELECT {ids}, value FROM {table} WHERE key = {key})"
        named = self.bind(f"{field.key}.{field.aspect}")
        # A run that has a metric of just this name means that one, as MLflow reads it.
        return (
            f"(SELECT {ids}, value FROM {table} WHERE key = {named} UNION ALL "
            f"SELECT {ids}, CAST({_ASPECT_COLUMNS[field.aspect]} AS DOUBLE) FROM {table} AS a WHERE key = {key} "
            f"AND NOT EXISTS (SELECT 1 FROM {table} AS b WHERE b.key = {named} AND b.rid = a.rid))"
        )

    def _dataset_values(self, key: str) -> str:
        if key == "context":
            return f"(SELECT rid, value FROM store.input_tags WHERE key = {self.bind(_CONTEXT_TAG)})"
        column = {"name": "name", "digest": "digest"}[key]
        return f"(SELECT i.rid, d.{column} AS value FROM store.inputs AS i JOIN store.datasets AS d ON d.did = i.did)"
