"""``order_by``: what may be named, and what is refused."""

import pytest

from jupyter_mlops.errors import InvalidFilter
from jupyter_mlops.storage.search.orders import parse_order_by
from jupyter_mlops.storage.search.subjects import EXPERIMENTS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS


def keys(order_by, subject):
    return [f"{o.field.key} {'DESC' if o.descending else 'ASC'}" for o in parse_order_by(order_by, subject)]


@pytest.mark.parametrize(
    ("subject", "order_by", "expected"),
    [
        (RUNS, None, ["start_time DESC", "run_id ASC"]),
        (RUNS, [], ["start_time DESC", "run_id ASC"]),
        (RUNS, ["Created asc"], ["start_time ASC", "run_id ASC"]),
        (RUNS, ["metrics.`a b`  desc "], ["a b DESC", "start_time DESC", "run_id ASC"]),
        (RUNS, ["metrics.asc", "tags.desc DESC"], ["asc ASC", "desc DESC", "start_time DESC", "run_id ASC"]),
        (EXPERIMENTS, None, ["creation_time DESC", "experiment_id ASC"]),
        (EXPERIMENTS, ["attribute.name"], ["name ASC", "experiment_id DESC"]),
        (EXPERIMENTS, ["experiment_id"], ["experiment_id ASC"]),
        (REGISTERED_MODELS, None, ["name ASC"]),
        (REGISTERED_MODELS, ["timestamp DESC"], ["last_updated_timestamp DESC", "name ASC"]),
        (MODEL_VERSIONS, None, ["last_updated_timestamp DESC", "name ASC", "version_number DESC"]),
        (MODEL_VERSIONS, ["version_number"], ["version_number ASC", "name ASC"]),
    ],
)
def test_an_order_ends_in_what_tells_equals_apart(subject, order_by, expected):
    assert keys(order_by, subject) == expected


@pytest.mark.parametrize(
    ("subject", "order_by", "message"),
    [
        (RUNS, ["dataset.name"], "cannot be ordered by a dataset"),
        (RUNS, ["loss"], "metrics.loss"),
        (RUNS, ["experiment_id"], "valid keys are run_id"),
        (RUNS, ["metrics.a", "metrics.a DESC"], "twice"),
        (RUNS, ["start_time", "created"], "twice"),
        (RUNS, ["metrics.a, metrics.b"], "an entry of its own"),
        (RUNS, ["metrics.a DESC run_id"], "an entry of its own"),
        (RUNS, ["metrics.a DOWN"], "ASC or DESC"),
        (RUNS, [""], "ASC or DESC"),
        (RUNS, "run_id", r"\['run_id'\]"),
        (RUNS, [5], "a list of str"),
        (RUNS, [f"metrics.{number}" for number in range(101)], "at most 100"),
        (RUNS, ["tags.`\ud800`"], "surrogate"),
        (EXPERIMENTS, ["tags.a"], "cannot be ordered by a tag"),
        (REGISTERED_MODELS, ["creation_timestamp"], "valid keys are name"),
        (REGISTERED_MODELS, ["timestamp", "last_updated_timestamp"], "twice"),
        (MODEL_VERSIONS, ["version"], "valid keys"),
    ],
)
def test_an_order_that_cannot_be_kept_is_refused(subject, order_by, message):
    with pytest.raises(InvalidFilter, match=message):
        parse_order_by(order_by, subject)


def test_the_position_is_where_the_entry_stops_making_sense():
    with pytest.raises(InvalidFilter) as caught:
        parse_order_by(["metrics.a DESC, run_id"], RUNS)

    assert (caught.value.position, caught.value.text) == (14, "metrics.a DESC, run_id")
