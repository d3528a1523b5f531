"""Commands of entry points: what a shell makes of them is what was given, whatever the values are."""

import subprocess

import pytest

from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.commands import command_of
from jupyter_mlops.projects.definitions import EntryPoint, Parameter

VALUE = "$(echo run) `echo run` 'b' \"c\"\n;\\ d"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("{x}", [VALUE]),
        ("\"{x}\" '{x}'", [VALUE, VALUE]),
        ('"an \\" {x} it\'s {x}" {x}', [f'an " {VALUE} it\'s {VALUE}', VALUE]),
        ("\\' '{x}' {{}}", ["'", VALUE, "{}"]),
        ("{x} # don't\n", [VALUE]),
        ("'' \\\n", [""]),
    ],
)
@pytest.mark.parametrize("value", [VALUE, "plain", ""])
def test_a_value_is_one_text_in_quotes_or_without(command, words, value):
    line = command_of(EntryPoint("main", f"# it's\nprintf '%s\\0' {command}", (Parameter("x"),)), {"x": value})
    said = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout
    assert said.split("\0")[:-1] == [word.replace(VALUE, value) for word in words]


def test_options_go_on_in_the_last_line():
    assert command_of(EntryPoint("main", "train a\ntrain b\n"), {"seed": "7"}) == "train a\ntrain b --seed 7"


@pytest.mark.parametrize("placeholder", ["{x!r}", "{x:.3}", "{x:{y}}", "{x.__class__}", "{x[0]}", "{}"])
def test_a_placeholder_is_a_name_alone(placeholder):
    with pytest.raises(ExecutionException) as error:
        command_of(EntryPoint("main", f"train {placeholder}", (Parameter("x"),)), {"x": "$(echo run)"})
    assert f"has {placeholder}, which is no parameter" in str(error.value)
