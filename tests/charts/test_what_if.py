"""What-if: figures that plotly takes."""

import json

import plotly.graph_objects as go

from jupyter_mlops.charts.what_if import Line, Plane, what_if_line, what_if_map


def drawn(figure):
    json.dumps(figure, allow_nan=False)
    return go.Figure(figure)


def test_lines_of_two_models_share_colours_and_differ_in_dashes():
    lines = [Line("no", [0.1, None, 0.3], 0), Line("no, other", [0.2, 0.2, 0.2], 0, second=True)]
    figure = drawn(what_if_line("age", [1, 2, 3], lines, "probability", at=2))
    one, other = figure.data
    assert list(one.x) == [1, 2, 3]
    assert one.line.color == other.line.color
    assert (one.line.dash, other.line.dash) == ("solid", "dash")
    assert figure.layout.shapes[0].x0 == 2


def test_choices_are_points_and_classes_are_steps():
    figure = drawn(what_if_line("kind", ["a", True], [Line("m", ["yes", "no"])], "prediction", at="a"))
    assert figure.data[0].mode == "markers"
    assert list(figure.data[0].x) == ["a", "True"]
    assert figure.layout.xaxis.type == "category"
    assert not figure.layout.shapes
    assert drawn(what_if_line("n", [1, 2], [Line("m", ["yes", "no"])], "")).data[0].line.shape == "hv"


def test_two_models_stand_side_by_side_under_one_colour_scale():
    planes = [Plane("one", [[0.0, 0.5], [0.5, 1.0]]), Plane("two", [[0.0, 0.0], [1.0, 1.0]])]
    figure = drawn(what_if_map(["a", "b"], [[0, 1], [5, 6]], planes, "probability", [0, 5]))
    assert [trace.type for trace in figure.data] == ["heatmap", "scatter"] * 2
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert {trace.coloraxis for trace in figure.data if trace.type == "heatmap"} == {"coloraxis"}
    assert [note.text for note in figure.layout.annotations] == ["one", "two"]


def test_classes_have_a_colour_each():
    plane = Plane("m", [[0, 1], [2, 1]])
    figure = drawn(what_if_map(["a", "b"], [["x", "y"], [5, 6]], [plane], "", ["x", None], labels=["p", "q", "r"]))
    assert [(trace.type, trace.zsmooth) for trace in figure.data] == [("heatmap", False)]  # there is no place to mark
    assert list(figure.layout.coloraxis.colorbar.ticktext) == ["p", "q", "r"]


def test_names_of_a_model_are_text_and_no_links():
    name = '<a href="https://elsewhere">b</a>'
    line = what_if_line(name, [name], [Line(name, [name])], name)
    plane = what_if_map([name, name], [[name], [name]], [Plane(name, [[0]]), Plane(name, [[0]])], name, [name, name], labels=[name])
    for figure in (line, plane):
        said = json.dumps(drawn(figure).to_plotly_json(), default=list)
        assert "<a" not in said
        assert "&lt;a href" in said
