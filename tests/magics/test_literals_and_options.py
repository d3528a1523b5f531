"""What the top of a cell and the line of its magic say."""

import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.literals import top_literals
from jupyter_mlops.magics.options import read_options


def test_literals_end_at_the_first_other_statement():
    source = "'''words'''\nimport os\na = 1\nb = -2.5\nc = 'x'\nd = True\ne = [1]\n_f = 2\ng = os\nh = 3\n"
    assert top_literals(source) == {"a": 1, "b": -2.5, "c": "x", "d": True}


def test_what_cannot_be_parsed_has_no_literals():
    assert top_literals("a = (") == {}


def test_options_are_read_as_written():
    options = read_options("random forest --experiment=iris -p lr=0.1 -p kind=tree -t team='a b' --no-params")
    assert (options.name, options.experiment, options.literals) == ("random forest", "iris", False)
    assert options.params == {"lr": 0.1, "kind": "tree"}
    assert options.tags == {"team": "a b"}


@pytest.mark.parametrize("line", ["-p", "-p lr", "-x", "--params a=1", "name 'open"])
def test_a_wrong_line_is_refused(line):
    with pytest.raises(InvalidParameter, match="track"):
        read_options(line)
