"""Saved views opened again from Python, and reports: what is shown, frozen to Markdown, HTML and pictures."""

import json
import math
import re
import sys

import nbformat
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, NotFound, PackageMissing


@pytest.fixture
def runs():
    made = []
    for number in range(4):
        with mlflow.start_run(run_name=f"run <{number}>|") as run:
            mlflow.log_params({"model": ["tree", "forest"][number % 2], "depth": number, "same": "x"})
            for step in range(10):
                mlflow.log_metrics({"accuracy": 0.5 + number / 10 + step / 100, "loss": math.exp(-step) + number}, step=step)
        made.append(run.info.run_id)
    return made


def texts(table):
    return [[f"{cell.text} {cell.delta}".strip() for cell in row] for row in table.rows]


def test_a_view_opens_again_as_it_stood(runs):
    view = mlflow.compare("metrics.accuracy > 0.6")
    view.sort, view.baseline, view.selection = [{"id": "metrics.loss", "desc": False}], runs[2], [runs[3]]
    view.save("good ones")
    opened = mlflow.compare(view="good ones")
    assert {**opened.page_state(), "view": None} == {**view.page_state(), "view": None}
    assert opened.query == view.query
    assert opened.view == view.view == "good ones"
    assert mlflow.saved_views()[["name", "experiment", "runs"]].values.tolist() == [["good ones", "Default", "metrics.accuracy > 0.6"]]

    opened.group = "params.model"
    opened.save()
    assert mlflow.compare(view="good ones").group == "params.model"
    mlflow.delete_saved_view("good ones")
    with pytest.raises(NotFound, match="none is saved yet"):
        mlflow.compare(view="good ones")


def test_a_view_opens_when_its_selected_runs_are_gone(runs):
    view = mlflow.compare()
    view.selection, view.baseline = runs[:2], runs[0]
    view.save("two")
    mlflow.delete_run(runs[0])
    opened = mlflow.compare(view="two")
    assert (opened.selection, opened.baseline) == ([runs[1]], None)


def test_a_view_is_found_in_other_experiments_unless_several_have_it(runs):
    mlflow.compare().save("mine")
    mlflow.set_experiment("other")
    assert mlflow.compare(view="mine").query.experiment_ids == ["0"]
    mlflow.set_experiment("third")
    mlflow.compare().save("mine")
    mlflow.set_experiment("fourth")
    with pytest.raises(InvalidParameter, match="Several experiments have a view 'mine'"):
        mlflow.compare(view="mine")
    assert mlflow.compare(view="mine", experiment="third").run_ids == []
    with pytest.raises(InvalidParameter, match="says which runs"):
        mlflow.compare(runs, view="mine", experiment="third")


def test_a_report_has_the_table_as_it_is_shown(runs):
    view = mlflow.compare()
    view.sort, view.baseline = [{"id": "metrics.accuracy", "desc": True}], runs[1]
    view.columns = {"order": [], "hidden": ["params.model", "attributes.start_time", "attributes.duration"], "shown": [], "pinned": ["metrics.loss"]}
    view.differences_only, view.aggregates = True, {"metrics.loss": "max"}
    table = view.report().table
    assert table.columns == ["run", "loss (max)", "depth", "accuracy"]
    assert texts(table)[0] == ["run <3>|", "4 +2", "3", "0.89 +0.2"]
    assert texts(table)[2] == ["run <1>| (baseline)", "2", "1", "0.69"]
    assert [cell.tone for cell in table.rows[0]] == ["", "worse", "", "better"]

    view.group, view.baseline = "params.model", None
    table = view.report().table
    assert table.columns == ["model", "runs", "loss (max)", "depth", "accuracy"]
    assert texts(table)[0] == ["forest", "2", "3 ± 1.4, best 2", "2 ± 1.4", "0.79 ± 0.14, best 0.89"]
    view.expanded = ["forest"]
    opened = view.report().table
    assert texts(opened)[1:3] == [["↳ run <3>|", "", "4", "3", "0.89"], ["↳ run <1>|", "", "2", "1", "0.69"]]
    assert [texts(opened)[0], *texts(opened)[3:]] == texts(table)

    view.group, view.filter = None, "metrics.accuracy > 0.8"
    report = view.report("Best")
    assert [row[0] for row in texts(report.table)] == ["run <3>|"]
    assert dict(report.facts) | {"As of": ""} == {
        "Experiment": "Default", "Runs": "all runs (1)", "Filter": "metrics.accuracy > 0.8", "Sorted by": "accuracy, greatest first",
        "Columns": "only what differs", "As of": "",
    }  # fmt: skip


def test_a_report_stays_when_its_runs_change(runs):
    report = mlflow.compare().report()
    before = report.to_html()
    for run_id in runs:
        mlflow.delete_run(run_id)
    assert report.to_html() == before


def test_a_report_names_no_baseline_that_is_gone_and_few_of_many_experiments(runs):
    view = mlflow.compare(experiment=["0", *(mlflow.create_experiment(f"e{number}") for number in range(24))])
    view.baseline = runs[0]
    assert dict(view.report().facts)["Baseline"] == "run <0>|"
    mlflow.delete_run(runs[0])
    facts = dict(view.report().facts)
    assert "Baseline" not in facts
    assert facts["Experiments"].endswith(", e18, 5 more")


def test_html_needs_nothing_else_and_escapes_names(runs, tmp_path):
    path = mlflow.compare().report("<Best> & worst").to_html(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert path == str(tmp_path / "report.html")
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)|url\(|@import", page)
    assert "<title>&lt;Best&gt; &amp; worst</title>" in page
    assert "run &lt;3&gt;|" in page
    assert "run <" not in page
    assert "prefers-color-scheme:dark" in page
    assert len(page) < 30_000


def test_an_interactive_report_holds_plotly_and_no_name_ends_its_script(runs):
    with mlflow.start_run(run_name="</script><script>alert(1)</script>"):
        mlflow.log_metric("accuracy", 1.0, step=1)
    page = mlflow.compare().report().to_html(interactive=True)
    assert len(page) > 1_000_000
    assert page.count("alert(1)") == page.count("alert(1)\\u003c/script") + page.count("alert(1)&lt;/script")


def test_markdown_cells_make_a_notebook_whose_table_shows_the_names(runs, tmp_path):
    view = mlflow.compare()
    view.save("all of them")
    report = view.report()
    book = nbformat.read(report.to_notebook(tmp_path / "report.ipynb"), as_version=4)
    nbformat.validate(book)
    assert {cell.cell_type for cell in book.cells} == {"markdown"}
    assert book.cells[0].source.startswith("## all of them")
    assert "| run &lt;3&gt;\\| |" in book.cells[1].source
    assert "data:image/svg+xml;base64," in book.cells[2].source
    assert report.to_markdown() == "\n\n".join(cell.source for cell in book.cells)
    assert set(report._repr_mimebundle_()) == {"text/html", "text/markdown", "text/plain"}


@pytest.mark.parametrize("tab", ["curves", "parallel", "scatter", "groups", "importance", "files"])
def test_the_open_tab_is_a_picture_without_scripts(runs, tab, tmp_path):
    view = mlflow.compare()
    view.charts = {"tab": tab, "options": {}}
    svg = (tmp_path / "chart.svg")
    view.report("Runs <1>").save_figure(svg)
    text = svg.read_text()
    assert "Nothing to draw" not in text
    assert "Runs &lt;1&gt;" in text
    assert "<script" not in text


def test_figures_are_plotly_s_and_other_pictures_need_kaleido(runs, tmp_path, monkeypatch):
    report = mlflow.compare().report()
    assert type(report.to_figure()).__module__.startswith("plotly.graph_objs")
    monkeypatch.setitem(sys.modules, "kaleido", None)  # as if it were not installed
    with pytest.raises(PackageMissing, match="pip install kaleido"):
        report.save_figure(tmp_path / "chart.png")


def test_without_metrics_there_is_a_report_and_no_picture(tmp_path):
    with mlflow.start_run(run_name="empty"):
        mlflow.log_param("a", 1)
    report = mlflow.compare().report()
    assert report.chart is None
    assert "empty" in report.to_html()
    with pytest.raises(InvalidParameter, match="nothing to draw"):
        report.save_figure(tmp_path / "chart.svg")


def test_a_report_of_two_selected_runs_has_their_difference(runs):
    view = mlflow.compare()
    view.selection, view.charts = runs[:2], {"tab": "difference", "options": {}}
    report = view.report()
    assert "depth" in repr(report.difference)
    assert "```diff" in report.to_markdown()


def test_outputs_of_committed_notebooks_hold_no_time(runs, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    report = mlflow.compare().report()
    assert "As of" not in dict(report.facts)
    assert not {"started", "duration"} & set(report.table.columns)
    assert json.dumps(report._repr_mimebundle_()) == json.dumps(mlflow.compare().report()._repr_mimebundle_())


def test_a_legend_of_very_many_curves_is_left_out_and_a_name_stays_on_its_line():
    def report_of(numbers):
        for number in numbers:
            with mlflow.start_run(run_name=f"a name with spaces {number}"):
                mlflow.log_metrics({"loss": 1.0}, step=0)
                mlflow.log_metrics({"loss": 0.5}, step=1)
        return mlflow.compare().report()

    assert report_of(range(24)).chart.still["layout"]["showlegend"] is True
    report = report_of([24])
    assert report.chart.still["layout"]["showlegend"] is False
    assert '<td style="text-align:left;white-space:nowrap">a name with spaces 3</td>' in report._repr_mimebundle_()["text/html"]
