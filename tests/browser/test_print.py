"""The page on paper, and links into it by who is not logged in yet."""

from playwright.sync_api import expect

from tests.browser import pictures
from tests.browser.pages import Tab


def test_who_logs_in_lands_where_the_link_led(served, browser):
    tab = Tab(browser)
    tab.page.goto(f"{served.base}/#/models/wine")
    login = tab.at("mlops-login")
    login.locator("input[name=token]").fill(served.token)
    login.get_by_role("button", name="Log in").click()
    expect(tab.page.get_by_role("heading", name="wine").first).to_be_visible()
    assert tab.page.url == f"{served.base}/#/models/wine"
    tab.close()


def test_a_run_on_paper(served, browser, tmp_path):
    tab = Tab(browser).open(served.link())
    tab.page.get_by_role("link", name="tree 5", exact=True).first.click()
    run = tab.at("mlops-run-page")
    expect(run).to_contain_text("max_depth")
    tab.page.emulate_media(media="print")
    expect(tab.page.locator(".jp-mlops-sidebar")).to_be_hidden()
    expect(run.get_by_text("max_depth").first).to_be_visible()
    tab.page.set_viewport_size({"width": 690, "height": 1000})  # A4 without its margins
    wide = "[...document.querySelectorAll('main *')].filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1).length"
    assert tab.page.evaluate(wide) == 0
    assert "auto" not in tab.page.evaluate("getComputedStyle(document.querySelector('main')).overflowY")
    pictures.take(tab.page, "print-run")
    assert tab.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    tab.close()
