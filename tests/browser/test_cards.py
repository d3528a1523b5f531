"""The card of a tracked cell: live while the cell runs, lasting afterwards."""

import json
import re
import subprocess
import sys

from playwright.sync_api import expect

from tests.browser.contrasts import low_contrasts
from tests.browser.labs import until

SETUP = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow, time, math\nmlflow.set_experiment('cards');"
STATUS = "r = mlflow.search_runs(filter_string=\"attributes.run_name = '{}'\").iloc[0]; print(r['status'])"


def card_of(lab, cell):
    return lab.output(cell).get_by_test_id("mlops-card")


def test_a_card_follows_the_running_cell_and_stays(lab, notebook, tmp_path):
    """Live in the page, saved, without its kernel, and exported."""
    slow = (
        "%%track forest\nepochs = 40\nkind = 'random forest'\n"
        "for i in range(epochs):\n    mlflow.log_metrics({'loss': 1 / (i + 1), 'accuracy': 1 - 0.5 / (i + 1)}, step=i)\n"
        "    if i == 6: mlflow.alert('slow <start>', 'see the curve')\n    print('epoch', i); time.sleep(0.1)\n"
        f"    if i == 20:\n        {until('card')}\nround(1 / 3, 2)"
    )
    lab.open_notebook(notebook("card.ipynb", SETUP, slow))
    lab.page.evaluate(COUNT_UPDATES)
    lab.run_all(wait=False)
    card = card_of(lab, 1)
    expect(card).to_have_attribute("data-status", "RUNNING")
    expect(card.get_by_role("progressbar")).to_have_attribute(
        "aria-valuetext", re.compile("of 40 epochs · about .* left")
    )
    expect(card.get_by_role("list", name="Alerts")).to_contain_text("slow <start>")
    expect(card.get_by_role("list", name="Machine")).to_contain_text("CPU")
    card.get_by_text("Output").click()
    expect(card.locator("pre")).to_contain_text("epoch")
    lab.shoot("card-running", card)
    lab.let("card")
    expect(card).to_have_attribute("data-status", "FINISHED", timeout=60_000)
    expect(card).to_contain_text("0.025")
    expect(lab.output(1)).to_contain_text("0.33")
    assert card.count() == 1
    expect(card.get_by_role("button", name="Stop")).to_have_count(0)
    times = lab.page.evaluate("window.updates")
    assert len(times) > 5
    assert (
        max(sum(start <= one < start + 1000 for one in times) for start in times) <= 6
    )  # in any second, and the last one
    lab.shoot("card-finished")  # and light after it
    assert low_contrasts(lab.page, ".jp-mlops-card") == []
    lab.theme("JupyterLab Dark")
    assert low_contrasts(lab.page, ".jp-mlops-card") == []

    lab.save()
    outputs = lab.saved("card.ipynb")["cells"][1]["outputs"]
    bundle = outputs[0]["data"]
    assert len(json.dumps(bundle)) < 8_000
    assert "forest finished" in "".join(bundle["text/plain"])
    printed = lab.run_code("r = mlflow.search_runs().iloc[0]; print(r['status'], r['params.epochs'], r['params.kind'])")
    assert printed == "FINISHED 40 random forest"
    assert lab.run_code("print(mlflow.get_alerts()[0].title)") == "slow <start>"

    lab.open("card.ipynb")  # whatever the kernel does
    expect(card).to_contain_text("slow <start>")
    expect(card).to_have_attribute("data-status", "FINISHED")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", tmp_path, lab.root / "card.ipynb"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lab.page.goto(f"file://{tmp_path / 'card.html'}")
    exported = lab.page.locator(".jp-OutputArea-output").filter(has_text="forest finished").first
    expect(exported).to_contain_text("slow <start>")
    expect(exported.locator("svg polyline")).to_have_count(2)
    expect(exported.locator("script")).to_have_count(0)


# When the kernel sent them: a busy page takes many at once.
COUNT_UPDATES = """() => {
    window.updates = [];
    const { context } = jupyterapp.shell.currentWidget;
    context.sessionContext.iopubMessage.connect((_, m) => {
        if (m.header.msg_type === 'update_display_data') window.updates.push(Date.parse(m.header.date));
    });
}"""


def test_the_stop_button_interrupts_the_cell_and_kills_its_run(lab, notebook):
    long = "%%track long\nmlflow.log_metric('loss', 1)\ntime.sleep(100)"
    lab.open_notebook(notebook("stop.ipynb", SETUP, long, "print('not reached')")).run_all(wait=False)
    card = card_of(lab, 1)
    stop = card.get_by_role("button", name="Stop")
    stop.focus()
    lab.page.keyboard.press("Enter")
    expect(card).to_have_attribute("data-status", "KILLED")
    expect(stop).to_have_count(0)
    assert lab.run_code(STATUS.format("long")) == "KILLED"
    assert lab.output(2).inner_text().strip() == ""
    lab.shoot("card-stopped", lab.output(1))


def test_a_page_that_is_opened_again_follows_the_cell_that_goes_on(lab, notebook):
    """A closed page stops nothing; the store says how the run stands."""
    going = f"%%track going\nfor i in range(25):\n    mlflow.log_metric('loss', i, step=i); time.sleep(0.1)\n    if i == 20:\n        {until('going')}"
    lab.open_notebook(notebook("again.ipynb", SETUP, going)).run_all(wait=False)
    card = card_of(lab, 1)
    expect(card).to_contain_text("loss")
    lab.save()
    lab.page.goto("about:blank")
    lab.open("again.ipynb")
    expect(card).to_have_attribute("data-status", "RUNNING")
    expect(card.get_by_role("button", name="Stop")).to_have_count(1)  # its kernel still works on it
    lab.let("going")
    expect(card).to_have_attribute("data-status", "FINISHED")
    expect(card.get_by_role("list", name="Metrics")).to_contain_text("24")
    assert lab.run_code(STATUS.format("going")) == "FINISHED"


def test_a_card_of_a_dead_kernel_has_nothing_to_stop(lab, notebook):
    dies = "%%track dies\nimport os, signal\nmlflow.log_metric('loss', math.nan, step=3)\ntime.sleep(2); os.kill(os.getpid(), signal.SIGKILL)"
    lab.open_notebook(notebook("dead.ipynb", SETUP, dies)).run_all(wait=False)
    card = card_of(lab, 1)
    expect(card.get_by_role("list", name="Alerts")).to_contain_text("loss is NaN")
    lab.page.get_by_role("button", name="Ok").click()  # of "kernel restarting"
    expect(card).to_have_attribute("data-status", "KILLED")
    expect(card.get_by_role("button", name="Stop")).to_have_count(0)
    expect(card.get_by_role("list", name="Alerts")).to_contain_text("loss is NaN")


def test_many_metrics_are_folded(lab, notebook):
    many = (
        "%%track many\nfor i in range(9):\n    mlflow.log_metrics({f'layer{k}/norm': i * k for k in range(40)}, step=i)"
    )
    lab.open_notebook(notebook("many_metrics.ipynb", SETUP, many)).run_all()
    card = card_of(lab, 1)
    tiles = card.get_by_role("list", name="Metrics").get_by_role("listitem")
    expect(tiles).to_have_count(8)
    expect(card).to_contain_text("and 32 more metrics")
    lab.shoot("card-many", card)
    card.get_by_role("button", name="Show 24").click()
    expect(tiles).to_have_count(24)
    expect(card).to_contain_text("and 16 more metrics")


def test_a_description_is_shown_on_the_card(lab, notebook):
    described = (
        "%%track forest\nmlflow.log_metric('loss', 0.5)\n"
        "mlflow.set_tag('mlflow.note.content', 'Few trees, to see **how far** they go.\\n\\n- depth 3\\n- no <script>alert(1)</script>')"
    )
    lab.open_notebook(notebook("described.ipynb", SETUP, described)).run_all()
    card = card_of(lab, 1)
    expect(card).to_have_attribute("data-status", "FINISHED")
    expect(card).to_contain_text("Few trees, to see")
    expect(card.locator("strong")).to_have_text("how far")
    expect(card.locator("li").filter(has_text="depth 3")).to_have_count(1)
    expect(card.locator("script")).to_have_count(0)
    lab.shoot("card-description", card)
    lab.save()
    html = "".join(lab.saved("described.ipynb")["cells"][1]["outputs"][0]["data"]["text/html"])
    assert "<strong>how far</strong>" in html
    assert "<script" not in html


def test_a_failing_cell_fails_its_run_and_stops_run_all(lab, notebook):
    name = notebook("fails.ipynb", SETUP, "%%track broken\nmlflow.log_metric('a', 1)\n1 / 0", "print('not reached')")
    lab.open_notebook(name).run_all(wait=False)
    card = card_of(lab, 1)
    expect(card).to_have_attribute("data-status", "FAILED")
    expect(card).to_contain_text("ZeroDivisionError")
    lab.page.wait_for_timeout(1000)
    assert lab.output(2).inner_text().strip() == ""
    lab.shoot("card-failed", lab.output(1))


def test_an_async_cell_is_tracked(lab, notebook):
    cell = "%%track later\nimport asyncio\nawait asyncio.sleep(0.5)\nmlflow.log_metric('b', 2)\n'awaited'"
    lab.open_notebook(notebook("async.ipynb", SETUP, cell)).run_all()
    expect(lab.output(1).get_by_test_id("mlops-card")).to_have_attribute("data-status", "FINISHED")
    expect(lab.output(1)).to_contain_text("awaited")
