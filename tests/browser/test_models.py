"""The registry in a cell: looked through, chosen from, moved and taken back; the page, Python and the store agree."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

NAMES = [f"wine-{what}" for what in ("moved", "gates", "chosen", "texts", "lineage", "kept", "kernel", "saved")]
MODELS = """
import sys
import jupyter_mlops as mlflow
from jupyter_mlops import registry
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier
client = mlflow.MlflowClient()
X, y = load_wine(return_X_y=True, as_frame=True)
train, test, seen, unseen = train_test_split(X, y, random_state=0)
for name in sys.argv[1:]:
    mlflow.set_experiment(name)
    for kind, depth in ((DecisionTreeClassifier, 1), (DecisionTreeClassifier, 3), (RandomForestClassifier, 3)):
        model = kind(max_depth=depth, random_state=0).fit(train, seen)
        with mlflow.start_run(run_name=f'{kind.__name__} {depth}'):
            mlflow.log_params({'kind': kind.__name__, 'max_depth': depth, 'seed': 0})
            mlflow.log_metrics({'accuracy': model.score(test, unseen), 'train_accuracy': model.score(train, seen)})
            info = mlflow.sklearn.log_model(model, name='model', input_example=X[:3])
        mlflow.register_model(info.model_uri, name)
    client.update_registered_model(name, 'Which of three **cultivars** a wine is from, by thirteen measurements.')
    client.set_registered_model_tag(name, 'team', 'cellar')
    client.update_model_version(name, '2', 'Deeper, and still *readable* as a tree.')
    client.transition_model_version_stage(name, '2', 'Production')
    client.set_registered_model_alias(name, 'champion', '2')
    registry.require(name, stage='Production', rule=['metrics.accuracy >= 0.9', 'signature', 'tags.reviewed'])
"""


@pytest.fixture(scope="module")
def models(server):
    """One of its own for each test, all made by one process."""
    command = [sys.executable, "-W", "ignore", "-c", MODELS, *NAMES]
    done = subprocess.run(command, cwd=server["root"], env=server["env"], capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def opened(lab, notebook, models):
    """Opens the view of one model in a notebook; returns the view."""

    def open_model(name, call="mlflow.browse_models({name!r})"):
        cells = ["import jupyter_mlops as mlflow\nclient = mlflow.MlflowClient()", f"w = {call.format(name=name)}\nw"]
        lab.open_notebook(notebook(f"{name}.ipynb", *cells)).run_all()
        view = lab.output(1).get_by_test_id("mlops-models")
        expect(view).to_have_attribute("aria-busy", "false")
        expect(view).to_have_attribute("data-alive", "true")
        return view

    return open_model


def row(view, version):
    return view.locator(f'[data-testid="mlops-versions-row"][data-version="{version}"]')


def start_move(lab, view, version, stage):
    row(view, version).get_by_test_id("mlops-stage").click()
    lab.page.locator(f'[data-testid="mlops-stage-option"][data-stage="{stage}"]').click()
    sheet = view.get_by_test_id("mlops-move")
    expect(sheet).to_have_attribute("aria-busy", "false")
    return sheet


def stages(lab, name):
    """As another way than the page has it: the client, in the kernel."""
    return lab.run_code(f"print([client.get_model_version({name!r}, str(v)).current_stage for v in (1, 2, 3)])")


def test_a_model_is_found_opened_and_moved(lab, opened):
    view = opened("wine-moved", "mlflow.browse_models()")
    expect(view).to_have_attribute("data-source", "server")
    view.get_by_test_id("mlops-models-search").fill("wine-moved")
    models = view.get_by_test_id("mlops-models-row")
    expect(models).to_have_count(1)
    expect(models).to_contain_text("@champion v2")
    lab.shoot("models-list", lab.output(1))
    models.click()
    expect(view.get_by_test_id("mlops-versions-row")).to_have_count(3)
    lab.told("w.name", "wine-moved")
    lab.shoot("models-versions", lab.output(1))

    sheet = start_move(lab, view, 3, "Staging")
    expect(sheet).to_contain_text("No gate")
    sheet.get_by_test_id("mlops-move-comment").fill("to be tried")
    sheet.get_by_test_id("mlops-move-ok").click()
    expect(row(view, 3)).to_have_attribute("data-stage", "Staging")
    assert stages(lab, "wine-moved") == "['None', 'Production', 'Staging']"

    view.get_by_test_id("mlops-undo").click()
    expect(row(view, 3)).to_have_attribute("data-stage", "None")
    assert stages(lab, "wine-moved") == "['None', 'Production', 'None']"


def test_a_gate_refuses_until_it_is_forced(lab, opened):
    view = opened("wine-gates")
    sheet = start_move(lab, view, 3, "Production")
    verdicts = sheet.get_by_test_id("mlops-verdict")
    expect(verdicts).to_have_count(3)
    expect(sheet.locator('[data-testid="mlops-verdict"][data-passed="false"]')).to_have_count(1)
    expect(sheet).to_contain_text("version 2")
    button = sheet.get_by_test_id("mlops-move-ok")
    expect(button).to_have_text("Force")
    expect(button).to_be_disabled()
    lab.shoot("models-refused", lab.output(1))
    sheet.get_by_test_id("mlops-move-comment").fill("reviewed by voice")
    button.click()
    expect(row(view, 3)).to_have_attribute("data-stage", "Production")
    expect(row(view, 2)).to_have_attribute("data-stage", "Archived")
    assert stages(lab, "wine-gates") == "['None', 'Archived', 'Production']"
    lab.shoot("models-moved", lab.output(1))

    view.get_by_test_id("mlops-tab-history").click()
    newest = view.get_by_test_id("mlops-event").first
    expect(newest).to_contain_text("forced")
    expect(view.get_by_test_id("mlops-history")).to_contain_text("reviewed by voice")
    lab.shoot("models-history", lab.output(1))
    view.get_by_test_id("mlops-undo-last").click()
    expect(view.get_by_test_id("mlops-status")).to_contain_text("undone")
    assert stages(lab, "wine-gates") == "['None', 'Production', 'None']"


def test_selection_goes_both_ways_and_is_compared(lab, opened):
    view = opened("wine-chosen")
    row(view, 2).click()
    expect(row(view, 2)).to_have_attribute("aria-selected", "true")
    details = view.get_by_test_id("mlops-version-details")
    expect(details).to_have_attribute("aria-busy", "false")
    expect(details).to_contain_text("alcohol")
    lab.told("w.selection, [v.version for v in w.versions()]", "['wine-chosen/2'] ['2']")
    lab.shoot("models-details", lab.output(1))

    lab.run_code("w.selection = ['wine-chosen/1', 'wine-chosen/3']")
    expect(view.locator('[data-testid="mlops-versions-row"][aria-selected="true"]')).to_have_count(2)
    view.get_by_test_id("mlops-compare-open").click()
    compared = view.get_by_test_id("mlops-compare-versions")
    expect(compared).to_contain_text("RandomForestClassifier")
    expect(compared.locator('[data-section="params"]')).to_contain_text("1 equal")
    lab.told("w.tab", "compare")
    lab.shoot("models-compare", lab.output(1))


def test_aliases_texts_and_tags_are_changed_in_place(lab, opened):
    view = opened("wine-texts")
    row(view, 3).get_by_test_id("mlops-version-menu").click()
    lab.page.get_by_test_id("mlops-set-alias").click()
    sheet = view.get_by_test_id("mlops-move")
    sheet.get_by_test_id("mlops-move-alias").fill("champion")
    expect(sheet).to_contain_text("version 2")
    lab.shoot("models-alias", lab.output(1))
    sheet.get_by_test_id("mlops-move-ok").click()
    expect(row(view, 3)).to_contain_text("@champion")
    expect(row(view, 2)).not_to_contain_text("@champion")

    view.get_by_test_id("mlops-model-description").get_by_role("button").click()
    editor = view.get_by_test_id("mlops-model-description-editor")
    editor.locator("textarea").fill("Cultivars, **again**.\n\n- no <script>alert(1)</script>")
    lab.shoot("models-editor", lab.output(1))
    editor.get_by_test_id("mlops-model-description-save").click()
    drawn = view.get_by_test_id("mlops-model-description")
    expect(drawn.locator("strong")).to_have_text("again")
    expect(drawn.locator("script")).to_have_count(0)

    view.get_by_test_id("mlops-tag-add").first.click()
    view.get_by_test_id("mlops-tag-key").fill("reviewed")
    view.get_by_test_id("mlops-tag-value").fill("yes")
    view.get_by_test_id("mlops-tag-save").click()
    expect(view.locator('[data-testid="mlops-tag"][data-key="reviewed"]')).to_contain_text("yes")
    view.locator('[data-testid="mlops-tag"][data-key="team"]').get_by_role("button", name="Remove").click()
    expect(view.locator('[data-testid="mlops-tag"][data-key="team"]')).to_have_count(0)
    printed = lab.run_code(
        "m = client.get_registered_model('wine-texts'); print(m.description[:11], m.tags, m.aliases)"
    )
    assert printed == "Cultivars,  {'reviewed': 'yes'} {'champion': '3'}"


LOG = """
import duckdb, os
from jupyter_mlops.monitoring.places import log_place
from jupyter_mlops.registry.uris import model_place
folder = log_place(*model_place('models:/wine-lineage/3'))
os.makedirs(folder, exist_ok=True)
times = "TIMESTAMP '2026-01-01' + to_minutes(i * 5) AS _time, 1.0 + i % 10 AS _latency_ms, CASE WHEN i % 100 = 0 THEN 400 ELSE 200 END AS _status"
values = "'m' AS _version, 0.5 AS _rate, 0 AS _row, i // 288 * 50 + i % 100 AS alcohol, i % 7 AS hue, if(i % 5 = 0 AND i > 288, NULL, i % 9) AS ash, if(i % 3 = 0, 'red', 'white') AS colour, i % 3 AS _prediction"
_ = duckdb.sql(f"COPY (SELECT {times}, {values} FROM range(1000) t(i)) TO '{folder}/20260101T000000-1-0.parquet'")
"""
TRAINED = """
frame = duckdb.sql("SELECT i % 100 AS alcohol, i % 7 AS hue, i % 9 AS ash, i % 50 AS magnesium, 'Ann' AS taster FROM range(2000) t(i)").df()
mlflow.serving.keep_training_data('models:/wine-lineage/3', frame)
"""


def test_where_a_version_comes_from_and_what_it_was_asked(lab, opened):
    view = opened("wine-lineage")
    view.get_by_test_id("mlops-tab-lineage").click()
    lineage = view.get_by_test_id("mlops-lineage")
    expect(lineage).to_contain_text("RandomForestClassifier 3")
    expect(lineage.get_by_test_id("mlops-lineage-figure").locator(".plot-container").first).to_be_visible()
    lab.shoot("models-lineage", lab.output(1))

    view.get_by_test_id("mlops-tab-monitoring").click()
    shown = view.get_by_test_id("mlops-monitoring")
    expect(shown.get_by_test_id("mlops-monitoring-none")).to_contain_text("jupyter mlops models serve -m 'models:/wine-lineage/3' --log")
    lab.run_code(LOG)
    shown.get_by_test_id("mlops-monitoring-look").click()
    expect(shown.get_by_test_id("mlops-monitoring-facts")).to_contain_text("estimated by 1000 that were kept")
    for figure in shown.get_by_test_id("mlops-monitoring-figure").all():
        expect(figure.locator(".main-svg").first).to_be_visible()
    row = shown.get_by_test_id("mlops-drifts").locator('[data-column="alcohol"]')
    expect(row).to_have_attribute("data-band", "large")
    expect(shown.get_by_test_id("mlops-drifts").locator("tbody tr").first).to_contain_text("alcohol")
    expect(shown).to_contain_text("705 rows compared with 285 of the first day of the log.")

    lab.run_code(TRAINED)
    shown.get_by_test_id("mlops-monitoring-look").click()
    expect(shown).to_contain_text("990 rows compared with 2000 that the model was trained on. Not in the log: magnesium. Only in the log: colour.")
    expect(row).to_have_attribute("data-band", "large")
    expect(shown.get_by_test_id("mlops-drifts").locator('[data-column="hue"]')).to_have_attribute("data-band", "stable")
    lab.shoot("models-monitoring", lab.output(1))
    lab.shoot("models-drifts", shown.get_by_test_id("mlops-drifts"))


def test_a_reload_without_kernel_keeps_the_model_and_reads_the_store(lab, opened):
    view = opened("wine-kept")
    row(view, 1).click()
    expect(row(view, 1)).to_have_attribute("aria-selected", "true")
    lab.save()
    data = lab.saved("wine-kept.ipynb")["cells"][1]["outputs"][0]["data"]
    assert data["application/vnd.jupyter-mlops+json"]["state"]["selection"] == ["wine-kept/1"]
    assert "wine-kept" in "".join(data["text/html"])
    lab.command("kernelmenu:shutdown")
    lab.open("wine-kept.ipynb")
    view = lab.output(1).get_by_test_id("mlops-models")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(view).to_have_attribute("data-source", "server")
    expect(view.get_by_test_id("mlops-versions-row")).to_have_count(3)
    expect(row(view, 1)).to_have_attribute("aria-selected", "true")
    sheet = start_move(lab, view, 1, "Staging")
    sheet.get_by_test_id("mlops-move-ok").click()
    expect(row(view, 1)).to_have_attribute("data-stage", "Staging")


def test_a_kernel_answers_where_the_server_cannot(lab, opened):
    lab.page.route("**/jupyter-mlops/{views,actions}/**", lambda route: route.abort())
    view = opened("wine-kernel")
    expect(view).to_have_attribute("data-source", "kernel")
    sheet = start_move(lab, view, 1, "Staging")
    sheet.get_by_test_id("mlops-move-ok").click()
    expect(row(view, 1)).to_have_attribute("data-stage", "Staging")
    assert stages(lab, "wine-kernel") == "['Staging', 'Production', 'None']"
    view.get_by_test_id("mlops-tab-history").click()
    expect(view.get_by_test_id("mlops-event").first).to_contain_text("wine-kernel.ipynb")


def test_an_unreachable_store_leaves_what_was_saved(lab, opened):
    view = opened("wine-saved")
    lab.save()
    path = lab.root / "wine-saved.ipynb"
    path.write_text(path.read_text().replace(view_store(lab, "wine-saved.ipynb"), "0123456789abcdef"))
    lab.command("kernelmenu:shutdown")
    lab.open("wine-saved.ipynb")
    view = lab.output(1).get_by_test_id("mlops-models")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(view).to_have_attribute("data-source", "snapshot")
    expect(view).to_contain_text("As saved")
    expect(view.get_by_test_id("mlops-versions-row")).to_have_count(3)
    expect(row(view, 1).get_by_test_id("mlops-stage")).to_have_count(0)
    expect(view.get_by_test_id("mlops-tag-add").first).to_be_disabled()
    lab.shoot("models-saved", lab.output(1))


def view_store(lab, name):
    """The key of the store in a saved notebook."""
    return lab.saved(name)["cells"][1]["outputs"][0]["data"]["application/vnd.jupyter-mlops+json"]["store"]


def test_a_large_registry_is_paged_and_walked_by_keys(lab, notebook, tmp_path):
    place = str(tmp_path / "many" / "mlops.duckdb")
    many = (
        f"import jupyter_mlops as mlflow\nmlflow.set_tracking_uri({place!r})\nclient = mlflow.MlflowClient()\n"
        "for i in range(70):\n    client.create_registered_model(f'many-{i:02}', description='one *of* many')\n"
        "for _ in range(60):\n    client.create_model_version('many-69', 'file:///nowhere')"
    )
    lab.open_notebook(notebook("many_models.ipynb", many, "w = mlflow.browse_models()\nw")).run_all()
    view = lab.output(1).get_by_test_id("mlops-models")
    expect(view).to_have_attribute("data-alive", "true")
    view.get_by_test_id("mlops-models-search").fill("many-")
    expect(view).to_contain_text("70 models")
    grid = view.get_by_role("grid")
    assert view.get_by_test_id("mlops-models-row").count() < 60
    lab.shoot("models-many", lab.output(1))
    last = view.locator('[data-model="many-69"]')
    for _ in range(100):
        grid.focus()
        lab.page.keyboard.press("End")
        lab.page.wait_for_timeout(200)
        if last.count():
            break
    expect(last).to_have_attribute("data-active", "true")
    grid.evaluate("grid => { grid.parentElement.scrollTop = 0 }")
    expect(last).to_have_count(0)
    lab.page.keyboard.press("End")
    expect(last).to_be_in_viewport()
    lab.page.keyboard.press("Enter")
    expect(view).to_contain_text("60 versions")
    expect(row(view, 60)).to_have_count(1)
    view.get_by_role("grid").focus()
    for key in ("ArrowDown", "Space", "ArrowDown", "Space"):
        lab.page.keyboard.press(key)
    lab.told("w.selection", "['many-69/60', 'many-69/59']")
    row(view, 59).get_by_test_id("mlops-version-menu").click()
    lab.shoot("models-menu")
    lab.page.keyboard.press("Escape")
    view.get_by_test_id("mlops-models-back").click()
    expect(view.get_by_test_id("mlops-models-search")).to_have_value("many-")


def test_an_empty_registry_says_how_to_begin(lab, notebook, tmp_path):
    place = str(tmp_path / "empty" / "mlops.duckdb")
    cell = f"import jupyter_mlops as mlflow\nmlflow.set_tracking_uri({place!r})\nw = mlflow.browse_models()\nw"
    lab.open_notebook(notebook("empty.ipynb", cell)).run_all()
    view = lab.output(0).get_by_test_id("mlops-models")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(view).to_contain_text("No registered models yet")
    expect(view).to_contain_text("register_model")
    lab.shoot("models-empty", lab.output(0))
