"""Random searches of random small stores find what a plain Python filter finds, in the same order."""

import functools
import math
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.subjects import RUNS
from jupyter_mlops.storage.search.trees import And, Comparison, Field, Not, Or, render

VALUES = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.5, 1e308])
TEXTS = st.sampled_from(
    ["", "a", "A", "ab", "a%b", "a_b", "aXb", "a\\b", "a\nb", "é", "É", "0.01", "1e-2", "-1.5", "it's"]
)
PATTERNS = TEXTS | st.sampled_from(["%", "_", "a%", "%b", "a_b", "A__", "%\\%", "%'%", "_%_", "a%%b"])
NUMBERS = st.sampled_from([0.0, 1.0, -1.5, 0.01, 5, 1e308, math.inf, -math.inf])
KEYS = st.sampled_from(["x", "y", "x.min"])

METRICS = st.builds(
    lambda value, low, high, first, count: {"value": value, "min": low, "max": high, "first": first, "count": count},
    VALUES, st.none() | VALUES, st.none() | VALUES, VALUES, st.integers(1, 3),
)  # fmt: skip
RECORDS = st.fixed_dictionaries(
    {
        "metrics": st.dictionaries(KEYS, METRICS),
        "params": st.dictionaries(KEYS, TEXTS),
        "tags": st.dictionaries(KEYS, TEXTS),
        "start_time": st.none() | st.integers(0, 3),
        "end_time": st.none() | st.integers(0, 3),
        "user_id": st.none() | TEXTS,
        "datasets": st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["train", "eval"])), max_size=2, unique=True),
    }
)
DATASETS = [{"name": "a", "digest": "ab"}, {"name": "A", "digest": "a%b"}]

METRIC_FIELDS = st.builds(
    Field, st.just("metric"), KEYS, st.sampled_from([None, None, "min", "max", "first", "last", "count"])
)
PARAM_FIELDS = st.builds(Field, st.just("param"), KEYS)
TAG_FIELDS = st.builds(Field, st.just("tag"), KEYS)
TIME_FIELDS = st.builds(Field, st.just("attribute"), st.sampled_from(["start_time", "end_time"]))
USER_FIELDS = st.just(Field("attribute", "user_id"))
DATASET_FIELDS = st.builds(Field, st.just("dataset"), st.sampled_from(["name", "digest", "context"]))
WORDY = PARAM_FIELDS | TAG_FIELDS | USER_FIELDS | DATASET_FIELDS

CLAUSES = st.one_of(
    st.builds(
        Comparison,
        METRIC_FIELDS | PARAM_FIELDS | TIME_FIELDS,
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        NUMBERS,
    ),
    st.builds(Comparison, WORDY, st.sampled_from(["=", "!="]), TEXTS),
    st.builds(Comparison, WORDY, st.sampled_from(["LIKE", "ILIKE"]), PATTERNS),
    st.builds(Comparison, WORDY, st.sampled_from(["IN", "NOT IN"]), st.lists(TEXTS, min_size=1, max_size=3).map(tuple)),
    st.builds(Comparison, WORDY | METRIC_FIELDS | TIME_FIELDS, st.sampled_from(["IS NULL", "IS NOT NULL"])),
)


def _branches(inner):
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, inner)


TREES = st.recursive(CLAUSES, _branches, max_leaves=6)
ORDERS = st.lists(
    st.tuples(METRIC_FIELDS | PARAM_FIELDS | TAG_FIELDS | TIME_FIELDS | USER_FIELDS, st.booleans()),
    max_size=3,
    unique_by=lambda order: order[0],
)


def passes(tree, run):
    if isinstance(tree, And):
        return all(passes(child, run) for child in tree.children)
    if isinstance(tree, Or):
        return any(passes(child, run) for child in tree.children)
    if isinstance(tree, Not):
        return not passes(tree.child, run)
    values = values_of(tree.field, run)
    if tree.operator == "IS NULL":
        return not values
    return any(compares(tree.operator, value, tree.value) for value in values)


def values_of(field, run):
    """What the run has for a field: nothing, one value or, for datasets, several."""
    if field.entity == "dataset":
        return [context if field.key == "context" else DATASETS[did][field.key] for did, context in run["datasets"]]
    if field.entity == "attribute":
        found = run[field.key]
    elif field.entity == "metric":
        found = metric_of(field, run["metrics"])
    else:
        found = run[f"{field.entity}s"].get(field.key)
    return [] if found is None else [found]


def metric_of(field, metrics):
    named = f"{field.key}.{field.aspect}"
    if field.aspect and named in metrics:
        return metrics[named]["value"]
    column = {None: "value", "last": "value"}.get(field.aspect, field.aspect)
    return metrics.get(field.key, {}).get(column)


def compares(operator, value, wanted):
    if operator == "IS NOT NULL":
        return True
    if isinstance(wanted, int | float):
        return compares_as_numbers(operator, value, wanted)
    if operator.endswith("LIKE"):
        pattern = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in wanted)
        return bool(re.fullmatch(pattern, value, re.DOTALL | (re.IGNORECASE if operator == "ILIKE" else 0)))
    return {"=": value == wanted, "!=": value != wanted, "IN": value in wanted, "NOT IN": value not in wanted}[operator]


def compares_as_numbers(operator, value, wanted):
    try:
        value = float(value)
    except ValueError:
        return False
    if math.isinf(wanted) and math.isinf(value):
        value = math.copysign(1.7976931348623157e308, value)  # as MLflow keeps it
    return {
        "=": value == wanted, "!=": value != wanted, "<": value < wanted, "<=": value <= wanted, ">": value > wanted,
        ">=": value >= wanted,
    }[operator]  # fmt: skip


def ordered(runs, orders):
    named = {field for field, _ in orders}
    ties = [(Field("attribute", "start_time"), True), (Field("attribute", "run_id"), False)]
    orders = [*orders, *(tie for tie in ties if tie[0] not in named)]

    def compare(left, right):
        for field, descending in orders:
            a, b = values_of(field, left), values_of(field, right)
            ranks = rank(a), rank(b)
            if ranks[0] != ranks[1]:
                return ranks[0] - ranks[1]
            if ranks[0] == 0 and a != b:
                return -1 if (a < b) != descending else 1
        return 0

    return sorted(runs, key=functools.cmp_to_key(compare))


def rank(values):
    """0 for what has an order, 1 for NaN, 2 for what is missing."""
    return 2 if not values else int(isinstance(values[0], float) and math.isnan(values[0]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RECORDS, max_size=6), st.lists(st.tuples(TREES, ORDERS), min_size=1, max_size=5))
def test_a_search_finds_what_python_finds(make_store, records, searches):
    store = make_store()
    for did, dataset in enumerate(DATASETS):
        store.insert("datasets", did=did, experiment_id=0, **dataset)
    runs = [{**record, "run_id": f"r{rid}"} for rid, record in enumerate(records)]
    for rid, record in enumerate(records):
        store.add_run(rid, f"r{rid}", **record)

    for tree, orders in searches:
        order_by = [f"{_written(field)} {'DESC' if descending else 'ASC'}" for field, descending in orders]
        expected = [run["run_id"] for run in ordered([run for run in runs if passes(tree, run)], orders)]

        assert store.runs(render(tree), order_by) == expected, (render(tree), order_by)
        assert parse_filter(render(tree), RUNS) == tree
    store.connection.close()


def _written(field):
    return render(Comparison(field, "IS NULL")).removesuffix(" IS NULL")
