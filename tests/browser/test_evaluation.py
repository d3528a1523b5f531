"""An evaluation in JupyterLab: its report in the cell, the rows behind a number, the run's page, and what the file keeps."""

from playwright.sync_api import expect

SETUP = """%load_ext jupyter_mlops
import jupyter_mlops as mlflow
import numpy as np
from sklearn.datasets import load_wine
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
mlflow.set_experiment('evaluations')
wine = load_wine(as_frame=True).frame.assign(hall=lambda rows: np.where(rows.alcohol > 13, 'north', 'south'))
taken = ['alcohol', 'hue', 'ash']
holdout = wine[taken + ['hall', 'target']]
cellar = make_pipeline(make_column_transformer(('passthrough', taken)), LogisticRegression(max_iter=500)).fit(holdout, wine.target)
"""
EVALUATE = "%evaluate cellar holdout --target target --slice hall"


def test_an_evaluation_is_looked_into_and_stays(lab, notebook):
    name = notebook("evaluation.ipynb", SETUP, EVALUATE, "result = _\nprint(result.tables['rows'].error.sum(), result.run_id)")
    lab.open_notebook(name).run_all()
    shown = lab.output(1).get_by_test_id("mlops-evaluation")
    expect(shown).to_contain_text("178 rows")
    line = shown.get_by_test_id("mlops-evaluation-metrics").locator('[data-metric="accuracy_score"]')
    expect(line).to_contain_text(" to ")
    wrong, run_id = lab.output(2).inner_text().split()
    cells = shown.get_by_test_id("mlops-confusion").locator("button.jp-mlops-wrong")
    assert sum(int(text) for text in cells.all_inner_texts()) == int(wrong) > 0
    shown.get_by_test_id("mlops-tab-calibration").click()
    expect(shown.get_by_test_id("mlops-evaluation-figure").locator(".main-svg").first).to_be_visible()
    lab.shoot("evaluation", shown)

    cell = next(cell for cell in cells.all() if cell.inner_text() != "0")
    count = cell.inner_text()
    cell.focus()
    lab.page.keyboard.press("Enter")
    rows = shown.get_by_test_id("mlops-evaluation-rows")
    expect(rows).to_contain_text("taken for")
    expect(rows.get_by_test_id("mlops-table-count")).to_contain_text(f"of {count} ")
    expect(rows.get_by_test_id("mlops-table").locator("tbody tr")).to_have_count(int(count))
    shown.get_by_test_id("mlops-slices").get_by_role("button", name="north").click()
    expect(rows).to_contain_text("Rows with hall: north")
    rows.get_by_label("wrong ones only").check()
    expect(rows.get_by_test_id("mlops-table-count")).not_to_contain_text("of 0 ")
    lab.shoot("evaluation-slice", shown)

    lab.save()
    saved = lab.saved("evaluation.ipynb")["cells"][1]["outputs"][-1]["data"]
    html = "".join(saved["text/html"])
    assert "accuracy_score" in html
    assert html.count("<img alt=") == 3
    assert len(str(saved)) < 100_000
    lab.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.shutdown()")
    lab.open(name)
    again = lab.output(1).get_by_test_id("mlops-evaluation")
    again.get_by_test_id("mlops-slices").get_by_role("button", name="south").click()
    expect(again.get_by_test_id("mlops-evaluation-rows")).to_contain_text("Rows with hall: south")
    expect(again.get_by_test_id("mlops-table").locator("tbody tr").first).to_be_visible()  # by the server, without a kernel

    lab.page.evaluate("place => void jupyterapp.commands.execute('jupyter-mlops:open-page', { place })", f"runs/{run_id}?tab=evaluation")
    page = lab.page.get_by_test_id("mlops-run-page")
    expect(page.get_by_test_id("mlops-evaluation")).to_contain_text("178 rows")
    lab.shoot("run-evaluation", page)
