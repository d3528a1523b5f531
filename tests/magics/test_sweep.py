"""``%%sweep`` in a real kernel, driven by nbclient; the store is read afterwards by another process."""

import io
import json
import threading

import nbformat
import pytest
from nbclient import NotebookClient

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.cells.swept_cells import TrialOutput
from jupyter_mlops.magics.lines.sweep_options import SWEEP, dimensions_of, name_of
from jupyter_mlops.reproduction.notebooks import notebook_of
from jupyter_mlops.tracking.settings import current_store

pytest.importorskip("optuna", reason="sweeps need the extra `sweep`: pip install 'jupyter-mlops[sweep]'")
pytestmark = pytest.mark.filterwarnings("default")
LOAD = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow"


@pytest.fixture
def execute(tmp_path, monkeypatch):
    """Execute cells in a fresh kernel in the test's folder; returns their outputs."""
    monkeypatch.setenv("JUPYTER_MLOPS_TRACKING_URI", str(tmp_path / "mlops.duckdb"))

    def run(*cells):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (LOAD, *cells)])
        where = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(book, timeout=120, allow_errors=True, kernel_name="python3", resources=where).execute()
        return [cell.outputs for cell in book.cells[1:]]

    return run


def trials(name):
    (parent,) = mlflow.search_runs(filter_string=f"attributes.run_name = '{name}'", output_format="list")
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list")
    return parent, sorted(found, key=lambda run: int(run.data.tags["jupyter_mlops.sweep.trial"]))


def artifact(tmp_path, run, name):
    return (tmp_path / "mlartifacts" / "0" / run.info.run_id / "artifacts" / "cell" / name).read_text()


def test_a_cell_runs_once_per_trial_and_leaves_the_best_ones_variables(execute, tmp_path):
    body = (
        "%%sweep bowl x=0..9 kind=[a, 'b c'] --n 8 --metric loss -t team=a\n"
        "x = 5\n"
        "leaves = 3\n"
        "print('trial of', x)\n"
        "model = {'x': x}\n"
        "before.append(x)\n"
        "loss = (x - 3) ** 2 + len(kind)\n"
    )
    outputs = execute("before = []\nloss = 77", body, "print(json.dumps([x, kind, model, loss, before, repr(_sweep)]))".replace("print", "import json; print"))
    parent, runs = trials("bowl")
    assert parent.data.tags["team"] == "a"
    assert len(runs) == 8
    assert all(run.data.params.keys() == {"x", "kind", "leaves"} for run in runs)
    assert all(run.data.metrics["loss"] == (int(run.data.params["x"]) - 3) ** 2 + len(run.data.params["kind"]) for run in runs)
    best = min(runs, key=lambda run: run.data.metrics["loss"])
    x, kind, model, loss, before, shown = json.loads(outputs[2][0]["text"])
    assert (str(x), kind, loss) == (best.data.params["x"], best.data.params["kind"], best.data.metrics["loss"])
    assert model == {"x": x}
    assert before == [int(run.data.params["x"]) for run in runs]
    assert shown.startswith("<sweep 'bowl': 8 trials, best loss = ")
    assert [one.output_type for one in outputs[1]] == ["execute_result"]  # nothing printed, one thing shown
    assert "8 of 8 trials" in outputs[1][0]["data"]["text/plain"]
    assert artifact(tmp_path, runs[0], "stdout.txt") == f"trial of {runs[0].data.params['x']}\n"
    assert artifact(tmp_path, parent, "source.py") == body
    cells = [cell["source"] for cell in notebook_of(current_store(), best)["cells"]]  # a trial is made again by a tracked cell
    point = f"x = {best.data.params['x']}\nkind = {best.data.params['kind']!r}\nleaves = 3"
    assert [cell for cell in cells if cell in (point, "before = []\nloss = 77")] == [point, "before = []\nloss = 77"]
    (made,) = [cell for cell in cells if cell.startswith("%%track")]
    assert made.startswith("%%track --metrics loss --params x,kind,leaves -t jupyter_mlops.reproduces=")
    assert "x = 5" not in made


def test_outputs_that_must_not_change_have_no_times_ids_or_names(execute, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    cell = "%%sweep x=0..9 --n 6 --sampler grid --metric loss\nloss = x"
    first, second = execute(cell), execute(cell)
    assert first == second
    assert first[0][0]["data"].keys() == {"text/html", "text/plain"}
    assert first[0][0]["data"]["text/html"].count("<img ") == 1
    assert first[0][0]["data"]["text/plain"].startswith("✓ sweep finished · 6 of 6 trials · Default\n  least loss: 0 by trial")


def test_what_is_wrong_is_one_line_and_makes_no_run(execute):
    wrong = {
        "%%sweep x=1..z --metric loss\nloss = x": "'z' is not a number.\n  x=1..z\n       ^",
        "%%sweep --metric loss\nloss = 1": "at least one dimension",
        "%%sweep x=1..2\nloss = x": "which metric decides",
        "%%sweep x=1..2 --metric acc\nacc = x": "Is a greater 'acc' better?",
        "%%sweep x=1..2 --metric loss --n none\nloss = x": "--n is a whole number above 0",
        "%%sweep x=1..2 --metric loss --wrong\nloss = x": "no option '--wrong'",
        "%%sweep x=1..2 --metric loss --sampler best\nloss = x": "--sampler is one of tpe, random, grid, not 'best'",
        "%%sweep x=1..2 --metric loss\nloss = (": "line 2 of the cell",
        "%%sweep x=1..2 --metric loss\nawait x": "no top-level await",
        "%%sweep x=1..2 --metric loss\n%%track\nloss = x": "Leave out %%track below %%sweep: each trial is a run already",
        "%%sweep x=1..2 --metric loss\n%%time\nloss = x": "Leave out %%time below %%sweep: it would see the notebook's variables",
        "%%sweep x=1..2 --metric loss\na = print()\nx = 3": "Line 3 sets x, which the sweep does",
    }
    *answers, helped = execute(*wrong, "%%sweep --help")
    assert helped[0].text.startswith("%%sweep [NAME] VARIABLE=VALUES... [")
    for outputs, message in zip(answers, wrong.values(), strict=True):
        (shown,) = outputs
        assert shown.name == "stderr"
        assert message in shown.text
        assert "Traceback" not in shown.text
    assert len(mlflow.search_runs()) == 0


def test_failures_say_their_line_and_keep_their_traceback(execute, tmp_path):
    outputs = execute(
        "%%sweep some x=0..4 --sampler grid --metric loss\nloss = x\n\nif x == 2:\n    print('so far')\n    1 / 0",
        "%%sweep all x=0..4 --metric loss\nloss = x\n\nnobody_knows(x)",
        "%%sweep escapes x=0..4 --metric loss\nraise ValueError('\\x1b[2J')",
        "print(mlflow.active_run())",
    )
    _, runs = trials("some")
    assert [run.info.status for run in runs] == ["FINISHED", "FINISHED", "FAILED", "FINISHED", "FINISHED"]
    assert runs[2].data.tags["jupyter_mlops.error"] == "ZeroDivisionError: division by zero (line 6)"
    kept = artifact(tmp_path, runs[2], "stdout.txt")
    assert kept.startswith("so far\nTraceback")
    assert "1 / 0" in kept
    assert "swept_cells.py" not in kept
    assert "trial 2: ZeroDivisionError: division by zero (line 6)" in outputs[0][0]["data"]["text/plain"]
    parent, runs = trials("all")
    assert [parent.info.status, len(runs)] == ["FAILED", 3]
    assert "The first 3 trials failed alike: NameError: name 'nobody_knows' is not defined (line 4)" in outputs[1][1]["text"]
    assert outputs[2][1]["text"].endswith("ValueError: \\x1b[2J (line 2)\n")  # a terminal is not cleared by it
    assert outputs[3][0]["text"] == "None\n"


def test_a_metric_of_an_earlier_cell_is_not_a_trials(execute):
    outputs = execute(
        "loss = 0.5\ndef score(x): return x",
        "%%sweep stale x=0..4 --metric loss\ny = x",
        "%%sweep fresh x=0..4 --sampler grid --metric score\nscore = score(x)",
        "%%sweep logged x=0..4 --sampler grid --metric loss\nmlflow.log_metric('loss', 10 - x)\nloss = x",
        "%%sweep timed x=0..1 --metric loss\n%time loss = x + 1",
        "%%sweep magic x=0..1 --metric loss\n%log loss=x + 1",
    )
    for name in ("timed", "magic"):
        assert [run.data.metrics["loss"] for run in trials(name)[1]] == [1, 2]
    assert "neither logged a metric 'loss' to its own run nor left a number" in outputs[1][1]["text"]
    assert "Is a greater 'score' better?" in outputs[2][0]["text"]
    assert [run.data.metrics["loss"] for run in trials("logged")[1]] == [10, 9, 8, 7, 6]


def test_trials_side_by_side_have_variables_and_outputs_of_their_own(execute, tmp_path):
    execute(
        "import threading; gate = threading.Barrier(3, timeout=30)",
        "%%sweep beside x=0..8 --sampler grid --metric loss --parallel 3\n"
        "mine = x\ngate.wait()\nprint('mine is', mine)\ngate.wait()\nloss = mine",
    )
    _, runs = trials("beside")
    assert [run.data.metrics["loss"] for run in runs] == list(range(9))
    assert [artifact(tmp_path, run, "stdout.txt") for run in runs] == [f"mine is {x}\n" for x in range(9)]


@pytest.mark.parametrize("options", ["", " --parallel 2"])
def test_an_interrupt_keeps_what_is_done_and_resume_goes_on(execute, options):
    cell = (
        f"%%sweep stops x=0..9 --sampler grid --metric loss --resume{options}\n"
        "if x >= 4 and patient:\n"
        "    patient.pop().start()\n"
        "    time.sleep(20)\n"
        "loss = abs(x - 2)\n"
    )
    outputs = execute(
        "import os, signal, threading, time\npatient = [threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))]",
        cell,
        "print(x, _sweep.record.done, _sweep.record.status, mlflow.active_run())",
        "print([run.info.status for run in mlflow.search_runs(filter_string='attributes.run_name LIKE \"stops %\"', output_format='list')])",
        cell,
    )
    assert "Interrupted after " in outputs[1][-1]["text"]
    x, done, status, active = outputs[2][0]["text"].split()
    assert (x, status, active) == ("2", "KILLED", "None")
    assert int(done) >= 4
    assert outputs[3][0]["text"].count("FINISHED") == int(done)
    assert outputs[3][0]["text"].count("KILLED") == 1
    parent, runs = trials("stops")
    assert parent.info.status == "FINISHED"
    assert [run.data.params["x"] for run in runs if run.info.status == "FINISHED"] == [str(x) for x in range(10)]


def test_of_what_a_trial_prints_a_million_characters_are_kept(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    output = TrialOutput(None)
    with output():
        with output.of_thread() as printed:
            for _ in range(12):
                print("x" * 99_999)
        print("shown")
    assert "".join(printed) == ("x" * 99_999 + "\n") * 10
    assert stream.getvalue() == "shown\n"


def test_figures_of_trials_side_by_side_are_not_shown_at_the_end():
    from matplotlib import pyplot

    pyplot.switch_backend("agg")
    before = pyplot.figure().number
    try:
        with TrialOutput(None)():
            thread = threading.Thread(target=pyplot.figure)
            thread.start()
            thread.join()
            assert len(pyplot.get_fignums()) == 2
        assert pyplot.get_fignums() == [before]
    finally:
        pyplot.close("all")


def test_the_line_is_read_as_it_is_meant():
    given = SWEEP.read("big forest lr=log(1e-4, 1e-1) kernel=[rbf, 'a b'] depth=2..8 --n 40 --parallel=4 --timeout 2m --metric acc --maximize")
    assert name_of(given) == "big forest"
    assert dimensions_of(given) == {"lr": "log(1e-4, 1e-1)", "kernel": "[rbf, 'a b']", "depth": "2..8"}
    assert (given.n, given.parallel, given.timeout, given.metric, given.maximize) == (40, 4, 120.0, "acc", True)
    assert name_of(SWEEP.read("x=1..2 --resume forest")) == name_of(SWEEP.read("x=1..2 --resume --name forest")) == "forest"
    with pytest.raises(InvalidParameter, match="x is there twice"):
        dimensions_of(SWEEP.read("x=1..2 x=2..3"))
    with pytest.raises(InvalidParameter, match="no spaces stand round =: x=2..8"):
        dimensions_of(SWEEP.read("x = 1..2"))
    with pytest.raises(InvalidParameter, match="two names"):
        name_of(SWEEP.read("a x=1..2 --name b"))
