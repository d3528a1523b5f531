"""What a large store costs the browser: requests, elements in the page, scripts at the start."""

import gzip
import math
import re

from playwright.sync_api import expect

from tests.browser.labs import in_store
from tests.browser.test_panel import opened

RUNS, PAGE = 1_200, 50
ROW, AROUND = 44, 6  # pixels of a run's row; rows that are kept above and below what is in sight
MANY = f"""
import jupyter_mlops as mlflow
client = mlflow.MlflowClient()
experiment = client.create_experiment("large")
for number in range({RUNS}):
    client.create_run(experiment, start_time=1_900_000_000_000 + number * 1000, run_name=f"large {{number}}")
"""
MOST_BYTES = 250_000
SCRIPTS = "performance.getEntriesByType('resource').filter(one => one.initiatorType === 'script').map(one => one.name)"


def test_scrolling_asks_for_what_it_shows_and_keeps_few_rows(lab):
    in_store(lab, MANY)
    asked = []
    lab.page.on("request", lambda one: asked.append(one.url) if "/views/run_list" in one.url else None)
    panel = opened(lab)
    rows = panel.get_by_test_id("mlops-run")
    expect(rows.first).to_contain_text(f"large {RUNS - 1}")
    assert len(asked) <= 2
    box = panel.locator(".jp-mlops-list").bounding_box()
    lab.page.mouse.move(box["x"] + 40, box["y"] + 100)
    most = rows.count()
    for _ in range(20):
        lab.page.mouse.wheel(0, 800)
        lab.page.wait_for_timeout(150)
        most = max(most, panel.locator(".jp-mlops-tree-row").count())
    lab.page.wait_for_function("document.querySelector('#jupyter-mlops-panel .jp-mlops-list').scrollTop === 16000")
    expect(panel.locator('[data-kind="waiting"]')).to_have_count(0)
    expect(rows.last).to_have_attribute("data-index", re.compile("^(36[3-9]|3[7-9]\\d)$"))
    for index, text in rows.evaluate_all("all => all.map(one => [+one.dataset.index, one.textContent])"):
        assert f"large {RUNS - index}" in text  # below the row of the experiment
    assert index >= 20 * 800 / ROW
    assert most <= box["height"] / ROW + 2 * AROUND + 2
    assert len(asked) <= math.ceil(index / PAGE) + 2


def test_what_loads_at_the_start_is_small_and_without_plotly(lab):
    lab.open()
    scripts = [name for name in lab.page.evaluate(SCRIPTS) if "/extensions/jupyter-mlops/" in name]
    bodies = [lab.page.request.get(name).body() for name in scripts]
    sizes = {name.rsplit("/", 1)[1].split("?")[0]: len(gzip.compress(body)) for name, body in zip(scripts, bodies, strict=True)}
    assert scripts
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_plotly_comes_once_and_only_for_a_chart(lab, notebook):
    asked = []
    # Where plotly's own extension is, JupyterLab loads it at its start, whoever draws.
    lab.page.route("**/extensions/jupyterlab-plotly/**", lambda route: route.abort())
    lab.page.on("request", lambda one: "plotly" in one.url and "/jupyterlab-plotly/" not in one.url and ".ipynb" not in one.url and asked.append(one.url))
    lab.open_notebook(notebook("drawn.ipynb", BEGIN, CURVE, "m.compare(m.search_runs())", "m.compare(m.search_runs())"))
    lab.command("jupyter-mlops:open")
    expect(lab.page.get_by_test_id("mlops-panel")).to_be_visible()
    assert asked == []
    lab.run_all()
    for cell in (2, 3):
        chart = lab.output(cell).get_by_test_id("mlops-chart").first
        chart.scroll_into_view_if_needed()
        expect(chart.locator(".plot-container").first).to_be_visible()
    assert len(asked) == 1


BEGIN = "%load_ext jupyter_mlops\nimport jupyter_mlops as m\nm.set_experiment('plotly');"
CURVE = "for n in range(2):\n    with m.start_run():\n        for step in range(9):\n            m.log_metric('loss', n + step, step=step)"
