"""``%mlrun`` and ``%%project`` in a real kernel, as a front end sees them; the store is read by another process."""

import contextlib
import os
import pathlib
import signal
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.formats.bundles import MIME
from jupyter_mlops.views.requests import answer
from tests.magics.kernels import started_kernel

pytestmark = pytest.mark.filterwarnings("default")
FILES = {
    "MLproject": """
name: wine
entry_points:
  main: {parameters: {alpha: float, beta: float}, command: "python drive.py {alpha}"}
  step: {parameters: {n: int}, command: "python step.py {n}"}
  book: {command: book.ipynb}
  wait: {command: python wait.py}
  outer: {command: python outer.py}
""",
    "drive.py": """
import sys
import jupyter_mlops as mlflow
with mlflow.start_run():
    print("driving", sys.argv[1])
    for n in range(2):
        mlflow.run(".", "step", parameters={"n": n})
    mlflow.log_metric("accuracy", 0.9)
""",
    "step.py": """
import time
import jupyter_mlops as mlflow
for i in range(20):
    mlflow.log_metric("loss", 1 / (i + 1), step=i)
    time.sleep(0.1)
""",
    "wait.py": """
import pathlib, subprocess, time
child = subprocess.Popen(["sleep", "300"])
pathlib.Path("pid.new").write_text(str(child.pid))
pathlib.Path("pid.new").rename("pid")
print("waiting")
child.wait()
""",
    "outer.py": """
import jupyter_mlops as mlflow
with mlflow.start_run():
    mlflow.run(".", "wait")
""",
    "book.ipynb": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ['
    + ", ".join(
        f'{{"cell_type": "code", "id": "c{n}", "metadata": {{}}, "outputs": [], "execution_count": null, "source": "import time; time.sleep(0.6)"}}'
        for n in range(4)
    )
    + "]}",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("projects")
    for name, text in FILES.items():
        (place / name).write_text(text)
    return place


@pytest.fixture(scope="module")
def start(folder):
    """Starts kernels in the project's folder."""
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setenv("JUPYTER_MLOPS_TRACKING_URI", str(folder / "mlops.duckdb"))
        patch.setenv("JUPYTER_MLOPS_LIVE", "1")
        yield lambda: stack.enter_context(started_kernel(folder))


@pytest.fixture(scope="module")
def kernel(start):
    return start()


@pytest.fixture(autouse=True)
def store(folder):
    mlflow.set_tracking_uri(str(folder / "mlops.duckdb"))
    (folder / "pid").unlink(missing_ok=True)
    yield
    mlflow.set_tracking_uri(None)


def cards(messages):
    return [m["content"]["data"][MIME] for m in messages if MIME in m["content"].get("data", {})]


def printed(messages, name="stdout"):
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == name)


def runs(**tags):
    condition = " AND ".join(f"tags.`{key.replace('__', '.')}` = '{value}'" for key, value in tags.items())
    return mlflow.search_runs(filter_string=condition, output_format="list")


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def pid_of(folder):
    for _ in range(600):
        if (folder / "pid").exists():
            return int((folder / "pid").read_text())
        time.sleep(0.1)
    raise AssertionError("the program did not begin")


def gone(pid):
    for _ in range(200):
        if not is_alive(pid):
            return True
        time.sleep(0.1)
    return False


def test_a_projects_card_has_its_metrics_and_the_tree_of_its_steps(kernel):
    messages = kernel.run("%mlrun . -P alpha=0.5 -P beta=2 --run-name first")
    shown = cards(messages)
    assert shown[0]["run"]["status"] == "RUNNING"
    last = shown[-1]
    assert (last["run"]["name"], last["run"]["status"]) == ("first", "FINISHED")
    assert {one["key"]: one["value"] for one in last["params"]} == {"alpha": "0.5", "beta": "2"}
    assert [(one["key"], one["value"]) for one in last["metrics"]] == [("accuracy", 0.9)]
    assert [(one["entry_point"], one["depth"], one["status"], one["metric"]) for one in last["steps"]] == [
        ("step", 0, "FINISHED", {"key": "loss", "value": 0.05})
    ] * 2
    assert any(card["steps"] and card["steps"][0]["status"] == "RUNNING" for card in shown)  # while it went on
    assert printed(messages) == "driving 0.5\n"
    bundle = [m["content"]["data"] for m in messages if MIME in m["content"].get("data", {})][-1]
    assert "✓ step (" in bundle["text/plain"]
    assert bundle["text/html"].count("✓ step (") == 2
    assert len([m for m in messages if m["msg_type"] in ("display_data", "execute_result")]) == 1  # its value is no second card
    later = cards(kernel.run("_"))
    assert [card["run"]["name"] for card in later] == ["first"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%mlrun . -P alpha=x", "Entry point 'main': no value for beta; alpha is 'x', not a number."),
        ("%mlrun . -e stp", "Did you mean 'step'?"),
        ("%mlrun nowhere", "There is no project at 'nowhere'"),
        ("%mlrun . -P n=1 -P n=2", "'n' is given twice"),
        ("%mlrun . --env-manager poetry", "--env-manager is one of local, virtualenv, uv, conda, not 'poetry'"),
        ("%mlrun . --env_manager uv", "there is no option '--env_manager'"),
        ("%mlrun . --experiment-name a --experiment-id 0", "not both"),
        ("%%project\n!ls", "line 2 of the cell: invalid syntax"),
        ("%%project\nreturn 1", "line 2 of the cell: 'return' outside function"),
        ("%%project\n\nfrom __future__ import annotations", "line 3 of the cell: from __future__ imports must occur at the beginning"),
        ("%%project -P a-b=1\n1", "'a-b' is no name of a variable"),
        ("%%project -P lambda=1\n1", "'lambda' is no name of a variable"),
    ],
)
def test_what_cannot_be_run_is_told_in_one_line(kernel, line, said):
    messages = kernel.run(line)
    error = printed(messages, "stderr")
    assert error.startswith("UsageError: ")
    assert said in error
    assert error.strip().count("\n") == 0
    assert not cards(messages)


def test_a_cell_is_a_program_with_its_parameters_as_variables(kernel, folder):
    (folder / "beside.txt").write_text("data")
    source = "import sys\nimport jupyter_mlops as mlflow\nmlflow.log_metric('double', a * 2)\nprint(b, flag, sys.argv[1:3], open('beside.txt').read())\nprint(undefined)"
    messages = kernel.run("undefined = 1")
    messages = kernel.run(f"%%project cell -P a=3 -P b=x -P flag=True\n{source}")
    assert "x True ['--a', '3'] data\n" in printed(messages)
    assert "main.py\", line 6, in <module>" in printed(messages)  # as lines are counted in the cell
    card = cards(messages)[-1]
    assert (card["run"]["name"], card["run"]["status"]) == ("cell", "FAILED")
    assert "exited with 1" in card["error"]
    assert "exited with 1. What it printed stands above." in printed(messages, "stderr")
    (run,) = runs(mlflow__runName="cell")
    assert (run.info.status, run.data.metrics, run.data.params["a"]) == ("FAILED", {"double": 6.0}, "3")
    kept = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="cell/source.py")
    assert pathlib.Path(kept).read_text() == f"%%project cell -P a=3 -P b=x -P flag=True\n{source}"


def test_a_cell_runs_in_the_folder_that_is_current_whatever_it_is_called(kernel, folder):
    kernel.run("import os; os.mkdir('a \U0001f347'); os.chdir('a \U0001f347')")
    messages = kernel.run("%%project grape\nimport os\nprint(os.path.basename(os.getcwd()))")
    kernel.run("os.chdir('..')")
    assert "a \U0001f347\n" in printed(messages), printed(messages, "stderr")


def test_cells_done_of_a_notebook_are_told(kernel):
    messages = kernel.run("%mlrun . -e book")
    told = [card["estimate"] for card in cards(messages) if card["estimate"]]
    assert {(one["by"], one["total"]) for one in told} == {("executing", 4)}
    assert cards(messages)[-1]["run"]["status"] == "FINISHED"
    assert "cells" not in printed(messages)


def test_an_interrupt_ends_the_program_and_the_steps_that_it_began(kernel, folder):
    begun = []

    def interrupt(message):
        steps = message["content"].get("data", {}).get(MIME, {}).get("steps")
        if steps and not begun and (folder / "pid").exists():
            begun.append(pid_of(folder))
            kernel.manager.interrupt_kernel()

    messages = kernel.run("%mlrun . -e outer", interrupt)
    assert printed(messages, "stderr").startswith("UsageError: Interrupted")
    card = cards(messages)[-1]
    assert [card["run"]["status"], card["steps"][0]["status"]] == ["KILLED", "KILLED"]
    assert gone(begun[0])


def test_a_program_in_the_background_gives_the_cell_back_and_is_stopped_by_the_page(kernel, folder):
    messages = kernel.run("%mlrun . -e wait --background --run-name behind")
    pid = pid_of(folder)
    (run,) = runs(mlflow__runName="behind")
    assert run.info.status == "RUNNING"
    card = cards(messages)[0]
    assert card["apart"] and not card["has_cells"]
    data = {"comm_id": "c1", "target_name": "jupyter_mlops.stop", "data": {"run_id": run.info.run_id}}
    kernel.client.shell_channel.send(kernel.client.session.msg("comm_open", data))
    assert gone(pid)
    for _ in range(100):
        if (status := mlflow.get_run(run.info.run_id).info.status) != "RUNNING":
            break
        time.sleep(0.1)
    assert status == "KILLED"


def test_a_program_ends_with_a_kernel_that_is_killed(start, folder):
    doomed = start()
    doomed.client.execute("%mlrun . -e wait --run-name doomed")
    pid = pid_of(folder)
    os.kill(doomed.manager.provisioner.pid, signal.SIGKILL)
    assert gone(pid)
    for _ in range(100):
        (run,) = runs(mlflow__runName="doomed")
        if run.info.status != "RUNNING":
            break
        time.sleep(0.1)
    assert run.info.status == "KILLED"


def test_a_tree_of_very_many_steps_is_bounded():
    client = mlflow.MlflowClient()
    top = client.create_run("0")
    parent = {"mlflow.parentRunId": top.info.run_id}
    for n in range(103):
        client.create_run("0", start_time=n + 1, tags=parent, run_name=f"s{n}")
    inner = client.create_run("0", start_time=500, tags={"mlflow.parentRunId": runs(mlflow__runName="s50")[0].info.run_id}, run_name="inner")
    found = answer(current_store(), "run_steps", {"run_id": top.info.run_id})
    names = [(step["name"], step["depth"]) for step in found["steps"]]
    assert names[:2] == [("s4", 0), ("s5", 0)]
    assert names[names.index(("s50", 0)) + 1] == ("inner", 1)
    assert (len(names), found["more"]) == (100, 4)
    assert inner.info.run_id in [step["run_id"] for step in found["steps"]]
