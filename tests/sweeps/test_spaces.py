"""The grammar of dimensions."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.sweeps.spaces import Choices, Floats, Ints, grid_points, read_dimension, read_space

FINITE = st.floats(-1e12, 1e12, allow_nan=False).filter(lambda number: abs(number) > 1e-300 or number == 0)
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first text loads all of Unicode
INTS = st.integers(-(10**9), 10**9)


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("2..8", Ints(2, 8)),
        ("-5..-1", Ints(-5, -1)),
        ("2..9..2", Ints(2, 8, 2)),
        ("log(1,1000)", Ints(1, 1000, 1, True)),
        ("0.1..0.9", Floats(0.1, 0.9)),
        ("1e-4..1e-1", Floats(1e-4, 1e-1)),
        ("log(1e-4, 1e-1)", Floats(1e-4, 1e-1, None, True)),
        ("steps(0,1,0.1)", Floats(0.0, 1.0, 0.1)),
        ("gini|entropy", Choices(("gini", "entropy"))),
        ("[1, 2.5, None, True, a]", Choices((1, 2.5, None, True, "a"))),
        ("'a|b'|c", Choices(("a|b", "c"))),
        ("[\"it's\", 'x,y']", Choices(("it's", "x,y"))),
    ],
)
def test_what_can_be_written(text, dimension):
    assert read_dimension("d", text) == dimension


@pytest.mark.parametrize(
    ("text", "complaint", "at"),
    [
        ("2..x", "'x' is not a number", "x"),
        ("8..2", "8 is not below 2", "8"),
        ("log(0,1)", "begins above 0", "0"),
        ("log(1)", "takes 2 numbers", "log"),
        ("2..8..9", "at most 6", "9"),
        ("wrong(1,2)", "there is no wrong", "wrong"),
        ("a||b", "empty", "a"),
        ("a|b|a", "'a' is there twice", "a"),
        ("a|", "empty", "a"),
        ("5", "[a] for one value", "5"),
        ("nan..2", "not a number", "nan"),
        ("1e999..2", "numbers go to 1e+300", "1e999"),
        ("1..99999999999999999999", "numbers go to 1e+18", "99"),
        ("[[1],[2]]", "choices are", "["),
    ],
)
def test_what_cannot_says_why_and_where(text, complaint, at):
    with pytest.raises(InvalidParameter) as caught:
        read_dimension("width", text)
    message, whole, pointer = str(caught.value).split("\n")
    assert complaint in message
    assert whole == f"  width={text}"
    assert whole[pointer.index("^") :].startswith(at)


def _ordered(pair):
    return pair[0] < pair[1]


DIMENSIONS = st.one_of(
    st.tuples(INTS, INTS).filter(_ordered).map(lambda pair: Ints(*pair)),
    st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)).filter(_ordered).map(lambda pair: Ints(*pair, 1, True)),
    st.tuples(FINITE, FINITE).filter(_ordered).map(lambda pair: Floats(*pair)),
    st.lists(st.one_of(INTS, FINITE, st.booleans(), st.none(), st.text(min_size=1)), min_size=1, max_size=6, unique_by=str).map(
        lambda values: Choices(tuple(values))
    ),
)


@slowly
@given(DIMENSIONS)
def test_what_is_written_of_a_dimension_reads_as_the_same(dimension):
    again = read_dimension("d", str(dimension))
    assert again == dimension
    assert [type(value) for value in getattr(again, "values", ())] == [type(value) for value in getattr(dimension, "values", ())]


@slowly
@given(DIMENSIONS, st.data())
def test_a_value_is_found_again_in_its_params_text(dimension, data):
    if isinstance(dimension, Choices):
        value = data.draw(st.sampled_from(dimension.values))
    else:
        value = data.draw((st.integers if isinstance(dimension, Ints) else st.floats)(dimension.low, dimension.high))
    assert dimension.read(str(value)) == value


@pytest.mark.parametrize(("text", "others"), [("2..8..2", "1 3 10 a"), ("0.1..0.9", "0.01 1 nan"), ("steps(0,1,0.1)", "0.15 1.1"), ("a|b", "c")])
def test_a_value_of_another_space_is_none_of_its_own(text, others):
    dimension = read_dimension("d", text)
    for other in others.split():
        with pytest.raises(ValueError, match=other):
            dimension.read(other)


def test_a_grid_is_every_point_once_in_order():
    points = list(grid_points(read_space({"a": "1..3", "b": "steps(0,0.3,0.1)", "c": "x|y"})))
    assert len(points) == 3 * 4 * 2
    assert points[:3] == [{"a": 1, "b": 0.0, "c": "x"}, {"a": 1, "b": 0.0, "c": "y"}, {"a": 1, "b": 0.1, "c": "x"}]
    assert {point["b"] for point in points} == {0.0, 0.1, 0.2, 0.3}
    with pytest.raises(InvalidParameter, match=r"lr: a range of numbers has no grid: say steps\(LOW,HIGH,STEP\)"):
        grid_points(read_space({"lr": "0.1..0.5"}))
    with pytest.raises(InvalidParameter, match="100,000,000 points"):
        grid_points(read_space({"a": "1..10000", "b": "1..10000"}))


@pytest.mark.parametrize("name", ["", "a b", "class", "1a"])
def test_a_dimension_is_the_name_of_a_variable(name):
    with pytest.raises(InvalidParameter, match="not the name of a variable"):
        read_space({name: "1..2"})
