"""The card of a running cell, as a front end gets it from a real kernel; the store is read by another process."""

import json
import os
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell

import jupyter_mlops as mlflow
from jupyter_mlops.magics.cells.executed_cells import ExecutedCells
from jupyter_mlops.magics.cells.outputs import CARD_THREAD, Tee
from jupyter_mlops.magics.cells.series import Series
from jupyter_mlops.reproduction.accounts import Account
from jupyter_mlops.views.formats.bundles import MIME
from tests.magics.kernels import started_kernel

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_MLOPS_TRACKING_URI", str(folder / "mlops.duckdb"))
        patch.setenv("JUPYTER_MLOPS_LIVE", "1")
        with started_kernel(folder) as notebook:
            notebook.run("import jupyter_mlops as mlflow, time")
            yield notebook


@pytest.fixture(autouse=True)
def store(kernel):
    mlflow.set_tracking_uri(str(kernel.folder / "mlops.duckdb"))
    yield
    mlflow.set_tracking_uri(None)


def bundles(messages):
    return [m["content"]["data"] for m in messages if MIME in m["content"].get("data", {})]


def cards(messages):
    return [data[MIME] for data in bundles(messages)]


def run_named(name):
    return mlflow.search_runs(filter_string=f"attributes.run_name = '{name}'", output_format="list")[0]


def test_updates_do_not_follow_the_rate_of_logging(kernel):
    messages = kernel.run(
        "%%track fast\nfor i in range(10_000):\n    mlflow.log_metric('loss', 1 / (i + 1), step=i)\n    if i % 100 == 0: time.sleep(0.02)"
    )
    shown = cards(messages)
    took = shown[-1]["run"]["elapsed"]
    assert 3 <= len(shown) <= 2 + 5 * took
    assert {m["msg_type"] for m in messages if MIME in m["content"].get("data", {})} == {
        "display_data",
        "update_display_data",
    }
    (metric,) = shown[-1]["metrics"]
    assert (metric["value"], metric["step"], metric["low"], metric["high"]) == (1e-4, 9999, 1e-4, 1.0)
    assert len(metric["points"]) <= 40
    assert len(mlflow.MlflowClient().get_metric_history(run_named("fast").info.run_id, "loss")) == 10_000


def test_a_run_with_very_much_in_it_makes_a_small_output(kernel):
    messages = kernel.run(
        "%%track much\n"
        "mlflow.log_params({f'a_rather_long_name_of_a_param_{i}': 'some value ' * 20 for i in range(60)})\n"
        "for i in range(100):\n    mlflow.log_metrics({f'block_{k}/attention/grad_norm': (i * k) ** 0.5 for k in range(200)}, step=i)\n"
        "for i in range(50):\n    mlflow.alert(f'alert number {i}', 'with a long story ' * 3)\n"
        "print('line ' * 30 * 100)\nmlflow.set_tag('mlflow.note.content', 'A note. ' * 20); time.sleep(0.4)"
    )
    sizes = [len(json.dumps(data, ensure_ascii=False).encode()) for data in bundles(messages)]
    assert len(sizes) >= 3
    assert max(sizes) < 20_000
    last = cards(messages)[-1]
    assert (len(last["metrics"]), last["more_metrics"], len(last["params"]), last["more_params"]) == (24, 176, 12, 48)


def test_alerts_are_shown_and_kept_once(kernel):
    messages = kernel.run(
        "%%track alerts\nimport math\n"
        "for i in range(3000):\n    mlflow.log_metric('loss', math.nan if i == 17 else 1.0, step=i)\n"
        "    mlflow.alert('overfitting', '<b>since</b> epoch 9', level='error')\n"
        "mlflow.log_metrics({'grad': math.inf}, step=4)"
    )
    shown = [(one["title"], one["text"], one["level"]) for one in cards(messages)[-1]["alerts"]]
    assert sorted(shown) == [
        ("grad is infinite", "at step 4", "warning"),
        ("loss is NaN", "at step 17", "warning"),  # also when the next points are numbers again
        ("overfitting", "<b>since</b> epoch 9", "error"),
    ]
    assert "&lt;b&gt;since" in bundles(messages)[-1]["text/html"]
    assert "✗ overfitting: <b>since" in bundles(messages)[-1]["text/plain"]
    kept = mlflow.get_alerts(run_named("alerts"))
    assert sorted((one.title, one.count) for one in kept) == [
        ("grad is infinite", 1),
        ("loss is NaN", 1),
        ("overfitting", 1),
    ]
    found = mlflow.search_runs(filter_string="tags.`jupyter_mlops.alerts` LIKE '%loss is NaN%'", output_format="list")
    assert [run.info.run_name for run in found] == ["alerts"]
    assert not [m for m in messages if m["msg_type"] == "stream"]  # the card says it


def test_a_cell_that_stops_logging_alerts(kernel):
    messages = kernel.run("import os; os.environ['JUPYTER_MLOPS_STALL_TIMEOUT'] = '0.5'") + kernel.run(
        "%%track stalls\nmlflow.log_metric('loss', 1)\ntime.sleep(3)\ndel os.environ['JUPYTER_MLOPS_STALL_TIMEOUT']"
    )
    assert "no progress" in [one["title"] for one in cards(messages)[-1]["alerts"]]
    assert "no progress" in [one.title for one in mlflow.get_alerts(run_named("stalls"))]


def estimates(messages):
    return [card["estimate"] for card in cards(messages) if card["estimate"]]


def test_how_far_a_cell_is_is_told_by_what_knows_it(kernel):
    by_steps = kernel.run(
        "%%track by_steps\nepochs = 6\nfor i in range(6):\n    mlflow.log_metric('loss', i, step=i)\n    time.sleep(0.3)"
    )
    last = estimates(by_steps)[-1]
    assert (last["total"], last["by"]) == (6, "epochs")
    assert last["done"] in (5, 6)
    assert 0 <= last["left"] < 3
    assert cards(by_steps)[-1]["estimate"] is None  # it is over

    by_bar = kernel.run(
        "%%track by_bar\nfrom tqdm.auto import tqdm\nfor i in tqdm(range(8), desc='folds', mininterval=0):\n"
        "    for j in tqdm(range(3)):\n        time.sleep(0.08)"
    )
    last = estimates(by_bar)[-1]
    assert (last["total"], last["by"]) == (8, "folds")
    assert last["done"] >= 5

    printed = kernel.run(
        "%%track printed\nprint('fit:  45%|████▌     | 45/100 [00:12<00:15,  3.60it/s]')\ntime.sleep(0.5)"
    )
    assert estimates(printed)[-1] == {"left": 15.0, "share": 0.45, "done": 45, "total": 100, "by": "fit", "usual": None}

    unknown = kernel.run(
        "%%track unknown\nmax_iter = 3\nfor i in range(9):\n    mlflow.log_metric('loss', i, step=i)\ntime.sleep(0.5)"
    )
    assert estimates(unknown) == []  # more steps than `max_iter`: it counts something else


def test_what_a_cell_took_before_is_told_also_by_a_new_kernel(kernel):
    cell = {"metadata": {"cellId": "c0ffee"}}
    source = "%%track usual\ntime.sleep(1.6)"

    def run(source):
        message = kernel.client.session.msg(
            "execute_request", {"code": source, "silent": False, "store_history": True}, metadata=cell["metadata"]
        )
        kernel.client.shell_channel.send(message)
        messages = []
        while not messages or messages[-1]["content"].get("execution_state") != "idle":
            got = kernel.client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                messages.append(got)
        return messages

    assert estimates(run(source)) == []
    again = estimates(run(source))
    assert 1.5 < again[0]["usual"] < 6
    assert 0 < again[0]["left"] < 6
    kernel.run("from jupyter_mlops.magics.cells import durations; durations._here.clear(); mlflow.search_runs()")
    longer = source.replace("1.6", "4")  # the store is asked when a cell is a second old, and the next frame may be a second later
    assert 1.5 < estimates(run(longer))[-1]["usual"] < 6


def test_the_machine_the_output_and_the_figures_of_a_cell(kernel):
    messages = kernel.run(
        "%%track machine\nimport sys, os, base64\nfrom IPython.display import display, Image\n"
        "os.environ['MY_SECRET_TOKEN'] = 'rosebud-1941-sled'\n"
        "held = bytearray(300_000_000)\nfor i in range(0, len(held), 4096): held[i] = 1\ndel held\n"
        "png = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')\n"
        "for _ in range(14): display(Image(png))\n"
        "shown = display(Image(png), display_id=True); [shown.update(Image(png)) for _ in range(5)]\n"
        "print('\\x1b[31mred\\x1b[0m <b>bold</b>'); print('old\\rnew'); print('rosebud-1941-sled', file=sys.stderr)\n"
        "time.sleep(6)\nImage(png)"
    )
    running, last = cards(messages)[-2:]
    assert running["log"] == ["red <b>bold</b>", "new", "***"]
    assert {one["key"] for one in running["gauges"]} >= {"cpu", "memory"}
    assert "&lt;b&gt;bold" in bundles(messages)[-2]["text/html"]
    assert (last["log"], last["gauges"], last["kernel"]) == ([], [], None)
    assert last["memory"] > 300_000_000
    assert last["figures"] == 16  # 14, one that was updated, and the value of the last line
    folder = (
        kernel.folder / "mlartifacts" / "0" / run_named("machine").info.run_id / "artifacts" / "cell" / "figures"
    )
    kept = sorted(folder.iterdir())
    assert [path.name for path in kept] == [f"{i:02}.png" for i in range(7, 17)]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in kept)


def test_a_peak_is_of_the_program_and_not_of_what_started_it():
    look = "from jupyter_mlops.magics.cells import machines; m = machines.Machine(); m.sample(); print(m.peak)"
    look += "; held = bytearray(200_000_000); held[::4096] = b'1' * len(held[::4096]); del held; print(m.peak)"
    fat = f"""if True:
        import subprocess, sys
        held = bytearray(600_000_000); held[::4096] = b'1' * len(held[::4096])
        sys.exit(subprocess.run([sys.executable, "-c", {look!r}]).returncode)"""
    answer = subprocess.run([sys.executable, "-c", fat], capture_output=True, text=True, check=True, timeout=60)
    before, after = map(int, answer.stdout.split())
    assert before < 200_000_000 < after < 500_000_000


def test_interrupts_end_the_run_as_killed_and_a_failure_in_one_line(kernel):
    def interrupt(message):
        if cards([message]) and cards([message])[0]["metrics"] and not again:
            kernel.manager.interrupt_kernel()
            pid = kernel.manager.provisioner.process.pid
            again.append(threading.Timer(0.5, os.kill, (pid, signal.SIGINT)))
            again[0].start()

    again = []
    messages = kernel.run(
        "%%track stopped --params slow\nclass Slow:\n    def __str__(self): time.sleep(1.5); return 'a second click comes now'\n"
        "slow = Slow(); mlflow.log_metric('a', 1)\nfor i in range(200): time.sleep(0.1)",
        interrupt,
    )
    again[0].join()
    assert cards(messages)[-1]["run"]["status"] == "KILLED"
    assert run_named("stopped").info.status == "KILLED"
    assert run_named("stopped").data.params["slow"] == "a second click comes now"
    messages = kernel.run("%%track failed\nraise ValueError('first line\\nsecond line')")
    assert cards(messages)[-1]["error"] == "ValueError: first line"
    assert run_named("failed").info.status == "FAILED"


def test_two_cells_and_their_children_at_once_have_a_card_each(kernel):
    messages = kernel.run(
        "%%track outer\nmlflow.log_metric('of_outer', 1)\nwith mlflow.start_run(run_name='child'):\n    mlflow.log_metric('of_child', 2)\n"
        "get_ipython().run_cell('%%track inner\\nmlflow.log_metric(\"of_inner\", 3); time.sleep(0.6)')\nmlflow.log_metric('of_outer', 4)"
    )
    last = {card["run"]["name"]: card for card in cards(messages)}
    assert {name: [(m["key"], m["value"]) for m in card["metrics"]] for name, card in last.items()} == {
        "outer": [("of_outer", 4)],
        "inner": [("of_inner", 3)],
    }
    assert last["outer"]["children"] == 2
    left = kernel.run(
        "import sys, threading; print([type(stream).__name__ for stream in (sys.stdout, sys.stderr)],"
        " [t.name for t in threading.enumerate() if t.name in ('jupyter_mlops-card', 'jupyter_mlops-watch')])"
    )
    assert "['OutStream', 'OutStream'] []" in [m["content"].get("text", "").strip() for m in left]


def test_an_update_of_a_card_does_not_wait_for_what_is_printed(monkeypatch):
    """Kernels flush both streams before they display: each time two threads have to wait for each other."""
    flushed = []
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(write=len, flush=lambda: flushed.append(threading.current_thread().name)))
    tee = Tee()
    for name in (CARD_THREAD, "mine"):
        thread = threading.Thread(target=sys.stdout.flush, name=name)
        thread.start()
        thread.join()
    tee.close_and_read()
    assert flushed == ["mine"]


@pytest.mark.parametrize("count", [1, 39, 40, 41, 1000])
def test_points_taken_together_are_kept_as_one_by_one(count):
    values = [float("nan") if i % 7 == 3 else (i * 37 % 101) / 3 for i in range(count)]
    together, single = Series(), Series()
    for start in range(0, count, 17):
        part = range(start, min(count, start + 17))
        together.extend(part, [values[i] for i in part])
    for step, value in enumerate(values):
        single.add(step, value)
    assert [repr(getattr(together, name)) for name in ("points", "value", "step", "first_step", "range")] == [
        repr(getattr(single, name)) for name in ("points", "value", "step", "first_step", "range")
    ]


def test_a_cell_is_read_once_however_many_tracked_cells_come_after_it(monkeypatch):
    monkeypatch.setattr("jupyter_mlops.magics.cells.executed_cells._MOST_CELLS", 20)
    read, execute = [], Account.execute
    monkeypatch.setattr(Account, "execute", lambda self, place, cell: (read.append(cell.source), execute(self, place, cell)))
    cells = ExecutedCells(InteractiveShell.instance())
    counts, sources = [], ["x = 0", *(f"x = x + {n}" for n in range(1, 30))]
    for source in sources:
        info = SimpleNamespace(raw_cell=source, cell_id=None)
        cells._keep(cells._cell(info))
        before = len(read)
        kept = [one.source for one in cells.recording(info).cells]
        counts.append(len(read) - before)
        assert kept == sources[sources.index(source) + 1 - len(kept) : sources.index(source) + 1]
    assert counts[:20] == [1] * 20
    assert counts[20:].count(1) >= 8  # all that are left are read again when the first are forgotten
