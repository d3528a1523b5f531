"""Charts of a comparison: what is drawn, chosen in them, and read in Python, one notebook and kernel for all."""

import pytest
from playwright.sync_api import expect

RUNS = r"""
import math, random
import numpy as np
import jupyter_mlops as mlflow
%load_ext jupyter_mlops
mlflow.set_experiment('charts')
chance = random.Random(0)
for i in range(24):
    with mlflow.start_run(run_name=f'net {i:02}'):
        rate, optimizer, depth = 10 ** -chance.uniform(1, 4), ['adam', 'sgd', 'lion'][i % 3], 2 + i % 5
        mlflow.log_params({'learning_rate': float(f'{rate:.3g}'), 'optimizer': optimizer, 'depth': depth, 'folds': 5})
        mlflow.set_tag('team', ['vision', 'text'][i % 2])
        for step in range(60):
            fall = math.exp(-step / (6 + depth * 3)) + chance.gauss(0, 0.03)
            mlflow.log_metrics({'loss': fall + 0.2 * abs(math.log10(rate) + 2.5), 'accuracy': 1 - 0.5 * fall, 'epoch': step // 2}, step=step)
        mlflow.log_metrics({'system/cpu_utilization_percentage': 40 + i, 'system/system_memory_usage_megabytes': 900.0}, step=0)
        mlflow.log_metrics({'system/cpu_utilization_percentage': 60 - i, 'system/system_memory_usage_megabytes': 950.0 + i}, step=1)
        if i < 4:
            mlflow.log_text(f'# notes\nepochs 60\noptimizer {optimizer}\nend', 'notes.md')
            mlflow.log_table({'question': ['one', 'two'], 'right': [True, i % 2 == 0], 'score': [0.5, i / 7]}, 'eval.json')
            mlflow.log_dict({'labels': ['cat', 'dog'], 'matrix': [[40 - i, i], [5, 45]]}, 'confusion_matrix.json')
            for step in (0, 10, 20):
                mlflow.log_image(np.indices((32, 32)).sum(0) % (step + 3 + i) / (step + 3 + i), key='filters', step=step)
        mlflow.log_metric('score', 1 - 0.2 * abs(math.log10(rate) + 2.5) - 0.1 * (optimizer == 'sgd') + chance.gauss(0, 0.01))
with mlflow.start_run(run_id=mlflow.last_active_run().info.run_id) as run:
    points = [mlflow.entities.Metric('long', float(step % 97), 1_700_000_000_000 + step, step) for step in range(6000)]
    mlflow.MlflowClient().log_batch(run.info.run_id, metrics=points)
""".strip()
NAME = "charts.ipynb"


@pytest.fixture(scope="module")
def opened(server, browser):
    """One page with one notebook that was run."""
    import json

    import nbformat

    from tests.browser.conftest import TOKEN
    from tests.browser.labs import Lab

    cells = [nbformat.v4.new_code_cell(source) for source in (RUNS, "w = mlflow.compare()\nw")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (server["root"] / NAME).write_text(json.dumps(nbformat.v4.new_notebook(cells=cells, metadata=kernel)))
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(90_000)
    lab = Lab(page, server, TOKEN)
    lab.open_notebook(NAME).run_all()
    expect(lab.output(1).get_by_test_id("mlops-compare")).to_have_attribute("data-alive", "true")
    yield lab
    context.close()


class Charts:
    """The charts of the comparison that is shown."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page
        self.view = lab.output(1).get_by_test_id("mlops-charts")

    def at(self, testid):
        return self.view.get_by_test_id(testid)

    def open(self, tab):
        """Another kind of chart, drawn."""
        self.at(f"mlops-tab-{tab}").click()
        return self.drawn()

    def drawn(self):
        chart = self.at("mlops-chart")
        expect(chart).to_have_attribute("data-drawn", "true", timeout=60_000)
        expect(chart).to_have_attribute("aria-busy", "false", timeout=60_000)
        chart.evaluate("node => node.scrollIntoView({ block: 'center' })")
        return chart

    def figure(self, what):
        """Something of the figure that plotly.js draws."""
        return self.at("mlops-chart").evaluate(f"node => {what}")

    def python(self, source):
        return self.lab.run_code(source)

    def selected(self, count):
        """Waits until Python has so many runs selected; returns their names."""
        for _ in range(300):
            names = self.python("print([run.info.run_name for run in mlflow.tracking.settings.current_store().get_runs(w.selection)])")
            if len(eval(names)) == count:
                break
            self.page.wait_for_timeout(100)
        return eval(names)


@pytest.fixture
def charts(opened):
    """The charts with nothing selected."""
    opened.run_code("w.selection = []")
    return Charts(opened)


def test_curves(charts):
    """Several metrics, smoothed, over another one; the pointer on a line marks the row, a click selects its run."""
    charts.open("curves")
    charts.at("mlops-curve-metrics").click()
    for metric in ("loss", "accuracy"):
        box = charts.view.locator(f'[data-option="{metric}"]')
        if not box.is_checked():
            box.click()
            charts.drawn()
    charts.page.keyboard.press("Escape")
    charts.page.wait_for_function("document.querySelectorAll('[data-testid=mlops-chart] .cartesianlayer .subplot').length === 2")
    assert set(charts.figure("node.data.map(t => t.meta.metric)")) == {"loss", "accuracy"}
    charts.at("mlops-curve-smoothing").fill("0.8")
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data.filter(t => t.meta.raw).length === 48")
    charts.at("mlops-curve-x").select_option("metric epoch")
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').layout.xaxis2.title.text === 'epoch'")
    charts.lab.shoot("chart-curves-two", charts.view)
    charts.lab.told("w.charts['options']['curves']['x_key'], w.charts['options']['curves']['smoothing']", "epoch 0.8")
    run = charts.figure("node.data[1].meta.run_id")
    charts.figure("node.emit('plotly_hover', {points: [{data: node.data[1]}]})")
    expect(charts.lab.output(1).locator(f'[data-testid="mlops-compare-row"][data-run-id="{run}"]')).to_have_attribute("data-hovered", "true")
    charts.figure("node.emit('plotly_click', {points: [{data: node.data[1]}]})")
    assert len(charts.selected(1)) == 1
    charts.page.wait_for_function("new Set(document.querySelector('[data-testid=mlops-chart]').data.map(t => t.opacity)).size > 2")


def test_zooming_asks_for_all_points(charts):
    """Of a long curve a part shows the points that the whole has no room for; a double click brings the whole back."""
    charts.python("w.charts = {'tab': 'curves', 'options': {'curves': {'keys': ['long']}}}")
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data?.[0]?.meta.metric === 'long'")
    charts.drawn()
    assert charts.figure("node.data[0].x.length") <= 2000
    with charts.page.expect_request(lambda request: "between" in (request.post_data or "") and '"between":null' not in request.post_data) as asked:
        box = charts.view.locator(".nsewdrag").first.bounding_box()
        charts.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60)
        charts.page.mouse.down()
        charts.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=4)
        charts.page.mouse.up()
    assert '"keys":["long"]' in asked.value.post_data
    charts.page.wait_for_function(
        """() => { const { data, layout } = document.querySelector('[data-testid=mlops-chart]'); const [low, high] = layout.xaxis.range;
        const seen = data[0].x.filter(x => x >= low && x <= high); return seen.length > 400 && seen[1] - seen[0] === 1; }"""
    )
    charts.page.mouse.dblclick(box["x"] + 50, box["y"] + 60)
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data[0].x.at(-1) === 5999")


def test_parallel_coordinates(charts):
    """What is brushed on an axis is the selection; what Python selects stands out."""
    charts.open("parallel")
    axis = charts.view.locator(".y-axis").nth(1).locator(".axis-brush .background").bounding_box()
    x, top, height = axis["x"] + axis["width"] / 2, axis["y"], axis["height"]
    charts.page.mouse.move(x, top + height * 0.1)
    charts.page.mouse.down()
    charts.page.mouse.move(x, top + height * 0.5, steps=6)
    charts.page.mouse.up()
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data[0].dimensions.some(d => d.constraintrange)")
    index, low, high = charts.figure(
        "(() => { const at = node.data[0].dimensions.findIndex(d => d.constraintrange); return [at, ...node.data[0].dimensions[at].constraintrange]; })()"
    )
    values = charts.figure(f"Array.from(node.data[0].dimensions[{index}].values)")
    expected = sum(low <= value <= high for value in values)
    assert 0 < expected < 24
    charts.selected(expected)
    charts.python("w.selection = w.run_ids[:3]")
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data[0].line.colorscale.length > 2")
    stops, places = charts.figure("node.data[0].line.colorscale"), charts.figure("Array.from(node.data[0].line.color)")
    assert stops[0][1] == stops[1][1] != stops[-1][1]  # what is not selected is grey
    assert sum(place == min(places) for place in places) == 21


def test_scatter(charts):
    """A lasso selects runs; a selection in Python marks points."""
    charts.open("scatter")
    charts.at("mlops-scatter-x").select_option("params.learning_rate")
    charts.at("mlops-scatter-y").select_option("metrics.score")
    charts.at("mlops-scatter-color").select_option("params.optimizer")
    charts.at("mlops-scatter-size").select_option("params.depth")
    charts.at("mlops-scatter-log-x").check()
    charts.page.wait_for_function(
        "document.querySelector('[data-testid=mlops-chart]').data.length === 3 && document.querySelector('[data-testid=mlops-chart]').layout.xaxis.type === 'log'"
    )
    charts.drawn()
    charts.lab.shoot("chart-scatter-full", charts.view)
    charts.drawn()
    box = charts.view.locator(".nsewdrag").first.bounding_box()
    left, top, right, bottom = box["x"] + 2, box["y"] + 2, box["x"] + box["width"] / 2, box["y"] + box["height"] - 2
    charts.page.mouse.move(left, top)
    charts.page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        charts.page.mouse.move(x, y, steps=3)
    charts.page.mouse.up()
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data.some(t => t.selectedpoints?.length > 0)")
    chosen = charts.figure("node.data.flatMap(t => t.selectedpoints.map(at => t.meta.run_ids[at]))")
    assert 0 < len(chosen) < 24
    charts.selected(len(chosen))
    assert sorted(eval(charts.python("print(w.selection)"))) == sorted(chosen)
    charts.python("w.selection = w.run_ids[:5]")
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data.flatMap(t => t.selectedpoints).length === 5")


def test_groups(charts):
    """A click on a bar selects the runs of the group."""
    charts.open("groups")
    charts.at("mlops-groups-shape").select_option("bar")
    charts.at("mlops-groups-by").select_option("tags.team")
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').data[0].meta.run_ids.length === 2")
    charts.drawn()
    charts.lab.shoot("chart-groups-bar", charts.view)
    bar = charts.view.locator(".bars .point").first.bounding_box()
    charts.page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    names = charts.selected(12)
    assert {int(name.split()[1]) % 2 for name in names} == {1}  # "text" stands before "vision"


def test_importance_and_its_numbers(charts):
    """Numbers stand behind a chart in a table, which can be copied."""
    charts.open("importance")
    charts.at("mlops-importance-metric").select_option("metrics.score")
    charts.page.wait_for_function("document.querySelector('[data-testid=mlops-chart]').layout.xaxis.title.text.includes('score')")
    charts.at("mlops-data").click()
    rows = charts.at("mlops-chart-data").locator("tbody tr")
    expect(rows.first).to_contain_text("learning_rate")
    charts.lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    charts.at("mlops-chart-data").get_by_test_id("mlops-copy").click()
    expect(charts.at("mlops-chart-data").get_by_test_id("mlops-copy")).to_have_text("Copied")
    copied = charts.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0] == "param,importance,correlation"
    assert len(copied.splitlines()) == 4


def test_system_metrics(charts):
    charts.open("system")
    assert set(charts.figure("node.data.map(t => t.meta.metric)")) == {"system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"}
    charts.lab.shoot("chart-system", charts.view)


def test_files(charts):
    """Confusion matrices, tables and texts of the selected runs beside each other."""
    charts.python("w.selection = w.run_ids[-4:]")
    charts.at("mlops-tab-files").click()
    charts.page.wait_for_function("document.querySelectorAll('[data-testid=mlops-files] .heatmaplayer').length === 4")
    charts.lab.shoot("chart-files-matrix", charts.view)
    charts.at("mlops-files-path").select_option("notes.md")
    expect(charts.at("mlops-beside")).to_have_count(4)
    expect(charts.at("mlops-diff").locator('[data-kind="added"]')).to_have_count(1)
    charts.at("mlops-files-path").select_option("eval.json")
    expect(charts.at("mlops-files").locator("[data-differs]").first).to_be_visible()
    charts.lab.shoot("chart-files-table", charts.view)


def test_images_by_step(charts):
    charts.python("w.selection = w.run_ids[-4:]")
    charts.at("mlops-tab-images").click()
    pictures = charts.at("mlops-images").locator("img")
    expect(pictures).to_have_count(4)
    assert pictures.evaluate_all("all => all.every(one => one.complete && one.naturalWidth === 256)")
    before = pictures.first.get_attribute("src")
    charts.at("mlops-images-step").press("Home")
    expect(charts.at("mlops-images").get_by_text("step 0")).to_have_count(4)
    expect(pictures.first).not_to_have_attribute("src", before)


def test_difference_of_two_runs(charts):
    charts.at("mlops-tab-difference").click()
    expect(charts.at("mlops-difference")).to_contain_text("Select two runs")
    charts.python("w.selection = w.run_ids[:2]")
    expect(charts.at("mlops-difference").locator('[data-section="params"]')).to_contain_text("optimizer")
    charts.lab.shoot("chart-difference", charts.view)


def test_tabs_follow_keys_and_python(charts):
    charts.python("w.charts = {'tab': 'scatter', 'options': {'scatter': {'y': 'metrics.score'}}}")
    tab = charts.at("mlops-tab-scatter")
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(charts.at("mlops-scatter-y")).to_have_value("metrics.score")
    tab.press("ArrowRight")
    expect(charts.at("mlops-tab-groups")).to_be_focused()
    charts.lab.told("w.charts['tab']", "groups")
