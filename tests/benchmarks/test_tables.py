"""Tables of runs: queries of the store, and comparisons that open in a real JupyterLab."""

import json
import os
import time

import pytest

from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.run_tables import RunQuery, SortKey
from tests.browser.conftest import browser, lab, notebook, page, server, start_server
from tests.browser.test_compare_table import MANY

__all__ = ["browser", "lab", "notebook", "page", "server", "start_server"]

QUERY = RunQuery(sort=[SortKey("metrics.metric_003", True)])
ASKED = {
    "facts of all columns": lambda store: store.run_facts(RunQuery()),
    "100 rows of 30 columns in the middle": lambda store: store.run_part(QUERY, [f"metrics.metric_{n:03}" for n in range(30)], 5000, 100),
    "groups by a param, 30 columns": lambda store: store.run_groups(QUERY, "params.param_000", [f"metrics.metric_{n:03}" for n in range(30)]),
    "one column closely": lambda store: store.run_summary(RunQuery(), "metrics.metric_001"),
}


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """10,000 runs of 500 columns."""
    path = str(tmp_path_factory.mktemp("tables") / "mlops.duckdb")
    store = DuckDBStore(path)
    store.last_change()
    source = MANY.replace("{mine}", "0").split("with store", 1)[1]
    exec("with store" + source, {"store": store, "mine": 0})
    return store


@pytest.mark.parametrize("case", ASKED)
def test_query(benchmark, many, case):
    benchmark.extra_info.update(what=f"10,000 runs of 500 columns: {case}", budget=0.25)
    benchmark.pedantic(lambda: ASKED[case](many), rounds=10, warmup_rounds=1)


@pytest.mark.parametrize(("count", "budget"), [(100, 0.5), (10_000, 2.0)])
def test_opening(benchmark, lab, notebook, count, budget):
    """From the output in the page to the first rows of the store; the server has answered another one before."""
    filled = MANY.strip().replace("range(1000000, 1010000)", f"range(1000000, {1000000 + count})")
    name = notebook(f"opens{count}.ipynb", filled, "w = mlflow.compare()\nw", "import time\ntime.sleep(4)", "mlflow.compare()")
    lab.open_notebook(name)
    lab.page.evaluate(
        """() => { window.seen = null; window.begun = null; new MutationObserver(() => {
            const view = document.querySelectorAll('[data-testid=mlops-compare]')[1] ?? null;
            if (view !== null && window.begun === null) window.begun = performance.now();
            if (view?.dataset.source === 'server' && view.getAttribute('aria-busy') === 'false' && window.seen === null
                && view.querySelector('[data-testid=mlops-compare-row] [role=gridcell]')) window.seen = performance.now(); })
            .observe(document.body, { subtree: true, childList: true, attributes: true }); }"""
    )
    lab.run_all()
    lab.page.wait_for_function("window.seen !== null", timeout=60_000)
    seconds = lab.page.evaluate("(window.seen - window.begun) / 1000")
    benchmark.extra_info.update(what=f"a comparison of {count:,} runs of 500 columns opens in the browser", budget=budget, seconds=seconds)
    benchmark.pedantic(time.sleep, args=(seconds,), rounds=1)
    print(json.dumps({"runs": count, "seconds": round(seconds, 3), "pid": os.getpid()}))
