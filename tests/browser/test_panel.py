"""The panel: runs and models of the store, a stage changed with one confirmation, changes seen without a refresh."""

import subprocess
import sys

from playwright.sync_api import expect

FILL = """
import jupyter_mlops as mlflow
mlflow.set_experiment("panel")
for name, accuracy in (("logistic", 0.91), ("forest", 0.97), ("neighbours", 0.88)):
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params({"model": name, "seed": 7})
        mlflow.log_metric("accuracy", accuracy)
        mlflow.log_text("x", "model/MLmodel")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "wine")
client = mlflow.MlflowClient()
client.transition_model_version_stage("wine", "1", "Production")
client.set_registered_model_alias("wine", "champion", "2")
"""


def in_store(lab, code):
    """Run code in another process on the server's store."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=lab.root, env=lab.server["env"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def opened(lab):
    lab.open()
    lab.command("jupyter-mlops:open")
    panel = lab.page.get_by_test_id("mlops-panel")
    expect(panel).to_be_visible()
    return panel


def test_runs_are_listed_filtered_and_followed(lab):
    in_store(lab, FILL.replace("wine", "wine-runs"))
    panel = opened(lab)
    panel.get_by_test_id("mlops-tab-runs").click()
    panel.get_by_test_id("mlops-experiment").select_option(label="panel")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(3)
    panel.get_by_test_id("mlops-run").first.click()
    lab.shoot("panel-runs")
    panel.get_by_test_id("mlops-filter").fill("metrics.accuracy > 0.9")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(2)
    panel.get_by_test_id("mlops-filter").fill("metrics.accuracy >")
    expect(panel.get_by_test_id("mlops-filter-error")).to_be_visible()
    panel.get_by_test_id("mlops-filter").fill("")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(3)

    in_store(lab, "import jupyter_mlops as m; m.set_experiment('panel'); m.start_run(run_name='newcomer'); m.end_run()")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(4)
    expect(panel).to_contain_text("newcomer")


def test_a_stage_is_changed_with_a_confirmation(lab):
    in_store(lab, FILL)
    panel = opened(lab)
    panel.get_by_test_id("mlops-tab-models").click()
    panel.locator('[data-testid="mlops-model"][data-model="wine"]').locator("button").first.click()
    version = panel.locator('[data-testid="mlops-version"][data-version="3"]')
    expect(version).to_have_attribute("data-stage", "None")
    lab.shoot("panel-models")
    version.get_by_test_id("mlops-stage").click()
    lab.page.locator('[data-testid="mlops-stage-option"][data-stage="Production"]').click()
    sheet = panel.get_by_test_id("mlops-move")
    expect(sheet).to_contain_text("wine")
    expect(sheet.get_by_test_id("mlops-archive")).to_be_visible()
    lab.shoot("panel-confirm")
    stages = "import jupyter_mlops as m; print([v.current_stage for v in m.search_model_versions(filter_string=\"name='wine'\", order_by=['version_number ASC'])])"
    assert in_store(lab, stages) == "['Production', 'None', 'None']"
    sheet.get_by_test_id("mlops-archive").check()
    sheet.get_by_test_id("mlops-move-ok").click()
    expect(version).to_have_attribute("data-stage", "Production")
    assert in_store(lab, stages) == "['Archived', 'None', 'Production']"
    lab.shoot("panel-moved")
    panel.get_by_test_id("mlops-undo").click()
    expect(version).to_have_attribute("data-stage", "None")
    assert in_store(lab, stages) == "['Production', 'None', 'None']"


def test_an_empty_store_says_what_to_do(lab):
    panel = opened(lab)
    panel.get_by_test_id("mlops-tab-models").click()
    panel.get_by_test_id("mlops-model-filter").fill("no such model")
    expect(panel).to_contain_text("No")
