"""Magics that look at runs and add to them, in a real kernel; the store is read afterwards by another process."""

import json

import pytest

import jupyter_mlops as mlflow
from tests.magics.test_cells import execute, runs, shown  # noqa: F401 - a fixture

pytestmark = pytest.mark.filterwarnings("default")
THREE = """
for name, acc in (("forest", 0.9), ("tree", 0.7), ("svm", 0.8)):
    with mlflow.start_run(run_name=name):
        mlflow.log_param("kind", name)
        mlflow.log_metric("acc", acc)
"""


def text(cell):
    return "".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)


def test_runs_are_listed_searched_and_compared(execute):  # noqa: F811
    cells = execute(
        THREE, "%runs", "%runs metrics.acc > 0.75 --order metrics.acc", "%runs -n 1", "%runs -e nowhere", "least = 0.85\n%runs metrics.acc > {least}",
        "%compare forest best:acc:min", "%compare metrics.acc > 0.75", "%compare forest nobody", "%compare metrics.acc > 5",
        "found = %best acc --min\nprint(found.name, found.metrics, found.params)", "%best acc metrics.acc < 0.85", "%run_info forest",
        "%run_info -3", "%best auc", allow_errors=True,
    ).cells[2:]  # fmt: skip
    every, ordered, one, nowhere, variable, two, filtered, nobody, none, least, best, info, oldest, auc = map(text, cells)
    assert [line.split()[0] for line in every.splitlines()] == ["run", "svm", "tree", "forest"]
    assert [line.split()[0] for line in ordered.splitlines()[1:]] == ["svm", "forest"]
    assert "svm" in one and "forest" not in one
    assert "There is no experiment 'nowhere'" in nowhere
    assert "forest" in variable and "svm" not in variable
    assert "forest" in two and "tree" in two and "svm" not in two
    assert "forest" in filtered and "svm" in filtered and "tree" not in filtered
    assert "There is no run 'nobody'" in nobody and "No runs match; %runs lists" in none
    assert least == "tree {'acc': 0.7} {'kind': 'tree'}\n"
    assert best.startswith("svm finished")
    assert info.startswith("forest finished") and "metric acc: 0.9" in info and info.split("\n", 1)[1] == oldest.split("\n", 1)[1]
    assert "No such run has a metric 'auc' that is a number. There are 'acc'." in auc
    assert "Traceback" not in json.dumps([cell.outputs for cell in cells])


def test_more_is_said_of_the_open_run_and_the_last_one(execute, tmp_path):  # noqa: F811
    (tmp_path / "a file.txt").write_text("x")
    (tmp_path / "b.png").write_text("y")
    cells = execute(
        "%note too early", "%log acc=1",
        "%%track forest\nimport numpy as np\nx = [1, 2]\n%log acc=sum(x, start=-1)/len(x) val/n=np.float32(2) kind='a b' --step 3\n%note it's *good*: $x^2$ for ${5} and {x}",
        "%note -a and small -n really", "%note", "%tag team=a 'why=not so'", "%artifact 'a file.txt' *.png --to files", "%tag team=b --run forest",
        "%artifact nothing.txt", "%tag team", "%log acc=1/0 --run forest", "%log password='x' --run last", "%log acc=1 b= --run last", "%log acc=1",
        allow_errors=True,
    ).cells[1:]  # fmt: skip
    said = [text(cell) for cell in cells]
    (run,) = mlflow.search_runs(output_format="list")
    assert run.data.metrics == {"acc": 1.0, "val/n": 2.0}
    assert [point.step for point in mlflow.MlflowClient().get_metric_history(run.info.run_id, "acc")] == [3]
    assert run.data.params == {"kind": "a b"}
    assert run.data.tags["mlflow.note.content"] == "it's *good*: $x^2$ for ${5} and {x}\n\nand small -n really"
    assert said[4] == "it's *good*: $x^2$ for ${5} and {x}\n\nand small -n really\n"
    assert (run.data.tags["team"], run.data.tags["why"]) == ("b", "not so")
    folder = tmp_path / "mlartifacts" / "0" / run.info.run_id / "artifacts" / "files"
    assert {path.name for path in folder.iterdir()} >= {"a file.txt", "b.png"}
    wrong = dict(zip(("note", "log", "file", "tag", "zero", "secret", "python", "closed"), [*said[:2], *said[8:]], strict=True))
    hints = {
        "note": "none has ended here", "log": "No run is open", "file": "no file 'nothing.txt'", "tag": "KEY=VALUE", "zero": "ZeroDivisionError",
        "secret": "sounds like a secret", "python": "no Python expression", "closed": "No run is open",
    }  # fmt: skip
    for key, hint in hints.items():
        assert hint in wrong[key] and len(wrong[key].strip().splitlines()) == 1, wrong[key]
    assert "Traceback" not in json.dumps([cell.outputs for cell in cells])


def test_experiments_are_switched_and_listed(execute):  # noqa: F811
    cells = execute("%experiment iris", "%%track first\n1", "%experiment", "%experiment Default", "%%track second\n1", "%runs -e iris").cells[1:]
    assert "iris" in text(cells[0]) and "Runs belong to 'iris'." in text(cells[2])
    assert {line.split()[0]: line.split()[1] for line in text(cells[2]).splitlines()[2:]} == {"iris": "1", "Default": "0"}
    names = {e.experiment_id: e.name for e in mlflow.search_experiments()}
    found = {run.info.run_name: names[run.info.experiment_id] for run in mlflow.search_runs(search_all_experiments=True, output_format="list")}
    assert found == {"first": "iris", "second": "Default"}
    assert "first" in text(cells[5]) and "second" not in text(cells[5])
