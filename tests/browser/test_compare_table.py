"""The table of a comparison: one kernel with 60 runs for all tests but those of very many runs."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab

SIXTY = """
import jupyter_mlops as mlflow
from jupyter_mlops.entities import Metric, Param, RunTag
%load_ext jupyter_mlops
client, mine = mlflow.MlflowClient(), mlflow.set_experiment("sixty").experiment_id
for i in range(60):
    model = ["forest", "boosting", "linear"][i % 3]
    run = client.create_run(mine, run_name=f"{model} {i}", start_time=1700000000000 + i * 1000)
    acc = 0.8 + (i * 7919 % 100) / 1000
    points = [Metric("acc", acc - 0.02 * (2 - step), 1700000000000 + step, step) for step in range(3)]
    client.log_batch(run.info.run_id, [*points, Metric("val_loss", 1 - acc, 1700000000000, 0)],
        [Param("model", model), Param("lr", str(0.001 * (i + 1))), Param("folds", "5")], [RunTag("team", "red")] if i % 4 == 0 else [])
    client.set_terminated(run.info.run_id)
"""
MANY = """
import jupyter_mlops as mlflow
%load_ext jupyter_mlops
mine = mlflow.set_experiment("many").experiment_id
store = mlflow.MlflowClient()._store
with store.files.session("fill") as session:
    session.rows(f"CREATE TEMP TABLE made AS SELECT i AS rid, printf('%032x', i) AS run_id, 1700000000000 + i * 1000 AS time FROM range(1000000, 1010000) r(i)")
    session.rows(f"INSERT INTO store.runs (rid, run_id, experiment_id, run_name, user_id, status, status_time, start_time, end_time, last_record_time, "
        f"lifecycle_stage, artifact_uri, change) SELECT rid, run_id, {mine}, 'fox-' || rid, 'ann', 'FINISHED', time, time, time + rid % 60000, time, "
        f"'active', 'mlartifacts/0/' || run_id, 1 FROM made")
    session.rows("INSERT INTO store.latest_metrics (rid, key, value, timestamp, step, min, max, first, count) SELECT rid, printf('metric_%03d', k), "
        "((rid * 7919 + k * 31) % 1000) / 1000, time, 0, 0, 1, 0, 1 FROM made, range(250) s(k) ORDER BY rid")
    session.rows("INSERT INTO store.metrics (rid, key, value, timestamp, step) SELECT rid, key, value, timestamp, step FROM store.latest_metrics "
        "WHERE key = 'metric_000' AND rid >= 1000000")
    session.rows("INSERT INTO store.params (rid, key, value, timestamp) SELECT rid, printf('param_%03d', k), "
        "if(k % 2 = 0, 'kind ' || (rid + k) % 7, 'same'), time FROM made, range(250) s(k) ORDER BY rid")
    session.rows("DROP TABLE made")
"""


@pytest.fixture(scope="module")
def shared(server, browser):
    """One page for all tests."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield Lab(page, server, TOKEN)
    context.close()


@pytest.fixture(scope="module")
def sixty(shared, server):
    """The comparison of 60 runs, in a notebook whose kernel is alive."""
    book = server["root"] / "sixty.ipynb"
    cells = [{"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "execution_count": None, "source": source.strip()}
             for n, source in enumerate([SIXTY, "w = mlflow.compare()\nw"])]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    shared.open_notebook("sixty.ipynb").run_all()
    return shared


@pytest.fixture
def view(sixty):
    """It as it was opened."""
    fresh = "{n: v for n, v in type(w)(w._store, w.query).page_state().items() if n != 'charts'} | {'differences_only': False}"
    assert sixty.run_code(f"for name, value in ({fresh}).items():\n    setattr(w, name, value)") == ""
    view = sixty.output(1).get_by_test_id("mlops-compare")
    expect(view).to_have_attribute("data-alive", "true")
    expect(view).to_have_attribute("data-source", "server")
    expect(view.get_by_test_id("mlops-group-row")).to_have_count(0)
    expect(view.get_by_test_id("mlops-compare-row").nth(10)).to_be_attached()  # no filter
    expect(view).to_have_attribute("aria-busy", "false")
    view.scroll_into_view_if_needed()
    return view


def names(view, count=3):
    return [view.get_by_test_id("mlops-compare-row").nth(row).locator(".jp-mlops-run-cell .jp-mlops-clip").inner_text() for row in range(count)]


def cell(view, row, column):
    return view.get_by_test_id("mlops-compare-row").nth(row).locator(f'[data-column="{column}"]')


def menu(view, column):
    head = view.locator(f'[role=columnheader][data-column="{column}"]')
    head.hover()
    head.get_by_test_id("mlops-column-menu").click()
    return view.page


def test_the_table_is_a_grid(view):
    grid = view.get_by_role("grid", name="Runs")
    expect(grid).to_have_attribute("aria-rowcount", "62")
    assert view.get_by_test_id("mlops-compare-row").count() < 40
    assert names(view) == ["linear 59", "boosting 58", "forest 57"]
    bands = view.locator(".jp-mlops-bands [role=columnheader]")
    assert bands.all_inner_texts()[:3] == ["Parameters", "Metrics", "Run"]
    assert bands.all_inner_texts()[-1] == "Parameters, same in all runs"


def test_several_columns_sort(sixty, view):
    view.get_by_role("columnheader", name="model").get_by_role("button").first.click()
    view.get_by_role("columnheader", name="acc").get_by_role("button").first.click(modifiers=["Shift"])
    sixty.told("w.sort", "[{'id': 'params.model', 'desc': True}, {'id': 'metrics.acc', 'desc': True}]")
    expect(view.get_by_role("columnheader", name="acc")).to_have_attribute("aria-sort", "descending")
    expect(view).to_have_attribute("aria-busy", "false")
    accs = [float(cell(view, row, "metrics.acc").inner_text()) for row in range(3)]
    assert accs == sorted(accs, reverse=True)
    assert all(name.startswith("linear") for name in names(view))


def test_a_filter_is_completed_and_applied(sixty, view):
    box = view.get_by_role("combobox", name="Filter")
    box.press_sequentially("metrics.a")
    expect(view.page.locator(".jp-mlops-suggestions [role=option]").first).to_have_text("metrics.accnumber")
    box.press("Enter")
    box.press_sequentially(">")
    box.press("Enter")
    box.press_sequentially("0.88 a")
    box.press("Tab")
    assert box.input_value() == "metrics.acc > 0.88 AND "
    box.press_sequentially("params.model = 'forest'")
    wanted = sixty.run_code("print(len(mlflow.search_runs([mine], \"metrics.acc > 0.88 AND params.model = 'forest'\")))")
    expect(view.get_by_test_id("mlops-compare-row")).to_have_count(int(wanted))
    assert 0 < int(wanted) < 20
    sixty.told("w.filter", "metrics.acc > 0.88 AND params.model = 'forest'")


def test_a_filter_that_is_only_begun_empties_nothing_and_enter_leaves_a_whole_one(sixty, view):
    box = view.get_by_role("combobox", name="Filter")
    box.press_sequentially("metrics.")
    view.page.wait_for_timeout(600)  # longer than it waits for the next key
    expect(view).to_have_attribute("aria-busy", "false")
    expect(view.get_by_test_id("mlops-filter-error")).to_have_count(0)
    expect(view.get_by_test_id("mlops-compare-row").first).to_be_visible()
    box.press_sequentially("acc > 0.88")
    box.press("Enter")
    assert box.input_value() == "metrics.acc > 0.88"
    sixty.told("w.filter", "metrics.acc > 0.88")
    expect(view.get_by_test_id("mlops-filter-error")).to_have_count(0)


def test_columns_are_chosen_in_a_box_over_the_page(view):
    button = view.get_by_test_id("mlops-columns")
    button.click()
    box = view.page.get_by_role("dialog", name="Columns")
    assert box.bounding_box()["width"] < 300
    box.get_by_label("model").click()
    expect(view.get_by_role("columnheader", name="model")).to_have_count(0)
    view.page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(button).to_be_focused()


def test_a_filter_that_cannot_be_read_says_where(view):
    box = view.get_by_role("combobox", name="Filter")
    box.fill("metrics.acc >> 1")
    error = view.get_by_test_id("mlops-filter-error")
    expect(error).to_contain_text("metrics.acc >> 1")
    assert error.inner_text().splitlines()[-1].index("^") == 14
    expect(box).to_have_attribute("aria-invalid", "true")
    assert view.get_by_test_id("mlops-compare-row").count() > 10  # what was shown stays
    box.fill("no such name")
    expect(view).to_contain_text("No run matches")


def test_runs_are_grouped(sixty, view):
    view.get_by_test_id("mlops-group").select_option("params.model")
    groups = view.get_by_test_id("mlops-group-row")
    expect(groups).to_have_count(3)
    mean, sd, best = sixty.run_code(
        "d = mlflow.search_runs([mine]).groupby('params.model')['metrics.acc'].agg(['mean', 'std', 'max']).loc['boosting']\n"
        "print(f'{d[\"mean\"]:.4f} {d[\"std\"]:.2g} {d[\"max\"]:.4f}')"
    ).split()
    boosting = view.locator('[data-testid="mlops-group-row"]', has_text="boosting")
    text = boosting.locator('[data-column="metrics.acc"]').inner_text()
    assert (mean in text, sd in text, best in text) == (True, True, True)
    boosting.locator(".jp-mlops-run-cell").click()
    sixty.told("w.group, w.expanded", "params.model ['boosting']")
    expect(view.get_by_test_id("mlops-compare-row").first).to_contain_text("boosting")
    expect(view.get_by_test_id("mlops-compare-row")).to_have_count(20)


def test_numbers_are_compared_to_a_baseline(sixty, view):
    sixty.run_code("w.baseline = w.run_ids[0]")
    expect(cell(view, 1, "metrics.acc").locator(".jp-mlops-value")).to_be_visible()
    base = float(cell(view, 0, "metrics.acc").inner_text())
    other = float(cell(view, 1, "metrics.acc").locator(".jp-mlops-value").inner_text())
    delta = cell(view, 1, "metrics.acc").locator(".jp-mlops-delta")
    expect(delta).to_have_text(f"{'+' if other > base else '−'}{abs(other - base):.3g}")
    expect(cell(view, 1, "metrics.acc")).to_have_attribute("data-tone", "better" if other > base else "worse")
    expect(cell(view, 1, "metrics.val_loss")).to_have_attribute("data-tone", "better" if other > base else "worse")
    menu(view, "metrics.acc").get_by_test_id("mlops-direction-lower").click()
    sixty.told("w.directions", "{'metrics.acc': 'lower'}")
    expect(cell(view, 1, "metrics.acc")).to_have_attribute("data-tone", "worse" if other > base else "better")
    view.get_by_test_id("mlops-baseline-clear").click()
    sixty.told("w.baseline", "None")


def test_the_least_value_of_a_metric_is_shown(sixty, view):
    last = float(cell(view, 0, "metrics.acc").inner_text())
    menu(view, "metrics.acc").get_by_test_id("mlops-aggregate-min").click()
    expect(cell(view, 0, "metrics.acc")).to_have_text(f"{last - 0.04:.4f}")
    sixty.told("w.aggregates", "{'metrics.acc': 'min'}")


def test_columns_are_pinned_hidden_moved_and_widened(sixty, view):
    menu(view, "metrics.val_loss").get_by_test_id("mlops-column-pin").click()
    expect(view.locator(".jp-mlops-names [role=columnheader]").nth(1)).to_have_attribute("data-column", "metrics.val_loss")
    menu(view, "params.model").get_by_test_id("mlops-column-hide").click()
    expect(view.locator('[role=columnheader][data-column="params.model"]')).to_have_count(0)
    grid = view.get_by_role("grid", name="Runs")
    grid.focus()
    for key in ("Control+Home", "ArrowUp", "ArrowRight", "ArrowRight", "Control+ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        grid.press(key)
    sixty.told("w.columns['pinned'], w.columns['hidden']", "['metrics.val_loss'] ['params.model']")
    heads = view.locator(".jp-mlops-names [role=columnheader]").evaluate_all("all => all.map(one => one.dataset.column)")
    assert heads.index("params.lr") == heads.index("metrics.acc") + 1
    sixty.told("list(w.columns['widths'])", "['params.lr']")
    one, other = (view.locator(f'[role=columnheader][data-column="{name}"]') for name in ("params.lr", "metrics.acc"))
    one.drag_to(other)
    sixty.told("w.columns['order'].index('params.lr') < w.columns['order'].index('metrics.acc') if 'metrics.acc' in w.columns['order'] else True", "True")
    sixty.shoot("compare-columns")


def test_a_column_has_statistics(view):
    page = menu(view, "metrics.acc")
    page.get_by_test_id("mlops-column-summary").click()
    box = page.get_by_test_id("mlops-popover")
    expect(box).to_contain_text("Count60")
    expect(box).to_contain_text("Missing0")
    assert box.locator("rect").count() == 24
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)


def test_notes_and_tags_are_edited_and_taken_back(sixty, view):
    page, row = view.page, view.get_by_test_id("mlops-compare-row").nth(1)
    run_id = row.get_attribute("data-run-id")
    tags = f"mlflow.get_run('{run_id}').data.tags"
    row.hover()
    row.get_by_test_id("mlops-row-menu").click()
    page.get_by_test_id("mlops-row-note").click()
    page.get_by_test_id("mlops-edit-text").fill("a *good* one")
    page.get_by_test_id("mlops-edit-text").press("Enter")
    sixty.told(f"{tags}.get('mlflow.note.content')", "a *good* one")
    view.get_by_test_id("mlops-undo").click()
    sixty.told(f"{tags}.get('mlflow.note.content')", "None")
    row.hover()
    row.get_by_test_id("mlops-row-menu").click()
    page.get_by_test_id("mlops-row-tag").click()
    page.get_by_test_id("mlops-tag-key").fill("team")
    page.get_by_test_id("mlops-edit-text").fill("blue")
    page.get_by_test_id("mlops-edit-text").press("Enter")
    sixty.told(f"{tags}.get('team')", "blue")
    expect(cell(view, 1, "tags.team")).to_have_text("blue")
    cell(view, 1, "tags.team").dblclick()
    page.get_by_test_id("mlops-edit-text").fill("green")
    page.get_by_test_id("mlops-edit-text").press("Enter")
    sixty.told(f"{tags}.get('team')", "green")
    sixty.run_code(f"client.delete_tag('{run_id}', 'team'); w.selection = []")


def test_a_deleted_run_comes_back(sixty, view):
    row = view.get_by_test_id("mlops-compare-row").nth(2)
    name = names(view)[2]
    row.hover()
    row.get_by_test_id("mlops-row-menu").click()
    view.page.get_by_test_id("mlops-row-delete").click()
    expect(view.get_by_test_id("mlops-compare-summary")).to_contain_text("59 runs")
    expect(view.get_by_test_id("mlops-compare-row").nth(2)).not_to_contain_text(name)
    view.get_by_test_id("mlops-undo").click()
    expect(view.get_by_test_id("mlops-compare-summary")).to_contain_text("60 runs")
    expect(view.get_by_test_id("mlops-compare-row").nth(2)).to_contain_text(name)


def test_the_table_is_copied(sixty, view):
    page = view.page

    def copied(way):
        view.get_by_test_id("mlops-copies").click()
        page.get_by_test_id(f"mlops-copy-{way}").click()
        expect(view.get_by_test_id("mlops-status")).to_contain_text("Copied")
        page.wait_for_timeout(300)
        text = page.evaluate("navigator.clipboard.readText()")
        view.get_by_role("button", name="Close the message").click()
        return text

    sixty.run_code("w.selection = w.run_ids[:2]")
    lines = copied("markdown").splitlines()
    assert (len(lines), lines[0][:11], lines[1][:10]) == (4, "| run | lr ", "| --- | --")
    sixty.run_code("w.selection = []; client.set_tag(w.run_ids[0], 'team', '=cmd()')")
    expect(view.get_by_test_id("mlops-compare-row").first).to_contain_text("=cmd()")
    sixty.run_code("w.sort = [{'id': 'metrics.acc', 'desc': True}]")
    expect(view.get_by_role("columnheader", name="acc")).to_have_attribute("aria-sort", "descending")
    expect(view).to_have_attribute("aria-busy", "false")
    rows = copied("csv").splitlines()
    assert any(",'=cmd()" in row for row in rows)  # a spreadsheet would run it
    assert (len(rows), rows[0].split(",")[:3]) == (61, ["run_id", "run_name", "params.lr"])
    sixty.run_code("w.filter = \"attributes.run_name != '🌲'\"")
    code = copied("code")
    assert "U0001f332" in code
    sixty.run_code("client.delete_tag(w.run_ids[0], 'team')")
    assert sixty.run_code(f"exec({code!r})\nprint(len(df), df['run_id'][0] == '{rows[1].split(',')[0]}', 'metrics.acc' in df)") == "60 True True"


def test_a_time_that_no_calendar_has_hides_no_table(sixty, view):
    sixty.run_code("odd = client.create_run(mine, run_name='odd', start_time=1700000000000000000).info.run_id")
    sixty.run_code("client.log_param(odd, 'folds', '5'); client.set_terminated(odd)")
    rows = view.get_by_test_id("mlops-compare-row")
    expect(rows.first).to_contain_text("odd")
    expect(view.get_by_role("grid")).to_contain_text("1700000000000000000")
    sixty.run_code("client.delete_run(odd)")
    expect(rows.first).to_contain_text("linear 59")


def test_the_keyboard_goes_through_cells(sixty, view):
    grid = view.get_by_role("grid", name="Runs")
    grid.focus()
    for key in ("Control+Home", "ArrowDown", "Space", "Shift+ArrowDown"):
        grid.press(key)
    first = view.get_by_test_id("mlops-compare-row")
    sixty.told("w.selection", str([first.nth(row).get_attribute("data-run-id") for row in (1, 2)]))
    grid.press("ArrowRight")
    active = grid.get_attribute("aria-activedescendant")
    assert view.page.evaluate("id => document.getElementById(id).dataset.column", active) == "params.lr"
    grid.press("End")
    grid.press("Control+End")
    expect(view.get_by_test_id("mlops-compare-row").last).to_contain_text("forest 0")
    grid.press("Enter")
    expect(view.page.get_by_role("menu", name="Menu of forest 0")).to_be_visible()
    view.page.keyboard.press("Escape")
    grid.press("Escape")
    sixty.told("w.selection", "[]")


def test_differences_only_and_groups_come_back_with_the_file(sixty, view):
    """Answers "a lost 'show differences only'": it is in the file, and the next view begins with it."""
    view.get_by_test_id("mlops-differences").click()
    view.get_by_test_id("mlops-group").select_option("params.model")
    sixty.told("w.differences_only, w.group", "True params.model")
    sixty.save()
    state = sixty.saved("sixty.ipynb")["cells"][1]["outputs"][0]["data"]["application/vnd.jupyter-mlops+json"]["state"]
    assert (state["differences_only"], state["group"]) == (True, "params.model")
    assert sixty.run_code("print(mlflow.compare().differences_only)") == "True"


def test_ten_thousand_runs_of_500_columns(lab, notebook):
    """A screen of rows and columns is in the page, and read, whatever there is beyond it."""
    answers = []
    lab.page.on("response", lambda one: "views/run_" in one.url and answers.append((one.url.split("views/")[1].split("?")[0], int(one.headers["content-length"]))))
    lab.open_notebook(notebook("many_runs.ipynb", MANY.strip(), "w = mlflow.compare()\nw", "v = mlflow.compare(mlflow.search_runs([mine], max_results=1200))\nv")).run_all()
    view = lab.output(1).get_by_test_id("mlops-compare")
    expect(view).to_have_attribute("data-source", "server")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(view.get_by_test_id("mlops-compare-summary")).to_contain_text("10,000 runs")
    view.scroll_into_view_if_needed()
    rows, cells = view.get_by_test_id("mlops-compare-row"), view.locator("[role=gridcell]")
    expect(rows.first).to_contain_text("fox-1009999")
    assert rows.count() < 40
    assert cells.count() < 900
    assert len([name for name, _ in answers if name == "run_facts"]) <= 2
    assert all(size < 250_000 for _, size in answers)
    before = len(answers)
    scroller = view.locator(".jp-mlops-scroller")
    scroller.evaluate("one => one.scrollTo(0, one.scrollHeight)")
    expect(rows.last).to_contain_text("fox-1000000")
    scroller.evaluate("one => one.scrollTo(one.scrollWidth, one.scrollHeight)")
    expect(rows.last.locator("[role=gridcell]").last).to_have_text("same")
    assert 1 <= len(answers) - before <= 8
    assert cells.count() < 900
    lab.shoot("compare-many")

    listed = lab.output(2).get_by_test_id("mlops-compare")  # 1,200 listed runs are known to the kernel alone
    expect(listed).to_have_attribute("data-source", "kernel")
    expect(listed.get_by_test_id("mlops-compare-summary")).to_contain_text("1200 runs")
    expect(listed.get_by_test_id("mlops-compare-row").first).to_contain_text("fox-1009999")
    lab.save()
    outputs = [entry["outputs"][0]["data"] for entry in lab.saved("many_runs.ipynb")["cells"][1:]]
    assert all(len(json.dumps(data["application/vnd.jupyter-mlops+json"])) < 60_000 for data in outputs)
