"""Pages in JupyterLab's main area: opened from everywhere, found again after a reload, and clear about what is wrong."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab

FILL = """
import jupyter_mlops as mlflow
mlflow.set_experiment("forest")
for number in range(4):
    with mlflow.start_run(run_name=f"tree {number}"):
        mlflow.log_param("depth", number)
        mlflow.log_metric("accuracy", number / 4)
        mlflow.log_metric("loss", 1.0, step=0)
        mlflow.log_metric("loss", 0.5, step=1)
client = mlflow.MlflowClient()
client.create_registered_model("wine")
found = client.search_runs([mlflow.get_experiment_by_name("forest").experiment_id])
print(*(run.info.run_id for run in sorted(found, key=lambda run: run.info.run_name)))
"""
DELETE = "import sys, jupyter_mlops as mlflow; mlflow.MlflowClient().delete_run(sys.argv[1])"


def script(server, source, *arguments):
    """A script in a process of its own, on the store of the server; what it printed."""
    env = server["env"] | {"JUPYTER_MLOPS_TRACKING_URI": str(server["root"] / "mlops.duckdb")}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", source, *arguments], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def pages_server(start_server, tmp_path_factory):
    return start_server(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def runs(pages_server):
    """Ids of four runs of one experiment."""
    return script(pages_server, FILL).split()


@pytest.fixture
def lab(pages_server, page, runs):
    lab = Lab(page, pages_server, TOKEN)
    lab.errors = []
    page.on("pageerror", lambda error: lab.errors.append(str(error)))
    yield lab
    assert lab.errors == []


# JupyterLab writes its layout a moment after the last change.
WRITTEN = """async () => {
    const { values } = await jupyterapp.serviceManager.workspaces.list();
    const pages = [...jupyterapp.shell.widgets('main')].map(one => one.id).filter(id => id.startsWith('jupyter-mlops-page'));
    const layouts = values.map(({ data }) => data['layout-restorer:data']?.main);
    return layouts.some(main => main?.current?.endsWith(jupyterapp.shell.currentWidget.id) &&
        pages.every(id => JSON.stringify(main.dock).includes(id)));
}"""


def opened(lab, place):
    lab.command("jupyter-mlops:open-page", place=place)
    return shown(lab)


def shown(lab):
    return lab.page.locator(".jp-mlops-page-tab:visible")


def tabs(lab):
    """Labels of the tabs of our pages."""
    return lab.page.evaluate(
        "[...jupyterapp.shell.widgets('main')].filter(w => w.id.startsWith('jupyter-mlops-page')).map(w => w.title.label)"
    )


def test_pages_open_once_and_are_there_again_after_a_reload(lab, runs):
    lab.open()
    run = opened(lab, f"runs/{runs[1]}")
    expect(run.get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", runs[1])
    lab.page.wait_for_function("jupyterapp.shell.currentWidget.title.label.startsWith('tree 1')")
    lab.shoot("page-run", run)
    run.get_by_test_id("mlops-tab-logs").click()
    compare = opened(lab, f"compare?runs={runs[0]},{runs[1]}")
    expect(compare.get_by_test_id("mlops-compare-row")).to_have_count(2)
    lab.shoot("page-compare", compare)
    compare.get_by_role("button", name="depth", exact=True).click()
    expect(compare.locator('[data-column="params.depth"]').first).to_have_attribute("aria-sort", "descending")
    compare.locator(f'[data-run-id="{runs[0]}"]').get_by_role("checkbox").check()
    opened(lab, "models/wine")
    lab.page.wait_for_function("jupyterapp.shell.currentWidget.title.label === 'wine'")
    lab.shoot("page-model", shown(lab))
    opened(lab, f"runs/{runs[1]}")
    assert len(tabs(lab)) == 3
    expect(shown(lab).get_by_test_id("mlops-tab-logs")).to_have_attribute("aria-selected", "true")
    for _ in range(100):
        if lab.page.evaluate(WRITTEN):
            break
        lab.page.wait_for_timeout(100)
    else:
        raise AssertionError("JupyterLab wrote no layout of what is shown")
    asked = []
    lab.page.on("request", lambda request: "/jupyter-mlops/views/" in request.url and asked.append(request.url))
    lab.page.goto(lab.page.url.split("?")[0])
    lab.page.wait_for_function("window.jupyterapp && jupyterapp.restored.then(() => true)")
    expect(shown(lab).get_by_test_id("mlops-tab-logs")).to_have_attribute("aria-selected", "true")
    expect(shown(lab).get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", runs[1])
    assert len(tabs(lab)) == 3
    assert not [url for url in asked if "run_facts" in url or "model" in url]  # tabs that nobody sees ask nothing
    compare = opened(lab, f"compare?runs={runs[0]},{runs[1]}")
    expect(compare.locator('[data-column="params.depth"]').first).to_have_attribute("aria-sort", "descending")
    expect(compare.locator(f'[data-run-id="{runs[0]}"]').get_by_role("checkbox")).to_be_checked()


def test_links_in_pages_go_on_there_or_beside(lab, runs):
    lab.open()
    page = opened(lab, "runs")
    link = page.get_by_role("link", name="tree 2")
    link.click(modifiers=["Control"])
    lab.page.wait_for_function("[...jupyterapp.shell.widgets('main')].filter(w => w.id.startsWith('jupyter-mlops-page')).length === 2")
    expect(page.get_by_test_id("mlops-runs")).to_be_visible()  # the new one is beside, not in front
    page.get_by_role("link", name="tree 3").click()
    expect(shown(lab).get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", runs[3])
    shown(lab).get_by_role("link", name="forest").first.click()
    expect(shown(lab).get_by_role("heading", name="forest")).to_be_visible()
    lab.page.wait_for_function("jupyterapp.shell.currentWidget.title.label === 'forest'")
    lab.shoot("page-experiment", shown(lab))
    shown(lab).get_by_role("button", name="Back").click()
    expect(shown(lab).get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", runs[3])
    shown(lab).get_by_test_id("mlops-run-page").get_by_role("link", name="Runs", exact=True).click()
    shown(lab).get_by_role("link", name="tree 2").click()  # is open already
    expect(shown(lab).get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", runs[2])
    assert len(tabs(lab)) == 2


def test_everything_is_found_by_the_keyboard(lab, runs):
    lab.open()
    lab.page.locator("body").press("Control+Shift+M")
    search = lab.page.get_by_test_id("mlops-search")
    expect(search.get_by_test_id("mlops-search-box")).to_be_focused()
    lab.page.keyboard.type("tree 2")
    expect(search.get_by_test_id("mlops-found-runs").get_by_test_id("mlops-found")).to_have_count(1)
    expect(search.get_by_test_id("mlops-found")).to_have_count(1)
    lab.page.get_by_test_id("mlops-search-box").fill("metrics.accuracy > 0.4")
    expect(search.get_by_test_id("mlops-found-runs").get_by_test_id("mlops-found")).to_have_count(2)
    lab.page.get_by_test_id("mlops-search-box").fill("")
    expect(search.get_by_test_id("mlops-found-models").get_by_text("wine")).to_be_visible()
    lab.shoot("page-search", shown(lab))
    lab.page.get_by_test_id("mlops-search-box").fill("metrics.accuracy >")
    expect(search.get_by_test_id("mlops-found-runs").get_by_role("note")).to_be_visible()
    lab.page.get_by_test_id("mlops-search-box").fill("forest")
    expect(search.get_by_test_id("mlops-found-experiments").get_by_test_id("mlops-found")).to_have_count(1)
    expect(search).to_have_attribute("aria-busy", "false")
    lab.page.keyboard.press("Enter")
    expect(shown(lab).get_by_role("heading", name="forest")).to_be_visible()


def test_the_keys_of_the_search_change_no_cell_of_a_notebook(lab, notebook, runs):
    """JupyterLab's own keys for a cell in command mode are the same ones and would merge it with the next."""
    lab.open_notebook(notebook("searched.ipynb", "1", "2", root=lab.root))
    lab.page.locator(".jp-Notebook .jp-InputPrompt").first.click()
    lab.page.keyboard.press("Control+Shift+M")
    expect(lab.page.get_by_test_id("mlops-search-box")).to_be_focused()
    expect(lab.page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)


def test_palette_and_launcher_and_an_address_open_pages(lab, runs):
    lab.open()
    lab.command("launcher:create")
    lab.page.locator(".jp-LauncherCard:visible", has_text="Runs").click()
    expect(shown(lab).get_by_test_id("mlops-runs")).to_be_visible()
    lab.command("apputils:activate-command-palette")
    lab.page.locator(".lm-CommandPalette-input:visible").fill("Registered Models")
    lab.page.locator(".lm-CommandPalette-item", has_text="Registered Models").first.click()
    expect(shown(lab).get_by_test_id("mlops-models")).to_be_visible()
    href = shown(lab).get_by_test_id("mlops-page").evaluate("() => document.baseURI")
    assert href
    url = f"{lab.server['url']}/lab/workspaces/address?reset&token={TOKEN}&mlops=runs%2F{runs[0]}"
    lab.page.goto(url)
    expect(shown(lab).get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", runs[0])
    assert "mlops" not in lab.page.url.split("?")[-1]


def test_links_of_notes_and_cards_open_pages(lab, runs, notebook, pages_server):
    name = notebook("links.ipynb", "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow", "%%track linked\nmlflow.log_metric('a', 1)", root=pages_server["root"])
    path = pages_server["root"] / name
    book = nbformat.read(path, 4)
    text = f"[the best](mlops:run/{runs[3]}) [the model](mlops:model/wine) [two](mlops:compare/{runs[0]},{runs[1]}) [bad](javascript:alert(1))"
    book.cells.append(nbformat.v4.new_markdown_cell(text))
    path.write_text(json.dumps(book))
    lab.open_notebook(name).run_all(wait=False)
    expect(lab.output(1).get_by_test_id("mlops-card")).to_have_attribute("data-status", "FINISHED", timeout=90_000)
    links = lab.page.locator(".jp-RenderedMarkdown a")
    assert [link.get_attribute("href") for link in links.all()][-1] is None
    links.filter(has_text="the best").click()
    expect(shown(lab).get_by_test_id("mlops-run-page")).to_have_attribute("data-run-id", runs[3])
    lab.command("application:activate-next-tab")
    for _ in range(3):
        if lab.page.evaluate("jupyterapp.shell.currentWidget.id.startsWith('jupyter-mlops-page')"):
            lab.command("application:activate-next-tab")
    links.filter(has_text="two").click()
    expect(shown(lab).get_by_test_id("mlops-compare-row")).to_have_count(2)
    lab.page.evaluate("jupyterapp.shell.activateById([...jupyterapp.shell.widgets('main')].find(w => w.title.label === 'links.ipynb').id)")
    lab.output(1).get_by_role("link", name="linked").click()
    lab.page.wait_for_function("jupyterapp.shell.currentWidget.title.label.startsWith('linked')")
    assert len(tabs(lab)) == 3


def test_what_is_wrong_is_said_and_what_was_typed_stays(lab, runs, pages_server):
    lab.open()
    page = opened(lab, "runs")
    expect(page.get_by_test_id("mlops-compare-row").first).to_be_visible()
    lab.page.context.route(re.compile("/jupyter-mlops/"), lambda route: route.abort())
    page.get_by_test_id("mlops-filter").fill("tree")
    expect(page.get_by_test_id("mlops-away")).to_be_visible()
    expect(page.get_by_test_id("mlops-filter")).to_have_value("tree")
    expect(page.get_by_test_id("mlops-compare-row").first).to_be_visible()
    lab.shoot("page-away", page)
    lab.page.context.unroute(re.compile("/jupyter-mlops/"))
    lab.page.context.unroute_all()
    page.get_by_test_id("mlops-away").get_by_role("button").click()
    expect(page.get_by_test_id("mlops-away")).to_have_count(0)
    expect(page.get_by_test_id("mlops-filter")).to_have_value("tree")


def test_a_run_that_is_deleted_elsewhere_says_so(lab, runs, pages_server):
    lab.open()
    page = opened(lab, f"runs/{runs[0]}")
    expect(page.get_by_test_id("mlops-run-page")).to_be_visible()
    expect(page.get_by_text("tree 0").first).to_be_visible()
    script(pages_server, DELETE, runs[0])
    expect(page.get_by_text("Deleted", exact=True)).to_be_visible()
    gone = opened(lab, f"runs/{'0' * 32}")
    expect(gone.get_by_text(re.compile("not found|does not exist|no run", re.I)).first).to_be_visible()
    lab.shoot("page-gone", gone)
    model = opened(lab, "models/none")
    expect(model.get_by_text("There is no registered model named 'none'.")).to_be_visible()
    expect(model.get_by_role("tab")).to_have_count(0)


CELLS = """
import json, sys
from IPython.testing.globalipapp import start_ipython
shell = start_ipython()
for cell in json.loads(sys.argv[1]):
    shell.run_cell(cell).raise_error()
"""
EMPTY = "import jupyter_mlops as mlflow; print(mlflow.create_experiment('the \"first\" one'))"


def test_an_empty_experiment_says_what_makes_its_first_run(lab, runs, pages_server):
    """Cell by cell, as it can be copied."""
    lab.open()
    page = opened(lab, f"runs?experiment={script(pages_server, EMPTY).strip()}")
    expect(page.get_by_role("heading", name='the "first" one')).to_be_visible()
    cells = page.get_by_test_id("mlops-first-run").locator("pre")
    expect(cells.first).to_contain_text("set_experiment")
    lab.shoot("page-first-run", page)
    script(pages_server, CELLS, json.dumps(cells.all_inner_texts()))
    expect(page.get_by_role("link", name="my_first_run")).to_be_visible()


def test_files_of_the_browser_open_as_pages(lab, runs, pages_server):
    folder = pages_server["root"] / "forest"
    folder.mkdir(exist_ok=True)
    (folder / "MLproject").write_text("name: wine\nentry_points:\n  main:\n    parameters: {depth: int}\n    command: python train.py\n")
    lab.open()
    page = opened(lab, "file?path=forest%2FMLproject")
    expect(page.get_by_role("region", name="main", exact=True)).to_contain_text("python train.py")
    outside = opened(lab, "file?path=forest%2Fnotes.txt")
    expect(outside.get_by_text("There is no file 'forest/notes.txt' in the file browser.")).to_be_visible()
    lab.command("filebrowser:activate")
    lab.page.locator(".jp-DirListing-item").get_by_text("mlops.duckdb", exact=True).click(button="right")
    lab.page.locator(".lm-Menu-itemLabel", has_text="Open as Page of Runs and Models").click()
    expect(shown(lab).get_by_test_id("mlops-runs")).to_be_visible()
