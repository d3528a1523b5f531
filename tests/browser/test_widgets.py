"""The views as widgets: where the page has no front end of ours, and in containers; and what they leave in the file."""

import json

import pytest
from playwright.sync_api import expect

import jupyter_mlops as mlflow
from tests.browser import pictures
from tests.browser.bare_pages import BarePage
from tests.browser.conftest import TOKEN
from tests.browser.contrasts import low_contrasts
from tests.browser.labs import Lab, field

SETUP = """
import math
import jupyter_mlops as mlflow
%load_ext jupyter_mlops
mlflow.set_experiment({name!r})
for i in range(4):
    with mlflow.start_run(run_name=f'run {{i}}'):
        mlflow.log_params({{'depth': i, 'kind': 'forest'}})
        for step in range(20):
            mlflow.log_metric('loss', math.exp(-step / (4 + i)), step=step)
"""
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
TRACKED = "%%track forest\nfor step in range(30):\n    mlflow.log_metric('acc', step / 30, step=step)"
OURS = {"application/vnd.jupyter-mlops+json", "text/html", "text/plain"}


@pytest.fixture(scope="module")
def plain_server(start_server, tmp_path_factory):
    """A JupyterLab that has neither our front end nor our server extension."""
    config = tmp_path_factory.mktemp("config")
    (config / "labconfig").mkdir()
    (config / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": {"jupyter-mlops": True}}))
    extensions = {"ServerApp": {"jpserver_extensions": {"jupyter_mlops": False}}}
    (config / "jupyter_server_config.json").write_text(json.dumps(extensions))
    return start_server(tmp_path_factory.mktemp("plain"), JUPYTER_CONFIG_DIR=str(config))


@pytest.fixture
def plain(plain_server, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Lab(page, plain_server, TOKEN)
    context.close()


def written(lab, write, name, *cells):
    """A notebook whose last cells show something, run."""
    lab.open_notebook(write(name, SETUP.format(name=name).strip(), *cells, root=lab.root)).run_all()


def compare_in(lab, cell):
    view = lab.output(cell).get_by_test_id("mlops-compare")
    expect(view).to_have_attribute("aria-busy", "false", timeout=60_000)
    return view


def test_a_widget_stands_where_our_front_end_is_missing(plain, notebook):
    messages = []
    plain.page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    written(plain, notebook, "plain.ipynb", "w = mlflow.compare(mlflow.search_runs())\nw", TRACKED)
    view = compare_in(plain, 1)
    expect(view).to_have_attribute("data-alive", "true")
    expect(view).to_have_attribute("data-source", "kernel")
    rows = view.get_by_test_id("mlops-compare-row")
    rows.nth(1).click()
    chosen = rows.nth(1).get_attribute("data-run-id")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    plain.told("w.selection", str([chosen]))
    plain.run_code("w.selection = [run.info.run_id for run in w.runs()][2:]")
    expect(view.locator('[data-testid="mlops-compare-row"][aria-selected="true"]')).to_have_count(2)
    expect(view.locator(".plot-container").first).to_be_visible(timeout=60_000)
    plain.shoot("widget-plain")
    assert low_contrasts(plain.page, ".jp-mlops-view") == []

    plain.save()
    (output,) = plain.saved("plain.ipynb")["cells"][1]["outputs"]
    assert set(output["data"]) == OURS
    assert len(output["data"]["application/vnd.jupyter-mlops+json"]["state"]["selection"]) == 2
    expect(view).to_have_attribute("data-alive", "true")  # the living widget is not touched
    plain.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()")
    expect(view).to_have_attribute("data-alive", "false")  # what was read stays to be read
    expect(rows).to_have_count(4)
    plain.open("plain.ipynb")
    expect(plain.output(1).locator("table")).to_contain_text("run 3")
    expect(plain.output(1).locator("img")).to_be_visible()
    expect(plain.output(1)).not_to_contain_text("model not found")
    expect(plain.output(2)).to_contain_text("forest finished")
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        plain.theme(theme)
        assert low_contrasts(plain.page, ".jp-Notebook .jp-Cell:nth-child(2) .jp-OutputArea") == []
        assert low_contrasts(plain.page, ".jp-Notebook .jp-Cell:nth-child(3) .jp-OutputArea") == []
    expect(plain.output(1).get_by_role("img", name="loss by step")).to_be_visible()
    expect(plain.output(1).get_by_role("columnheader", name="depth")).to_be_visible()
    plain.shoot("widget-plain-reloaded")
    assert not [text for text in messages if "mlops" in text]


def test_registry_and_playground_are_widgets_too(plain, notebook):
    cells = [
        "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\nX = pd.DataFrame({'size': [50.0, 80.0, 120.0]})\n"
        "with mlflow.start_run():\n    info = mlflow.sklearn.log_model(LinearRegression().fit(X, [1.0, 1.6, 2.4]), 'model', "
        "input_example=X, registered_model_name='houses')",
        "r = mlflow.browse_models('houses')\nr",
        "p = mlflow.playground('models:/houses/1')\np",
    ]
    written(plain, notebook, "others.ipynb", *cells)
    models = plain.output(2).get_by_test_id("mlops-models")
    expect(models).to_contain_text("houses")
    playground = plain.output(3).get_by_test_id("mlops-playground")
    expect(playground).to_have_attribute("data-alive", "true")
    field(playground, "size").locator("input[type=text]").fill("100")
    playground.get_by_test_id("mlops-predict").click()
    expect(playground.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    plain.told("p.values, p.result.prediction.round(3).tolist()", "{'size': 100} [2.0]")
    plain.run_code("r.tab = 'history'")
    expect(models).to_contain_text("registered")
    plain.shoot("widget-others")
    plain.save()
    for cell in (2, 3):
        (output,) = plain.saved("others.ipynb")["cells"][cell]["outputs"]
        assert set(output["data"]) == OURS


def test_where_our_front_end_draws_no_widget_is_opened(lab, notebook):
    lab.open_notebook(notebook("quiet.ipynb", SETUP.format(name="quiet").strip(), "w = mlflow.compare()\nw"))
    lab.page.evaluate("""() => {
        window.opened = [];
        const { kernel } = jupyterapp.shell.currentWidget.context.sessionContext.session;
        kernel.iopubMessage.connect((_, message) => {
            if (message.header.msg_type === 'comm_open') window.opened.push(message.content.target_name);
        });
    }""")
    lab.run_all()
    expect(compare_in(lab, 1)).to_have_attribute("data-alive", "true")
    assert lab.page.evaluate("window.opened") == []
    assert lab.run_code("print(w.comm)") == "None"


def test_a_view_stands_in_a_container_and_is_linked(lab, notebook):
    cells = [
        "import ipywidgets as widgets\nw = mlflow.compare()\nonly = widgets.Checkbox(description='only')\n"
        "widgets.link((w, 'differences_only'), (only, 'value'))\nwidgets.VBox([only, w])",
        "w",
        "heard = []\nw.observe(lambda change: heard.append(len(change.new)), 'selection')\n"
        "widgets.interact(lambda runs: print(len(runs), 'chosen'), runs=w);",
    ]
    written(lab, notebook, "boxed.ipynb", *cells)
    boxed, alone = compare_in(lab, 1), compare_in(lab, 2)
    expect(boxed).to_have_attribute("data-alive", "true")
    expect(alone).to_have_attribute("data-alive", "true")
    kind = boxed.get_by_role("columnheader", name="kind")
    expect(kind).to_have_count(1)
    lab.output(1).get_by_role("checkbox", name="only", exact=True).check()
    expect(kind).to_have_count(0)
    expect(alone.get_by_role("columnheader", name="kind")).to_have_count(0)
    boxed.get_by_test_id("mlops-compare-row").nth(0).click()
    expect(alone.locator('[data-testid="mlops-compare-row"][aria-selected="true"]')).to_have_count(1)
    alone.get_by_test_id("mlops-compare-row").nth(1).get_by_role("checkbox").check()
    expect(boxed.locator('[data-testid="mlops-compare-row"][aria-selected="true"]')).to_have_count(2)
    expect(lab.output(3).first).to_contain_text("2 chosen")
    lab.told("heard", "[1, 2]")
    lab.shoot("widget-boxed")
    lab.save()
    (output,) = lab.saved("boxed.ipynb")["cells"][2]["outputs"]
    assert set(output["data"]) == OURS


@pytest.fixture
def bare(browser, monkeypatch):
    """Shows a comparison on a page without Jupyter."""
    for number in range(3):
        with mlflow.start_run(run_name=f"run {number}"):
            mlflow.log_params({"depth": number, "kind": "forest"})
            for step in range(10):
                mlflow.log_metric("loss", 1 / (step + number + 1), step=step)
    context = browser.new_context(viewport={"width": 900, "height": 700}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield BarePage(page, mlflow.compare(), monkeypatch)
    context.close()


@pytest.mark.parametrize(("name", "style"), [("light", "background:#fff;color:#333"), ("dark", "background:#1e1e1e;color:#ccc")])
def test_a_host_without_a_theme_is_dressed_as_its_text_is(bare, name, style):
    page = bare.show(style)
    view = page.get_by_test_id("mlops-compare")
    expect(view).to_have_attribute("data-alive", "true")
    rows = view.get_by_test_id("mlops-compare-row")
    expect(rows).to_have_count(3)
    rows.nth(1).click()
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    assert bare.view.selection == [rows.nth(1).get_attribute("data-run-id")]
    bare.view.selection = []
    bare.deliver()
    expect(rows.nth(1)).to_have_attribute("aria-selected", "false")
    expect(view.locator(".plot-container").first).to_be_visible(timeout=60_000)
    assert page.evaluate("document.body.dataset.jpThemeName") == name
    assert low_contrasts(page, "#place") == []
    moving = "[...document.querySelectorAll('#place *')].filter(one => getComputedStyle(one).animationName !== 'none').length"
    assert page.evaluate(moving) == 0
    pictures.take(page, f"widget-bare-{name}")
    page.evaluate("window.end()")
    assert bare.view._pages == {}


def test_a_host_that_keeps_widgets_in_a_shadow_shows_the_same(bare):
    view = bare.show("background:#fff;color:#333", shadow=True).get_by_test_id("mlops-compare")
    expect(view.get_by_test_id("mlops-compare-row")).to_have_count(3)
    expect(view.locator(".jp-mlops-sort").first).to_have_css("border-top-width", "0px")
