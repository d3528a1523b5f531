"""Settings: the schema is there, what is chosen holds at once, and what can not be is refused."""

from playwright.sync_api import expect

from tests.browser.test_panel import in_store, opened

FILL = """
import jupyter_mlops as mlflow
mlflow.set_experiment("settings")
for number in range(3):
    with mlflow.start_run(run_name=f"set {number}"):
        for step in range(4):
            mlflow.log_metric("loss", number + 1 / (step + 1), step=step)
"""
SETTINGS = "jupyter-mlops:settings"


def test_density_and_refresh_hold_at_once_and_after_a_reload(lab):
    in_store(lab, FILL)
    panel = opened(lab)
    run = panel.get_by_test_id("mlops-run").first
    expect(run).to_be_visible()
    high = run.bounding_box()["height"]
    lab.command("settingeditor:open", query="MLOps")
    form = lab.page.locator(".jp-SettingsPanel")
    expect(form).to_contain_text("Refresh interval")
    lab.shoot("settings")
    try:
        form.locator("select[id$=_density]").select_option(label="Compact")
        expect(lab.page.locator("body")).to_have_attribute("data-jp-mlops-density", "compact")
        lab.page.wait_for_function(
            "high => document.querySelector('[data-testid=mlops-run]').getBoundingClientRect().height < high", arg=high
        )
        with lab.page.expect_response(lambda one: one.request.method == "PUT" and "3000" in (one.request.post_data or "")):
            form.locator("input[id$=_refreshSeconds]").fill("3000")
        asked = []
        lab.page.wait_for_timeout(500)  # it is heard of
        lab.page.on("request", lambda request: "/changes" in request.url and asked.append(request.url))
        lab.page.wait_for_timeout(4500)
        assert asked == []
        opened(lab)
        expect(lab.page.locator("body")).to_have_attribute("data-jp-mlops-density", "compact")
    finally:
        lab.settings(SETTINGS)


def test_a_choice_that_can_not_be_is_refused(lab):
    lab.open()
    told = lab.settings(SETTINGS, palette="rainbow")
    assert "400" in told
