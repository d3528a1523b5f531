"""Descriptions of runs on their cards: Markdown that can do no harm."""

import re

import pytest

from jupyter_mlops.views.cards.bundles import card_bundle
from jupyter_mlops.views.cards.cards import Card
from jupyter_mlops.views.formats.notes import note_html


def card(note):
    made = Card("k", "r", "name", None, "Default", "FINISHED", 0, 1, 1.0, [], [], note=note)
    return card_bundle(made)


def test_markdown_is_shown_as_what_it_means():
    html = note_html("# Why\n\n*less* `depth`\n\n- a\n- [b](https://h/x)\n\n| x |\n|---|\n| 1 |\n")
    for part in ("<h1>Why</h1>", "<em>less</em>", "<code>depth</code>", '<a href="https://h/x"', "<li>a</li>", "<td>1</td>"):
        assert part in html


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](https://spy/x.png)",
        "<a href='javascript:alert(1)'>a</a>", "[a](data:text/html,x)", "<style>*{display:none}</style>", "<iframe src=//spy>",
        "**a** <svg/onload=alert(1)>", "```\n</code><script>alert(1)</script>\n```",
    ],
)  # fmt: skip
def test_what_could_do_harm_is_text_or_left_out(evil):
    html = note_html(evil)
    assert not re.search(r"<(script|img|style|iframe|svg)", html)
    assert not re.search(r"<[^>]*(javascript|onerror|onload|data:)", html)


def test_a_card_has_the_note_in_all_its_forms():
    bundle = card("**why** it was made")
    assert "<strong>why</strong>" in bundle["text/html"]
    assert "**why** it was made" in bundle["text/plain"]
    assert bundle["application/vnd.jupyter-mlops+json"]["note"] == "**why** it was made"
    assert "<strong>" not in card(None)["text/html"].replace("<b>", "")
    assert len(card("x" * 100_000)["text/html"]) < 3000  # outputs stay small


def test_notebooks_without_notes_load_no_markdown(python):
    script = "import sys; from jupyter_mlops.views.cards.bundles import card_bundle; print('mistune' in sys.modules, 'nh3' in sys.modules)"
    assert python(script) == "False False\n"
