"""In the notebook: badges beside tracked cells, "Track this cell", the status bar, notifications."""

import re

from playwright.sync_api import expect

from tests.browser.contrasts import low_contrasts
from tests.browser.labs import in_store, until

SETUP = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow, time\nmlflow.set_experiment('badges');"
FOREST = "%%track forest\ndepth = 3\nmlflow.log_metric('acc', 0.5 + depth / 10)"
SOURCE = "jupyterapp.shell.currentWidget.content.widgets[{}].model.sharedModel"


def badge_of(lab, cell):
    return lab.page.locator(".jp-Notebook .jp-Cell").nth(cell).get_by_test_id("mlops-cell-badge")


def set_source(lab, cell, source):
    lab.page.evaluate(f"source => {SOURCE.format(cell)}.setSource(source)", source)


def source_of(lab, cell):
    return lab.page.evaluate(f"{SOURCE.format(cell)}.getSource()")


def choose(lab, cell):
    lab.page.evaluate(f"jupyterapp.shell.currentWidget.content.activeCellIndex = {cell}")


def run_cell(lab, cell):
    choose(lab, cell)
    lab.command("notebook:run-cell")


def test_a_badge_follows_the_runs_of_its_cell(lab, notebook):
    """Live, changed, restored with undo; history, difference and keys."""
    slow = f"%%track slow\nmlflow.log_metric('loss', 1)\n{until('slow')}"
    name = notebook("badges.ipynb", SETUP, FOREST, "print('not tracked')", slow)
    lab.open_notebook(name)
    expect(badge_of(lab, 1)).to_have_attribute("data-status", "NONE")
    expect(badge_of(lab, 2)).to_have_count(0)
    heights = lab.page.evaluate("[...document.querySelectorAll('.jp-InputArea')].map(one => one.offsetHeight)")
    lab.run_all(wait=False)
    expect(badge_of(lab, 3)).to_have_attribute("data-status", "RUNNING")
    expect(badge_of(lab, 1)).to_have_attribute("data-status", "FINISHED")
    lab.let("slow")
    lab.wait_idle()
    expect(badge_of(lab, 3)).to_have_attribute("data-status", "FINISHED")
    assert heights == lab.page.evaluate("[...document.querySelectorAll('.jp-InputArea')].map(one => one.offsetHeight)")

    set_source(lab, 1, FOREST.replace("3", "4"))
    expect(badge_of(lab, 1)).to_have_attribute("data-changed", "true")
    expect(badge_of(lab, 1)).to_have_attribute("aria-label", re.compile("forest.*changed since"))
    run_cell(lab, 1)
    expect(badge_of(lab, 1)).to_have_attribute("data-changed", "false")
    set_source(lab, 1, "%%track forest\n1 / 0")
    run_cell(lab, 1)
    expect(badge_of(lab, 1)).to_have_attribute("data-status", "FAILED")
    set_source(lab, 1, "%%track forest\n2 / 1")

    badge_of(lab, 1).focus()
    lab.page.keyboard.press("Enter")
    popover = lab.page.get_by_test_id("mlops-popover")
    runs = popover.get_by_test_id("mlops-cell-runs").get_by_role("listitem")
    expect(runs).to_have_count(3)
    expect(popover).to_contain_text("ZeroDivisionError")
    expect(popover.get_by_test_id("mlops-cell-changed")).to_be_visible()
    points = popover.get_by_test_id("mlops-cell-chart").locator("g")
    expect(points).to_have_count(2)
    expect(popover.get_by_test_id("mlops-cell-chart-shown")).to_contain_text("0.9")
    points.first.hover()
    expect(popover.get_by_test_id("mlops-cell-chart-shown")).to_contain_text("0.8")
    lab.shoot("cell-badge")
    assert low_contrasts(lab.page, ".jp-mlops-popover") == []
    assert low_contrasts(lab.page, ".jp-mlops-cell-badge") == []
    lab.page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(badge_of(lab, 1)).to_be_focused()
    assert source_of(lab, 1) == "%%track forest\n2 / 1", "keys in the badge are no commands of the notebook"

    lab.page.keyboard.press("Enter")
    points.first.click()
    expect(lab.page.locator(".lm-TabBar-tab.lm-mod-current").filter(has_text="forest")).to_have_count(1)
    lab.command("application:close")
    badge_of(lab, 1).click()
    runs.nth(1).get_by_test_id("mlops-cell-difference-before").click()
    dialog = lab.page.locator(".jp-Dialog")
    expect(dialog.locator("tr[data-kind=removed]")).to_contain_text("depth = 3")
    expect(dialog.locator("tr[data-kind=added]")).to_contain_text("depth = 4")
    lab.shoot("cell-difference")
    dialog.get_by_role("button", name="Close").click()

    badge_of(lab, 1).click()
    popover.get_by_test_id("mlops-cell-changes").click()
    expect(dialog.locator("tr[data-kind=added]")).to_contain_text("2 / 1")
    dialog.get_by_role("button", name="Restore this code").click()
    lab.page.wait_for_function(f"{SOURCE.format(1)}.getSource().endsWith('1 / 0')")
    expect(badge_of(lab, 1)).to_have_attribute("data-changed", "false")
    lab.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".cm-content").click()
    lab.page.keyboard.press("Control+z")
    lab.page.wait_for_function(f"{SOURCE.format(1)}.getSource().endsWith('2 / 1')")


def test_one_question_is_asked_for_all_cells_and_nothing_is_left_when_the_notebook_closes(lab, notebook):
    many = [f"%%track many {i}\nmlflow.log_metric('acc', {i})" + "\n# a line" * 12 for i in range(12)]
    lab.open_notebook(notebook("many_badges.ipynb", SETUP, *many)).run_all()
    asked = []
    lab.page.on(
        "request", lambda one: asked.append(one) if one.url.partition("?")[0].endswith("views/cell_runs") else None
    )
    lab.open("many_badges.ipynb")
    expect(badge_of(lab, 12)).to_have_attribute("data-status", "FINISHED")
    lab.page.wait_for_timeout(1000)
    assert len(asked) <= 6, "not one for each cell"
    assert max(len(one.post_data_json["cells"]) for one in asked) == 12
    lab.settings("@jupyterlab/notebook-extension:tracker", windowingMode="full")
    try:
        lab.open("many_badges.ipynb")
        expect(badge_of(lab, 1)).to_have_attribute("data-status", "FINISHED")
        assert lab.page.get_by_test_id("mlops-cell-badge").count() < 12, "they go with their cells"
        closes_without_a_trace(lab, asked)
    finally:
        lab.settings("@jupyterlab/notebook-extension:tracker")


TOUCH = "import jupyter_mlops as mlflow\nwith mlflow.start_run(): mlflow.log_metric('a', 1)"


def closes_without_a_trace(lab, asked):
    badge = lab.page.locator(".jp-Cell").filter(has_text="many 11").get_by_test_id("mlops-cell-badge")
    for _ in range(50):  # JupyterLab guesses how high cells are that it has not drawn yet
        lab.page.evaluate("jupyterapp.shell.currentWidget.content.scrollToItem(12)")
        lab.page.wait_for_timeout(200)
        if badge.count():
            break
    expect(badge).to_have_attribute("data-status", "FINISHED")
    lab.page.evaluate("jupyterapp.shell.currentWidget.dispose()")
    expect(lab.page.locator(".jp-Notebook")).to_have_count(0)
    expect(lab.page.get_by_test_id("mlops-cell-badge")).to_have_count(0)
    before = len(asked)
    in_store(lab, TOUCH)
    lab.page.wait_for_timeout(4000)
    assert len(asked) == before, "the store changed, and nobody was left to ask"


def test_a_cell_is_tracked_by_a_button_and_undone(lab, notebook):
    lab.open_notebook(notebook("button.ipynb", "depth = 3", "x = 1"))
    button = lab.page.locator(".jp-Toolbar [data-jp-item-name=track-cell]").locator("button, jp-button").first
    choose(lab, 1)
    button.click()
    lab.page.wait_for_function("jupyterapp.shell.currentWidget.content.widgets.length === 3")
    assert [source_of(lab, cell) for cell in range(3)] == ["%load_ext jupyter_mlops", "depth = 3", "%%track\nx = 1"]
    expect(button).to_have_attribute("aria-pressed", "true")
    lab.shoot("cell-track-button")
    run_cell(lab, 2)
    expect(badge_of(lab, 2)).to_have_attribute("data-status", "FINISHED")
    lab.page.keyboard.press("t")
    lab.page.wait_for_function(f"{SOURCE.format(2)}.getSource() === 'x = 1'")
    expect(button).to_have_attribute("aria-pressed", "false")
    editor = lab.page.locator(".jp-Notebook .jp-Cell").nth(2).locator(".cm-editor")
    editor.locator(".cm-content").click()
    expect(editor).to_have_class(re.compile("cm-focused"))
    lab.page.keyboard.press("Control+z")
    lab.page.wait_for_function(f"{SOURCE.format(2)}.getSource().startsWith('%%track')")
    assert lab.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == 3, "the magic is loaded once"


def test_the_status_bar_and_notifications_tell_of_runs(lab, notebook):
    lab.open_notebook(notebook("news.ipynb", SETUP, "%%track short\n1"))
    lab.settings("jupyter-mlops:settings", notifyAfterSeconds=3)
    lab.open_notebook("news.ipynb")
    run_cell(lab, 0)
    item = lab.page.get_by_test_id("mlops-status-item")
    expect(item).to_have_text("badges")  # the kernel has said it before there is any card
    expect(lab.page.get_by_test_id("mlops-card")).to_have_count(0)
    run_cell(lab, 1)
    long = f"%%track long\n{until('watched')}\nmlflow.alert('loss is NaN', 'at step 3')\n{until('warned')}\ntime.sleep(3)"
    set_source(lab, 1, long)
    choose(lab, 1)
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:run-cell')")
    expect(item).to_contain_text("1 running")
    lab.shoot("cell-status-bar")
    lab.command("launcher:create")
    lab.let("watched")
    toasts = lab.page.locator(".Toastify__toast")
    expect(toasts.filter(has_text="long: loss is NaN. at step 3")).to_have_count(1)
    lab.let("warned")
    expect(toasts.filter(has_text="long: finished after")).to_have_count(1)
    lab.shoot("cell-notification")
    assert toasts.filter(has_text="short").count() == 0
    toasts.filter(has_text="long: finished after").get_by_role("button", name="Go to cell").click()
    expect(lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active")).to_contain_text("long")

    set_source(lab, 0, f"{SETUP}\nmlflow.set_tracking_uri('afar.duckdb'); mlflow.set_experiment('another store')")
    set_source(lab, 1, f"%%track afar\nmlflow.alert('far away')\n{until('afar')}\ntime.sleep(3)")
    run_cell(lab, 0)
    expect(item).to_have_text("another store")
    choose(lab, 1)
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:run-cell')")
    expect(item).to_contain_text("1 running")
    lab.command("launcher:create")
    lab.let("afar")
    expect(toasts.filter(has_text="afar: finished after")).to_have_count(1)
    lab.settings("jupyter-mlops:settings")
