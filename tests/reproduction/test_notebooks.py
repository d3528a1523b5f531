"""A run as a notebook: what stands in it, and that what others logged stays text."""

import subprocess

import msgspec
import nbformat
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.tags import PACKAGES_TAG, PYTHON_TAG, REPRODUCES_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.reproduction.notebooks import notebook_of
from jupyter_mlops.reproduction.recordings import Hidden, Recording, SlicedCell, recording_of
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.requests import answer

TRACKED = "%%time\n%%track forest -e wine\nimport os\ndepth = 3  # of each tree\nname: str = 'oak'\nlate = depth\nmlflow.log_metric('x', late)"


def keep(run, *cells, hidden=()):
    recording = Recording([SlicedCell(cell) if isinstance(cell, str) else cell for cell in cells], list(hidden))
    put_text((current_store(), run.info.run_id), msgspec.json.encode(recording).decode(), "cell/slice.json")


def made(*cells, params=(), hidden=(), name="forest"):
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params(dict(params))
    keep(run, *cells, hidden=hidden)
    return run.info.run_id


def book_of(run_id):
    book = nbformat.from_dict(answer(current_store(), "run_notebook", {"run_id": run_id})["notebook"])
    nbformat.validate(book)
    return book


def test_params_stand_in_a_cell_of_their_own_and_the_new_run_is_linked():
    run_id = made("%load_ext jupyter_mlops", SlicedCell("1 / 0", failed=True), TRACKED, params={"depth": 3, "name": "oak"})
    head, *cells = book_of(run_id).cells
    assert head.source.startswith("# forest\n\nRun `")
    assert [(cell.source, cell.metadata.get("tags")) for cell in cells[:4]] == [
        ("depth = 3  # of each tree\nname: str = 'oak'", ["parameters"]),
        ("%load_ext jupyter_mlops", None),
        ("1 / 0", ["raises-exception"]),
        (
            f"%%time\n%%track forest -e wine --params depth,name -t {REPRODUCES_TAG}={run_id}\nimport os\nlate = depth\nmlflow.log_metric('x', late)",
            ["tracked"],
        ),
    ]  # fmt: skip
    assert run_id in cells[-1].source


def test_a_cell_that_is_longer_than_anybody_writes_is_not_read_as_python():
    book = book_of(made("%load_ext jupyter_mlops", f"{TRACKED}\n#{'x' * 200_000}", params={"depth": 3}))
    assert [cell.metadata.get("tags") for cell in book.cells[1:3]] == [None, ["tracked"]] and "depth = 3" in book.cells[2].source


def test_the_notebook_of_a_run_that_was_made_again_links_to_that_one():
    first = made("%load_ext jupyter_mlops", "depth = 3", f"%%track forest --params depth -t {REPRODUCES_TAG}=abc\nuse(depth)", params={"depth": 3})
    cells = book_of(first).cells
    assert cells[2].metadata["tags"] == ["parameters"]
    assert cells[3].source == f"%%track forest --params depth -t {REPRODUCES_TAG}={first}\nuse(depth)"


def test_commit_and_what_was_not_committed_are_told(tmp_path):
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path)]
    (tmp_path / "train.py").write_text("x = 1\n")
    for words in (["init", "-q"], ["add", "train.py"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    (tmp_path / "train.py").write_text("x = '```'\n")
    run_id = made("%load_ext jupyter_mlops", TRACKED)
    head, diff = (cell.source for cell in book_of(run_id).cells[:2])
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert f"git worktree add ../{commit[:12]} {commit}" in head
    assert "with changes that were not committed" in head
    assert "````diff\n" in diff and "+x = '```'\n" in diff


def test_what_others_logged_is_text_and_no_markup():
    evil = "<img src=x onerror=alert(1)> [a](javascript:b) `"
    run_id = made("x", "y", name=evil, hidden=[Hidden(["a`b|c"], "<b>why</b>")])
    for key in (PYTHON_TAG, PACKAGES_TAG):
        mlflow.MlflowClient().set_tag(run_id, key, "3 <img src=x onerror=location=name>")
    head = book_of(run_id).cells[0].source
    assert "<summary>Python 3 &lt;img src=x onerror=location=name&gt;, packages (1)</summary>" in head
    head = head.partition("<details>")[0]
    assert "<img" not in head.replace("\\<img", "") and "[a](" not in head
    assert "\\<b\\>why" in head and "`a'b|c`" in head
    assert answer(current_store(), "run_notebook", {"run_id": run_id})["name"] == f"img-src-x-onerror-alert-1-a-javascript-b-{run_id[:8]}.ipynb"


def test_a_child_has_the_cells_of_the_tracked_cell_above_it():
    with mlflow.start_run() as parent, mlflow.start_run(nested=True) as child:
        pass
    keep(parent, "a = 1", "%%track\na")
    store = current_store()
    assert [cell.source for cell in recording_of(store, store.get_run(child.info.run_id)).cells] == ["a = 1", "%%track\na"]


def test_an_id_that_would_be_code_makes_no_notebook():
    with mlflow.start_run() as run:
        pass
    with pytest.raises(InvalidParameter, match="Invalid run id"):
        notebook_of(current_store(), msgspec.structs.replace(run, info=msgspec.structs.replace(run.info, run_id='x"); evil("')))


@pytest.mark.parametrize("text", ("{", "[]", '{"cells": [{"source": 3}]}', "", '{"x":' * 10_000))
def test_a_file_that_cannot_be_read_leaves_a_notebook_without_cells(text):
    with mlflow.start_run() as run:
        mlflow.log_text(text, "cell/slice.json")
    assert "No cells were captured" in book_of(run.info.run_id).cells[0].source


@pytest.mark.parametrize("source", ("%%track" + " " * 500_000 + "x\nx = 1", "%%track\nx = 1\ry = 2\rlate = 3", "-" * 100_000 + "1", "x = " + "+".join("1" * 20_000), "%%sweep x=1..2 --metric m\nm = x"))
def test_cells_that_python_cannot_read_stay_as_they_are(source):
    params = {"x": "{[]: 1}", "late": "-" * 5_000 + "1"}
    run_id = made("%load_ext jupyter_mlops", source, params=params)
    mlflow.MlflowClient().set_tag(run_id, "jupyter_mlops.sweep.trial", "0")
    assert [cell for cell in book_of(run_id).cells if "tracked" in cell.metadata.get("tags", ())]


def test_runs_above_each_other_end():
    client = mlflow.MlflowClient()
    ids = [client.create_run("0").info.run_id for _ in range(2)]
    for run_id, other in (ids, ids[::-1]):
        client.set_tag(run_id, "mlflow.parentRunId", other)
    assert recording_of(current_store(), client.get_run(ids[0])) == Recording()
