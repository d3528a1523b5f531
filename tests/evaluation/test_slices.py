"""Slices: which rows belong to which group, and that the worst groups come first."""

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.slices import slice_groups, slice_table


@pytest.fixture
def tasting():
    """A classifier that fails on young red wine, and on nothing else."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "colour": random.choice(["red", "white"], 400),
            "age": random.integers(0, 40, 400),
            "sweet": random.random(400) < 0.5,
        }
    )
    y = random.integers(0, 2, 400)
    wrong = (frame.colour == "red") & (frame.age < 10)
    return frame, Evaluated(y, np.where(wrong, 1 - y, y), labels=np.array([0, 1]), positive=1)


def test_the_worst_group_comes_first_with_its_rows_and_interval(tasting):
    frame, evaluated = tasting
    found = slice_table(slice_groups(frame, ["colour", ["colour", "sweet"], "age"]), evaluated)
    assert set(found.slice) == {"colour", "colour × sweet", "age"}
    red = found[(found.slice == "colour") & (found.value == "red")].iloc[0]
    rows = frame.colour == "red"
    assert red.rows == rows.sum()
    assert red.share == pytest.approx(rows.mean())
    assert red.accuracy_score == pytest.approx((evaluated.y == evaluated.predictions)[rows].mean())
    assert red.low <= red.accuracy_score <= red.high < 1
    assert red.difference < 0
    assert list(found.accuracy_score) == sorted(found.accuracy_score)
    quarters = found[found.slice == "age"]
    assert len(quarters) == 4
    assert quarters.rows.sum() == 400
    assert {"red × False", "red × True", "white × False", "white × True"} == set(
        found[found.slice == "colour × sweet"].value
    )


def test_a_function_makes_groups_and_another_metric_orders_them(tasting):
    frame, evaluated = tasting
    groups = slice_groups(frame, {"vintage": lambda rows: np.where(rows.age < 10, "young", "old")})
    found = slice_table(groups, evaluated, metric="recall_score")
    assert list(found.value) == ["young", "old"]


def test_missing_and_rare_values_are_groups_and_small_groups_come_last():
    frame = pd.DataFrame({"hall": ["a"] * 50 + [None] * 10 + [f"h{n}" for n in range(60)]})
    y = np.arange(120.0)
    evaluated = Evaluated(y, y + np.r_[np.ones(60), np.full(60, 9.0)])
    found = slice_table(slice_groups(frame, ["hall"]), evaluated).set_index("value")
    assert found.loc["(missing)", "rows"] == 10
    assert found.loc["(other)", "rows"] > 20
    assert found.rows.sum() == 120
    assert list(found.index[:3]) == ["(other)", "(missing)", "a"] or list(found.index[:3]) == [
        "(other)",
        "a",
        "(missing)",
    ]
    assert set(found.rows[3:]) == {1}


def test_combinations_are_as_few_as_values_and_the_rare_ones_are_one_group():
    random = np.random.default_rng(0)
    frame = pd.DataFrame({name: random.integers(0, 10, 3000).astype(str) for name in "abc"})
    found = slice_groups(frame, [["a", "b", "c"]])["a × b × c"].value_counts()
    assert len(found) == 30
    assert found.sum() == 3000 and found.idxmax() == "(other)"


def test_dates_are_cut_into_quarters_as_numbers_are():
    days = pd.Series(pd.date_range("2024-01-01", periods=101, tz="UTC"), index=range(5, 106))
    days[7] = None
    found = slice_groups(pd.DataFrame({"day": days}), ["day"])["day"].value_counts()
    assert sorted(found) == [1, 25, 25, 25, 25]
    assert {"(missing)", "2024-01-01 to 2024-01-26"} < set(found.index)


def test_names_that_sql_or_a_report_could_not_tell_apart_are_told_apart():
    frame = pd.DataFrame({"hall": ["a" * 300, "a" * 299 + "b"] * 6, "Hall": ["x", "y"] * 6, "n" * 300: ["z"] * 12})
    found = slice_groups(frame, ["hall", "Hall", "hall", "n" * 300])
    assert [len(name) < 201 for name in found] == [True] * 3 and list(found)[:2] == ["hall", "Hall (2)"]
    assert sorted(found["hall"].value_counts()) == [6, 6]
    assert max(map(len, found["hall"])) < 201


@pytest.mark.parametrize(
    "numbers",
    [pd.date_range("2024-01-01", periods=100, freq="s"), [-np.inf, *range(1, 99), np.inf], pd.array([None, *range(1, 100)], "Int64"), np.linspace(0, 1e-9, 100).round(11)],
)
def test_quarters_of_numbers_that_are_not_all_plain(numbers):
    found = slice_groups(pd.DataFrame({5: numbers}), [5])["5"].value_counts()
    assert set(found) <= {1, 24, 25, 26}
    assert found.get("(missing)", 0) == pd.isna(numbers).sum()
    assert "nan" not in " ".join(found.index)


def test_whole_numbers_that_floats_cannot_tell_apart_are_groups():
    found = slice_groups(pd.DataFrame({"id": [10**18 + place for place in range(20)]}), ["id"])
    assert found["id"].nunique() == 20


@pytest.mark.parametrize(
    ("slices", "says"),
    [
        (["hue"], "no column 'hue' to slice by; it has colour, age, sweet"),
        ("colour", r"as \['colour'\]"),
        ([[]], "an empty list"),
        ({"odd": len}, "a group for each of the 400 rows"),
        (["age"], "several columns 'age'"),
    ],
)
def test_what_makes_no_groups_is_refused(tasting, slices, says):
    with pytest.raises(InvalidParameter, match=says):
        slice_groups(tasting[0].set_axis(["colour", "age", "age"], axis=1) if slices == ["age"] else tasting[0], slices)


def test_an_unknown_metric_is_refused(tasting):
    with pytest.raises(InvalidParameter, match="accuracy_score"):
        slice_table(slice_groups(tasting[0], ["colour"]), tasting[1], metric="rmse")
