"""A notebook becomes a project by a command, and its page writes the line that runs it."""

import re

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab

CELLS = ("alpha = 0.5\nepochs = 5\ndata = 'vines.csv'", "import sklearn, nowhere_at_all", "print(alpha)")


@pytest.fixture
def lab(server, page):
    return Lab(page, server, TOKEN)


def test_a_notebook_becomes_a_project_by_keyboard(lab):
    lab.root.joinpath("vines.csv").write_text("1\n")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, lab.root / "vines.ipynb")
    lab.open_notebook("vines.ipynb")
    page = lab.page
    page.evaluate("void jupyterapp.commands.execute('jupyter-mlops:new-project')")
    form, dialog = page.get_by_test_id("mlops-project-form"), page.locator(".jp-Dialog-content")
    expect(form.get_by_label("Folder")).to_be_focused()
    expect(form.get_by_label("Folder")).to_have_value("vines")
    expect(form.get_by_role("row", name=re.compile("alpha float 0.5"))).to_be_visible()
    expect(form.get_by_role("row", name=re.compile("data path vines.csv"))).to_be_visible()
    expect(form.get_by_text("Imported, but in no package here: nowhere_at_all.")).to_be_visible()
    packages = form.get_by_label("Packages, one a line")
    expect(packages).to_have_value(re.compile("scikit-learn==.*\njupyter-mlops"))
    lab.shoot("new-project", dialog)
    packages.fill("jupyter-mlops\n\n  numpy ")
    packages.press("Enter")  # a line, and no answer
    form.get_by_label("Name").fill("Vines")
    form.get_by_label("Folder").fill("grapes")
    form.get_by_label("Folder").press("Enter")
    main = page.get_by_test_id("mlops-file-page").get_by_role("region", name="main", exact=True)
    expect(main).to_contain_text("vines.ipynb")
    assert lab.root.joinpath("grapes", "python_env.yaml").read_text().endswith("- jupyter-mlops\n- numpy\n")
    lab.shoot("mlproject")
    main.get_by_role("button", name="Run…").click()
    line = page.locator(".jp-Notebook .jp-mod-active .cm-content")
    expect(line).to_contain_text("%load_ext jupyter_mlops")
    expect(line).to_contain_text("%mlrun grapes -P alpha=0.5")
    page.evaluate("void jupyterapp.commands.execute('jupyter-mlops:new-project')")
    form.get_by_label("Folder").fill("grapes")
    form.get_by_label("Folder").press("Enter")
    expect(dialog).to_contain_text("Replace files in grapes?")
    expect(dialog).to_contain_text("there is already vines.ipynb, python_env.yaml, MLproject")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert "- numpy" in lab.root.joinpath("grapes", "python_env.yaml").read_text()
