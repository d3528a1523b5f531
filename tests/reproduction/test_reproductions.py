"""Runs made again, in this environment and in a fresh one."""

import json
import pathlib
import platform
import subprocess
import sys
from math import inf, nan

import nbformat
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.tags import PACKAGES_TAG, PYTHON_TAG
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.reproduction.agreements import agreement_of
from jupyter_mlops.reproduction.environments import requirements_of
from tests.environments import _CACHE

pytestmark = pytest.mark.filterwarnings("default")
SCRIPT = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "jupyter_mlops")
for cell in {cells!r}:
    shell.run_cell(cell)
"""
CELLS = ("import jupyter_mlops as mlflow\nimport six", "data = [1, 2, 3]", "%%track forest\ndepth = 3\nmlflow.log_metrics({'total': sum(data) * depth, 'half': 0.5})")


@pytest.fixture
def forest(python):
    """A run that a tracked cell has made in another process."""
    python(SCRIPT.format(cells=CELLS))
    return mlflow.search_runs(output_format="list")[0]


def test_a_notebook_is_written_and_another_one_is_not_written_over(forest):
    first, second = mlflow.reproduce("forest"), mlflow.reproduce("last")
    assert pathlib.Path(first.path).name == f"forest-{forest.info.run_id[:8]}.ipynb"
    assert pathlib.Path(second.path).name == f"forest-{forest.info.run_id[:8]}-2.ipynb"
    head = nbformat.read(first.path, 4).cells[0].source
    assert "**Packages** are the same now." in head
    assert not first.agrees and first.agreement is None
    assert mlflow.search_runs(output_format="list") == [forest]


def test_what_differs_from_now_is_told(forest, tmp_path):
    source = tmp_path / "wine.csv"
    source.write_text("a\n1\n")
    client = mlflow.MlflowClient()
    client.set_tag(forest.info.run_id, PACKAGES_TAG, "msgspec==0.0.1\nnot-there-at-all==1.0\n`<img src=//evil>|==1")
    client.set_tag(forest.info.run_id, PYTHON_TAG, "3.8.1")
    with mlflow.start_run(run_id=forest.info.run_id):
        mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"a": [1]}), source=str(source), name="wine"), context="training")
    pathlib.Path("sub").mkdir()
    assert mlflow.reproduce("forest", path="sub").path == str(tmp_path / f"sub/forest-{forest.info.run_id[:8]}.ipynb")
    head = nbformat.read(mlflow.reproduce("forest", path="sub/again.ipynb").path, 4).cells[0].source
    assert "| `msgspec` | `0.0.1` |" in head and "| `not-there-at-all` | `1.0` | not installed |" in head
    assert f"| `Python` | `3.8.1` | `{platform.python_version()}` |" in head and "| `'<img src=//evil>\\|` | `1` | not installed |" in head
    assert "| `wine` | `training` |" in head and "Data set `wine`: its file has changed since." in head
    now = mlflow.diff("forest", "now").data
    assert {row["name"] for row in now["environment"]} >= {"msgspec", "not-there-at-all"} and not now["code"]


def test_a_run_is_made_again_and_a_changed_world_is_noticed(forest):
    again = mlflow.reproduce(forest, execute=True, environment="current", path="again.ipynb")
    assert again.agrees and [row.verdict for row in again.agreement.rows] == ["same", "same"]
    assert again.new_run.data.tags["jupyter_mlops.reproduces"] == forest.info.run_id
    assert again.new_run.data.params == {"depth": "3"}
    assert again.new_run.info.experiment_id == forest.info.experiment_id
    assert list(again.to_frame()["verdict"]) == ["same", "same"] and "✓ all 2 metrics agree" in again._repr_html_()
    assert mlflow.diff(forest, again.new_run).data["code"] == []
    book = json.loads(pathlib.Path("again.ipynb").read_text())
    assert book["cells"][-1]["outputs"]
    mlflow.MlflowClient().log_metric(forest.info.run_id, "total", 17)
    changed = mlflow.reproduce("-2", execute=True, environment="current", path="again.ipynb")
    assert not changed.agrees and "total: 17 → 18 (differs)" in repr(changed)


def test_a_kernel_that_dies_is_told_of(python, monkeypatch):
    python(SCRIPT.format(cells=(*CELLS[:1], "%%track dies\nimport os\nif 'AGAIN' in os.environ: os._exit(1)")))
    monkeypatch.setenv("AGAIN", "1")
    again = mlflow.reproduce("dies", execute=True, environment="current")
    assert not again.agrees and again.error.startswith("Kernel died; its kernel was ") and again.new_run.info.run_id != again.run.info.run_id
    assert nbformat.read(again.path, 4).cells[1].execution_count


def test_a_run_is_made_again_in_a_fresh_environment(forest, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(_CACHE))
    client = mlflow.MlflowClient()
    client.set_tag(forest.info.run_id, PACKAGES_TAG, "six==1.16.0")  # not the version that is here
    again = mlflow.reproduce(forest.info.run_id, execute=True, environment="virtualenv")
    assert again.error is None and again.agrees
    assert "six==1.16.0" in again.new_run.data.tags[PACKAGES_TAG]
    assert "scikit-learn" not in again.new_run.data.tags[PACKAGES_TAG]


def test_a_run_inside_of_another_is_compared_with_the_one_in_its_place(python):
    loop = "for turn in range(3):\n    with mlflow.start_run(run_name=f'turn {turn}' if turn else None, nested=True):\n        mlflow.log_metric('turn', turn)"
    python(SCRIPT.format(cells=(*CELLS[:1], f"%%track turns\n{loop}")))
    again = mlflow.reproduce("turn 2", execute=True, environment="current", path="kept/")
    assert again.agrees and again.path.startswith(str(pathlib.Path("kept").resolve()) + "/turn-2-")
    assert (again.run.data.metrics, again.new_run.data.metrics, again.new_run.info.run_name) == ({"turn": 2.0}, {"turn": 2.0}, "turn 2")
    above, before = (mlflow.get_parent_run(run.info.run_id).info.run_id for run in (again.new_run, again.run))
    assert mlflow.get_run(above).data.tags["jupyter_mlops.reproduces"] == before
    assert mlflow.diff(again.run, again.new_run).data["code"] == []
    assert "It was made inside of run `turns`" in nbformat.read(again.path, 4).cells[0].source
    unnamed = next(run for run in mlflow.search_runs(output_format="list") if run.data.metrics.get("turn") == 0)
    assert mlflow.reproduce(unnamed, execute=True, environment="current").agrees


def test_what_cannot_be_made_again_says_why(forest):
    with mlflow.start_run(run_name="bare"):
        pass
    with pytest.raises(InvalidState, match="no captured cells"):
        mlflow.reproduce("bare", execute=True)
    with pytest.raises(InvalidParameter, match="uv, virtualenv, current"):
        mlflow.reproduce("forest", execute=True, environment="conda", path="x.ipynb")
    with pytest.raises(NotFound):
        mlflow.reproduce("nobody")
    with pytest.raises(mlflow.exceptions.MlflowException, match="cannot be written to /dev/null/x.ipynb"):
        mlflow.reproduce("forest", path="/dev/null/x.ipynb")


def test_a_name_steers_no_terminal(forest):
    mlflow.MlflowClient().update_run(forest.info.run_id, name="red \x1b[31m")
    assert "makes run red \\x1b[31m again" in repr(mlflow.reproduce(forest.info.run_id))


def test_nothing_is_installed_but_pinned_packages(forest):
    evil = (
        "--index-url http://evil/==", " --index-url=http://evil/==", "\t-r /etc/passwd==", "-e git+http://evil==1", "git+http://evil/x#egg=a==1",
        "six @ http://evil/six.whl?==1", "http://evil/six.whl?==1", "./six.whl==1", "six==1 --hash=a", "six==${HOME}", "six==1\\", "six==1; x", "a/b==1",
    )  # fmt: skip
    mlflow.MlflowClient().set_tag(forest.info.run_id, PACKAGES_TAG, "\n".join([*evil, "torch.x_y==2.0.0+cu118", "six==1.16.0"]))
    found = requirements_of(mlflow.get_run(forest.info.run_id))
    assert found[:2] == ["torch.x_y==2.0.0+cu118", "six==1.16.0"]
    assert not any(line in evil or any(sign in line for sign in " /@$;\\") for line in found)


def test_agreement():
    verdicts = {"a": (1.0, 1.0), "b": (0.5, 0.5 + 1e-9), "c": (0.5, 0.6), "d": (nan, nan), "e": (inf, inf), "f": (3.0, 4.0), "g": (1.0, None), "h": (None, 1.0)}
    old, new = ({key: pair[place] for key, pair in verdicts.items() if pair[place] is not None} for place in (0, 1))
    found = agreement_of({**old, "system/cpu": 1.0}, new)
    assert [row.verdict for row in found.rows] == ["same", "close", "differs", "same", "same", "differs", "missing", "new"]
    assert not found.agrees
    assert agreement_of({"<b>": 1.0}, {"<b>": 1.0})._repr_html_().count("&lt;b&gt;") == 1


def test_the_layer_is_light():
    code = "import sys, jupyter_mlops.views.requests; print(*({'nbclient', 'nbformat', 'jupyter_client', 'IPython', 'virtualenv'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""
