"""What a tracked cell keeps of the cells before it, in a real kernel that is told of cells as JupyterLab tells it."""

import json

import pytest
from jupyter_client.manager import start_new_kernel

import jupyter_mlops as mlflow
from jupyter_mlops.reproduction.recordings import HIDDEN

pytestmark = pytest.mark.filterwarnings("default")
LOAD = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow"


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Execute a cell in one kernel; returns what it printed and showed as text."""
    monkeypatch.setenv("JUPYTER_MLOPS_TRACKING_URI", str(tmp_path / "mlops.duckdb"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    started, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))

    def execute(source, cell_id=None, history=True):
        content = {"code": source, "silent": False, "store_history": history, "user_expressions": {}, "allow_stdin": False, "stop_on_error": False}
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

    execute(LOAD, "load")
    yield execute
    client.stop_channels()
    started.shutdown_kernel(now=True)


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
    assert HIDDEN not in run_called("run").data.tags


def test_lines_that_set_up_the_kernel_stay(kernel, tmp_path):
    kernel("import matplotlib\n%matplotlib inline\n!echo installed\nunused = 1", "a")
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
    assert run_called("run").data.tags[HIDDEN] == "rate: defined by a cell that was edited since"
    assert "Hidden state: rate: defined by a cell that was edited since." in shown
    assert sources(tmp_path, "run")[1:3] == ["rate = 0.1\ndepth = 3", "depth = 4"]  # what made the run is kept all the same


def test_names_from_outside_of_the_notebook_are_told(kernel, tmp_path):
    kernel("typed = 1", history=False)
    kernel("get_ipython().user_ns['planted'] = 2", "a")
    kernel("get_ipython().kernel.shell.user_ns.update(late=3)", history=False)
    kernel("%%track run\nmlflow.log_metric('x', typed)", "b")
    assert run_called("run").data.tags[HIDDEN] == "typed: defined outside of the notebook's cells, as in a console"


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
    assert HIDDEN not in run_called("run").data.tags


def test_secrets_of_earlier_cells_are_masked_and_nothing_is_kept_when_that_is_off(kernel, tmp_path):
    kernel("url = 'https://ann:pw@host/x'", "a")
    kernel("%%track run\nmlflow.log_metric('x', len(url))", "b")
    assert "url = 'https://host/x'" in sources(tmp_path, "run")
    kernel("import os\nos.environ['JUPYTER_MLOPS_CAPTURE_NOTEBOOK'] = '0'", "c")
    kernel("%%track private\nmlflow.log_metric('x', len(url))", "d")
    assert not (tmp_path / "mlartifacts" / "0" / run_called("private").info.run_id).exists()
