"""The card of a project's run: live with the tree of its steps, saved, and without its kernel."""

import re

from playwright.sync_api import expect

from tests.browser.contrasts import low_contrasts

MLPROJECT = """
name: cellar
entry_points:
  main: {parameters: {alpha: float}, command: python drive.py}
  step: {parameters: {n: int}, command: "python step.py {n}"}
"""
DRIVE = """
import jupyter_mlops as mlflow
with mlflow.start_run():
    for n in range(3):
        print("step", n)
        mlflow.run(".", "step", parameters={"n": n}, run_name=f"cellar step {n}")
        mlflow.log_metric("accuracy", 0.7 + n / 10, step=n)
"""
STEP = """
import time
import jupyter_mlops as mlflow
for i in range(10):
    mlflow.log_metric("loss", 1 / (i + 1), step=i)
    time.sleep(0.15)
"""


def test_a_projects_card_follows_its_steps_and_stays(lab, notebook):
    folder = lab.root / "cellar"
    folder.mkdir()
    for name, text in (("MLproject", MLPROJECT), ("drive.py", DRIVE), ("step.py", STEP)):
        (folder / name).write_text(text)
    name = notebook("cellar.ipynb", "%load_ext jupyter_mlops", "%mlrun cellar -P alpha=0.5 --run-name cellar")
    lab.open_notebook(name).run_all(wait=False)
    card = lab.output(1).get_by_test_id("mlops-card")
    tree = card.get_by_role("tree", name="Steps")
    steps = tree.get_by_role("treeitem")
    expect(steps).to_have_count(2)
    expect(card).to_have_attribute("data-status", "RUNNING")
    expect(steps.first).to_have_attribute("data-status", "FINISHED")
    expect(card.get_by_role("button", name="Stop")).to_be_visible()
    lab.shoot("project-running", card)
    expect(card).to_have_attribute("data-status", "FINISHED", timeout=60_000)
    expect(steps).to_have_count(3)
    expect(steps.last).to_contain_text(re.compile("step.*cellar step 2.*loss.*0.1"))
    expect(card.get_by_role("list", name="Metrics")).to_contain_text("0.9")
    tree.focus()
    lab.page.keyboard.press("End")
    expect(steps.last).to_have_attribute("aria-selected", "true")
    lab.shoot("project-finished", card)
    assert low_contrasts(lab.page, ".jp-mlops-card") == []
    lab.save()
    lab.open(name)
    expect(steps).to_have_count(3)
    tree.focus()
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_role("tab", name="cellar step 0")).to_be_visible()


def test_a_projects_card_of_a_dead_kernel_says_that_it_ended(lab, notebook):
    folder = lab.root / "cellar2"
    folder.mkdir()
    (folder / "main.py").write_text("import time\ntime.sleep(300)")
    lab.open_notebook(notebook("cellar2.ipynb", "%load_ext jupyter_mlops", "%mlrun cellar2 -e main.py")).run_all(wait=False)
    card = lab.output(1).get_by_test_id("mlops-card")
    expect(card).to_have_attribute("data-status", "RUNNING")
    lab.save()
    lab.page.evaluate("void jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    expect(card).to_have_attribute("data-status", "KILLED", timeout=60_000)
    expect(card.get_by_role("button", name="Stop")).to_have_count(0)
