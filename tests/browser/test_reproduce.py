"""A run opened as a notebook from wherever it is shown, and that notebook run."""

import json

from playwright.sync_api import expect

SETUP = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow\nmlflow.set_experiment('again');"
CELLS = ("data = [1, 2, 3]", "unused = 'x'", "scale = 2")
TRACKED = "%%track forest\ndepth = 3\nmlflow.log_metric('total', sum(data) * scale * depth)"
ASKED = "runs = mlflow.search_runs(filter_string='metrics.total > 0', search_all_experiments=True, output_format='list'); print(len(runs), sorted({r.data.metrics['total'] for r in runs}), runs[0].data.tags.get('jupyter_mlops.reproduces') == runs[-1].info.run_id)"


def sources(lab, path):
    return ["".join(cell["source"]) for cell in lab.saved(path)["cells"]]


def opened(lab):
    """The path of the notebook that is in front, once it is another than before."""
    lab.page.wait_for_function("/^forest-/.test(jupyterapp.shell.currentWidget?.context?.path?.split('/').pop() ?? '')")
    return lab.page.evaluate("jupyterapp.shell.currentWidget.context.path")


def test_a_run_is_opened_as_a_notebook_from_its_card_and_run_again(lab, notebook):
    lab.open_notebook(notebook("first.ipynb", SETUP, *CELLS, TRACKED)).run_all()
    card = lab.output(4).get_by_test_id("mlops-card")
    expect(card).to_have_attribute("data-status", "FINISHED")
    lab.shoot("reproduce-card", card)
    card.get_by_test_id("mlops-open-notebook").click()
    path = opened(lab)
    kept = sources(lab, path)
    assert kept[0].startswith("# forest")
    assert kept[1:4] == ["depth = 3", SETUP, "data = [1, 2, 3]"]
    assert "unused = 'x'" not in kept
    assert lab.saved(path)["cells"][1]["metadata"]["tags"] == ["parameters"]
    lab.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.ready")
    lab.shoot("reproduce-opened")
    lab.page.evaluate(
        """async () => {
            const panel = jupyterapp.shell.currentWidget;
            await panel.context.ready;
            await panel.context.sessionContext.ready;
            await panel.context.sessionContext.session.kernel.info;
            await jupyterapp.commands.execute('notebook:run-all-cells');
        }"""
    )
    assert lab.run_code(ASKED) == "2 [36.0] True"
    lab.shoot("reproduce-run")


def test_a_run_is_opened_as_a_notebook_from_the_panel(lab, notebook):
    lab.open_notebook(notebook("second.ipynb", SETUP, *CELLS, "scale = 3", TRACKED)).run_all()
    lab.command("jupyter-mlops:open")
    item = lab.page.get_by_test_id("mlops-run").first
    item.click()
    lab.shoot("reproduce-panel", lab.page.get_by_test_id("mlops-panel"))
    lab.page.get_by_test_id("mlops-run-details").get_by_test_id("mlops-open-notebook").click()
    assert "scale = 3" in sources(lab, opened(lab))


def test_hidden_state_is_told_on_the_card_and_in_the_panel(lab, notebook):
    lab.open_notebook(notebook("hidden.ipynb", SETUP, "rate = 0.1", "%%track hidden\nmlflow.log_metric('rate', rate)"))
    lab.run_all()
    lab.page.evaluate(
        """async () => {
            const { content } = jupyterapp.shell.currentWidget;
            content.widgets[1].model.sharedModel.setSource('pace = 0.2');
            content.activeCellIndex = 1;
            await jupyterapp.commands.execute('notebook:run-cell');
            content.activeCellIndex = 2;
            await jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    warnings = lab.output(2).get_by_test_id("mlops-warnings")
    expect(warnings).to_contain_text("Hidden state: rate: defined by a cell that was edited since.")
    lab.shoot("reproduce-hidden", lab.output(2))
    lab.save()
    assert "Hidden state: rate" in json.dumps(lab.saved("hidden.ipynb")["cells"][2]["outputs"])
    lab.command("jupyter-mlops:open")
    lab.page.get_by_test_id("mlops-run").first.click()
    expect(lab.page.get_by_test_id("mlops-run-details").get_by_test_id("mlops-warnings")).to_contain_text("rate")


def test_a_run_is_opened_as_a_notebook_from_the_menu_of_its_row(lab, notebook):
    lab.open_notebook(notebook("third.ipynb", SETUP, *CELLS, TRACKED, "w = mlflow.compare(); w")).run_all()
    expect(lab.output(5).get_by_test_id("mlops-compare")).to_have_attribute("data-source", "server")  # else it shows what was saved
    row = lab.output(5).get_by_test_id("mlops-compare-row").first
    row.hover()
    row.get_by_test_id("mlops-row-menu").click()
    lab.page.get_by_test_id("mlops-row-notebook").click()
    assert "data = [1, 2, 3]" in sources(lab, opened(lab))
