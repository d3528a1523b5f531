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
""".strip()
NAME = "charts.ipynb"


@pytest.fixture(scope="module")
def opened(server, browser):
    """One page with one notebook that was run."""
    import json

    import nbformat

    from tests.browser.conftest import SCREENSHOTS, TOKEN
    from tests.browser.labs import Lab

    cells = [nbformat.v4.new_code_cell(source) for source in (RUNS, "w = mlflow.compare()\nw")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (server["root"] / NAME).write_text(json.dumps(nbformat.v4.new_notebook(cells=cells, metadata=kernel)))
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(90_000)
    lab = Lab(page, server, TOKEN, SCREENSHOTS)
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
        self.view.scroll_into_view_if_needed()
        return chart

    def figure(self, what):
        """Something of the figure that plotly.js draws."""
        return self.at("mlops-chart").evaluate(f"node => {what}")

    def python(self, source):
        return self.lab.run_code(source)

    def selected(self, count):
        """Waits until Python has so many runs selected; returns their names."""
        for _ in range(60):
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


def test_look(charts):
    for tab in ("curves", "parallel", "scatter", "groups", "importance", "system"):
        charts.open(tab)
        charts.page.wait_for_timeout(500)
        charts.lab.shoot(f"chart-{tab}", charts.view)
    charts.python("w.selection = w.run_ids[-4:]")
    for tab in ("files", "images"):
        charts.at(f"mlops-tab-{tab}").click()
        charts.page.wait_for_timeout(1500)
        charts.lab.shoot(f"chart-{tab}", charts.view)
    charts.at("mlops-tab-files").click()
    for path in ("eval.json", "notes.md"):
        charts.at("mlops-files-path").select_option(path)
        charts.page.wait_for_timeout(1500)
        charts.lab.shoot(f"chart-files-{path}", charts.view)
    charts.at("mlops-tab-difference").click()
    charts.page.wait_for_timeout(1500)
    charts.lab.shoot("chart-difference", charts.view)
