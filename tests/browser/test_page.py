"""The stand-alone page in a real browser, on a real server process: found, compared, moved, followed live."""

import re
import signal
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from jupyter_mlops.tracking.client import MlflowClient
from tests.browser import pictures
from tests.browser.contrasts import LEAST, low_contrasts
from tests.browser.pages import FILL, MANY, Tab, run_script, said_link, ui
from tests.server_processes import COMMAND, started


@pytest.fixture
def tab(served, browser):
    """The page, logged in."""
    opened = Tab(browser).open(served.link())
    yield opened
    opened.check(served.base)
    opened.close()


def shoot(tab, name):
    pictures.take(tab.page, f"page-{name}")


def choose(tab, *names):
    for name in names:
        tab.rows().filter(has=tab.page.get_by_role("link", name=name, exact=True)).locator("input").click()


def focused(tab, what="textContent"):
    """Something of the element that has the focus."""
    return tab.page.evaluate(f"document.activeElement.{what}")


def test_a_link_opens_the_page_once(served, browser):
    tab = Tab(browser).open(served.first_link)
    assert tab.page.url == f"{served.base}/#/runs"
    expect(tab.rows()).to_have_count(16)
    tab.check(served.base)
    tab.page.goto(served.first_link)
    expect(tab.page.locator("body")).to_contain_text("jupyter mlops ui")
    tab.page.go_back()
    assert "once=" not in tab.page.url
    tab.close()

    stranger = Tab(browser)
    assert stranger.page.goto(served.first_link).status == 401
    stranger.page.goto(served.base)
    expect(stranger.at("mlops-login")).to_be_visible()
    assert stranger.rows().count() == 0
    shoot(stranger, "login")
    stranger.page.get_by_label("Token").fill("wrong")
    stranger.page.get_by_role("button", name="Log in").click()
    expect(stranger.page.get_by_role("alert")).to_be_visible()
    stranger.page.get_by_label("Token").fill(served.token)
    stranger.page.get_by_role("button", name="Log in").click()
    expect(stranger.rows()).to_have_count(16)
    stranger.at("mlops-logout").click()
    expect(stranger.at("mlops-login")).to_be_visible()
    stranger.page.reload()
    expect(stranger.at("mlops-login")).to_be_visible()
    stranger.close()


def test_the_browser_that_the_system_names_is_opened(tmp_path, browser):
    noting = tmp_path / "note.py"
    noting.write_text(f"import sys; open({str(tmp_path / 'opened')!r}, 'w').write(sys.argv[1])")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BROWSER", f"{sys.executable} {noting} %s")
        with started(tmp_path, command="ui") as (_, port):
            opened = tmp_path / "opened"
            for _ in range(100):
                if opened.exists() and opened.read_text():
                    break
                time.sleep(0.1)
            tab = Tab(browser).open(opened.read_text())
            expect(tab.at("mlops-first-run")).to_contain_text(f'set_tracking_uri("http://127.0.0.1:{port}")')
            shoot(tab, "first-run")
            tab.check(f"http://127.0.0.1:{port}")
            tab.close()


def test_runs_are_filtered_sorted_chosen_and_compared(served, tab):
    tab.page.get_by_role("link", name="curves", exact=True).click()
    expect(tab.rows()).to_have_count(13)
    tab.at("mlops-filter").fill("metrics.score >= 0.5 and params.optimizer = 'adam'")
    expect(tab.rows()).to_have_count(3)
    assert sorted(tab.names()) == ["net 10", "net 6", "net 8"]
    tab.page.get_by_role("button", name="score").click()
    expect(tab.page.locator("[role=columnheader][aria-sort=descending]")).to_contain_text("score")
    expect(tab.rows().first).to_contain_text("net 10")
    assert tab.names() == ["net 10", "net 8", "net 6"]
    tab.page.get_by_role("button", name="score").click()
    expect(tab.page.locator("[role=columnheader][aria-sort=ascending]")).to_contain_text("score")
    expect(tab.rows().first).to_contain_text("net 6")
    assert tab.names() == ["net 6", "net 8", "net 10"]
    assert "sort=metrics.score" in tab.page.url

    tab.at("mlops-filter").fill("metrics.score >")
    expect(tab.at("mlops-filter-error")).to_be_visible()
    assert tab.rows().count() == 3
    tab.errors.clear()  # the browser itself tells of the 400
    tab.at("mlops-filter").fill("net")
    expect(tab.rows()).to_have_count(12)

    names = [f"net {number}" for number in (2, 3, 5, 7, 8)]
    choose(tab, *names)
    expect(tab.at("mlops-runs-summary")).to_contain_text("5 selected")
    tab.at("mlops-compare-open").click()
    expect(tab.at("mlops-compare")).to_have_attribute("aria-busy", "false")
    assert sorted(tab.names()) == names
    tab.at("mlops-curve-metrics").click()
    tab.page.locator('[data-option="loss"]').check()
    expect(tab.page.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(10)
    tab.page.keyboard.press("Escape")
    tab.page.set_viewport_size({"width": 1280, "height": 640})
    shoot(tab, "compare")  # docs/page.png


def test_what_another_process_logs_appears(served, tab):
    tab.go("#/runs?filter=attributes.run_name %3D 'from elsewhere'")
    expect(tab.page.get_by_text("No run matches")).to_be_visible()
    expect(tab.at("mlops-live")).to_have_attribute("data-live", "true")
    script = "import sys, jupyter_mlops as m\nm.set_tracking_uri(sys.argv[1])\nm.set_experiment('elsewhere')\nwith m.start_run(run_name='from elsewhere'): m.log_metric('x', 1)"
    run_script(script, served.store)
    expect(tab.rows()).to_have_count(1)
    expect(tab.page.get_by_role("link", name="elsewhere", exact=True)).to_be_visible()


def test_a_run_shows_all_that_was_logged(served, tab):
    tab.page.get_by_role("link", name="net 11", exact=True).click()
    page = tab.at("mlops-run-page")
    expect(page.get_by_role("heading", name="net 11")).to_be_visible()
    expect(page).to_contain_text("optimizer")
    tab.at("mlops-tab-metrics").click()
    expect(tab.page.locator('[data-metric="loss"] .scatterlayer .trace path.js-line')).to_have_count(1)
    assert "tab=metrics" in tab.page.url
    shoot(tab, "charts")

    tab.go("#/runs")
    tab.page.get_by_role("link", name="tree 3", exact=True).click()
    expect(page).to_contain_text("training")
    expect(page.get_by_role("link", name="wine v2")).to_be_visible()
    shoot(tab, "run")
    tab.at("mlops-tab-artifacts").click()
    tab.page.locator('[data-path="notes"]').click()
    tab.page.locator('[data-path="notes/about.txt"]').click()
    expect(tab.at("mlops-preview")).to_contain_text("last line")
    shoot(tab, "artifacts")
    with tab.page.expect_download() as download:
        tab.at("mlops-preview").get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "about.txt"
    assert download.value.path().read_text() == "first line\nlast line"


def test_a_picture_is_shown_and_runs_nothing(served, tab):
    tab.page.get_by_role("link", name="tree 1", exact=True).click()
    tab.at("mlops-tab-artifacts").click()
    tab.page.locator('[data-path="plot.svg"]').click()
    picture = tab.at("mlops-preview").locator("img")
    expect(picture).to_have_attribute("src", re.compile("^data:image/svg"))
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40


def test_what_was_logged_stays_text(served, tab):
    name = "<img src=x onerror=window.hacked=1>"
    expect(tab.page.get_by_role("link", name=name, exact=True)).to_be_visible()
    tab.page.get_by_role("link", name=name, exact=True).click()
    page = tab.at("mlops-run-page")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("strong", has_text="bold")).to_be_visible()
    expect(page).to_contain_text("<script>window.hacked=1</script>")
    assert page.locator("img").count() == 0
    tab.go("#/runs")
    tab.page.get_by_role("button", name="odd name: a/b.min").click()
    expect(tab.rows().first).to_contain_text(name)


def test_a_version_is_moved(served, tab, sql):
    tab.page.get_by_role("link", name="Models", exact=True).click()
    tab.at("mlops-models-row").filter(has_text="wine").click()
    expect(tab.at("mlops-versions-row")).to_have_count(3)
    assert tab.page.url.endswith("#/models/wine")
    row = tab.page.locator('[data-testid="mlops-versions-row"][data-version="3"]')
    row.get_by_test_id("mlops-stage").click()
    tab.page.locator('[data-testid="mlops-stage-option"][data-stage="Production"]').click()
    sheet = tab.at("mlops-move")
    expect(sheet).to_have_attribute("aria-busy", "false")
    expect(sheet.locator('[data-testid="mlops-verdict"][data-passed="true"]')).to_have_count(1)
    sheet.get_by_test_id("mlops-move-comment").fill("by a click")
    shoot(tab, "move")
    sheet.get_by_test_id("mlops-move-ok").click()
    expect(row).to_have_attribute("data-stage", "Production")
    client = MlflowClient(served.store)
    assert [client.get_model_version("wine", str(v)).current_stage for v in (1, 2, 3)] == ["None", "Archived", "Production"]
    assert ("3", "Production") in sql("SELECT version::VARCHAR, stage FROM model_versions", served.store)
    tab.at("mlops-tab-history").click()
    expect(tab.at("mlops-history")).to_contain_text("by a click")
    tab.at("mlops-tab-lineage").click()
    expect(tab.page.locator('[data-testid="mlops-lineage-figure"] .main-svg').first).to_be_visible()
    tab.at("mlops-undo-last").click()
    expect(tab.at("mlops-status")).to_contain_text("undone")
    assert client.get_model_version("wine", "2").current_stage == "Production"


def test_back_and_forward_and_deep_links(served, tab, browser):
    tab.page.get_by_role("link", name="wine", exact=True).click()
    expect(tab.rows()).to_have_count(3)
    tab.page.get_by_role("link", name="tree 5", exact=True).click()
    tab.at("mlops-tab-artifacts").click()
    expect(tab.at("mlops-artifacts")).to_be_visible()
    deep = tab.page.url
    tab.page.go_back()
    expect(tab.page.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")
    tab.page.go_back()
    expect(tab.rows()).to_have_count(3)
    tab.page.go_back()
    expect(tab.rows().nth(3)).to_be_visible()
    tab.page.go_forward()
    expect(tab.rows()).to_have_count(3)
    tab.go("#/models/wine?tab=history")
    expect(tab.at("mlops-history")).to_be_visible()
    tab.at("mlops-tab-versions").click()
    expect(tab.at("mlops-versions-row")).to_have_count(3)
    tab.page.go_back()
    expect(tab.at("mlops-history")).to_be_visible()

    again = tab.context.new_page()
    again.goto(deep)
    expect(again.get_by_test_id("mlops-artifacts")).to_be_visible()
    again.goto(f"{served.base}/#/runs/{'f' * 32}")
    expect(again.get_by_role("alert")).to_contain_text("f" * 32)


def test_the_keyboard_alone_is_enough(served, tab):
    tab.page.keyboard.press("Tab")
    assert focused(tab) == "Skip to content"
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Tab")
    assert focused(tab, "dataset.testid") == "mlops-filter"
    tab.page.keyboard.type("tree")
    tab.page.keyboard.press("Enter")
    expect(tab.rows()).to_have_count(3)
    for _ in range(40):
        tab.page.keyboard.press("Tab")
        if focused(tab, "role") == "grid":
            break
    for key in ("ArrowDown", "Space", "ArrowDown", "Space"):
        tab.page.keyboard.press(key)
    expect(tab.at("mlops-runs-summary")).to_contain_text("2 selected")
    tab.page.keyboard.press("Escape")
    expect(tab.at("mlops-runs-summary")).not_to_contain_text("selected")
    tab.page.keyboard.press("Control+Home")
    tab.page.keyboard.press("Enter")
    expect(tab.at("mlops-run-page").get_by_role("heading", name="tree 5")).to_be_visible()
    for _ in range(20):
        tab.page.keyboard.press("Tab")
        if focused(tab, "role") == "tab":
            break
    tab.page.keyboard.press("ArrowRight")
    assert focused(tab).startswith("Metrics")
    expect(tab.page.get_by_text("No metric of this run has more than one point")).to_be_visible()


def test_columns_are_chosen_and_kept(served, tab):
    tab.go("#/runs?filter=net")
    expect(tab.page.get_by_role("button", name="layers")).to_be_visible()
    tab.at("mlops-columns").click()
    tab.at("mlops-columns-search").fill("lay")
    tab.page.get_by_role("dialog", name="Columns").locator('[data-column="params.layers"]').click()
    expect(tab.page.get_by_role("button", name="layers")).to_have_count(0)
    tab.page.keyboard.press("Escape")
    expect(tab.at("mlops-columns")).to_be_focused()
    tab.page.reload()
    expect(tab.rows().first).to_be_visible()
    expect(tab.page.get_by_role("button", name="layers")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(served, browser, scheme):
    """As the system has it, and every text with the contrast of WCAG AA."""
    tab = Tab(browser, scheme=scheme, width=1360).open(served.link())
    assert tab.page.evaluate("document.body.dataset.jpThemeName") == scheme
    tab.go("#/runs?filter=net")
    expect(tab.rows()).to_have_count(12)
    choose(tab, "net 1", "net 2")
    for name, place, ready in (
        ("runs", "#/runs?filter=net", '[data-testid="mlops-compare-row"]'),
        ("compare", tab.page.locator("nav a", has_text="Compare").get_attribute("href"), ".js-plotly-plot .main-svg"),
        ("models", "#/models", '[data-testid="mlops-models-row"]'),
        ("version", "#/models/wine?versions=2", '[data-testid="mlops-version-details"][aria-busy="false"]'),
        ("history", "#/models/wine?tab=history", '[data-testid="mlops-event"]'),
        ("run", tab.rows().first.locator("a").get_attribute("href"), '[data-testid="mlops-run-page"] h2'),
    ):
        tab.go(place)
        tab.page.wait_for_selector(ready)
        tab.page.mouse.move(0, 0)
        shoot(tab, f"{scheme}-{name}")
        assert low_contrasts(tab.page) == [], f"{place}: less than {LEAST}"
    tab.check(served.base)
    other = {"light": "dark", "dark": "light"}[scheme]
    tab.at("mlops-theme").select_option(other)
    assert tab.page.evaluate("document.body.dataset.jpThemeName") == other
    tab.page.reload()
    assert tab.page.evaluate("document.body.dataset.jpThemeName") == other
    tab.close()


def test_a_narrow_window_has_room_for_all(served, browser):
    tab = Tab(browser, width=1024).open(served.link())
    wide = "document.documentElement.scrollWidth - innerWidth"
    for place, ready in (("#/runs", "mlops-compare-row"), ("#/models/wine", "mlops-versions-row")):
        tab.go(place)
        expect(tab.at(ready).first).to_be_visible()
        assert tab.page.evaluate(wide) <= 0
    tab.go("#/runs")
    choose(tab, "net 1", "net 2")
    tab.at("mlops-columns").click()
    inside = "e => { const { left, right } = e.getBoundingClientRect(); return left > 232 && right < innerWidth; }"
    assert tab.page.get_by_role("dialog", name="Columns").evaluate(inside)
    tab.close()


def test_a_session_that_ended_asks_to_log_in_and_goes_on(served, browser):
    tab = Tab(browser).open(served.link())
    tab.go("#/models/wine")
    expect(tab.at("mlops-versions-row")).to_have_count(3)
    tab.context.clear_cookies()
    tab.at("mlops-tab-history").click()
    expect(tab.at("mlops-login")).to_contain_text("session has ended")
    tab.page.get_by_label("Token").fill(served.token)
    tab.page.keyboard.press("Enter")
    expect(tab.at("mlops-history")).to_be_visible()
    tab.close()


def test_users_log_in_by_name_and_do_what_they_may(tmp_path, browser):
    run_script(FILL, tmp_path / "mlops.duckdb")
    for name, *admin in (("ann",), ("bob", "--admin")):
        create = [*COMMAND[:-1], "users", "create", name, *admin, "--password-stdin", "--store", str(tmp_path / "mlops.duckdb")]
        subprocess.run(create, input="a long secret\n", text=True, check=True, capture_output=True, timeout=60)
    with ui(tmp_path, "--auth", "users") as (process, port):
        tab = Tab(browser)
        tab.page.goto(said_link(process))
        tab.page.get_by_label("User").fill("ann")
        tab.page.get_by_label("Password").fill("a long secret")
        tab.page.keyboard.press("Enter")
        expect(tab.rows()).to_have_count(16)
        expect(tab.at("mlops-logout")).to_contain_text("ann")
        tab.errors.clear()  # of the 401 before
        tab.check(f"http://127.0.0.1:{port}")
        tab.go("#/models/wine")
        tab.page.locator('[data-version="3"]').get_by_test_id("mlops-stage").click()
        tab.page.locator('[data-testid="mlops-stage-option"][data-stage="Staging"]').click()
        tab.at("mlops-move-ok").click()
        expect(tab.at("mlops-move").get_by_role("alert")).to_contain_text("needs EDIT")
        expect(tab.page.locator('[data-testid="mlops-versions-row"][data-version="3"]')).to_have_attribute("data-stage", "None")
        tab.close()


def test_many_runs_scroll(tmp_path, browser):
    run_script(MANY, tmp_path / "mlops.duckdb")
    with ui(tmp_path, "--auth", "none") as (process, port):
        tab = Tab(browser).open(said_link(process))
        expect(tab.at("mlops-runs-summary")).to_contain_text("10,050 runs")
        assert tab.rows().count() < 100
        scroll = "y => { const s = document.querySelector('.jp-mlops-runs-scroller'); s.scrollTop = y * s.scrollHeight; }"
        tab.page.evaluate(scroll, 1)
        expect(tab.page.get_by_role("link", name="run 0", exact=True)).to_be_visible()
        assert tab.page.evaluate("document.querySelector('.jp-mlops-runs-scroller').scrollHeight") == 50 + 10_050 * 28
        tab.page.evaluate(scroll, 0.5)
        expect(tab.page.get_by_role("link", name="run 5020", exact=True)).to_be_in_viewport()
        tab.page.get_by_role("button", name="score").click()
        tab.page.get_by_role("button", name="score").click()
        expect(tab.page.get_by_role("link", name="run 0", exact=True)).to_be_visible()
        tab.check(f"http://127.0.0.1:{port}")
        tab.page.reload()
        expect(tab.rows().first).to_be_visible()
        painted = tab.page.evaluate("performance.now()")
        print(f"10,050 runs are painted {painted:.0f} ms after the page was asked for")
        tab.close()


def test_the_page_stands_below_a_prefix(tmp_path, browser):
    with ui(tmp_path, "--static-prefix", "/ml/ops") as (process, port):
        base = f"http://127.0.0.1:{port}/ml/ops"
        tab = Tab(browser).open(said_link(process))
        assert tab.page.url == f"{base}/#/runs"
        expect(tab.at("mlops-first-run")).to_contain_text(f'"{base}"')
        tab.page.goto(base)
        expect(tab.at("mlops-first-run")).to_be_visible()
        tab.check(base)
        tab.close()


def test_a_server_that_is_gone_is_said_and_found_again(tmp_path, browser):
    with ui(tmp_path, "--auth", "none") as (process, port):
        tab = Tab(browser).open(said_link(process))
        expect(tab.at("mlops-live")).to_have_attribute("data-live", "true")
        process.send_signal(signal.SIGKILL)
        process.wait()
        expect(tab.at("mlops-live")).to_have_attribute("data-live", "false")
        tab.page.get_by_role("link", name="Models", exact=True).click()
        expect(tab.page.get_by_role("alert").first).to_contain_text("does not answer")
    with ui(tmp_path, "--auth", "none", port=port):
        expect(tab.at("mlops-live")).to_have_attribute("data-live", "true")
        expect(tab.page.get_by_text("No registered models yet")).to_be_visible()
        tab.close()
