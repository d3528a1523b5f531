"""``%track on``: cells are steps of one run, in real kernels; the store is read afterwards by another process."""

import pytest

from tests.magics.test_cells import execute, runs, shown  # noqa: F401 - a fixture

pytestmark = pytest.mark.filterwarnings("default")


def test_cells_are_steps_of_one_run(execute, tmp_path):  # noqa: F811
    book = execute(
        "%track on story -p data=iris -t team=a", "import os\n%matplotlib inline", "depth = 3\nprint('hello')\nmlflow.log_metric('a', 1)",
        "depth = 4\ndepth + 1", "%%track own\nmlflow.log_metric('b', 2)", "with mlflow.start_run(run_name='inner'):\n    mlflow.log_metric('c', 3)",
        "x = (", "1 / 0", "import asyncio\nawait asyncio.sleep(0)", "from threading import Thread\nt = Thread(target=lambda: mlflow.log_metric('d', 4))\nt.start(); t.join()",
        "%track on again", "%track off", "depth = 5", "%track off", "%track sideways", "%%track outer\n%track on inside", allow_errors=True,
    )  # fmt: skip
    found = runs()
    story = found["story"]
    assert (story.info.status, story.data.params, story.data.tags["team"]) == ("FINISHED", {"data": "iris"}, "a")
    assert found.pop("outer").info.status == "FAILED" and "in a cell of its own" in shown(book.cells[16])
    assert set(found) == {"story", "own", "inner", "cell 4", "cell 5", "cell 7", "cell 9", "cell 10", "cell 11"}
    parents = {name: run.data.tags.get("mlflow.parentRunId") for name, run in found.items()}
    assert parents.pop("inner") == found["cell 7"].info.run_id and parents.pop("story") is None
    assert set(parents.values()) == {story.info.run_id}
    assert [found[name].data.params for name in ("cell 4", "cell 5")] == [{"depth": "3"}, {"depth": "4"}]
    assert [found[name].data.metrics for name in ("cell 4", "own", "inner", "cell 11")] == [{"a": 1.0}, {"b": 2.0}, {"c": 3.0}, {"d": 4.0}]
    assert found["cell 9"].info.status == "FAILED" and "ZeroDivisionError" in found["cell 9"].data.tags["jupyter_mlops.error"]
    folder = tmp_path / "mlartifacts" / "0" / found["cell 4"].info.run_id / "artifacts" / "cell"
    assert (folder / "source.py").read_text().startswith("depth = 3") and (folder / "stdout.txt").read_text() == "hello\n"
    assert [len(book.cells[number].outputs) for number in (3, 4)] == [1, 1]  # what the cell itself shows, and no card
    assert "already" in shown(book.cells[11]) and "No run of the notebook" in shown(book.cells[14]) and "on [NAME] | off" in shown(book.cells[15])


def test_the_end_of_the_kernel_ends_the_run_of_the_notebook(execute):  # noqa: F811
    execute("%track on story", "a = 1")
    assert {name: run.info.status for name, run in runs().items()} == {"story": "FINISHED", "cell 3": "FINISHED"}


def test_a_kernel_that_is_killed_leaves_killed_runs(execute):  # noqa: F811
    from nbclient.exceptions import DeadKernelError

    with pytest.raises(DeadKernelError):
        execute("%track on story", "import os, signal\nmlflow.log_metric('a', 1)\nos.kill(os.getpid(), signal.SIGKILL)")
    assert {name: run.info.status for name, run in runs().items()} == {"story": "KILLED", "cell 3": "KILLED"}
    assert runs()["cell 3"].data.metrics == {"a": 1.0}


def test_unloading_the_extension_ends_the_run(execute):  # noqa: F811
    execute("%track on story", "%unload_ext jupyter_mlops", "a = 1")
    assert {name: run.info.status for name, run in runs().items()} == {"story": "FINISHED"}
