"""A sweep in JupyterLab: followed while the kernel is busy, interrupted, resumed, saved, alive again without a kernel."""

from playwright.sync_api import expect

SETUP = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow, time\nmlflow.set_experiment('sweeps');"
SLOW = (
    "%%sweep depth=2..8 rate=log(1e-3,1) --n 100 --metric acc --maximize --name forest\n"
    "rate = 0.1\nprint('not shown')\ntime.sleep(0.3)\nacc = 1 - abs(depth - 6) / 10 - abs(rate - 0.1) / 10"
)
RESUMED = SLOW.replace("--n 100", "--n 12 --resume").replace("time.sleep(0.3)\n", "")


def done(sweep):
    return int(sweep.get_attribute("data-done"))


def test_a_sweep_is_followed_interrupted_resumed_and_stays(lab, notebook):
    name = notebook("sweep.ipynb", SETUP, SLOW, "print('not reached')", RESUMED, "(depth, _sweep.best_run.info.run_name)")
    lab.open_notebook(name).run_all(wait=False)
    sweep = lab.output(1).get_by_test_id("mlops-sweep")
    expect(sweep).to_have_attribute("data-status", "RUNNING")  # Optuna is imported first
    expect(sweep.locator("tbody tr").first).to_be_visible()
    # the chart comes from the server: the kernel works on the cell
    expect(sweep.get_by_test_id("mlops-sweep-chart").locator(".plot-container").first).to_be_visible()
    lab.page.wait_for_function("document.querySelector('[data-testid=mlops-sweep]').dataset.done >= 5")
    lab.shoot("sweep-running", sweep)
    expect(lab.output(1)).not_to_contain_text("not shown")

    sweep.get_by_role("button", name="Stop").click()
    expect(sweep).to_have_attribute("data-status", "KILLED")
    expect(lab.output(1)).to_contain_text("add --resume")  # after the pictures are drawn
    kept = done(sweep)
    assert 5 <= kept < 100
    lab.shoot("sweep-interrupted", lab.output(1))
    assert lab.output(2).inner_text().strip() == ""  # Run All stopped

    lab.page.locator(".jp-Notebook .jp-Cell").nth(3).click()
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-below')")
    again = lab.output(3).get_by_test_id("mlops-sweep")
    expect(again).to_have_attribute("data-status", "FINISHED", timeout=60_000)
    assert done(again) == max(12, kept)
    expect(lab.output(3).get_by_test_id("mlops-compare")).to_be_visible()  # the value of the cell: its trials side by side
    expect(lab.output(4)).to_contain_text("forest ")
    again.get_by_test_id("mlops-tab-importance").click()
    expect(again.get_by_test_id("mlops-sweep-chart")).to_contain_text("depth")
    lab.shoot("sweep-importance", again)
    again.get_by_test_id("mlops-tab-parallel").click()
    expect(again.get_by_test_id("mlops-sweep-chart")).to_contain_text("rate")
    lab.shoot("sweep-finished")

    lab.save()
    saved = lab.saved("sweep.ipynb")["cells"]
    assert "<img alt=" in "".join(saved[3]["outputs"][0]["data"]["text/html"])
    assert len(str(saved[3]["outputs"][0])) < 60_000
    lab.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()")
    lab.open(name)
    for cell, status in ((1, "KILLED"), (3, "FINISHED")):
        stays = lab.output(cell).get_by_test_id("mlops-sweep")
        expect(stays).to_have_attribute("data-status", status)
        expect(stays.get_by_test_id("mlops-sweep-chart").locator(".plot-container").first).to_be_visible()


def test_a_sweep_whose_kernel_died_is_told_as_it_is_in_the_store(lab, notebook):
    name = notebook("sweep_dies.ipynb", SETUP, SLOW.replace("forest", "dies"))
    lab.open_notebook(name).run_all(wait=False)
    sweep = lab.output(1).get_by_test_id("mlops-sweep")
    lab.page.wait_for_function("document.querySelector('[data-testid=mlops-sweep]')?.dataset.done >= 2")
    lab.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.shutdown()")
    expect(sweep).to_have_attribute("data-status", "KILLED")
