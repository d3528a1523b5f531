"""The forms of a card: what front ends without ours, files and terminals show."""

import html.parser
import math

import pytest

from jupyter_mlops.entities.alerts import Alert
from jupyter_mlops.views.cards.bundles import card_bundle
from jupyter_mlops.views.cards.cards import Card, CardMetric, Estimate, Gauge
from jupyter_mlops.views.formats.bundles import MIME

BAD = "<script>alert(1)</script>\"'&"


def made(**fields):
    plain = {
        "store": "s", "run_id": "r", "name": "forest", "given_name": None, "experiment": "Default", "status": "RUNNING",
        "start_time": 0, "end_time": None, "elapsed": 12.0, "params": [], "metrics": [],
    }  # fmt: skip
    return card_bundle(Card(**{**plain, **fields}))


class Page(html.parser.HTMLParser):
    """What tags, attributes and texts a piece of HTML has."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def test_nothing_that_comes_from_outside_is_html():
    bundle = made(
        name=BAD, experiment=BAD, error=BAD, params=[(BAD, BAD)], log=[BAD], warnings=[BAD], note=BAD,
        metrics=[CardMetric(BAD, 1.0, 0, [1.0])], alerts=[Alert(BAD, BAD, "warning", 0), Alert("odd", "", BAD, 0)],
        estimate=Estimate(1.0, 0.5, 1, 2, BAD), gauges=[Gauge(BAD, 1.0, [])],
    )  # fmt: skip
    page = Page(bundle["text/html"])
    assert "script" not in page.tags
    assert page.text.count("<script>alert(1)</script>") >= 9
    assert page.attributes <= {
        "style",
        "scope",
        "width",
        "height",
        "viewbox",
        "aria-hidden",
        "points",
        "fill",
        "stroke",
        "stroke-width",
    }
    assert "url(" not in bundle["text/html"]


def test_the_html_draws_what_it_can_without_scripts_and_reads_without_styles():
    loss = CardMetric("loss", 0.25, 3, [1.0, math.nan, 0.5, 0.25], 0.25, 1.0)
    bundle = made(
        metrics=[loss],
        estimate=Estimate(30.0, 0.4, 4, 10, "epochs"),
        memory=3_400_000,
        figures=2,
        gauges=[Gauge("gpu_0", 93.4, [])],
    )
    page = Page(bundle["text/html"])
    assert page.tags.count("polyline") == 1
    assert "width:40%" in bundle["text/html"]
    for text in (
        "forest running after 12 s",
        "4 of 10 epochs · about 30 s left",
        "0.25",
        "↓ better",
        "2 figures · peak memory 3.4 MB · gpu 0 93 %",
    ):
        assert text in page.text
    assert "about 30 s left" in bundle["text/plain"]


@pytest.mark.parametrize(
    ("points", "trend"),
    [
        ([1.0, 0.5], "better"),
        ([0.5, 1.0], "worse"),
        ([1.0, 1.0], None),
        ([1.0], None),
        ([1.0, math.nan], None),
        ([], None),
    ],
)
def test_better_and_worse_are_told_where_the_name_says_which(points, trend):
    assert CardMetric("val_loss", 1.0, 0, points).trend == trend
    assert CardMetric("something", 1.0, 0, points).trend is None
    assert CardMetric("accuracy", 1.0, 0, points).trend == {"better": "worse", "worse": "better"}.get(trend)


def test_numbers_that_json_lacks_travel_as_texts():
    (metric,) = made(metrics=[CardMetric("a", math.nan, 0, [1.0, math.inf, math.nan], 1.0, math.inf)])[MIME]["metrics"]
    assert (metric["value"], metric["points"], metric["low"], metric["high"]) == (
        "NaN",
        [1.0, "Infinity", "NaN"],
        1.0,
        "Infinity",
    )


def test_outputs_that_must_not_change_hold_no_time_and_nothing_of_the_machine(monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    facts = {
        "status": "FINISHED",
        "metrics": [CardMetric("loss", 1.0, 1, [2.0, 1.0], 1.0, 2.0)],
        "alerts": [Alert("mine", "", "info", 5)],
    }
    one = made(**facts, name="brave-owl", elapsed=1.0, memory=5_000_000)
    assert one == made(**facts, name="calm-fox", elapsed=99.0, memory=None)
    assert set(one) == {"text/html", "text/plain"}
    assert "mine" in one["text/html"]
