"""The card of a tracked cell: live while the cell runs, lasting afterwards."""

from playwright.sync_api import expect

SETUP = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow\nmlflow.set_experiment('cards');"


def test_a_card_follows_the_running_cell_and_stays(lab, notebook):
    slow = (
        "%%track forest\ndepth = 3\nkind = 'random forest'\nimport time\n"
        "for i in range(20):\n    mlflow.log_metrics({'loss': 1 / (i + 1), 'accuracy': 1 - 0.5 / (i + 1)}, step=i)\n"
        "    time.sleep(0.2)\nround(1 / 3, 2)"
    )
    lab.open_notebook(notebook("card.ipynb", SETUP, slow)).run_all(wait=False)
    card = lab.output(1).get_by_test_id("mlops-card")
    expect(card).to_have_attribute("data-status", "RUNNING")
    expect(card).to_contain_text("loss")
    lab.shoot("card-running", card)
    expect(card).to_have_attribute("data-status", "FINISHED", timeout=30_000)
    expect(card).to_contain_text("0.05")
    expect(lab.output(1)).to_contain_text("0.33")
    assert lab.output(1).get_by_test_id("mlops-card").count() == 1
    lab.shoot("card-finished")

    lab.save()
    outputs = lab.saved("card.ipynb")["cells"][1]["outputs"]
    bundle = outputs[0]["data"]
    assert len(str(outputs)) < 8_000
    assert "application/vnd.jupyter-mlops+json" in bundle
    assert "forest finished" in "".join(bundle["text/plain"])
    assert "accuracy" in "".join(bundle["text/html"])
    printed = lab.run_code("r = mlflow.search_runs().iloc[0]; print(r['status'], r['params.depth'], r['params.kind'])")
    assert printed == "FINISHED 3 random forest"


def test_a_description_is_shown_on_the_card(lab, notebook):
    described = (
        "%%track forest\nmlflow.log_metric('loss', 0.5)\n"
        "mlflow.set_tag('mlflow.note.content', 'Few trees, to see **how far** they go.\\n\\n- depth 3\\n- no <script>alert(1)</script>')"
    )
    lab.open_notebook(notebook("described.ipynb", SETUP, described)).run_all()
    card = lab.output(1).get_by_test_id("mlops-card")
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
    card = lab.output(1).get_by_test_id("mlops-card")
    expect(card).to_have_attribute("data-status", "FAILED")
    expect(card).to_contain_text("ZeroDivisionError")
    lab.page.wait_for_timeout(1000)
    assert lab.output(2).inner_text().strip() == ""
    lab.shoot("card-failed", lab.output(1))


def test_an_interrupt_kills_the_run(lab, notebook):
    name = notebook("stops.ipynb", SETUP, "%%track long\nimport time\nmlflow.log_metric('a', 1)\ntime.sleep(60)")
    lab.open_notebook(name).run_all(wait=False)
    card = lab.output(1).get_by_test_id("mlops-card")
    expect(card).to_contain_text("a")
    lab.command("notebook:interrupt-kernel")
    expect(card).to_have_attribute("data-status", "KILLED")
    assert lab.run_code("print(mlflow.search_runs().iloc[0]['status'], mlflow.active_run())") == "KILLED None"


def test_an_async_cell_is_tracked(lab, notebook):
    cell = "%%track later\nimport asyncio\nawait asyncio.sleep(0.5)\nmlflow.log_metric('b', 2)\n'awaited'"
    lab.open_notebook(notebook("async.ipynb", SETUP, cell)).run_all()
    expect(lab.output(1).get_by_test_id("mlops-card")).to_have_attribute("data-status", "FINISHED")
    expect(lab.output(1)).to_contain_text("awaited")
