"""The page of a stand-alone server: servers, what is in their stores, and a browser that notes what it should not do."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.server_processes import started, token_of

ROOT = Path(__file__).parents[2]
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', e => violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""

FILL = """
import math, sys, warnings
import jupyter_mlops as mlflow
from jupyter_mlops import registry
from sklearn.datasets import load_wine
from sklearn.tree import DecisionTreeClassifier
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
X, y = load_wine(return_X_y=True, as_frame=True)
mlflow.set_experiment("curves")
for number in range(12):
    with mlflow.start_run(run_name=f"net {number}"):
        mlflow.log_params({"lr": 10.0 ** -(number % 4), "optimizer": ("adam", "sgd")[number % 2], "layers": number})
        for step in range(40):
            mlflow.log_metrics({"loss": math.exp(-step * (number + 2) / 60), "accuracy": 1 - math.exp(-step / 9) / 2}, step=step)
        mlflow.log_metric("score", number / 11)
with mlflow.start_run(run_name="<img src=x onerror=window.hacked=1>", description="**bold** <img src=x onerror=window.hacked=1>"):
    mlflow.log_metric("odd name: a/b.min", 1)
    mlflow.log_param("html", "<script>window.hacked=1</script>")
mlflow.set_experiment("wine")
for depth in (1, 3, 5):
    model = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y)
    with mlflow.start_run(run_name=f"tree {depth}"):
        mlflow.log_param("max_depth", depth)
        mlflow.log_metric("accuracy", model.score(X, y))
        mlflow.log_text("<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><script>window.hacked=1</script></svg>", "plot.svg")
        mlflow.log_text("first line\\nlast line", "notes/about.txt")
        mlflow.log_input(mlflow.data.from_pandas(X, name="wine"), context="training")
        info = mlflow.sklearn.log_model(model, name="model", input_example=X[:3])
    mlflow.register_model(info.model_uri, "wine")
client.transition_model_version_stage("wine", "2", "Production")
client.set_registered_model_alias("wine", "champion", "2")
registry.require("wine", stage="Production", rule=["metrics.accuracy >= 0.9"])
"""
MANY = """
import sys
import jupyter_mlops as mlflow
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pairs import Param
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
for number in range(10_050):
    run = client.create_run("0", start_time=1_700_000_000_000 + number * 1000, run_name=f"run {number}")
    client.log_batch(run.info.run_id, [Metric("score", number, 0, 0)], [Param("part", str(number % 7))])
"""


def run_script(script, *arguments):
    """A script in a process of its own, to its end."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)], env=env, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ui(folder, *options, port=None):
    """``jupyter mlops ui`` of the store in `folder`: use with `with`."""
    return started(folder, "--no-browser", *options, command="ui", port=port)


def said_link(process):
    """The link that the command said."""
    for line in process.stdout:
        if found := re.match(r"Open (http://\S+)", line):
            return found[1]
    raise AssertionError("no link was said")


class Tab:
    """A tab of a browser of its own."""

    def __init__(self, browser, *, scheme="light", width=1280):
        self.context = browser.new_context(viewport={"width": width, "height": 840}, color_scheme=scheme, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.add_init_script(WATCH)
        self.errors, self.asked = [], []
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfailed", lambda request: request.failure == "csp" and self.asked.remove(request.url))  # it was told of, and never sent

    def open(self, link):
        self.page.goto(link)
        self.page.wait_for_selector('[data-testid="mlops-runs"][aria-busy="false"]')
        return self

    def go(self, place):
        """To another place of the page, as a link would."""
        self.page.evaluate("place => { location.hash = place; }", place)

    def at(self, testid):
        return self.page.get_by_test_id(testid)

    def rows(self):
        return self.at("mlops-compare-row")

    def names(self):
        """The runs that are listed, from top to bottom."""
        return [text.strip() for text in self.page.locator('[data-testid="mlops-compare-row"] [role=rowheader]').all_inner_texts()]

    def check(self, base):
        """That the page did nothing that it should not do."""
        assert self.errors == []
        assert self.page.evaluate("window.violations") == []
        assert self.page.evaluate("window.hacked") is None
        assert [url for url in self.asked if not url.startswith((base, "blob:", "data:"))] == []

    def close(self):
        self.context.close()


class Served:
    """A server of `ui`: its folder, process and address, and links that log in."""

    def __init__(self, folder, process, port):
        self.folder, self.process, self.base = folder, process, f"http://127.0.0.1:{port}"
        self.store, self.token = str(folder / "mlops.duckdb"), token_of(folder)
        self.first_link = said_link(process)

    def link(self):
        """Another link that works once, as a client with the token gets it."""
        request = urllib.request.Request(
            f"{self.base}/login/link",
            b"{}",
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return self.base + json.load(answer)["path"]
