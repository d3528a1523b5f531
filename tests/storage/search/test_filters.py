"""Filters that cannot be read say where and why."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.errors import InvalidFilter, InvalidParameter
from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.subjects import EXPERIMENTS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS
from jupyter_mlops.storage.search.trees import And, Comparison, Field, Not, Or

NAME = Field("attribute", "run_name")


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("metrics.a > 1; metrics.b > 2", 13, "one statement"),
        ("metrics.a > 1;", 13, "Leave the ';' out"),
        ("metrics.a == 1", 10, "'='"),
        ("metrics.a <> 1", 10, "'!='"),
        ("metrics.a > '1'", 12, "without quotes"),
        ("metrics.a LIKE 'x'", 10, "valid are =, !=, <"),
        ("metrics.a BETWEEN 1 AND 2", 10, "x >= 1 AND x <= 2"),
        ("metrics.a > +1", 12, "leading '+'"),
        ("metrics.a > 1 metrics.b > 2", 14, "Expected AND, OR"),
        ("metrics.a > 1 -- x", 14, "no comments"),
        ("metrics.a > nan", 12, "a number without quotes"),
        ("params.a > '1'", 9, "leave the quotes out"),
        ("params.a = b", 11, "quotes"),
        ("params.a = `b`", 11, "a text in quotes"),
        ("tags.a = 5", 9, "quotes"),
        ("tags.a = 'it's'", 13, "other kind"),
        ("tags.a NOT LIKE 'b'", 11, "Put NOT before the field"),
        ("Params.a = 'b'", 0, "valid words before the dot are attribute, attributes, attr, run, metric"),
        ("foo = 'x'", 0, "valid keys are run_id, run_name"),
        ("loss < 1", 0, "metrics.loss"),
        ("experiment_id = '1'", 0, "valid keys"),
        ("lifecycle_stage = 'active'", 0, "valid keys"),
        ("run_id = 'x' AND dataset.foo = 'x'", 17, "name, digest, context"),
        ("run_id IN ()", 11, "a text in quotes"),
        ("run_id IN (1)", 11, "a text in quotes"),
        ("status = 'A' AND (status = 'B'", 30, "found the end"),
        ("status = 'A')", 12, "found ')'"),
        ("1 < metrics.a", 4, "Expected"),
        ("status =", 8, "found the end"),
        ("tags.`` = 'x'", 0, "empty key"),
        ("metrics.`a`.mean > 1", 0, "min, max, first, last, count"),
        ("AND", 3, "found the end"),
        ("tags.a = '\ud800'", 10, "surrogate"),
    ],
)
def test_a_bad_filter_tells_position_and_expectation(text, position, message):
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(text, RUNS)

    assert caught.value.position == position
    assert message in caught.value.message
    assert caught.value.text == text
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize(
    ("subject", "text", "message"),
    [
        (EXPERIMENTS, "metrics.a > 1", "not searchable for a experiment"),
        (EXPERIMENTS, "creation_time = 'x'", "is a number"),
        (EXPERIMENTS, "experiment_id = 1", "is a text"),
        (REGISTERED_MODELS, "timestamp > 1", "valid keys are name."),
        (MODEL_VERSIONS, "version = 1", "valid keys are name, run_id, source_path, version_number"),
        (MODEL_VERSIONS, "current_stage = 'Production'", "valid keys"),
        (MODEL_VERSIONS, "version_number = 1.5", "whole number"),
        (MODEL_VERSIONS, "version_number = 'one'", "whole number"),
        (MODEL_VERSIONS, "version_number = 1e400", "whole number"),
        (MODEL_VERSIONS, "version_number LIKE '1'", "does not compare a number"),
    ],
)
def test_every_subject_has_keys_of_its_own(subject, text, message):
    with pytest.raises(InvalidFilter, match=message.replace(".", r"\.")):
        parse_filter(text, subject)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('run_name = "it\'s"', Comparison(NAME, "=", "it's")),
        ("run_name = 'it''s'", Comparison(NAME, "=", "it''s")),
        (r"run_name = 'C:\'", Comparison(NAME, "=", "C:\\")),
        ('"run_name" = ""', Comparison(NAME, "=", "")),
        ("attr.`Run name`LIKE'a'", Comparison(NAME, "LIKE", "a")),
        ("run_name in ('a',)", Comparison(NAME, "IN", ("a",))),
        ("`metrics`.`a b` >= -.5e-1", Comparison(Field("metric", "a b"), ">=", -0.05)),
        ("tags.mlflow.runName = 'x'", Comparison(Field("tag", "mlflow.runName"), "=", "x")),
        ('params."a b" is not null', Comparison(Field("param", "a b"), "IS NOT NULL")),
        ("metrics.val/a-b:c.max=1", Comparison(Field("metric", "val/a-b:c", "max"), "=", 1)),
        ("metrics.min = 1", Comparison(Field("metric", "min"), "=", 1)),
        ("created < 9223372036854775807", Comparison(Field("attribute", "start_time"), "<", 2**63 - 1)),
        ("created < 9223372036854775808", Comparison(Field("attribute", "start_time"), "<", 2.0**63)),
        ("tags.or = 'x'", Comparison(Field("tag", "or"), "=", "x")),
    ],
)
def test_a_clause_is_read_as_written(text, tree):
    assert parse_filter(text, RUNS) == tree


def test_not_binds_stronger_than_and_and_and_stronger_than_or():
    a, b, c = (Comparison(NAME, "=", letter) for letter in "abc")

    read = parse_filter("not run_name='a' and run_name='b' or run_name='c'", RUNS)

    assert read == Or((And((Not(a), b)), c))


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_nothing_to_filter_is_no_tree(text):
    assert parse_filter(text, RUNS) is None


def test_filters_that_would_break_the_database_are_refused():
    with pytest.raises(InvalidFilter, match="deeper than"):
        parse_filter("NOT " * 10_000 + "run_name = 'a'", RUNS)
    with pytest.raises(InvalidFilter, match="has 400,014 characters; at most 200,000"):
        parse_filter("NOT " * 100_000 + "run_name = 'a'", RUNS)
    with pytest.raises(InvalidFilter, match="501 clauses"):
        parse_filter(" OR ".join(["run_name = 'a'"] * 501), RUNS)
    with pytest.raises(InvalidFilter, match="a str"):
        parse_filter(5, RUNS)


WORDS = ["metrics", "params.", "tags.`", "run_id", "a", "=", ">", "'x'", '"', "'", "`", "1", "(", ")", "AND", "NOT",
         "OR", "IN", "IS", "NULL", "LIKE", ",", ";", ".", "min", "é", "\ud800", "\0", "\\", "-"]  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map(" ".join), st.lists(st.sampled_from(WORDS)).map("".join))
)
def test_any_text_is_read_or_refused_with_a_position_inside_it(text):
    try:
        parse_filter(text, RUNS)
    except InvalidFilter as error:
        assert error.position is None or 0 <= error.position <= len(text)


def test_invalid_filters_are_invalid_parameters():
    with pytest.raises(InvalidParameter):
        parse_filter("?", RUNS)


def test_the_parser_is_loaded_by_the_first_filter_and_not_before():
    code = (
        "import sys, jupyter_mlops.storage.search.queries, jupyter_mlops.storage.search.filters as f\n"
        "from jupyter_mlops.storage.search.subjects import RUNS\n"
        "f.parse_filter('', RUNS); before = {'lark', 'duckdb'} & set(sys.modules)\n"
        "f.parse_filter('metrics.a > 1', RUNS); print(before, 'lark' in sys.modules, 'duckdb' in sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told.split("\n")[0] == "set() True False"
