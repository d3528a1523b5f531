"""The page of one run, all tabs, on the stand-alone page: what it shows, what it asks, and what it does not fall for."""

import json
import re
import socket

import pytest
from playwright.sync_api import expect

import jupyter_mlops as mlflow
from tests.browser import pictures
from tests.browser.contrasts import low_contrasts
from tests.browser.pages import Tab, run_script, said_link, ui
from tests.browser.run_pages import FILL_RUN

TABS = ("overview", "metrics", "system", "logs", "artifacts", "model", "code", "lineage")
BLOCKED = re.compile(r"Blocked script execution in 'about:srcdoc'|Loading the image 'http://127\.0\.0\.1:\d+/y' violates")


class Page(Tab):
    """A logged-in tab, which notes the views that are asked and what they answer."""

    def __init__(self, browser, base, ids, **look):
        super().__init__(browser, **look)
        self.base, self.ids, self.views, self.answers = base, ids, [], {}
        self.page.on("response", self._note)

    def _note(self, response):
        if found := re.search(r"/views/(\w+)$", response.url):
            self.views.append(found[1])
            self.answers.setdefault(found[1], []).append(response)

    def show(self, run="run", tab="overview", **more):
        query = "".join(f"&{key}={value}" for key, value in more.items())
        self.go(f"#/runs/{self.ids[run]}?tab={tab}{query}")
        return self.at("mlops-run-page")


@pytest.fixture(scope="module")
def elsewhere():
    """A place on the net that the page has no business with: it can be reached, and sees who comes."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        place.setblocking(False)
        yield place


@pytest.fixture(scope="module")
def served(tmp_path_factory, browser, elsewhere):
    folder = tmp_path_factory.mktemp("run_page")
    address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}"
    ids = json.loads(run_script(FILL_RUN, folder / "mlops.duckdb", address).splitlines()[-1])
    with ui(folder) as (process, port):
        base = f"http://127.0.0.1:{port}"
        first = Tab(browser).open(said_link(process))
        cookies = first.context.cookies()
        first.close()
        yield folder, base, ids, cookies


@pytest.fixture
def page(served, browser):
    _, base, ids, cookies = served
    opened = Page(browser, base, ids)
    opened.context.add_cookies(cookies)
    opened.open(base)
    yield opened
    opened.errors = [error for error in opened.errors if not BLOCKED.search(error)]  # the browser itself tells of what it did not do
    opened.check(base)
    opened.close()


def store_of(served):
    mlflow.set_tracking_uri(str(served[0] / "mlops.duckdb"))
    return mlflow.MlflowClient()


def test_the_overview_has_what_was_logged_and_each_tab_asks_when_it_is_shown(page):
    overview = page.show()
    line = overview.locator('[data-key="eval/accuracy"]')
    expect(line.locator("td")).to_have_text(["0.99634", "0.5", "0.99634"])
    for text in ("loss is high", "cell [4] was edited since", "training", "wine v1", "@champion"):
        expect(overview).to_contain_text(text)
    expect(overview.get_by_role("heading", name="Why")).to_be_visible()
    expect(page.at("mlops-run-tree").get_by_role("listitem")).to_have_count(5)
    assert {view for view in page.views if view.startswith("run_")} - {"run_facts", "run_rows"} == {"run_details", "run_children"}
    overview.get_by_text("alcohol, malic_acid").click()
    expect(page.at("mlops-popover")).to_contain_text("proline")
    page.page.keyboard.press("Escape")
    page.views.clear()
    for tab, view in (("logs", "run_log"), ("artifacts", "run_files"), ("model", "run_models"), ("code", "run_code"), ("lineage", "run_lineage")):
        page.at(f"mlops-tab-{tab}").click()
        expect(page.at("mlops-run-page").get_by_role("tabpanel")).not_to_contain_text("Loading")
        assert set(page.views) == {view}
        page.views.clear()


def test_what_is_written_of_a_run_is_changed(page, served):
    client, run_id = store_of(served), page.ids["former"]
    page.show("former")
    page.at("mlops-run-rename").click()
    page.at("mlops-run-name").fill("first try")
    page.page.keyboard.press("Enter")
    expect(page.at("mlops-run-page").get_by_role("heading", name="first try")).to_be_visible()
    page.page.get_by_role("button", name="Edit: Description of the run").click()
    editor = page.at("mlops-run-description-editor")
    editor.locator("textarea").fill("**bold** <img src=x onerror=window.hacked=1>")
    page.at("mlops-run-description-save").click()
    expect(page.at("mlops-run-description").locator("strong")).to_have_text("bold")
    page.at("mlops-tag-add").click()
    page.at("mlops-tag-key").fill("team")
    page.at("mlops-tag-value").fill("press")
    page.page.keyboard.press("Enter")
    expect(page.page.locator('[data-testid="mlops-tag"][data-key="team"]')).to_contain_text("press")
    run = client.get_run(run_id)
    assert (run.info.run_name, run.data.tags["team"], run.data.tags["mlflow.note.content"][:8]) == ("first try", "press", "**bold**")

    page.at("mlops-run-delete").click()
    assert client.get_run(run_id).info.lifecycle_stage == "active"
    page.at("mlops-run-delete-ok").click()
    expect(page.at("mlops-run-restore")).to_be_visible()
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    page.at("mlops-undo").click()
    expect(page.at("mlops-run-delete")).to_be_visible()
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_a_model_of_the_run_is_registered(page, served):
    page.show()
    page.at("mlops-run-register").click()
    page.at("mlops-register-name").fill("wine-tree")
    pictures.take(page.page, "run-register")
    page.at("mlops-register-ok").click()
    page.at("mlops-registered").get_by_role("link", name="version 1 of wine-tree").click()
    expect(page.page.get_by_role("heading", name="wine-tree")).to_be_visible()
    version = store_of(served).get_model_version("wine-tree", "1")
    assert (version.run_id, version.user_id) == (page.ids["run"], store_of(served).get_registered_model("wine").latest_versions[0].user_id)


def test_typed_text_stays_when_the_run_cannot_be_read(page, served):
    page.show("parent")
    page.page.get_by_role("button", name="Edit: Description of the run").click()
    area = page.at("mlops-run-description-editor").locator("textarea")
    area.fill("not lost")
    page.page.route("**/views/run_details", lambda route: route.fulfill(status=503, json={"error_code": "X", "message": "The store is locked."}))
    run_script("import sys, jupyter_mlops as m\nm.set_tracking_uri(sys.argv[1])\nwith m.start_run(run_name='other'): pass", served[0] / "mlops.duckdb")
    expect(page.page.get_by_role("alert").filter(has_text="locked")).to_be_visible()
    expect(area).to_have_value("not lost")
    page.page.unroute("**/views/run_details")
    page.page.get_by_role("button", name="Try again").click()
    expect(page.page.get_by_role("alert")).to_have_count(0)
    expect(area).to_have_value("not lost")
    page.errors.clear()


def test_charts_are_read_as_they_come_into_sight_in_the_points_that_they_show(page):
    page.show("many", "metrics")
    charts = page.at("mlops-run-chart")
    expect(charts.first.locator(".main-svg").first).to_be_visible()
    assert charts.count() == 72  # the first three groups, 24 of each
    expect(charts.nth(2).locator(".main-svg").first).to_be_visible()
    page.page.wait_for_timeout(500)
    assert 3 <= page.views.count("curves") <= 24
    asked = json.loads(page.answers["curves"][0].request.post_data)
    assert 100 <= asked["points"] <= 400
    page.at("mlops-charts-search").fill("weight 77")
    expect(charts).to_have_count(11)
    page.page.locator("main").evaluate("main => main.scrollTo(0, 9999)")
    page.show("run", "metrics")
    expect(page.page.locator('[data-metric="train_loss"] path.js-line')).to_have_count(1)
    page.at("mlops-charts-smoothing").fill("0.8")
    expect(page.page.locator('[data-metric="train_loss"] path.js-line')).to_have_count(2)
    page.at("mlops-charts-log-y").check()
    with page.page.expect_response(lambda one: '"x":"time"' in (one.request.post_data or "") and '"log":"y"' in one.request.post_data):
        page.at("mlops-charts-axis").select_option("time")
    page.at("mlops-tab-system").click()
    expect(page.page.locator('[data-metric^="system/"] .main-svg').first).to_be_visible()
    assert charts.count() == 2


def test_what_runs_grows_in_the_page(page, served):
    script = """
import sys, jupyter_mlops as m
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.settings import current_store
m.set_tracking_uri(sys.argv[1])
run = m.MlflowClient().create_run("0", run_name="live") if len(sys.argv) == 2 else m.get_run(sys.argv[2])
client, steps = m.MlflowClient(), (0, 1) if len(sys.argv) == 2 else (2, 3, 4)
for step in steps: client.log_metric(run.info.run_id, "loss", 5 - step, step=step)
put_text((current_store(), run.info.run_id), "".join(f"step {n}\\n" for n in range(max(steps) + 1)), "cell/stdout.txt")
print(run.info.run_id)
"""
    store = served[0] / "mlops.duckdb"
    page.ids = {**page.ids, "live": run_script(script, store).strip()}
    page.show("live", "metrics")
    card = page.page.locator('[data-metric="loss"]')
    expect(card).to_contain_text("2 points")
    run_script(script, store, page.ids["live"])
    expect(card).to_contain_text("5 points")
    page.at("mlops-tab-logs").click()
    expect(page.at("mlops-log-lines")).to_have_attribute("data-count", "5")
    run_script(script.replace("(2, 3, 4)", "(5, 6, 7)"), store, page.ids["live"])
    expect(page.at("mlops-log-lines")).to_have_attribute("data-count", "8")
    store_of(served).set_terminated(page.ids["live"])
    expect(page.at("mlops-run-page").locator(".jp-mlops-badge").first).to_have_text("Finished")


def test_a_log_is_searched_and_shows_colours_as_text(page):
    page.show("run", "logs")
    lines = page.at("mlops-log-lines")
    expect(lines).to_have_attribute("data-count", "3002")
    assert lines.locator(".jp-mlops-text-line").count() < 120
    expect(lines.locator("[data-look=fg-2]").first).to_have_text("ok")
    page.at("mlops-log-follow").check()
    expect(lines).to_contain_text("warning: <b>slow</b>")
    expect(lines.locator("[data-look='fg-1 bold']")).to_have_text("warning")
    page.at("mlops-log-search").fill("EPOCH 299")
    expect(page.at("mlops-log-count")).to_have_text("11 of 3002 lines")
    expect(lines.locator("mark").first).to_have_text("epoch 299")
    page.at("mlops-log-file").select_option("cell/stderr.txt")
    page.at("mlops-log-search").fill("")
    expect(lines).to_contain_text("UserWarning")
    with page.page.expect_download() as download:
        page.at("mlops-logs").get_by_role("link", name="Download").click()
    assert download.value.path().read_text() == "UserWarning: deprecated\n"


def test_ten_thousand_files_are_gone_through_by_keyboard(page):
    page.show("many", "artifacts")
    tree, items = page.at("mlops-file-tree"), page.at("mlops-artifact")
    expect(page.at("mlops-artifact-folder").first).to_be_visible()
    tree.focus()
    page.page.keyboard.press("Home")
    page.page.keyboard.press("ArrowRight")
    expect(items.first).to_have_attribute("data-path", "parts/part-00000.txt")
    assert items.count() < 100
    assert max(len(answer.body()) for answer in page.answers["run_files"]) < 40_000
    page.page.keyboard.press("End")
    more = page.at("mlops-more-files")
    expect(more).to_contain_text("9800 more")
    page.page.keyboard.press("Enter")
    expect(page.page.locator('[data-path="parts/part-00200.txt"]')).to_be_visible()
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("ArrowLeft")
    expect(items).to_have_count(0)
    page.at("mlops-files-search").fill("part-09999")
    expect(items).to_have_count(1)
    tree.focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    expect(page.at("mlops-preview")).to_contain_text("x")


def test_each_kind_of_file_has_its_preview(page):
    page.show("run", "artifacts", path="data/wine.parquet")
    preview = page.at("mlops-preview")
    for path in ("data/wine.parquet", "data/wine.csv"):
        page.show("run", "artifacts", path=path)
        expect(page.at("mlops-table-count")).to_contain_text("Rows 1–50 of 178")
        page.at("mlops-table-last").click()
        expect(page.at("mlops-table-count")).to_contain_text("Rows 151–178 of 178")
        expect(page.at("mlops-table").locator("thead")).to_contain_text("double")
    page.show("run", "artifacts", path="config.json")
    expect(page.at("mlops-text-lines")).to_contain_text("12345678901234567890")
    page.show("run", "artifacts", path="long.txt")
    expect(preview).to_contain_text("line 0")
    page.at("mlops-text-more").click()
    expect(page.at("mlops-text-lines")).to_have_attribute("data-count", re.compile(r"^3\d{4}$"))
    assert page.at("mlops-text-lines").locator(".jp-mlops-text-line").count() < 120
    page.show("run", "artifacts", path="weights.bin")
    expect(preview).to_contain_text("Download it")


def test_nothing_in_a_file_runs(page, elsewhere):
    page.show("run", "artifacts")
    name = "<img src=x onerror=window.hacked=1>.txt"
    expect(page.at("mlops-file-tree")).to_contain_text(name)
    preview = page.at("mlops-preview")
    page.show("run", "artifacts", path="page.html")
    frame = page.at("mlops-preview-page")
    expect(frame).to_have_attribute("sandbox", "")
    expect(page.page.frame_locator("iframe").get_by_role("heading", name="Page")).to_be_visible()
    page.show("run", "artifacts", path="report.md")
    expect(preview.locator("strong", has_text="well")).to_be_visible()
    expect(preview.locator("img")).to_have_count(0)
    page.at("mlops-preview-source").click()
    expect(preview).to_contain_text("parent.hacked=1;fetch")
    page.show("run", "artifacts", path="book.ipynb")
    book = page.at("mlops-notebook")
    expect(book.locator("table")).to_contain_text("1")
    expect(book).to_contain_text("application/javascript")
    expect(book.locator("[data-look=fg-4]")).to_have_text("wine")
    assert book.locator("script, iframe, [onerror], [onload], [style]").count() == 0
    page.show("run", "artifacts", path="plot.svg")
    assert preview.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    page.page.wait_for_timeout(300)
    with pytest.raises(BlockingIOError):
        elsewhere.accept()  # nobody came


def test_a_model_says_what_it_takes_and_how_it_is_loaded(page):
    page.show("run", "model")
    model = page.at("mlops-run-model")
    expect(model.get_by_role("table", name="Inputs").locator("tbody tr")).to_have_count(13)
    expect(model).to_contain_text(f'mlflow.sklearn.load_model("runs:/{page.ids["run"]}/model")')
    expect(model).to_contain_text("scikit-learn==")
    expect(page.at("mlops-table")).to_contain_text("14.23")
    page.show("bare", "model")
    expect(page.at("mlops-no-models")).to_contain_text("log_model")


def test_the_code_and_what_is_different_from_another_run(page):
    page.show("run", "code")
    code = page.at("mlops-run-code")
    expect(code).to_contain_text("fit(depth=5)")
    expect(code).not_to_contain_text("read_csv")
    page.at("mlops-earlier-cells").click()
    expect(code).to_contain_text("pd.read_csv('wine.csv')")
    expect(page.at("mlops-git-diff").locator("[data-kind=added]")).to_have_text("+depth = 5\n")
    page.at("mlops-search-packages").fill("scikit")
    expect(code.get_by_role("table", name="Packages").locator("tbody tr")).to_have_count(1)
    page.at("mlops-code-other").select_option(page.ids["former"])
    difference = code.locator(".jp-mlops-differences")
    expect(difference.locator('[data-section="environment"]')).to_contain_text("1.4.0")
    expect(difference.locator('[data-section="params"]')).to_contain_text("entropy")
    expect(code.get_by_role("link", name="Compare them in full")).to_have_attribute("href", re.compile("^#/compare"))


def test_the_lineage_leads_to_the_model(page):
    page.show("run", "lineage")
    expect(page.at("mlops-lineage-figure").locator(".main-svg").first).to_be_visible()
    page.at("mlops-run-lineage").get_by_role("link", name="wine v1").click()
    expect(page.at("mlops-versions-row")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_can_be_read(served, browser, scheme):
    _, base, ids, cookies = served
    for width in (1280, 800):
        tab = Page(browser, base, ids, scheme=scheme, width=width)
        tab.context.add_cookies(cookies)
        tab.open(base)
        for name in TABS:
            tab.show("run", name, **({"path": "data/wine.csv"} if name == "artifacts" else {}))
            expect(tab.at("mlops-run-page").get_by_role("tabpanel")).not_to_contain_text("Loading")
            tab.page.wait_for_timeout(200)
            pictures.take(tab.page, f"run-{name}-{scheme}-{width}")
            assert low_contrasts(tab.page) == [], name
            assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        tab.check(base)
        tab.close()
