"""What the top of a cell and the line of its magic say."""

import pathlib

import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.extension import COMMANDS
from jupyter_mlops.magics.lines.options import Option, Usage, Words
from jupyter_mlops.magics.lines.track_options import SWITCH, TRACK, tags_of
from jupyter_mlops.magics.lines.values import count, share
from jupyter_mlops.magics.literals import top_literals


def test_literals_end_at_the_first_other_statement():
    source = "'''words'''\nimport os\na = 1\nb = -2.5\nc = 'x'\nd = True\ne = [1]\n_f = 2\ng = os\nh = 3\n"
    assert top_literals(source) == {"a": 1, "b": -2.5, "c": "x", "d": True}


def test_a_number_of_tokens_is_no_secret():
    source = "max_tokens = 512\ntokenizer = 'bert'\nhf_token = 'abc'\npassword = 1234\nlr = 1"
    assert top_literals(source) == {"max_tokens": 512, "tokenizer": "bert", "lr": 1}


def test_what_cannot_be_parsed_has_no_literals():
    assert top_literals("a = (") == {}


def test_options_are_read_as_written():
    given = TRACK.read("random forest --experiment=iris -p lr=0.1 -p kind=tree -t team='a b' --tags x=1,y=z --no-params --time-limit 5m")
    assert (given.name, given.experiment, given.no_params, given.autolog) == ("random forest", "iris", True, False)
    assert dict(given.param) == {"lr": 0.1, "kind": "tree"}
    assert tags_of(given) == {"team": "a b", "x": "1", "y": "z"}
    assert given.time_limit == 300


@pytest.mark.parametrize("line", ["-p", "-p lr", "-x", "--params a=1,", "name 'open", "--time-limit soon", "-e --autolog", "--metrics"])
def test_a_wrong_line_is_refused(line):
    with pytest.raises(InvalidParameter, match=r"%%track: .*%%track --help"):
        TRACK.read(line)


def test_negative_numbers_and_texts_are_no_options():
    usage = Usage("%runs", "", Words("[FILTER]", is_filter=True), Option("-n, --max", "", "N", count))
    given = usage.read("""metrics.a > -5 and params.b = "it's -n" -n 3""")
    assert (given.text, given.max) == ("""metrics.a > -5 and params.b = "it's -n\"""", 3)
    assert Usage("%x", "", Words("RUN")).read("-1").words == ["-1"]


def test_no_unknown_option_belongs_to_a_filter():
    usage = Usage("%runs", "", Words("[FILTER]", is_filter=True))
    with pytest.raises(InvalidParameter, match="%runs: there is no option '--bogus'"):
        usage.read("metrics.a > 1 --bogus")
    assert usage.read("params.a = '--bogus'").text == "params.a = '--bogus'"


def test_an_option_whose_value_may_be_left_out():
    """What follows it is another word then, such as the model that is served."""
    usage = Usage("%x", "", Words("[URI]", most=1), Option("--log", "", "RATE", share, bare=1.0))
    assert [(given.log, given.words) for given in map(usage.read, ["--log m", "m --log=10%", "m"])] == [(1.0, ["m"]), (0.1, ["m"]), (None, ["m"])]
    assert "--log[=RATE]" in usage.help
    for wrong in ("--log=", "--log=0", "--log=2", "--log=nan"):
        with pytest.raises(InvalidParameter, match="--log"):
            usage.read(wrong)


def test_every_magic_explains_and_refuses_in_its_own_name():
    for usage in (TRACK, SWITCH, *(one.usage for one in COMMANDS)):
        assert usage.help.startswith(usage.shown)
        assert all(flag in usage.help for flag in usage.flags)
        if not usage.words.is_free:
            with pytest.raises(InvalidParameter, match=f"^{usage.magic}: there is no option '--nonsense'"):
                usage.read("a --nonsense")


def test_readme_lists_every_magic():
    text = (pathlib.Path(__file__).parents[2] / "README.md").read_text()
    section = text.partition("\n## Magics\n")[2].partition("\n## ")[0]
    missing = [one.usage.magic for one in COMMANDS if f"`{one.usage.magic}" not in section]
    missing += [flag for option in TRACK.options for flag in option.all_flags[-1:] if not any(one in section for one in option.all_flags)]
    assert missing == []
