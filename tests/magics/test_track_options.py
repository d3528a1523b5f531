"""What the options of ``%%track`` do, in real kernels; the store is read afterwards by another process."""

import json

import pytest
from jupyter_client.manager import start_new_kernel

import jupyter_mlops as mlflow
from jupyter_mlops.context.cell_digests import cell_digest
from jupyter_mlops.entities.tags import CELL_DIGEST_TAG, TRACKED_CELL_TAG
from tests.magics.test_cells import LOAD, execute, runs, shown  # noqa: F401 - a fixture

pytestmark = pytest.mark.filterwarnings("default")


def _all(view=mlflow.entities.ViewType.ACTIVE_ONLY):
    return mlflow.search_runs(output_format="list", run_view_type=view, order_by=["start_time ASC"])


@pytest.fixture
def cell(tmp_path, monkeypatch):
    """Run a cell of an id, as front ends send it, in one kernel; returns what it wrote to stderr."""
    monkeypatch.setenv("JUPYTER_MLOPS_TRACKING_URI", str(tmp_path / "mlops.duckdb"))
    manager, client = start_new_kernel(cwd=str(tmp_path))

    def run(source, cell_id="cell-1"):
        said = []
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        message = client.session.msg("execute_request", content, metadata={"cellId": cell_id})
        client.shell_channel.send(message)
        client._recv_reply(message["header"]["msg_id"], timeout=60)
        while (got := client.get_iopub_msg(timeout=60))["content"].get("execution_state") != "idle" or got["parent_header"]["msg_id"] != message["header"]["msg_id"]:
            said.append(got["content"].get("text", "") or got["content"].get("evalue", ""))
        return "".join(said)

    run(LOAD, "load")
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_resume_goes_on_with_the_last_run_of_the_cell(cell, tmp_path):
    cell("%%track --resume -p lr=1\nmlflow.log_metric('loss', 2, step=1)\nprint('one')")
    cell("%%track\n1", "another")
    cell("%%track --resume -p lr=1\nmlflow.log_metric('loss', 1, step=2)\nprint('two')")
    refused = cell("%%track --resume -p lr=2\n1")
    first, other = _all()
    points = mlflow.MlflowClient().get_metric_history(first.info.run_id, "loss")
    assert [(point.step, point.value) for point in points] == [(1, 2.0), (2, 1.0)]
    printed = tmp_path / "mlartifacts" / "0" / first.info.run_id / "artifacts" / "cell" / "stdout.txt"
    assert printed.read_text() == "one\ntwo\n"
    assert {run.info.status for run in (first, other)} == {"FINISHED"}
    assert "lr" in refused and "Traceback" not in refused


def test_a_run_that_goes_on_says_which_params_stay_as_they_were(cell):
    assert "params" not in cell("%%track --resume\nepochs = 10\nkind = 'forest'")
    assert "epochs is 20 in this cell, and stays 10 in the run that goes on" in cell("%%track --resume\nepochs = 20\nkind = 'forest'")
    (run,) = _all()
    assert run.data.params == {"epochs": "10", "kind": "forest"}


def test_resume_of_a_name_or_an_id(execute):  # noqa: F811
    execute("%%track long --resume\nmlflow.log_metric('a', 1)", "%%track long --resume\nmlflow.log_metric('b', 1)\nrun = mlflow.active_run().info.run_id")
    (run,) = _all()
    assert run.data.metrics == {"a": 1.0, "b": 1.0}
    book = execute(f"%%track {run.info.run_id[:30]} --resume\nmlflow.log_metric('c', 1)", f"%%track {'0' * 32} --resume\n1", allow_errors=True)
    (run,) = _all()
    assert (run.info.run_name, set(run.data.metrics)) == ("long", {"a", "b", "c"})
    assert "There is no run '000" in shown(book.cells[2])


def test_replace_deletes_the_former_run_when_the_new_one_is_done(cell):
    cell("%%track --replace\nwith mlflow.start_run(run_name='child'):\n    mlflow.log_metric('a', 1)")
    cell("%%track --replace\n1 / 0")
    former, child, failed = _all()
    assert [run.info.status for run in (former, child, failed)] == ["FINISHED", "FINISHED", "FAILED"]
    cell("%%track --replace\nmlflow.log_metric('a', 2)")
    assert [run.data.metrics for run in _all()] == [{"a": 2.0}]  # attempts that failed since go too
    cell("%%track --replace\nmlflow.log_metric('a', 3)")
    assert [run.data.metrics for run in _all()] == [{"a": 3.0}]
    mlflow.restore_run(former.info.run_id)
    assert mlflow.get_run(former.info.run_id).info.lifecycle_stage == "active"


def test_replace_of_a_name_takes_its_children_along(execute):  # noqa: F811
    both = "%%track same --replace\nwith mlflow.start_run(run_name='child'):\n    pass"
    execute(both, both, "%%track same --replace --resume\n1", allow_errors=True)
    assert sorted(run.info.run_name for run in _all()) == ["child", "same"]
    assert len(_all(mlflow.entities.ViewType.ALL)) == 4


def test_what_the_line_says_is_with_the_run(execute):  # noqa: F811
    book = execute(
        "%%track said --tags team=a,stage='first try' --description '**why**' --params depth,kind --metrics acc,losses --no-live\n"
        "acc = 0.1\ndepth = 3\ndepth += 1\nkind = 'a'\nacc = 0.5\nlosses = [3, 2]",
        "%%track missing --metrics acc,nothing\nmlflow.log_metric('x', 1)\n5", "%%track --params api_key\napi_key = 1", "%%track --nested\n1",
        "%%track kind --metrics kind\n1", "%%track --tags team\n1", "%%track wrong -p 'a?b=1'\n1", "%%track after\n1",
        "%%track kept --params hf_token,max_tokens\nhf_token, max_tokens = 'a' * 9, 512", allow_errors=True,
    )  # fmt: skip
    found = runs()
    kept = found.pop("kept")
    assert kept.data.params == {"max_tokens": "512"} and "hf_token: it sounds like a secret" in kept.data.tags["jupyter_mlops.error"]
    assert found["said"].data.params == {"depth": "4", "kind": "a"}
    assert found["said"].data.metrics == {"acc": 0.5, "losses": 2.0}
    assert len(mlflow.MlflowClient().get_metric_history(found["said"].info.run_id, "losses")) == 2
    tags = found["said"].data.tags
    assert (tags["team"], tags["stage"], tags["mlflow.note.content"]) == ("a", "first try", "**why**")
    assert (found["missing"].info.status, found["missing"].data.metrics) == ("FAILED", {"acc": 0.5, "x": 1.0})
    assert "nothing: the cell has left no variable" in found["missing"].data.tags["jupyter_mlops.error"]
    hints = ("left no variable of that name", "sounds like a secret", "no run is open", "--metrics kind: ", "KEY=VALUE")
    for hint, one in zip(hints, book.cells[2:], strict=False):
        assert hint in shown(one) and "Traceback" not in shown(one)
    assert set(found) == {"said", "missing", "kind", "after"}
    assert "mlflow.parentRunId" not in found["after"].data.tags


def test_a_missing_metric_stops_run_all(execute):  # noqa: F811
    from nbclient.exceptions import CellExecutionError

    with pytest.raises(CellExecutionError):
        execute("%%track first --metrics word,nothing\nword = 'a'", "%%track never\n1")
    assert set(runs()) == {"first"}
    why = "--metrics word: Metric 'word' needs a number, not 'a' (str); --metrics nothing: the cell has left no variable of that name."
    assert runs()["first"].data.tags["jupyter_mlops.error"] == f"%%track: {why}"


def test_a_time_limit_kills_the_run_also_with_await(execute):  # noqa: F811
    book = execute(
        "%%track sleeping --time-limit 0.4s\nimport time\nmlflow.log_metric('a', 1)\ntime.sleep(60)",
        "%%track awaiting --time-limit 0.4s\nimport asyncio\nawait asyncio.sleep(60)",
        "%%track counting --time-limit 0.4s\nwhile True: pass",
        "%%track caught --time-limit 0.4s\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    mlflow.log_metric('saved', 1)",
        "%%track quick --time-limit 5m\n1", "time.sleep(0.5)\nprint('lives')", allow_errors=True,
    )  # fmt: skip
    found = runs()
    assert {name: run.info.status for name, run in found.items()} == {
        **dict.fromkeys(("sleeping", "awaiting", "counting", "caught"), "KILLED"), "quick": "FINISHED",
    }  # fmt: skip
    assert {found[name].data.tags["jupyter_mlops.error"] for name in ("sleeping", "awaiting", "counting")} == {"time limit of 0.4 s"}
    # None of them went on to its end, a minute later.
    assert all(run.info.end_time - run.info.start_time < 30_000 for run in found.values())
    assert found["caught"].data.metrics == {"saved": 1.0}
    assert "time limit of 0.4 s" in json.dumps(book.cells[1].outputs)
    assert "lives" in shown(book.cells[6])


def test_progress_bars_look_as_ever(execute, tmp_path):  # noqa: F811
    book = execute(
        "%%track bars\nfrom tqdm import tqdm\nfrom tqdm.auto import tqdm as auto\nfor _ in tqdm(range(3)): pass\nfor _ in auto(range(4)): pass",
    )
    assert "3/3" in shown(book.cells[1]) and '"text/plain": "  0%|' in shown(book.cells[1])
    assert "4/4" in json.dumps(book.metadata["widgets"])  # a widget, as outside tracked cells
    assert runs()["bars"].info.status == "FINISHED"


def test_settings_of_a_shell(execute, tmp_path):  # noqa: F811
    book = execute(
        "%config JupyterMLOps.autolog = True\n%config JupyterMLOps.capture_source = False\n%config JupyterMLOps.max_rows = 1",
        "from sklearn.linear_model import Ridge\nimport warnings; warnings.simplefilter('ignore')",
        "%%track fit\nprint('secret')\nRidge(alpha=2).fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.5])", "%%track other\n1", "%runs",
        "%config JupyterMLOps.refresh_s = 0.01", "%config JupyterMLOps", "%unload_ext jupyter_mlops", "%config JupyterMLOps", allow_errors=True,
    )  # fmt: skip
    run = runs()["fit"]
    assert run.data.params["alpha"] == "2"
    assert not (tmp_path / "mlartifacts" / "0" / run.info.run_id / "artifacts" / "cell").exists()
    assert "1 more" in shown(book.cells[5]) and "\nfit" not in book.cells[5].outputs[0]["data"]["text/plain"]
    assert "should not be less than 0.2" in shown(book.cells[6])
    assert "JupyterMLOps.refresh_s" in shown(book.cells[7])
    assert "Invalid config" in shown(book.cells[9])


def test_a_card_follows_the_cell_unless_somebody_says_no(execute, tmp_path, monkeypatch):  # noqa: F811
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_config.py").write_text("get_config().JupyterMLOps.max_rows = 2")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    cell = "%%track{}\nprint('printed')"
    book = execute(
        "import os\nos.environ['JPY_SESSION_NAME'] = 'a.ipynb'", cell.format(""), cell.format(" --no-live"),
        "%config JupyterMLOps.live = False", cell.format(""), "%runs",
    )  # fmt: skip
    first = [book.cells[number].outputs[0].output_type for number in (2, 3, 5)]
    assert first == ["display_data", "stream", "stream"]  # the card stands above what is printed only where it is live
    assert "1 more" in shown(book.cells[6])


def test_a_run_tells_its_cell_and_a_digest_of_its_code(cell):
    """By which a front end finds the runs of a cell, and sees that it was changed."""
    tracked, sweep = "%%track\ndepth = 3\n", "%%sweep depth=2..3 --n 2 --sampler grid --metric acc --maximize\nacc = depth"
    cell(tracked)
    cell(sweep, "swept")
    cell("%%track\ndb_passphrase = 'rosebud-1941'", "secret")
    tags = [run.data.tags for run in _all() if TRACKED_CELL_TAG in run.data.tags]
    assert [one[TRACKED_CELL_TAG] for one in tags] == ["cell-1", "swept", "secret"]
    assert [one.get(CELL_DIGEST_TAG) for one in tags] == [cell_digest(tracked), cell_digest(sweep), None]
    assert len(_all()) == 5  # with the two trials
    cell("%%track --replace\nmlflow.log_metric('a', 1)", "swept")
    assert len(_all()) == 6  # a sweep is nothing that a tracked cell replaces
