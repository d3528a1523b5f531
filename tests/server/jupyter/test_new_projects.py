"""Notebooks of the file browser as projects: what they would be, their making, and what is refused."""

import nbformat
import pytest

import jupyter_mlops as mlflow

CELLS = ("alpha = 0.5\ndata = 'x.csv'", "import numpy, nowhere_at_all, jupyter_mlops as m\nm.start_run()\nm.log_metric('rows', len(open(data).readlines()) * alpha)")


@pytest.fixture
def folder(jupyter, request):
    """A folder in the file browser with a notebook and its data."""
    folder = jupyter.folder / request.node.name
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS]), folder / "train.ipynb")
    (folder / "x.csv").write_text("1\n2\n")
    return folder


def test_what_is_found_can_be_changed_and_is_made(jupyter, folder):
    path = f"{folder.name}/train.ipynb"
    with jupyter.user as user:
        draft = user.get("project", params={"path": path}).json()
        assert draft["parameters"] == [{"name": "alpha", "type": "float", "default": "0.5"}, {"name": "data", "type": "path", "default": "x.csv"}]
        assert (draft["name"], draft["folder"], draft["files"], draft["missing"]) == ("train", f"{folder.name}/train", ["x.csv"], ["nowhere_at_all"])
        asked = {"folder": f"{folder.name}/wine", "name": "Made", "requirements": ["jupyter-mlops"]}
        made = user.post("project", params={"path": path}, json=asked)
        assert made.json() == {"path": f"{folder.name}/wine/MLproject"}, made.text
        again = user.post("project", params={"path": path}, json=asked)
        assert (again.status_code, again.json()["error_code"]) == (400, "RESOURCE_ALREADY_EXISTS")
        assert user.post("project", params={"path": path}, json=asked | {"overwrite": True}).status_code == 200
    assert "- jupyter-mlops\n" in (folder / "wine" / "python_env.yaml").read_text()
    nbformat.validate(nbformat.read(folder / "wine" / "train.ipynb", 4))
    assert mlflow.projects.definitions.read_project(str(folder / "wine")).name == "Made"


def test_nothing_outside_of_the_file_browser_is_read_or_written(jupyter, folder, tmp_path):
    (folder / "out").symlink_to(tmp_path)
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "secret.ipynb")
    asked = {"folder": f"{folder.name}/wine", "name": "wine", "requirements": []}
    with jupyter.user as user:
        for path in ("../secret.ipynb", str(tmp_path / "secret.ipynb"), f"{folder.name}/out/secret.ipynb", "none.ipynb"):
            assert user.get("project", params={"path": path}).status_code == 404, path
            assert user.post("project", params={"path": path}, json=asked).status_code == 404, path
        wrong = {"..": 400, f"{folder.name}/out/wine": 404, f"{folder.name}/.hidden": 400, f"{folder.name}/a\0b": 404, "": 400, str(tmp_path): 200}
        for place, status in wrong.items():
            answer = user.post("project", params={"path": f"{folder.name}/train.ipynb"}, json=asked | {"folder": place})
            assert answer.status_code == status, (place, answer.text)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.ipynb"], "an absolute path is one below the file browser's root"
