"""Magics as a person uses them in JupyterLab: completed by Tab, shown in both themes, a cell that takes too long."""

from playwright.sync_api import expect

SETUP = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow, time\n%experiment magics"
RUNS = (
    "for name, acc in (('forest', 0.91), ('random forest', 0.87)):\n    with mlflow.start_run(run_name=name, description='**why** it is so'):\n"
    "        mlflow.log_params({'depth': 3, 'kind': name})\n        mlflow.log_metrics({'acc': acc, 'val acc': acc - 0.1})"
)


def test_names_are_completed_by_tab(lab, notebook):
    lab.open_notebook(notebook("tab.ipynb", SETUP, RUNS, "%runs params.kind = 'rand", "%%track --time-limit 1s\n%best acc --m"))
    lab.page.locator(".jp-Notebook .jp-Cell").nth(2).locator(".cm-content").click()
    lab.command("notebook:run-all-above")
    expect(lab.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-InputArea-prompt")).to_contain_text("2")
    for cell, typed in ((2, "%runs params.kind = 'random forest'"), (3, "%best acc --min")):
        editor = lab.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".cm-content")
        editor.click()
        lab.page.keyboard.press("Control+End")
        expect(lab.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-mod-completer-enabled")).to_be_attached()
        lab.page.keyboard.press("Tab")
        expect(lab.page.locator(".jp-Completer .jp-mod-active")).to_be_visible()
        lab.page.keyboard.press("Enter")
        expect(editor).to_contain_text(typed)
    lab.page.keyboard.type(" ")
    lab.page.keyboard.press("Tab")
    expect(lab.page.locator(".jp-Completer")).to_contain_text("--experiment")
    lab.shoot("magics-completion")


def test_magics_are_shown_and_a_cell_ends_in_time(lab, notebook):
    name = notebook(
        "magics.ipynb", SETUP, RUNS, "%runs", "%run_info forest", "%experiment", "%mlops doctor", "%%track --help",
        "%%track slow --time-limit 2s --tags team=a\nfor step in range(100):\n    mlflow.log_metric('loss', 1 / (step + 1), step=step)\n    time.sleep(0.1)",
    )  # fmt: skip
    lab.open_notebook(name).run_all(wait=False)
    card = lab.output(7).get_by_test_id("mlops-card")
    expect(card).to_contain_text("loss", timeout=60_000)
    expect(card).to_contain_text("time limit of 2 s")
    expect(lab.output(3)).to_contain_text("0.91")
    expect(lab.output(4)).to_contain_text("magics")
    for line in ("server", "front end"):
        expect(lab.output(5)).to_contain_text(f"{line}✓ ok")  # the kernel's server has the extension, and its front end
    expect(lab.output(6)).to_contain_text("--time-limit TIME")
    lab.shoot("magics-runs", lab.output(2))
    lab.shoot("magics-run-info", lab.output(3))
    lab.shoot("magics-experiment", lab.output(4))
    lab.shoot("magics-doctor", lab.output(5))
    lab.shoot("magics-help", lab.output(6))
    lab.shoot("magics-time-limit", lab.output(7))
    assert lab.run_code("print(mlflow.search_runs(filter_string=\"run_name = 'slow'\").status[0])") == "KILLED"
