"""Projects made of notebooks run at once, with other parameters, and hold nothing that was not asked for."""

import json
import os
import platform

import nbformat
import pytest
import sklearn
import yaml

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.errors import AlreadyExists, ExecutionException, InvalidParameter
from jupyter_mlops.projects import drafts

PARAMETERS = '# what may vary\nalpha: float = 0.1\nepochs = 5\ndata = "in/x.csv"\nname = "wine"\nfast = True\napi_key = "k"\nsizes = [1]'
CELLS = (
    "%load_ext jupyter_mlops\nimport os, json",
    PARAMETERS,
    "import jupyter_mlops as mlflow, shapes\nmlflow.set_experiment('elsewhere')\ndef later():\n    from sklearn.linear_model import Ridge",
    "mlflow.start_run()\nmlflow.log_metrics({'product': shapes.product(alpha, epochs), 'rows': len(open(data).readlines())})\nprint(name, fast)",
)


@pytest.fixture
def notebook(tmp_path):
    """A function that writes a notebook of these cells, executed once, with what lies beside it."""

    def write(*cells, tags=(), language="python"):
        folder = tmp_path / "work"
        for path, text in {
            "shapes.py": "from sizes.edges import multiply as product", "sizes/__init__.py": "", "sizes/edges.py": "def multiply(a, b):\n    return a * b\n",
            "in/x.csv": "a\n1\n2\n", ".env": "", "prod.env": "", "unused.py": "",
        }.items():  # fmt: skip
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        output = nbformat.v4.new_output("stream", text="made before")
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source, outputs=[output], execution_count=3) for source in cells or CELLS],
            metadata={"kernelspec": {"name": "k", "display_name": "k", "language": language}, "widgets": {"state": "large"}},
        )
        for number in tags:
            book.cells[number].metadata["tags"] = ["mine", "parameters"]
        nbformat.write(book, folder / "train.ipynb")
        return folder / "train.ipynb"

    return write


def test_it_runs_at_once_with_other_parameters(notebook, tmp_path):
    path = notebook()
    before = path.read_bytes()
    project = projects.new_project(path, tmp_path / "wine", name="Wine")
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    (tmp_path / "work").rename(tmp_path / "away")  # the project needs nothing of where it comes from
    defaults = mlflow.get_run(mlflow.run(project.folder, env_manager="local").run_id)
    assert (defaults.info.status, defaults.data.metrics) == ("FINISHED", {"product": 0.5, "rows": 3})
    varied = mlflow.get_run(mlflow.run(project.folder, parameters={"alpha": 2, "epochs": 3, "data": other, "name": "5"}, env_manager="local").run_id)
    assert varied.data.metrics == {"product": 6, "rows": 2}
    kept = nbformat.reads(mlflow.artifacts.load_text(f"runs:/{varied.info.run_id}/train.ipynb"), 4)
    assert kept.cells[-1].outputs[0].text == "5 True\n"
    assert (tmp_path / "away" / "train.ipynb").read_bytes() == before


def test_what_is_written(notebook):
    folder = projects.new_project(notebook()).folder
    written = {os.path.relpath(os.path.join(place, name), folder) for place, _, names in os.walk(folder) for name in names}
    assert os.path.basename(folder) == "train"
    assert written == {"MLproject", "python_env.yaml", "train.ipynb", "shapes.py", "sizes/__init__.py", "sizes/edges.py", "in/x.csv"}
    with open(f"{folder}/MLproject") as file:
        said = yaml.safe_load(file)
    assert said["entry_points"]["main"] == {
        "parameters": {
            "alpha": {"type": "float", "default": 0.1}, "epochs": {"type": "int", "default": 5}, "data": {"type": "path", "default": "in/x.csv"},
            "name": {"type": "string", "default": "wine"}, "fast": {"type": "string", "default": "True"},
        },
        "command": "train.ipynb",
    }  # fmt: skip
    with open(f"{folder}/python_env.yaml") as file:
        environment = yaml.safe_load(file)
    assert environment["dependencies"] == [f"scikit-learn=={sklearn.__version__}", "jupyter-mlops"]
    assert environment["python"] == platform.python_version()
    book = nbformat.read(f"{folder}/train.ipynb", 4)
    nbformat.validate(book)
    assert [cell.metadata.get("tags") for cell in book.cells] == [None, ["parameters"], None, None]
    assert {(len(cell.outputs), cell.execution_count) for cell in book.cells} == {(0, None)}
    assert "widgets" not in book.metadata


def test_a_tagged_cell_is_taken_before_the_first_of_literals(notebook):
    draft = drafts.draft_of(notebook("a = 1", "import os\nb = 2.5\nc = os.sep", tags=[1]))
    assert draft.parameters == (projects.definitions.Parameter("b", "float", "2.5"),)
    assert [cell["metadata"].get("tags") for cell in draft.notebook["cells"]] == [None, ["mine", "parameters"]]


def test_a_notebook_without_parameters_is_a_project_too(notebook):
    project = projects.new_project(notebook("x = len('ab')\ny = 1", "import nowhere_at_all"))
    assert project.entry_points["main"].parameters == ()
    assert drafts.draft_of(os.path.join(project.folder, "train.ipynb")).missing == ("nowhere_at_all",)


def test_no_file_is_replaced_unasked(notebook, tmp_path):
    path, folder = notebook(), tmp_path / "wine"
    folder.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (folder / "MLproject").symlink_to(precious)
    with pytest.raises(AlreadyExists, match="there is already MLproject. Give another folder"):
        projects.new_project(path, folder)
    assert os.listdir(folder) == ["MLproject"]
    projects.new_project(path, folder, overwrite=True, requirements=["numpy"])
    assert precious.read_text() == "mine"
    assert "- numpy\n" in (folder / "python_env.yaml").read_text()
    with pytest.raises(InvalidParameter, match="own folder"):
        projects.new_project(path, path.parent, overwrite=True)
    (folder / "python_env.yaml").unlink()
    (folder / "python_env.yaml").mkdir()
    with pytest.raises(ExecutionException, match="cannot be written to"):
        projects.new_project(path, folder, overwrite=True)


def test_no_link_in_the_project_leads_to_what_is_replaced(notebook, tmp_path):
    path, folder = notebook(), tmp_path / "wine"
    folder.mkdir()
    (folder / "in").symlink_to(path.parent / "in")
    with pytest.raises(InvalidParameter, match="leads elsewhere, where in/x.csv would be"):
        projects.new_project(path, folder, overwrite=True)
    assert (path.parent / "in" / "x.csv").read_text() == "a\n1\n2\n"
    assert os.listdir(folder) == ["in"]


def test_a_notebook_that_names_a_project_becomes_another(notebook):
    path = notebook("names = ['MLproject', 'python_env.yaml']")
    for name in ("MLproject", "python_env.yaml"):
        (path.parent / name).write_text("name: old")
    assert projects.new_project(path).name == "train"


def test_what_looks_like_a_secret_or_lies_elsewhere_stays(notebook, tmp_path, monkeypatch):
    outside = tmp_path / "outside.csv"
    outside.write_text("x")
    path = notebook(f"names = ['.env', 'prod.env', '../outside.csv', {str(outside)!r}, 'linked.csv', 'in', 'a\\0b']", "big = 'in/x.csv'")
    (path.parent / "linked.csv").symlink_to(outside)
    assert drafts.draft_of(path).files == ("in/x.csv",)
    monkeypatch.setattr(drafts, "LARGEST_FILE", 1)
    draft = drafts.draft_of(path)
    assert (draft.files, draft.left) == ((), ("in/x.csv",))


def test_large_data_is_named_where_it_lies(notebook, monkeypatch):
    path = notebook("data = 'in/x.csv'")
    monkeypatch.setattr(drafts, "LARGEST_FILE", 1)
    (parameter,) = projects.new_project(path).entry_points["main"].parameters
    assert parameter.default == str(path.parent / "in" / "x.csv")


def test_what_is_no_notebook_of_python_is_refused(notebook, tmp_path):
    with pytest.raises(ExecutionException, match="notebook of R"):
        projects.new_project(notebook(language="R"))
    (tmp_path / "no.ipynb").write_text(json.dumps({"cells": 3}))
    with pytest.raises(ExecutionException, match="no notebook"):
        projects.new_project(tmp_path / "no.ipynb")
    with pytest.raises(InvalidParameter, match="say its path"):
        projects.new_project()
