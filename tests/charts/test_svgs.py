"""Still pictures of charts: small, well formed, harmless, and true to the figure."""

import base64
import html
import math
import re
import xml.etree.ElementTree as etree

import nh3
import pytest

from jupyter_mlops.charts.curves import Series, curves_figure
from jupyter_mlops.charts.fields import Field, RunNames
from jupyter_mlops.charts.parallels import parallel_figure
from jupyter_mlops.charts.scales import scale_of
from jupyter_mlops.charts.svgs import figure_image, figure_svg
from jupyter_mlops.charts.what_if import Line, Plane, what_if_line, what_if_map
from jupyter_mlops.storage.columns import Curve

SVG = "{http://www.w3.org/2000/svg}"


def drawn(figure, tag, **how):
    return list(etree.fromstring(figure_svg(figure, **how)).iter(SVG + tag))


def texts(figure):
    return [text.text for text in drawn(figure, "text")]


def points(path):
    """Places of a path of steps, as the browser sums them up."""
    start, steps = re.fullmatch(r"M([\d. -]+)l([\d. -]+)", path.get("d")).groups()
    places = [tuple(map(float, start.split()))]
    numbers = list(map(float, steps.split()))
    for x, y in zip(numbers[::2], numbers[1::2], strict=True):
        places.append((places[-1][0] + x, places[-1][1] + y))
    return places


def line(path):
    return path.get("fill") == "none" and path.get("d").startswith("M") and "l" in path.get("d")


def test_a_line_goes_through_its_points():
    figure = {"data": [{"x": [0, 1, 4], "y": [0.0, 10.0, 5.0]}], "layout": {}}
    (path,) = filter(line, drawn(figure, "path"))
    (x0, y0), (x1, y1), (x4, y4) = points(path)
    assert (x1 - x0) / (x4 - x0) == pytest.approx(0.25, abs=0.01)
    assert (y0 - y4) / (y0 - y1) == pytest.approx(0.5, abs=0.01)


def test_a_logarithmic_axis_gives_each_power_the_same_room():
    figure = {"data": [{"x": [0.001, 0.01, 1], "y": [1, 2, 3]}], "layout": {"xaxis": {"type": "log"}}}
    (path,) = filter(line, drawn(figure, "path"))
    (x0, _), (x1, _), (x2, _) = points(path)
    assert (x1 - x0) / (x2 - x0) == pytest.approx(1 / 3, abs=0.01)
    assert {"0.001", "0.01", "0.1", "1"} <= set(texts(figure))


def test_a_spike_among_many_points_is_kept_and_a_gap_is_one():
    values = [0.0] * 50_000
    values[31_415] = 7.0
    figure = curves_figure({"loss": [Series("a" * 32, "long", 0, Curve(list(range(50_000)), values))]})
    (path,) = filter(line, drawn(figure, "path"))
    heights = [y for _, y in points(path)]
    assert len(heights) < 2000
    assert sum(height < max(heights) - 100 for height in heights) == 1
    broken = {"data": [{"y": [1, 2, None, 2, math.nan, 1, 3]}], "layout": {}}
    (path,) = [path for path in drawn(broken, "path") if path.get("fill") == "none"]
    assert path.get("d").count("M") == 2  # a single point between two gaps is no line


@pytest.mark.parametrize("runs", [1, 8, 40, 400])
def test_however_many_runs_it_stays_small(runs):
    series = [
        Series("a" * 32, f"run number {run}", 0, Curve(list(range(2000)), [math.sin(s / 9 + run) for s in range(2000)]))
        for run in range(runs)
    ]
    assert len(figure_svg(curves_figure({"loss": series}))) < 20_000


def test_other_figures_are_drawn_and_small():
    ages = list(range(20, 60))
    wide = [[math.sin(i / 20) * math.cos(j / 30) for i in range(200)] for j in range(200)]
    bars = {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}, {"type": "bar", "x": ["a", "b"], "y": [2, 1]}], "layout": {}}
    left = [float(rect.get("x")) for rect in drawn(bars, "rect")]
    tall = [float(rect.get("height")) for rect in drawn(bars, "rect")]
    assert len(set(left)) == 4
    assert tall[1] == pytest.approx(2 * tall[0], rel=0.01)  # bars begin at zero
    box = {"data": [{"type": "box", "name": "adam", "y": [1, 2, 3, 4, 100]}], "layout": {}}
    assert "adam" in texts(box)
    assert len(drawn(box, "rect")) == 1
    confusion = {"data": [{"type": "heatmap", "x": ["no", "yes"], "y": ["no", "yes"], "z": [[7, 1], [0, 9]], "texttemplate": "%{z}"}]}
    assert {"7", "1", "0", "9"} <= set(texts(confusion))
    for figure in (
        {"data": [{"type": "heatmap", "z": wide}]},
        {"data": [{"mode": "markers", "x": list(range(5000)), "y": list(range(5000)), "marker": {"color": list(range(5000))}}]},
        what_if_line("age", ages, [Line("yes", [age / 100 for age in ages])], "probability", at=25, chances=True),
        what_if_map(["a", "b"], [[0, 1], [0, 1]], [Plane("m", [[0.0, 1.0], [1.0, 2.0]])] * 2, "price", [0, 1]),
    ):
        assert 300 < len(figure_svg(figure)) < 20_000


@pytest.mark.parametrize(
    "data",
    [
        [], [{}], [{"x": None, "y": 5}], [{"y": [1e308, -1e308, math.inf]}], [{"type": "bar", "y": [0, 0]}], [{"type": "heatmap", "z": [[None], 3]}],
        [{"type": "box", "y": [3]}], [{"type": "pie"}, None], [{"y": [5, 5]}], [{"x": ["2026-01-01", "2026-02-01"], "y": [1, 2], "xaxis": "x2"}],
    ],
)  # fmt: skip
def test_odd_figures_are_no_error(data):
    etree.fromstring(figure_svg({"data": data, "layout": {"xaxis2": {"type": "date"}, "yaxis": 7}}))


def test_what_a_figure_says_is_text():
    nasty = '"><script>alert(1)</script>'
    trace = {"name": nasty, "y": [1, 2], "x": [nasty, "b"], "line": {"color": 'red" onload="alert(1)', "dash": nasty}}
    markers = {**trace, "mode": "markers+text", "text": [nasty, nasty], "marker": {"color": [nasty, "url(#x)"], "size": [nasty]}}
    layout = {"title": {"text": nasty}, "xaxis": {"title": {"text": nasty}}, "showlegend": True}
    figure = {"data": [trace, markers, {**trace, "type": "bar"}], "layout": layout}
    root = etree.fromstring(figure_svg(figure, title=nasty))
    known = {SVG + tag for tag in ("svg", "g", "path", "rect", "circle", "text")}
    assert {element.tag for element in root.iter()} <= known
    names = {name for element in root.iter() for name in element.keys()}
    assert not any(name.startswith("on") or "href" in name for name in names)
    assert "url(" not in figure_svg(figure).replace(nasty, "")
    assert nasty in texts(figure)[0] or any(nasty[:20] in (text or "") for text in texts(figure))


def test_parallel_coordinates_are_lines_through_their_axes():
    fields = [Field("rate", [0.001, 0.1, 1.0]), Field("opt", ["sgd", "adam", "<b>"]), Field("acc", [0.5, None, 0.9])]
    figure = parallel_figure(RunNames(["a", "b", "c"], ["one", "two", "three"]), fields, fields[2])
    lines = [path for path in drawn(figure, "path") if path.get("stroke-opacity") == ".7"]
    assert [path.get("d").count("L") for path in lines] == [2, 2, 2]
    assert len({path.get("stroke") for path in lines}) > 1
    assert {"rate", "opt", "acc", "sgd", "<b>", "none"} <= set(texts(figure))
    assert len(figure_svg(figure)) < 5000


def test_axes_of_parallel_coordinates_reach_to_their_ends_and_name_each_text():
    """plotly.js takes ticks of one text for one, and draws an axis from its first tick to its last."""
    texts = ["a name that is long, one", "a name that is long, two", "b"]
    fields = [Field("rate", [0.0005, 0.02, 0.3]), Field("name", texts)]
    rate, name = parallel_figure(RunNames(["a", "b", "c"], texts), fields)["data"][0]["dimensions"]
    assert [rate["tickvals"][0], rate["tickvals"][-1]] == rate["range"]
    for axis in (rate, name):
        assert len(set(axis["ticktext"])) == len(axis["tickvals"])
    assert name["ticktext"][0].startswith("a name that is lo…")


def test_ticks_are_round_numbers():
    labels = [label for _, label in scale_of({}, [0, 0.93]).ticks(5)]
    assert labels == ["0", "0.2", "0.4", "0.6", "0.8"]
    labels = [label for _, label in scale_of({"type": "date", "range": [0, 3_600_000]}, []).ticks(4)]
    assert labels == ["00:00", "00:15", "00:30", "00:45", "01:00"]
    assert scale_of({"range": [0, 10]}, [3]).share(5) == 0.5


# What GitHub lets through of HTML, see gjtorikian/html-pipeline; of pictures its notebooks keep those with data.
_TAGS = {"p", "table", "caption", "thead", "tbody", "tr", "th", "td", "img", "strong", "em", "br", "details", "summary", "div", "span", "ul", "li"}
_ATTRIBUTES = {"*": {"align", "alt", "height", "width", "title", "colspan", "rowspan"}, "img": {"src"}}


def test_a_sanitizer_leaves_the_picture():
    image = figure_image({"data": [{"y": [1, 2]}], "layout": {}}, "loss <by> step")
    kept = nh3.clean(image, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https", "data"})
    assert 'alt="loss <by> step"' in html.unescape(kept)  # older sanitizers write < as it is
    svg = base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', kept)[1])
    assert etree.fromstring(svg).get("aria-label") == "loss <by> step"


def test_between_whole_numbers_there_is_no_tick():
    assert [label for _, label in scale_of({}, [0, 1, 2, None]).ticks(8)] == ["0", "1", "2"]
    assert "0.2" in [label for _, label in scale_of({}, [0.0, 1.0, 2.0]).ticks(8)]
