"""The comparison: a table and curves that Python and the page share."""

from playwright.sync_api import expect

RUNS = """
import math
import jupyter_mlops as mlflow
%load_ext jupyter_mlops
{before}
mlflow.set_experiment({name!r})
names = ['logistic regression', 'random forest', 'gradient boosting', 'nearest neighbours']
for i in range({count}):
    with mlflow.start_run(run_name=names[i % 4] + ('' if i < 4 else f' {{i // 4}}')):
        mlflow.log_params({{'model': names[i % 4], 'rate': round(0.1 / (i + 1), 4), 'folds': 5}})
        for step in range(30):
            mlflow.log_metrics({{'loss': math.exp(-step / (5 + i % 7)) + 0.02 * i, 'accuracy': 1 - 0.5 * math.exp(-step / (4 + i % 5))}}, step=step)
"""


def compared(lab, notebook, name, count=4, before=""):
    cells = [RUNS.format(name=name, count=count, before=before).strip(), "w = mlflow.compare()\nw"]
    lab.open_notebook(notebook(name, *cells)).run_all()
    view = lab.output(1).get_by_test_id("mlops-compare")
    expect(view).to_have_attribute("aria-busy", "false")
    return view


def test_selection_goes_both_ways(lab, notebook):
    view = compared(lab, notebook, "compare.ipynb")
    expect(view).to_have_attribute("data-alive", "true")
    expect(view).to_have_attribute("data-source", "server")
    rows = view.get_by_test_id("mlops-compare-row")
    expect(rows).to_have_count(4)
    rows.nth(1).click()
    first = rows.nth(1).get_attribute("data-run-id")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    lab.told("w.selection", str([first]))

    lab.run_code("w.selection = w.run_ids[2:]")
    expect(view.locator('[data-testid="mlops-compare-row"][aria-selected="true"]')).to_have_count(2)
    assert lab.run_code("print(w.to_frame().shape[0], w)") == "4 <comparison of 4 runs>"
    expect(view.get_by_test_id("mlops-chart").locator(".plot-container").first).to_be_visible(timeout=60_000)
    view.scroll_into_view_if_needed()
    lab.command("jupyter-mlops:open")
    lab.shoot("compare")  # light: docs/comparison.png


def test_a_filter_and_differences_narrow_the_table(lab, notebook):
    view = compared(lab, notebook, "narrow.ipynb")
    grid = view.get_by_role("grid", name="Runs")
    expect(grid).to_contain_text("folds")
    view.get_by_test_id("mlops-differences").click()
    expect(grid).not_to_contain_text("folds")
    view.get_by_test_id("mlops-compare-filter").fill("forest")
    expect(view.get_by_test_id("mlops-compare-row")).to_have_count(1)
    lab.told("w.filter, w.differences_only", "forest True")


def test_a_hundred_runs_open(lab, notebook):
    view = compared(lab, notebook, "hundred.ipynb", count=100)
    expect(view).to_contain_text("100 runs")


def test_runs_of_1500_metrics_open(lab, notebook):
    """One chart is drawn, whatever there is to choose from; the table holds the columns that are seen."""
    asked = []
    lab.page.on("request", lambda one: "jupyter-mlops/views/" in one.url and asked.append(one.url))
    fill = RUNS.format(name="layers", count=4, before="").strip()
    fill += "\n        if step < 3: mlflow.log_metrics({f'layer{k:04}/norm': k / (step + 1) for k in range(1500)}, step=step)"
    lab.open_notebook(notebook("layers.ipynb", fill, "w = mlflow.compare()\nw")).run_all()
    view = lab.output(1).get_by_test_id("mlops-compare")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(view.get_by_test_id("mlops-chart")).to_have_attribute("data-drawn", "true")
    assert 0 < view.locator("[role=gridcell]").count() < 400
    assert view.locator(".js-plotly-plot").count() == 1
    assert view.locator("*").count() < 3000
    view.get_by_test_id("mlops-curve-metrics").click()
    assert lab.page.locator("*").count() < 8000
    assert 1 <= len(asked) < 12  # of the panel too


def test_a_store_elsewhere_is_shown_by_the_server(lab, notebook, tmp_path):
    place = str(tmp_path / "other" / "mlops.duckdb")
    view = compared(lab, notebook, "elsewhere.ipynb", before=f"mlflow.set_tracking_uri({place!r})")
    expect(view).to_have_attribute("data-source", "server")
    expect(view.get_by_test_id("mlops-compare-row")).to_have_count(4)
    assert (tmp_path / "other" / "mlops.duckdb").exists()


def test_a_reload_without_kernel_keeps_table_and_selection(lab, notebook):
    view = compared(lab, notebook, "reload.ipynb")
    chosen = view.get_by_test_id("mlops-compare-row").nth(2).get_attribute("data-run-id")
    view.locator(f'[data-run-id="{chosen}"]').first.click()  # also when the kernel has not answered yet
    expect(view).to_have_attribute("data-alive", "true")
    expect(view.locator(f'[data-run-id="{chosen}"]').first).to_have_attribute("aria-selected", "true")
    lab.save()
    data = lab.saved("reload.ipynb")["cells"][1]["outputs"][0]["data"]
    assert set(data) == {"application/vnd.jupyter-mlops+json", "text/html", "text/plain"}
    lab.command("kernelmenu:shutdown")
    lab.open("reload.ipynb")
    view = lab.output(1).get_by_test_id("mlops-compare")
    expect(view.get_by_test_id("mlops-compare-row")).to_have_count(4)
    row = view.locator(f'[data-run-id="{chosen}"]').first
    expect(row).to_have_attribute("aria-selected", "true")
    expect(view).to_have_attribute("data-source", "server")
