"""No serious finding of axe-core in panel, pages and outputs, in both themes."""

import json
import re

from playwright.sync_api import expect

from tests.browser.axes import found
from tests.browser.conftest import TOKEN
from tests.browser.labs import Lab, in_store
from tests.browser.pages import Tab, run_script
from tests.browser.run_pages import FILL_RUN
from tests.browser.test_notebook7 import CELLS, COMPARE, PLAYGROUND, REGISTRY
from tests.browser.test_panel import FILL as PANEL
from tests.browser.test_panel import opened

OUTPUTS = {"compare": COMPARE, "models": REGISTRY, "playground": PLAYGROUND}


def in_both(page, where):
    """What is found in the themes of the system."""
    told = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        told += [f"{where} {scheme} {one}" for one in found(page, "body")]
    return told


def test_the_page(served, browser):
    tab = Tab(browser)
    tab.page.goto(f"{served.base}/")
    expect(tab.at("mlops-login")).to_be_visible()
    told = in_both(tab.page, "login")
    assert told == []
    tab.page.evaluate("document.querySelector('#page').append(document.createElement('button'))")
    assert "button-name" in in_both(tab.page, "login")[0]
    tab.open(served.link())
    told += in_both(tab.page, "runs")
    tab.page.get_by_role("link", name="tree 5", exact=True).first.click()
    run = tab.at("mlops-run-page")
    for name in run.get_by_role("tab").all_inner_texts():
        run.get_by_role("tab", name=name, exact=True).click()
        tab.page.wait_for_load_state("networkidle")
        told += in_both(tab.page, f"run/{name}")
    tab.go("/models/wine")
    for name in ("Versions", "History", "Lineage", "Compare"):
        if tab.page.get_by_role("tab", name=name).count():
            tab.page.get_by_role("tab", name=name).first.click()
            tab.page.wait_for_load_state("networkidle")
            told += in_both(tab.page, f"models/{name}")
    tab.go("/runs")
    for name in ("tree 1", "tree 3"):
        tab.rows().filter(has=tab.page.get_by_role("link", name=name, exact=True)).locator("input").click()
    tab.at("mlops-compare-open").click()
    expect(tab.at("mlops-compare-row")).to_have_count(2)
    tab.page.wait_for_load_state("networkidle")
    told += in_both(tab.page, "compare")
    assert told == []
    tab.close()


def in_themes(lab, where, within):
    told = []
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab.theme(theme)
        told += [f"{where} {theme} {one}" for one in found(lab.page, within)]
    return told


def test_the_panel(lab):
    in_store(lab, PANEL.replace("wine", "wine-axe").replace("of the panel", "panel of axe"))
    panel = opened(lab)
    panel.get_by_test_id("mlops-run").first.click()
    told = in_themes(lab, "runs", "#jupyter-mlops-panel")
    panel.get_by_test_id("mlops-tab-models").click()
    panel.locator('[data-testid="mlops-model"][data-model="wine-axe"]').locator("button").first.click()
    told += in_themes(lab, "models", "#jupyter-mlops-panel")
    lab.theme("JupyterLab Light")
    assert told == []


OWN = ".jp-mlops-page-tab:not(.lm-mod-hidden) .jp-mlops-page-content"  # the toolbar above has buttons of JupyterLab


def test_pages_in_jupyterlab(start_server, browser, tmp_path):
    """The pages of a run, an experiment, a comparison, a model, a search and a file, and what is said instead of one."""
    server = start_server(tmp_path)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    lab = Lab(context.new_page(), server, TOKEN)
    made = json.loads(run_script(FILL_RUN, server["root"] / "mlops.duckdb", "http://127.0.0.1:9"))
    experiment = in_store(lab, "import jupyter_mlops as m; print(m.get_experiment_by_name('wine').experiment_id)")
    (server["root"] / "MLproject").write_text("name: wine\nentry_points:\n  main: {command: python train.py}\n")
    run, former = made["run"], made["former"]
    places = [f"runs/{run}?tab={tab}" for tab in ("overview", "metrics", "logs", "artifacts&path=report.md", "model", "code", "lineage")]
    places += [f"models/wine?tab={tab}" for tab in ("versions", "history", "predict")]
    places += [f"compare?runs={run},{former}&tab={tab}" for tab in ("curves", "difference")]
    places += [f"runs?experiment={experiment}", "models", "search?q=tree", "file?path=MLproject", f"runs/{'0' * 32}"]
    lab.open()
    told = []
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab.theme(theme)
        for place in places:
            lab.command("jupyter-mlops:open-page", place=place)
            expect(lab.page.locator(OWN).get_by_test_id("mlops-page")).to_be_visible()
            expect(lab.page.locator(OWN).locator("[aria-busy=true]")).to_have_count(0)
            told += [f"{place} {theme} {one}" for one in found(lab.page, OWN)]
    context.close()
    server["stop"]()
    assert told == []


def test_outputs(lab, notebook):
    own = {"notebook7": "axe", "forest": "axe-forest", "houses": "axe-houses"}
    notebook("axe.ipynb", *(re.sub("|".join(own), lambda found: own[found[0]], source) for source in CELLS[:7]))
    lab.open_notebook("axe.ipynb")
    lab.run_all()
    told = []
    for name, cell in OUTPUTS.items():
        view = lab.output(cell).get_by_test_id(f"mlops-{name}").first
        view.scroll_into_view_if_needed()
        expect(view).to_be_visible()
        view.evaluate("(node, name) => { node.dataset.looked = name; }", name)
        told += in_themes(lab, name, f"[data-looked={name}]")
    lab.theme("JupyterLab Light")
    assert told == []
