"""What a comparison leaves in a notebook's file can be read without us: in exports and through sanitizers."""

import re

import nbformat
import nh3
import pytest
from nbconvert import HTMLExporter

import jupyter_mlops as mlflow
from jupyter_mlops.views.formats.bundles import MIME

# What GitHub lets through of HTML, see gjtorikian/html-pipeline; its notebooks keep pictures that are data.
TAGS = {"p", "table", "caption", "thead", "tbody", "tr", "th", "td", "img", "strong", "em", "br", "details", "summary", "div", "span"}
ATTRIBUTES = {"*": {"align", "alt", "height", "width", "title", "colspan", "rowspan", "scope"}, "img": {"src"}}


@pytest.fixture
def bundle():
    for number in range(3):
        with mlflow.start_run(run_name=f"run <{number}>"):
            mlflow.log_param("depth", number)
            for step in range(200):
                mlflow.log_metric("loss", 1 / (step + 1 + number), step=step)
    return mlflow.compare()._repr_mimebundle_()


def test_a_comparison_keeps_its_curves_as_a_small_picture(bundle):
    (image,) = re.findall(r"<img [^>]*>", bundle["text/html"])
    assert 'alt="loss by step"' in image
    assert 'src="data:image/svg+xml;base64,' in image
    assert len(bundle["text/html"]) < 12_000


def test_what_github_lets_through_is_readable(bundle):
    kept = nh3.clean(bundle["text/html"], tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "data"})
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", kept)
    assert cells[:3] == ["run", "depth", "loss"]
    assert "run &lt;2&gt;" in cells
    assert "data:image/svg+xml;base64," in kept
    without_pictures = nh3.clean(bundle["text/html"], tags=TAGS - {"img"}, attributes={})
    assert "run &lt;2&gt;" in without_pictures


def test_an_export_shows_table_and_picture(bundle):
    output = nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("mlflow.compare()", outputs=[output], execution_count=1)])
    html, _ = HTMLExporter().from_notebook_node(book)
    assert "<td" in html
    assert "run &lt;2&gt;" in html
    assert html.split("<main")[1].count("data:image/svg+xml;base64,") == 1
    assert MIME not in html.split("<body")[1]


def test_the_picture_is_of_what_was_chosen_on_the_page(bundle):
    view = mlflow.compare()
    view.charts = {"tab": "curves", "options": {"curves": {"keys": ["loss"], "x": "relative"}}}
    assert 'alt="loss by seconds since start"' in view._repr_mimebundle_()["text/html"]
    for odd in ({}, {"options": 3}, {"options": {"curves": {"keys": [[]], "x": {}}}}):
        view.charts = odd
        assert 'alt="loss by step"' in view._repr_mimebundle_()["text/html"]


def test_runs_without_curves_have_no_picture():
    with mlflow.start_run():
        mlflow.log_metric("accuracy", 0.9)
    assert "<img" not in mlflow.compare()._repr_mimebundle_()["text/html"]
