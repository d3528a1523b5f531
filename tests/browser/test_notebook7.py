"""Notebook 7: each kind of output is run, worked with, read in Python; then saved, and still there after a restart, a reload and an export.

The panel is beside notebooks and beside the list of files; pages open in JupyterLab.
"""

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab, field

CELLS = [
    "%load_ext jupyter_mlops\nimport pandas as pd\nimport jupyter_mlops as mlflow\nfrom sklearn.linear_model import LinearRegression\n"
    "mlflow.set_experiment('notebook7');",
    "%%track forest\ndepth = 3\nfor step in range(20):\n    mlflow.log_metric('loss', 1 / (step + 1), step=step)",
    "for depth in (4, 5):\n    with mlflow.start_run(run_name=f'forest {depth}'):\n        mlflow.log_param('depth', depth)\n"
    "        for step in range(20):\n            mlflow.log_metric('loss', 2 / (step + depth), step=step)",
    "w = mlflow.compare(mlflow.search_runs())\nw",
    "X = pd.DataFrame({'size': [50.0, 80.0, 120.0]})\nwith mlflow.start_run(run_name='line'):\n"
    "    mlflow.sklearn.log_model(LinearRegression().fit(X, [1.0, 1.6, 2.4]), 'model', input_example=X, registered_model_name='houses')",
    "r = mlflow.browse_models('houses')\nr",
    "p = mlflow.playground('models:/houses/1')\np",
    "%runs metrics.loss > 0",
    "%%mlops_sql\nSELECT key, count(*) AS points FROM metrics JOIN runs USING (run_id) WHERE experiment_name = 'notebook7' GROUP BY key",
    "%%sweep depth=2..4 --n 3 --sampler grid --metric acc --maximize --name grid\nacc = 1 - abs(depth - 3) / 10",
]
# What Notebook 7.6 says without us too: at its start, and where another page of it is open; and now and then its file
# browser is restored before another plugin of its own has added the command that this calls.
THEIRS = ("reading 'schema'", 'Window name candidate "null" already exists', "Command 'filebrowser:open-path' not registered")
SOURCE = "jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source"
CARD, COMPARE, REGISTRY, PLAYGROUND, RUNS, SQL, SWEEP = 1, 3, 5, 6, 7, 8, 9


class Notebook7(Lab):
    def open(self, path=""):
        self.page.goto(f"{self.server['url']}/notebooks/{path}?token={self._token}")
        self.page.wait_for_function("window.jupyterapp && jupyterapp.restored.then(() => true)")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        return self


@pytest.fixture(scope="module")
def book(server, browser):
    """A notebook of all kinds of outputs, run in Notebook 7."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), server["root"] / "notebook7.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    opened = Notebook7(page, server, TOKEN)
    opened.errors = []
    listen(page, opened.errors)
    opened.open_notebook("notebook7.ipynb").run_all()
    yield opened
    context.close()


def listen(page, errors):
    def note(text):
        if not any(known in text for known in THEIRS):
            errors.append(text)

    page.on("pageerror", lambda error: note(str(error)))
    page.on("console", lambda message: message.type == "error" and note(message.text))


def view(book, cell, name):
    shown = book.output(cell).get_by_test_id(f"mlops-{name}").first
    shown.scroll_into_view_if_needed()
    return shown


def test_1_a_card(book):
    expect(view(book, CARD, "card")).to_have_attribute("data-status", "FINISHED")
    read = "print(mlflow.search_runs(filter_string=\"run_name = 'forest'\")[['params.depth', 'metrics.loss']].values.tolist())"
    assert book.run_code(read) == "[['3', 0.05]]"


def test_2_a_table_of_runs_side_by_side(book):
    compare = view(book, COMPARE, "compare")
    expect(compare).to_have_attribute("data-alive", "true")
    expect(compare).to_have_attribute("data-source", "server")
    expect(compare.get_by_test_id("mlops-compare-row")).to_have_count(3)
    compare.get_by_test_id("mlops-differences").check()
    book.told("w.differences_only, len(w.to_frame()), w.comm", "True 3 None")


def test_3_a_selection(book):
    rows = view(book, COMPARE, "compare").get_by_test_id("mlops-compare-row")
    rows.nth(0).click()
    chosen = rows.nth(0).get_attribute("data-run-id")
    book.told("w.selection", str([chosen]))
    assert book.run_code("w.selection = [run.info.run_id for run in w.runs()][:2]") == ""
    expect(book.page.locator('[data-testid="mlops-compare-row"][aria-selected="true"]')).to_have_count(2)


def test_4_a_chart(book):
    chart = view(book, COMPARE, "compare").get_by_test_id("mlops-chart").first
    expect(chart.locator(".plot-container").first).to_be_visible()
    expect(chart.locator(".scatterlayer .trace")).to_have_count(3)


def test_5_the_registry(book):
    registry = view(book, REGISTRY, "models")
    expect(registry).to_contain_text("houses")
    registry.get_by_role("tab", name="History").click()
    expect(registry).to_contain_text("registered")
    book.told("r.tab, len(r.to_frame())", "history 1")


def test_6_the_playground(book):
    playground = view(book, PLAYGROUND, "playground")
    expect(playground).to_have_attribute("data-alive", "true")
    field(playground, "size").locator("input[type=text]").fill("100")
    playground.get_by_test_id("mlops-predict").click()
    expect(playground.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    book.told("p.values, p.result.prediction.round(3).tolist()", "{'size': 100} [2.0]")


def test_7_a_list_of_runs(book):
    expect(book.output(RUNS).locator("table")).to_contain_text("forest 5")


def test_8_a_table_of_sql(book):
    expect(book.output(SQL).locator("table")).to_contain_text("loss")
    assert book.run_code("print(Out[9].set_index('key')['points'].to_dict())") == "{'loss': 60}"


def test_9_a_sweep(book):
    sweep = view(book, SWEEP, "sweep")
    expect(sweep).to_have_attribute("data-status", "FINISHED")
    expect(sweep.get_by_test_id("mlops-sweep-chart").locator(".plot-container").first).to_be_visible()
    assert book.run_code("print(depth, len(_sweep.trials))") == "3 3"


def test_what_is_saved_is_clean_and_lasts(book):
    """Saved, the kernel restarted, reloaded, exported."""
    book.shoot("notebook7", book.page)
    book.save()
    saved = book.saved("notebook7.ipynb")
    kinds = [set(output.get("data", ())) for cell in saved["cells"] for output in cell["outputs"]]
    assert not any(kind for found in kinds for kind in found if "widget" in kind)
    assert "widgets" not in saved["metadata"]
    assert len(str(saved)) < 150_000
    book.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()")
    book.open("notebook7.ipynb")
    expect(view(book, CARD, "card")).to_have_attribute("data-status", "FINISHED")
    compare = view(book, COMPARE, "compare")
    expect(compare).to_have_attribute("data-source", "server")
    expect(compare.locator('[data-testid="mlops-compare-row"][aria-selected="true"]')).to_have_count(2)
    expect(compare.get_by_test_id("mlops-chart").locator(".plot-container").first).to_be_visible()
    expect(view(book, REGISTRY, "models")).to_contain_text("registered")
    expect(view(book, PLAYGROUND, "playground")).to_contain_text("houses 1")
    expect(book.output(RUNS).locator("table")).to_contain_text("forest 5")
    expect(book.output(SQL).locator("table")).to_contain_text("loss")
    expect(view(book, SWEEP, "sweep")).to_have_attribute("data-status", "FINISHED")

    html, _ = HTMLExporter().from_notebook_node(nbformat.read(book.root / "notebook7.ipynb", 4))
    shown = html.split("<main")[1]
    for text in ("forest", "forest 5", "houses", "<td", "points", "grid"):
        assert text in shown, text
    assert shown.count("data:image/svg+xml;base64,") >= 2  # the curves and the sweep


def test_badges_beside_tracked_cells(book):
    badge = book.page.locator(".jp-Notebook .jp-Cell").nth(CARD).get_by_test_id("mlops-cell-badge")
    expect(badge).to_have_attribute("data-status", "FINISHED")
    button = book.page.locator(".jp-Toolbar [data-jp-item-name=track-cell]").locator("button, jp-button").first
    book.page.evaluate(f"jupyterapp.shell.currentWidget.content.activeCellIndex = {CARD}")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert book.page.evaluate(SOURCE).startswith("depth = 3")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert book.page.evaluate(SOURCE).startswith("%%track")
    badge.click()
    popover = book.page.get_by_test_id("mlops-popover")
    expect(popover.get_by_test_id("mlops-cell-runs").get_by_role("listitem")).to_have_count(1)
    book.page.keyboard.press("Escape")
    expect(popover).to_have_count(0)


def test_the_panel_beside_a_notebook_and_beside_the_files(book):
    panel = in_sidebar(book.page)
    panel.get_by_test_id("mlops-filter").fill("run_name = 'forest 4' AND params.depth = '4'")
    row = panel.get_by_test_id("mlops-run")
    expect(row).to_have_count(1)
    row.click(button="right")
    book.page.get_by_test_id("mlops-run-code").click()
    run_id = row.get_attribute("data-run-id")
    book.page.wait_for_function(f"{SOURCE}.includes('{run_id}')")
    book.shoot("notebook7-panel", book.page)
    with book.page.expect_popup() as popup:
        row.dblclick()
    expect(popup.value.get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", run_id)
    popup.value.close()

    files = book.page.context.new_page()
    listen(files, book.errors)
    files.goto(f"{book.server['url']}/tree")
    panel = in_sidebar(files)
    expect(panel.get_by_test_id("mlops-run").first).to_be_visible()
    panel.get_by_test_id("mlops-tab-models").click()
    model = panel.locator('[data-testid="mlops-model"][data-model="houses"]')
    model.get_by_role("button").first.click()
    with files.expect_popup() as popup:
        model.get_by_test_id("mlops-model-open").click()
    assert "/lab?mlops=models%2Fhouses" in popup.value.url
    popup.value.close()
    assert not book.errors, book.errors


def in_sidebar(page):
    """The panel, opened as Notebook 7 opens panels."""
    page.locator(".lm-MenuBar-item", has_text="View").click()
    page.locator(".lm-Menu-item", has_text="Left Sidebar").hover()
    page.locator(".lm-Menu-item", has_text="Show Runs and Models").click()
    return page.get_by_test_id("mlops-panel")
