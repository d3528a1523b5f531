"""Models tried without a kernel: on the page and in JupyterLab, in a process of the server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

import jupyter_mlops as mlflow
from tests.browser import pictures
from tests.browser.labs import field
from tests.browser.pages import ROOT, Served, Tab, ui

HOUSES = """
import sys
import pandas as pd
import jupyter_mlops as mlflow
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor
mlflow.set_tracking_uri(sys.argv[1])
X = pd.DataFrame({"size": [50.0, 80.0, 120.0, 65.0], "rooms": [2, 3, 4, 2], "garden": [False, True, True, False]})
y = [1.0, 1.7, 2.6, 1.3]
for model in (LinearRegression(), DecisionTreeRegressor(random_state=0)):
    with mlflow.start_run(run_name=type(model).__name__):
        mlflow.sklearn.log_model(model.fit(X, y), "model", input_example=X, registered_model_name="homes")
mlflow.MlflowClient().set_registered_model_alias("homes", "champion", "1")
"""
FOREIGN = """
import sys
import pandas as pd
import jupyter_mlops as mlflow
class Foreign(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        if model_input["size"].iloc[0] > 1000:
            import os
            os._exit(3)
        return model_input["size"] * 2
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run():
    mlflow.pyfunc.log_model("model", python_model=Foreign(), input_example=pd.DataFrame({"size": [21.0]}), pip_requirements=[], registered_model_name="foreign")
"""


def fill(folder):
    """A store with a model of two versions by the server's user, and one by a stranger."""
    for script, data in ((HOUSES, "data"), (FOREIGN, "strangers")):
        env = os.environ | {"JUPYTER_MLOPS_DATA_DIR": str(folder / data), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-W", "ignore", "-c", script, str(folder / "mlops.duckdb")], env=env, check=True, timeout=120)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predict")
    fill(folder)
    with ui(folder) as (process, port):
        yield Served(folder, process, port)


@pytest.fixture(params=["light"])
def tab(served, browser, request):
    opened = Tab(browser, scheme=request.param).open(served.link())
    yield opened
    opened.check(served.base)
    opened.close()


def by_python(folder, version, **values):
    mlflow.set_tracking_uri(str(folder / "mlops.duckdb"))
    return float(mlflow.sklearn.load_model(f"models:/homes/{version}", trust=True).predict(pd.DataFrame([values])[["size", "rooms", "garden"]])[0])


def said_by(view):
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(1)
    return said(view)


def said(view):
    return [float(text) for text in view.get_by_test_id("mlops-prediction").all_inner_texts()]


def test_a_version_is_tried_and_another_beside_it(served, tab):
    folder = served.folder
    tab.go("#/models/homes?tab=predict")
    view = tab.at("mlops-playground")
    expect(tab.at("mlops-champion")).to_have_value("1")  # where the alias points
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(1)  # of the example
    expect(tab.at("mlops-served")).to_be_visible()
    field(view, "size").locator("input[type=text]").fill("100")
    field(view, "garden").locator("input").set_checked(True)
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    rooms = int(field(view, "rooms").locator("input[type=text]").input_value())
    assert said(view) == pytest.approx([by_python(folder, 1, size=100.0, rooms=rooms, garden=True)], rel=1e-5)
    expect(view.locator(".js-plotly-plot")).to_have_count(1)

    tab.at("mlops-challenger").select_option("2")
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(2)
    assert "versions=1%2C2" in tab.page.url
    field(view, "size").locator("input[type=text]").fill("100")
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    garden = field(view, "garden").locator("input").is_checked()
    wanted = [by_python(folder, version, size=100.0, rooms=rooms, garden=garden) for version in (1, 2)]
    assert said(view) == pytest.approx(wanted, rel=1e-5)

    tab.page.get_by_role("tab", name="History").click()
    with tab.page.expect_response("**/views/predict_what_if"):  # after whatever else it asks
        tab.page.get_by_role("tab", name="Predict").click()
    expect(field(view, "size").locator("input[type=text]")).to_have_value("100")  # what was typed is there again
    pictures.take(tab.page, "predict-page-light")


def test_rows_of_a_file_are_predicted(tab, tmp_path):
    (tmp_path / "rows.csv").write_text("size,rooms,garden\n" + "".join(f"{50 + n},2,false\n" for n in range(150)))
    tab.go("#/models/homes?tab=predict&versions=1,2")
    view = tab.at("mlops-playground")
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(2)
    view.get_by_role("tab", name="Table").click()
    view.locator("input[type=file]").set_input_files(tmp_path / "rows.csv")
    expect(view).to_contain_text("150 rows")
    expect(tab.at("mlops-differing")).to_contain_text(re.compile(r"\d+ row"))


def test_a_strangers_model_is_asked_about_and_a_crash_is_said(tab):
    tab.go("#/models/foreign?tab=predict")
    view = tab.at("mlops-playground")
    expect(view.locator(".jp-mlops-trust")).to_contain_text("can run any code")
    expect(view.get_by_test_id("mlops-predict")).to_be_disabled()
    pictures.take(tab.page, "predict-trust-light")
    tab.at("mlops-trust").click()
    expect(view.get_by_test_id("mlops-prediction")).to_have_text("42")
    field(view, "size").locator("input[type=text]").fill("2000")
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-problem")).to_contain_text("ended with code 3")
    field(view, "size").locator("input[type=text]").fill("4")
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-prediction")).to_have_text("8")  # by a new process, of the files that were trusted
    tab.errors[:] = [error for error in tab.errors if "400" not in error]  # the browser writes down each answer that is an error


def test_the_menu_of_a_version_leads_there(tab):
    tab.go("#/models/homes")
    tab.page.locator('[data-testid="mlops-versions-row"][data-version="2"]').get_by_test_id("mlops-version-menu").click()
    tab.at("mlops-try").click()
    expect(tab.at("mlops-champion")).to_have_value("2")
    expect(tab.at("mlops-prediction")).to_have_count(1)


def test_the_model_of_a_run_is_tried(served, tab):
    mlflow.set_tracking_uri(served.store)
    run = mlflow.search_runs(search_all_experiments=True, filter_string="attributes.run_name = 'LinearRegression'", output_format="list")[0]
    tab.go(f"#/runs/{run.info.run_id}?tab=model")
    tab.at("mlops-try").click()
    assert said_by(tab.at("mlops-playground")) == pytest.approx([1.0], rel=0.1)


def test_a_notebooks_playground_goes_on_without_its_kernel(lab, notebook):
    source = HOUSES.replace("mlflow.set_tracking_uri(sys.argv[1])\n", "").strip()
    cells = [f"import warnings; warnings.simplefilter('ignore')\n{source}\n%load_ext jupyter_mlops", "mlflow.playground('models:/homes/1')"]
    lab.open_notebook(notebook("served.ipynb", *cells)).run_all()
    view = lab.output(1).get_by_test_id("mlops-playground")
    expect(view).to_have_attribute("data-alive", "true")
    expect(view.get_by_test_id("mlops-prediction")).to_have_count(1)
    lab.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    view.get_by_test_id("mlops-serve").click()
    expect(view.get_by_test_id("mlops-served")).to_be_visible()
    field(view, "size").locator("input[type=text]").fill("100")
    view.get_by_test_id("mlops-predict").click()
    expect(view.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    values = {"rooms": int(field(view, "rooms").locator("input[type=text]").input_value())}
    wanted = by_python(Path(lab.root), 1, size=100.0, garden=field(view, "garden").locator("input").is_checked(), **values)
    assert said(view) == pytest.approx([wanted], rel=1e-5)
    lab.shoot("predict-notebook", lab.output(1))

    lab.command("jupyter-mlops:open-page", place="models/homes?tab=predict&versions=1,2")
    page = lab.page.locator(".jp-mlops-page-tab:visible").get_by_test_id("mlops-playground")
    expect(page.get_by_test_id("mlops-prediction")).to_have_count(2)
    field(page, "size").locator("input[type=text]").fill("90")
    page.get_by_test_id("mlops-predict").click()
    expect(page.get_by_test_id("mlops-result")).not_to_have_attribute("data-stale", "true")
    values["garden"] = field(page, "garden").locator("input").is_checked()
    assert said(page) == pytest.approx([by_python(Path(lab.root), version, size=90.0, **values) for version in (1, 2)], rel=1e-5)
    lab.shoot("predict-lab")
