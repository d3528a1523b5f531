"""Views of a comparison: saved on the page, opened in Python and there again, and frozen to reports."""

import re

from playwright.sync_api import expect

from tests.browser import pictures
from tests.browser.test_compare import RUNS


def compared(lab, notebook, name):
    cells = [RUNS.format(name=name, count=4, before="").strip(), "w = mlflow.compare()\nw"]
    lab.open_notebook(notebook(name, *cells)).run_all()
    view = lab.output(1).get_by_test_id("mlops-compare")
    expect(view).to_have_attribute("aria-busy", "false", timeout=60_000)
    expect(view).to_have_attribute("data-source", "server")
    return view


def choose(lab, view, testid, text=None):
    view.get_by_test_id("mlops-views").click()
    item = lab.page.get_by_role("menu").get_by_test_id(testid)
    (item if text is None else item.filter(has_text=text)).first.click()


def test_a_view_is_saved_on_the_page_opened_in_python_and_on_the_page(lab, notebook):
    view = compared(lab, notebook, "views.ipynb")
    expect(view).to_have_attribute("data-alive", "true")
    view.get_by_test_id("mlops-differences").click()
    view.get_by_test_id("mlops-group").select_option("params.model")
    choose(lab, view, "mlops-view-save")
    lab.page.get_by_test_id("mlops-view-name").fill("by model")
    lab.page.keyboard.press("Enter")
    button = view.get_by_test_id("mlops-views")
    expect(button).to_have_text("View: by model")
    expect(view.get_by_test_id("mlops-status")).to_contain_text("Saved as “by model”")
    assert lab.run_code("o = mlflow.compare(view='by model'); print(o.view, o.group, o.differences_only)") == "by model params.model True"
    lab.told("w.view", "by model")
    assert lab.run_code("print(*mlflow.saved_views().name)") == "by model"

    view.get_by_test_id("mlops-group").select_option("")
    expect(button).to_have_text("View: by model (changed)")
    button.click()
    expect(lab.page.get_by_role("menu", name="Views")).to_be_visible()
    lab.shoot("views-menu")
    lab.page.keyboard.press("Escape")
    expect(lab.page.get_by_role("menu", name="Views")).to_have_count(0)
    lab.run_code("w.filter = 'metrics.loss < 9'; w.save('few', overwrite=True)")
    expect(button).to_have_text("View: few")
    button.press("Enter")  # by keyboard: the first of the menu is the first view
    expect(lab.page.get_by_role("menu").get_by_test_id("mlops-view").first).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(button).to_have_text("View: by model")
    expect(view.get_by_test_id("mlops-group")).to_have_value("params.model")
    lab.told("w.group, repr(w.filter), w.view", "params.model '' by model")

    choose(lab, view, "mlops-view-delete")
    expect(button).to_have_text("Views")
    lab.told("*mlflow.saved_views().name", "few")
    view.get_by_test_id("mlops-undo").click()
    expect(button).to_have_text("View: by model")
    lab.told("*mlflow.saved_views().name", "by model few")


def test_a_report_becomes_markdown_cells_and_a_page_of_its_own(lab, notebook, tmp_path):
    view = compared(lab, notebook, "report.ipynb")
    before = lab.page.locator(".jp-Cell").count()
    choose(lab, view, "mlops-report-cells")
    expect(lab.page.locator(".jp-MarkdownCell")).to_have_count(3)
    assert lab.page.locator(".jp-Cell").count() == before + 3
    table = lab.page.locator(".jp-MarkdownCell table")
    expect(table).to_contain_text("random forest")
    expect(lab.page.locator(".jp-MarkdownCell img")).to_be_visible()
    table.scroll_into_view_if_needed()
    lab.shoot("report-cells")
    lab.save()
    cells = lab.saved("report.ipynb")["cells"]
    kinds = [cell["cell_type"] for cell in cells]
    assert kinds[:5] == ["code", "code", "markdown", "markdown", "markdown"]  # below the cell that shows it

    with lab.page.expect_download() as downloading:
        choose(lab, view, "mlops-report-html")
    downloading.value.save_as(tmp_path / "report.html")
    assert downloading.value.suggested_filename == "comparison.html"
    browser = lab.page.context.browser
    grounds = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme, java_script_enabled=False)
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto((tmp_path / "report.html").as_uri())
        expect(page.get_by_role("heading", name="Comparison")).to_be_visible()
        expect(page.get_by_role("cell", name=re.compile("gradient boosting")).first).to_be_visible()
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        pictures.take(page, f"report-page-{scheme}", full_page=True)
        page.close()
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert grounds == ["rgb(255, 255, 255)", "rgb(17, 17, 17)"]
