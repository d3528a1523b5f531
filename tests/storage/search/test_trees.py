"""Every tree can be written as text and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.subjects import RUNS
from jupyter_mlops.storage.search.trees import ASPECTS, And, Comparison, Field, Not, Or, render

NUMERIC, TEXTUAL = ["=", "!=", "<", "<=", ">", ">="], ["=", "!=", "LIKE", "ILIKE"]
CHARACTERS = st.characters(exclude_categories=["Cs"])
LIKELY = st.sampled_from(["loss", "loss.min", "a b", "min", ".min", "a.count.max", "AND", "1", "it's", "x`", 'x"', "é"])
KEYS = LIKELY | st.text(CHARACTERS, min_size=1).filter(lambda key: "`" not in key or '"' not in key)
TEXTS = st.sampled_from(["", "''", "a''b", "it's", '"', "\\", "%_"]) | st.text(CHARACTERS).filter(
    lambda text: "'" not in text or '"' not in text
)
NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False)

METRICS = st.builds(Field, st.just("metric"), KEYS, st.sampled_from([None, *ASPECTS]))
PARAMS = st.builds(Field, st.just("param"), KEYS)
TIMES = st.builds(Field, st.just("attribute"), st.sampled_from(["start_time", "end_time"]))
NAMES = st.builds(Field, st.just("attribute"), st.sampled_from(["run_id", "run_name", "status", "artifact_uri"]))
DATASETS = st.builds(Field, st.just("dataset"), st.sampled_from(["name", "digest", "context"]))
WORDY = st.builds(Field, st.just("tag"), KEYS) | PARAMS | NAMES | DATASETS

CLAUSES = st.one_of(
    st.builds(Comparison, METRICS | PARAMS | TIMES, st.sampled_from(NUMERIC), NUMBERS),
    st.builds(Comparison, WORDY, st.sampled_from(TEXTUAL), TEXTS),
    st.builds(Comparison, WORDY, st.sampled_from(["IN", "NOT IN"]), st.lists(TEXTS, min_size=1).map(tuple)),
    st.builds(Comparison, WORDY | METRICS | TIMES, st.sampled_from(["IS NULL", "IS NOT NULL"])),
)


def trees(clauses):
    def grow(inner):
        several = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, inner)

    return st.recursive(clauses, grow, max_leaves=8)


@given(trees(CLAUSES))
def test_what_is_rendered_reads_back_as_the_same(tree):
    assert parse_filter(render(tree), RUNS) == tree


def test_no_tree_is_the_empty_filter():
    assert render(None) == ""


def test_rendered_filters_look_as_people_write_them():
    loss, team = Comparison(Field("metric", "loss", "min"), "<", 0.5), Comparison(Field("tag", "team"), "=", "a")

    assert render(And((loss, Or((team, Not(team)))))) == (
        "metrics.loss.min < 0.5 AND (tags.team = 'a' OR NOT tags.team = 'a')"
    )


@pytest.mark.parametrize(
    "clause",
    [
        Comparison(Field("tag", '`"'), "=", "x"),
        Comparison(Field("tag", ""), "=", "x"),
        Comparison(Field("tag", "x"), "=", "'\""),
    ],
)
def test_what_the_language_has_no_quotes_for_is_refused(clause):
    with pytest.raises(InvalidParameter, match="cannot be written"):
        render(clause)
