"""The panel: runs and models of the store, found, looked at, compared, changed; changes seen without a refresh."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.labs import in_store

FILL = """
import jupyter_mlops as mlflow
mlflow.set_experiment("of the panel")
for name, accuracy in (("logistic", 0.91), ("forest", 0.97), ("neighbours", 0.88)):
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params({"model": name, "seed": 7})
        for step in range(12):
            mlflow.log_metric("accuracy", accuracy - 0.3 / (step + 1), step=step)
        mlflow.log_metric("accuracy", accuracy, step=12)
        mlflow.log_text("x", "model/MLmodel")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "wine")
client = mlflow.MlflowClient()
client.transition_model_version_stage("wine", "1", "Production")
client.set_registered_model_alias("wine", "champion", "2")
"""
NESTED = """
import jupyter_mlops as mlflow
mlflow.set_experiment("nested")
with mlflow.start_run(run_name="parent"):
    for name in ("one", "two"):
        with mlflow.start_run(run_name=name, nested=True):
            mlflow.log_metric("loss", 1.0)
"""
MODELS = """
import jupyter_mlops as mlflow
mlflow.set_experiment("registrable")
with mlflow.start_run(run_name="of two") as run:
    mlflow.log_text("x", "large/MLmodel")
    mlflow.log_text("x", "small/MLmodel")
with mlflow.start_run(run_name="of none"):
    pass
mlflow.MlflowClient().create_registered_model("cellar-red")
print(run.info.run_id)
"""
STATES = "import jupyter_mlops as m; print(sorted((r.info.run_name, r.info.lifecycle_stage, r.data.tags.get({tag!r})) for r in m.search_runs(experiment_names=[{name!r}], run_view_type=3, output_format='list')))"


def opened(lab, *experiments):
    """The panel, with only these experiments open: the newest one without any."""
    lab.open()
    expect(lab.page.locator(".jp-Launcher")).to_be_focused()  # it takes the focus a moment after it is there
    lab.page.evaluate("localStorage.clear()")
    lab.command("jupyter-mlops:open")
    panel = lab.page.get_by_test_id("mlops-panel")
    expect(panel).to_be_visible()
    expanded = panel.locator('[data-testid="mlops-experiment"][aria-expanded="true"]')
    if experiments:
        expect(expanded.first).to_be_visible()  # the newest, and what an earlier page left open
        while count := expanded.count():
            expanded.first.click()
            expect(expanded).to_have_count(count - 1)
    for name in experiments:
        experiment(panel, name).click()
    return panel


def experiment(panel, name):
    return panel.get_by_test_id("mlops-experiment").filter(has=panel.page.get_by_text(name, exact=True))


def run(panel, name):
    return panel.get_by_test_id("mlops-run").filter(has_text=name)


def states(lab, name, tag="jupyter_mlops.archived"):
    return in_store(lab, STATES.format(tag=tag, name=name))


def test_runs_are_listed_filtered_and_followed(lab):
    in_store(lab, FILL.replace("wine", "wine-runs").replace('"accuracy"', '"found"'))  # the filter looks into all experiments
    panel = opened(lab, "of the panel")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(3)
    expect(experiment(panel, "of the panel").get_by_test_id("mlops-count")).to_have_text("3")
    expect(run(panel, "forest").locator(".jp-mlops-spark polyline")).to_be_attached()
    run(panel, "forest").click()
    expect(panel.get_by_test_id("mlops-run-details")).to_contain_text("seed")
    expect(run(panel, "forest").locator(".jp-mlops-item-when").first).to_have_css("opacity", "0")  # below the button of its menu
    lab.shoot("panel-runs")
    box = panel.get_by_test_id("mlops-filter")
    box.fill("metrics.found > 0.9 AND params.model != 'none'")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(2)
    expect(panel.get_by_test_id("mlops-selected")).to_have_text("1 selected")
    box.fill("metrics.found > ")
    expect(panel.get_by_test_id("mlops-filter-error")).to_be_visible()
    expect(panel.get_by_test_id("mlops-run")).to_have_count(2)  # what was found stays
    box.fill("")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(3)

    in_store(lab, "import jupyter_mlops as m; m.set_experiment('of the panel'); m.MlflowClient().create_run(m.get_experiment_by_name('of the panel').experiment_id, run_name='newcomer')")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(4)
    expect(run(panel, "newcomer").locator('[data-status="RUNNING"]')).to_be_visible()
    expect(experiment(panel, "of the panel").get_by_test_id("mlops-running")).to_contain_text("1")


def test_the_filter_completes_fields_operators_and_values(lab):
    in_store(lab, FILL.replace("wine", "wine-filter").replace('"of the panel"', '"completed"').replace('"model"', '"family"'))
    panel = opened(lab)
    box = panel.get_by_test_id("mlops-filter")
    offered = lab.page.locator(".jp-mlops-suggestions [role=option] code")
    box.click()
    expect(offered.first).to_be_visible()
    box.press_sequentially("params.fam")
    expect(offered.first).to_have_text("params.family")
    box.press("Enter")
    box.press_sequentially("=")
    box.press_sequentially(" 'f")
    expect(offered).to_have_text(["'forest'"])
    box.press("Enter")
    expect(box).to_have_value("params.family = 'forest' ")
    box.fill("status = ")
    expect(offered.first).to_have_text("'FINISHED'")


def test_many_runs_are_selected_archived_deleted_and_brought_back(lab):
    in_store(lab, FILL.replace("wine", "wine-many").replace('"of the panel"', '"many chosen"'))
    panel = opened(lab, "many chosen")
    run(panel, "neighbours").click()
    run(panel, "logistic").click(modifiers=["Shift"])
    expect(panel.locator('.jp-mlops-tree-row[aria-selected="true"]')).to_have_count(3)
    run(panel, "forest").click(modifiers=["Control"])
    expect(panel.get_by_test_id("mlops-selected")).to_have_text("2 selected")
    panel.get_by_test_id("mlops-tool-archive").click()
    expect(panel.get_by_test_id("mlops-run")).to_have_count(1)
    assert states(lab, "many chosen") == "[('forest', 'active', None), ('logistic', 'active', 'true'), ('neighbours', 'active', 'true')]"
    panel.get_by_test_id("mlops-selected").click()
    panel.get_by_test_id("mlops-shown").select_option("archived")
    expect(run(panel, "logistic")).to_be_visible()
    lab.shoot("panel-archived")
    panel.get_by_test_id("mlops-undo").click()
    expect(panel).to_contain_text("No archived runs")
    panel.get_by_test_id("mlops-shown").select_option("active")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(3)

    run(panel, "forest").click()
    lab.page.keyboard.press("Delete")
    panel.get_by_test_id("mlops-delete-ok").click()
    expect(panel.get_by_test_id("mlops-run")).to_have_count(2)
    assert "('forest', 'deleted', None)" in states(lab, "many chosen")
    panel.get_by_test_id("mlops-shown").select_option("deleted")
    run(panel, "forest").click(button="right")
    lab.shoot("panel-deleted")
    lab.page.get_by_test_id("mlops-run-restore").click()
    expect(panel.get_by_test_id("mlops-status")).to_contain_text("Restored forest")
    assert "('forest', 'active', None)" in states(lab, "many chosen")


def test_a_run_is_renamed_tagged_and_copied_by_keys_and_menu(lab, notebook):
    in_store(lab, FILL.replace("wine", "wine-names").replace('"of the panel"', '"names"'))
    lab.open_notebook(notebook("names.ipynb", "1 + 1"))
    lab.page.evaluate("localStorage.clear()")
    lab.command("jupyter-mlops:open")
    panel = lab.page.get_by_test_id("mlops-panel")
    run(panel, "forest").click()
    lab.page.keyboard.press("F2")
    name = panel.get_by_test_id("mlops-run-name")
    name.fill("woods")
    name.press("Enter")
    expect(run(panel, "woods")).to_be_visible()
    assert "('woods', 'active', None)" in states(lab, "names")
    run(panel, "woods").click(button="right")
    lab.shoot("panel-menu")
    lab.page.get_by_test_id("mlops-run-tag").click()
    lab.page.get_by_test_id("mlops-tag-key").fill("team")
    lab.page.get_by_test_id("mlops-edit-text").fill("red")
    lab.page.get_by_test_id("mlops-edit-text").press("Enter")
    expect(panel.get_by_test_id("mlops-status")).to_contain_text("Tagged woods")
    assert "('woods', 'active', 'red')" in states(lab, "names", "team")
    run(panel, "woods").click(button="right")
    lab.page.get_by_test_id("mlops-run-code").click()
    run_id = run(panel, "woods").get_attribute("data-run-id")
    expect(lab.page.locator(".jp-Notebook .jp-Cell").nth(1)).to_contain_text(f'run = mlflow.get_run("{run_id}")')
    expect(lab.page.locator(".jp-Notebook .jp-Cell").nth(1)).to_contain_text("import jupyter_mlops as mlflow")


def test_a_model_of_a_run_is_registered(lab):
    run_id = in_store(lab, MODELS)
    panel = opened(lab, "registrable")

    def sheet(name):
        run(panel, name).click(button="right")
        lab.page.get_by_test_id("mlops-run-register").click()
        return panel.get_by_test_id("mlops-register-sheet")

    expect(sheet("of none")).to_contain_text("This run logged no model")
    lab.page.keyboard.press("Escape")
    asked = sheet("of two")
    asked.get_by_test_id("mlops-register-which").select_option("small")
    name = asked.get_by_test_id("mlops-register-name")
    expect(name).to_be_focused()
    name.fill("lar-r")
    expect(asked.locator("option[value=cellar-red]")).to_have_count(1)
    name.fill("no/name")
    name.press("Enter")
    expect(asked.get_by_role("alert")).to_contain_text("no/name")
    name.fill("cellar-red")
    expect(asked.get_by_role("alert")).to_have_count(0)
    lab.shoot("panel-register", panel)
    name.press("Enter")
    expect(asked.get_by_test_id("mlops-registered")).to_have_text("It is version 1 of cellar-red.")
    made = "import jupyter_mlops as m; v = m.MlflowClient().get_model_version('cellar-red', '1'); print(v.run_id, v.source.rpartition('/')[2])"
    assert in_store(lab, made).split() == [run_id, "small"]
    asked.get_by_role("button", name="version 1 of cellar-red").click()
    expect(lab.page.get_by_test_id("mlops-page").get_by_role("heading", name="cellar-red")).to_be_visible()


def test_child_runs_are_below_their_parent_and_the_keyboard_gets_there(lab):
    in_store(lab, NESTED)
    panel = opened(lab, "nested")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(1)
    run(panel, "parent").click()
    lab.page.keyboard.press("ArrowRight")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(3)
    expect(run(panel, "one")).to_have_attribute("aria-level", "3")
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Shift+ArrowDown")
    expect(panel.locator('.jp-mlops-tree-row[aria-selected="true"]')).to_have_count(2)
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("ArrowLeft")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(1)


def test_a_running_cell_is_stopped(lab, notebook):
    cells = "%load_ext jupyter_mlops", "%%track endless\nimport time\nfor _ in range(600): time.sleep(0.1)"
    lab.open_notebook(notebook("endless.ipynb", *cells))
    lab.page.evaluate("localStorage.clear()")
    lab.run_all(wait=False)
    lab.command("jupyter-mlops:open")
    panel = lab.page.get_by_test_id("mlops-panel")
    box = panel.get_by_test_id("mlops-filter")
    box.fill("endless")
    run(panel, "endless").click(button="right")
    lab.page.get_by_test_id("mlops-run-stop").click()
    expect(run(panel, "endless").locator('[data-status="KILLED"]')).to_be_visible()


MANY = """
import jupyter_mlops as mlflow
from jupyter_mlops.tracking.settings import current_store
store = current_store()
home = mlflow.create_experiment("long")
for number in range(400):
    store.create_run(home, f"run {number}", "me", 1000 + number, {}, owned=False)
"""


def test_only_what_is_in_sight_is_asked_for_and_in_the_page(lab):
    in_store(lab, MANY)
    asked = []
    lab.page.on("request", lambda one: asked.append((one.url, one.post_data)) if "/views/" in one.url else None)
    panel = opened(lab)
    expect(run(panel, "run 399")).to_be_visible()
    lists = [json.loads(body) for url, body in asked if "run_list" in url]
    assert 1 <= len(lists) <= 2 and {one["limit"] for one in lists} == {50}
    rows = panel.locator(".jp-mlops-tree-row").count()
    assert 10 < rows < 60
    lab.page.wait_for_timeout(2500)  # nothing has changed: nothing is asked for
    assert len([url for url, _ in asked if "/views/" in url]) <= 2
    panel.locator(".jp-mlops-list").evaluate("one => one.scrollTop = one.scrollHeight")
    expect(run(panel, "run 0")).to_be_visible()
    assert panel.locator(".jp-mlops-tree-row").count() < 60
    assert len([url for url, _ in asked if "run_list" in url]) <= 5
    asked.clear()
    panel.get_by_test_id("mlops-filter").fill("run 399")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(1)
    assert len([url for url, _ in asked if "experiment_list" in url]) == 1


def test_a_server_that_is_away_is_asked_again_and_nothing_typed_is_lost(lab):
    in_store(lab, FILL.replace("wine", "wine-away").replace('"of the panel"', '"away"'))
    panel = opened(lab, "away")
    run(panel, "forest").click()
    lab.page.context.route("**/jupyter-mlops/**", lambda route: route.abort())
    panel.get_by_test_id("mlops-filter").fill("params.model = 'forest'")
    expect(panel.get_by_test_id("mlops-panel-problem")).to_contain_text("can not be reached")
    expect(panel.get_by_test_id("mlops-run")).to_have_count(3)
    lab.shoot("panel-away")
    lab.page.context.unroute("**/jupyter-mlops/**")
    expect(panel.get_by_test_id("mlops-panel-problem")).to_have_count(0)
    expect(run(panel, "logistic")).to_have_count(0)
    expect(panel.get_by_test_id("mlops-filter")).to_have_value("params.model = 'forest'")
    expect(panel.get_by_test_id("mlops-selected")).to_have_text("1 selected")


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


def test_aliases_are_set_and_removed(lab):
    in_store(lab, FILL.replace("wine", "wine-alias"))
    panel = opened(lab)
    panel.get_by_test_id("mlops-tab-models").click()
    panel.locator('[data-testid="mlops-model"][data-model="wine-alias"]').locator("button").first.click()
    version = panel.locator('[data-testid="mlops-version"][data-version="3"]')
    version.get_by_test_id("mlops-version-menu").click()
    lab.page.get_by_test_id("mlops-set-alias").click()
    sheet = panel.get_by_test_id("mlops-move")
    sheet.get_by_test_id("mlops-move-alias").fill("challenger")
    sheet.get_by_test_id("mlops-move-ok").click()
    aliases = "import jupyter_mlops as m; print(m.MlflowClient().get_registered_model('wine-alias').aliases)"
    expect(version).to_contain_text("@challenger")
    assert in_store(lab, aliases) == "{'challenger': '3', 'champion': '2'}"
    version.get_by_test_id("mlops-version-menu").click()
    lab.page.get_by_test_id("mlops-remove-alias").click()
    expect(version).not_to_contain_text("@challenger")
    assert in_store(lab, aliases) == "{'champion': '2'}"


@pytest.mark.parametrize("width", (250, 420))
def test_the_panel_fits_its_width(lab, width):
    in_store(lab, FILL.replace("wine", f"wine-{width}").replace('"of the panel"', f'"a name of {width} pixels that is long"') + NESTED.replace("nested\")", f"nested {width}\")"))
    panel = opened(lab, f"a name of {width} pixels that is long", f"nested {width}")
    lab.page.evaluate(
        """width => {
            const bar = document.querySelector('#jp-main-split-panel');
            const [left] = [...bar.children].filter(one => one.contains(document.querySelector('#jupyter-mlops-panel')));
            const stack = left ?? bar;
            const total = bar.clientWidth;
            jupyterapp.shell.expandLeft();
            const split = jupyterapp.shell._hsplitPanel;
            split.setRelativeSizes([width / total, 1 - width / total, 0]);
        }""",
        width,
    )
    lab.page.wait_for_timeout(300)
    run(panel, "forest").click()
    lab.shoot(f"panel-{width}")
    assert panel.evaluate("one => [...one.querySelectorAll('.jp-mlops-panel-tools, .jp-mlops-list, .jp-mlops-drawer')].every(e => e.scrollWidth <= e.clientWidth)")


def test_an_empty_store_says_what_to_do(lab):
    lab.open()
    lab.command("jupyter-mlops:open")
    panel = lab.page.get_by_test_id("mlops-panel")
    panel.get_by_test_id("mlops-tab-models").click()
    panel.get_by_test_id("mlops-model-filter").fill("no such model")
    expect(panel).to_contain_text("No")
