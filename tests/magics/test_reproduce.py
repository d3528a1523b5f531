"""What a tracked cell keeps of the cells before it, in a real kernel that is told of cells as JupyterLab tells it."""

import functools
import json
import os

import pytest
from jupyter_client.manager import start_new_kernel

import jupyter_mlops as mlflow
from jupyter_mlops.entities.tags import HIDDEN_STATE_TAG

pytestmark = pytest.mark.filterwarnings("default")
LOAD = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow"


CLEAN = """
import os
get_ipython().run_line_magic("unload_ext", "jupyter_mlops")
os.chdir({folder!r})
os.environ["JUPYTER_MLOPS_TRACKING_URI"] = {store!r}
os.environ.pop("JUPYTER_MLOPS_CAPTURE_NOTEBOOK", None)
shell = get_ipython()
shell.history_manager.input_hist_raw[:] = shell.history_manager.input_hist_parsed[:] = [""]
shell.execution_count = 1
shell.reset(new_session=False)
"""


@pytest.fixture(scope="module")
def started():
    """A kernel and its client."""
    manager, client = start_new_kernel(kernel_name="python3", env={k: v for k, v in os.environ.items() if k != "JPY_SESSION_NAME"})
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def ask(client, source, cell_id=None, history=True, silent=False):
    content = {"code": source, "silent": silent, "store_history": history, "user_expressions": {}, "allow_stdin": False, "stop_on_error": False}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell_id} if cell_id else {})
    client.shell_channel.send(message)
    said = []
    while True:
        answer = client.get_iopub_msg(timeout=60)
        if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        content = answer["content"]
        if answer["msg_type"] == "status" and content["execution_state"] == "idle":
            return "\n".join(said)
        said += [content.get("text") or content.get("data", {}).get("text/plain") or "\n".join(content.get("traceback", []))]


@pytest.fixture
def kernel(started, tmp_path, monkeypatch):
    """Execute a cell in a kernel that knows nothing of the test before; returns what it printed and showed as text."""
    store = str(tmp_path / "mlops.duckdb")
    monkeypatch.setenv("JUPYTER_MLOPS_TRACKING_URI", store)
    ask(started, CLEAN.format(folder=str(tmp_path), store=store), silent=True, history=False)
    ask(started, LOAD, "load")
    return functools.partial(ask, started)


def run_called(name):
    return next(run for run in mlflow.search_runs(output_format="list") if run.info.run_name == name)


def kept(tmp_path, name):
    folder = tmp_path / "mlartifacts" / "0" / run_called(name).info.run_id / "artifacts" / "cell"
    return json.loads((folder / "slice.json").read_text())


def sources(tmp_path, name):
    return [cell["source"] for cell in kept(tmp_path, name)["cells"]]


def test_a_run_keeps_the_cells_that_its_names_depend_on_and_no_others(kernel, tmp_path):
    kernel("data = [1, 2]", "a")
    kernel("other = [3]", "b")
    kernel("data.append(3)", "c")
    kernel("def total(x):\n    return sum(x) * scale", "d")
    kernel("scale = 2", "e")
    kernel("from math import *", "f")
    kernel("1 / 0", "g")
    tracked = "%%track run\nmlflow.log_metric('total', total(data) + floor(0.5))"
    kernel(tracked, "h")
    assert sources(tmp_path, "run") == [
        LOAD, "data = [1, 2]", "data.append(3)", "def total(x):\n    return sum(x) * scale", "scale = 2", "from math import *", tracked,
    ]  # fmt: skip
    assert run_called("run").data.metrics == {"total": 12.0}
    assert HIDDEN_STATE_TAG not in run_called("run").data.tags


def test_lines_that_set_up_the_kernel_stay(kernel, tmp_path):
    kernel("import matplotlib\n%matplotlib inline\n!echo installed\n%tag --help\n%promote --help\n%log --help\nunused = 1", "a")
    kernel("%%track run\nmlflow.log_metric('x', 1)", "b")
    assert sources(tmp_path, "run")[1] == "%matplotlib inline\n!echo installed"


def test_what_a_cell_bound_when_it_was_timed_or_by_exec_is_known(kernel, tmp_path):
    kernel("%time first = 1", "a")
    kernel("%%time\nsecond = 2", "b")
    kernel("exec('third' + '= 3')", "c")
    kernel("%%track run\nmlflow.log_metric('x', first + second + third)", "d")
    assert sources(tmp_path, "run")[1:4] == ["%time first = 1", "%%time\nsecond = 2", "exec('third' + '= 3')"]


def test_names_of_an_edited_cell_are_told(kernel, tmp_path):
    kernel("rate = 0.1\ndepth = 3", "a")
    kernel("depth = 4", "a")
    shown = kernel("%%track run\nmlflow.log_metric('x', rate * depth)", "b")
    assert kept(tmp_path, "run")["hidden"] == [{"names": ["rate"], "why": "defined by a cell that was edited since"}]
    assert run_called("run").data.tags[HIDDEN_STATE_TAG] == "rate: defined by a cell that was edited since"
    assert "Hidden state: rate: defined by a cell that was edited since." in shown
    assert sources(tmp_path, "run")[1:3] == ["rate = 0.1\ndepth = 3", "depth = 4"]  # what made the run is kept all the same


def test_names_from_outside_of_the_notebook_are_told(kernel, tmp_path):
    kernel("typed = 1", history=False)
    kernel("planted = 2", silent=True, history=False)
    kernel("exec('ours = 3')", "a")
    kernel("%%track run\nmlflow.log_metric('x', typed + planted + ours)", "b")
    assert run_called("run").data.tags[HIDDEN_STATE_TAG].split("\n") == [
        "planted: defined by nothing that this kernel was seen to execute",
        "typed: defined outside of the notebook's cells, as in a console",
    ]


def test_cells_that_are_gone_from_the_saved_notebook_are_told(kernel, tmp_path):
    book = tmp_path / "book.ipynb"
    kernel(f"__session__ = {str(book)!r}", "s")
    kernel("kept = 1", "a")
    kernel("deleted = 2", "b")
    kernel("changed = 3", "c")
    cells = [{"id": "a", "source": ["kept = 1"]}, {"id": "c", "source": "changed = 4"}, {"id": "load", "source": LOAD}]
    book.write_text(json.dumps({"cells": cells}))
    kernel("%%track run\nmlflow.log_metric('x', kept + deleted + changed)", "d")
    assert [(one["names"], one["why"]) for one in kept(tmp_path, "run")["hidden"]] == [
        (["deleted"], "defined by a cell that is no longer in the notebook"),
        (["changed"], "defined by a cell that reads otherwise in the saved notebook"),
    ]


def test_cells_before_the_extension_was_loaded_are_kept(kernel, tmp_path):
    kernel("%unload_ext jupyter_mlops\nearly = 1", "a")
    kernel("%load_ext jupyter_mlops", "b")
    kernel("%%track run\nmlflow.log_metric('x', early)", "c")
    assert "%unload_ext jupyter_mlops\nearly = 1" in sources(tmp_path, "run")
    assert HIDDEN_STATE_TAG not in run_called("run").data.tags


def test_secrets_of_earlier_cells_are_masked_and_nothing_is_kept_when_that_is_off(kernel, tmp_path):
    kernel("url = 'https://ann:pw@host/x'", "a")
    kernel("%%track run\nmlflow.log_metric('x', len(url))", "b")
    assert "url = 'https://host/x'" in sources(tmp_path, "run")
    kernel("import os\nos.environ['JUPYTER_MLOPS_CAPTURE_NOTEBOOK'] = '0'", "c")
    kernel("%%track private\nmlflow.log_metric('x', len(url))", "d")
    assert not (tmp_path / "mlartifacts" / "0" / run_called("private").info.run_id).exists()


def test_two_runs_are_compared_as_code_is_reviewed(kernel):
    kernel("%%track first\ndepth = 3\nmlflow.log_metric('x', depth)", "a")
    kernel("%%track second\ndepth = 4\nmlflow.log_metric('x', depth)", "a")
    shown = kernel("%diff last")
    assert "- %%track first\n- depth = 3\n+ %%track second\n+ depth = 4\n" in shown
    assert "depth   3    4    changed" in shown
    assert kernel("%diff first first").strip() == "first → first: both are the same run; a name means the newest of that name"
    assert "There is no run 'third'" in kernel("%diff third")
    assert "it takes one run or two" in kernel("%diff a b c")


def test_a_run_is_made_again_by_a_line(kernel, tmp_path):
    kernel("import random\nrandom.seed(1)\nnoise = random.random()", "a")
    kernel("%%track forest\ndepth = 3\nmlflow.log_metrics({'x': depth, 'noise': noise})", "b")
    shown = kernel("%reproduce forest --execute --environment current --to again.ipynb")
    assert "Notebook again.ipynb makes run forest again." in shown
    assert "✓ all 2 metrics agree" in shown
    old, new = sorted(mlflow.search_runs(output_format="list"), key=lambda run: run.info.start_time)
    assert new.data.tags["jupyter_mlops.reproduces"] == old.info.run_id
    assert new.data.params == old.data.params == {"depth": "3"}
    assert "has no captured cells" in kernel("with mlflow.start_run(run_name='bare'): pass\nget_ipython().run_line_magic('reproduce', 'bare --execute')")
