"""Notebooks as entry points: executed with parameters, kept, their tracked cells child runs."""

import json

import nbformat
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.exceptions import ExecutionException

MLPROJECT = "entry_points: {main: {parameters: {alpha: float, name: {default: a 'b'}}, command: train.ipynb}}"


@pytest.fixture
def notebook(project):
    """A function that makes a project of a notebook with these cells after its parameters."""

    def make(*cells, values="alpha = 0.1\nname = ''"):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (values, *cells)])
        book.cells[0].metadata["tags"] = ["parameters"]
        return project(**{"MLproject": MLPROJECT, "train.ipynb": nbformat.writes(book)})

    return make


def _kept(run_id):
    return nbformat.reads(mlflow.artifacts.load_text(f"runs:/{run_id}/train.ipynb"), 4)


def test_it_gets_parameters_and_is_kept_with_what_came_of_it(notebook):
    folder = notebook("import jupyter_mlops as mlflow", "mlflow.log_metric('double', alpha * 2); print(repr(name))")
    before = (folder / "train.ipynb").read_text()
    run = mlflow.get_run(projects.run(str(folder), parameters={"alpha": 0.5}).run_id)
    assert (run.info.status, run.data.metrics) == ("FINISHED", {"double": 1.0})
    assert run.data.params == {"alpha": "0.5", "name": "a 'b'"}
    kept = _kept(run.info.run_id)
    assert kept.cells[1].source == "alpha = 0.5\nname = \"a 'b'\""
    assert kept.cells[3].outputs[0].text == "\"a 'b'\"\n"
    assert (folder / "train.ipynb").read_text() == before


def test_a_word_of_python_is_a_parameter_of_the_run_alone(notebook):
    run = mlflow.get_run(projects.run(str(notebook()), parameters={"alpha": 1, "lambda": 2}).run_id)
    assert (run.info.status, run.data.params["lambda"]) == ("FINISHED", "2")


def test_a_notebook_with_braces_in_its_name_is_an_entry_point(notebook):
    folder = notebook()
    (folder / "train.ipynb").rename(folder / "a {1}.ipynb")
    assert projects.run(str(folder), "a {1}.ipynb").get_status() == "FINISHED"


def test_tracked_cells_are_child_runs(notebook):
    folder = notebook("%load_ext jupyter_mlops", "%%track one\nimport jupyter_mlops\njupyter_mlops.log_metric('a', alpha)", "%%track two\nb = 1")
    main = projects.run(str(folder), parameters={"alpha": 0.5}).run_id
    children = [run for run in mlflow.search_runs(output_format="list") if run.info.run_id != main]
    assert sorted(run.info.run_name for run in children) == ["one", "two"]
    assert {run.data.tags.get("mlflow.parentRunId") for run in children} == {main}
    assert mlflow.get_run(main).info.status == "FINISHED"


def test_an_error_in_a_cell_fails_the_run_and_is_kept(notebook):
    folder = notebook("1 / 0")
    with pytest.raises(ExecutionException, match="ZeroDivisionError: division by zero"):
        projects.run(str(folder), parameters={"alpha": 1})
    (run,) = mlflow.search_runs(output_format="list")
    assert run.info.status == "FAILED"
    assert _kept(run.info.run_id).cells[2].outputs[0].ename == "ZeroDivisionError"


def test_a_file_that_is_no_notebook_fails(project):
    folder = project(**{"MLproject": MLPROJECT, "train.ipynb": json.dumps([1])})
    with pytest.raises(ExecutionException, match="no notebook that can be read"):
        projects.run(str(folder), parameters={"alpha": 1})
