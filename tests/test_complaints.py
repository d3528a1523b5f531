"""The list of complaints: each names what shows that it is answered, and that is there."""

import ast
import functools
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
ROWS = re.findall(r"^\| (.+) \| (.+) \| (`tests/.+`) \|$", (ROOT / "docs" / "complaints.md").read_text(), re.MULTILINE)


@functools.cache
def _tests_of(path):
    return {node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_line_is_a_complaint_with_an_answer():
    lines = (ROOT / "docs" / "complaints.md").read_text().splitlines()
    assert len(ROWS) == sum(line.startswith("|") for line in lines) - 2 >= 25


@pytest.mark.parametrize(("complaint", "named"), [(row[0], row[2]) for row in ROWS])
def test_what_answers_it_is_tested(complaint, named):
    for path, name in (place.strip("` ").split("::") for place in named.split(",")):
        assert name in _tests_of(path), f"{complaint} {path} has no {name}"
