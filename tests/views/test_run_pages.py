"""What the page of a run asks for: its files as far as they can be shown, logs, models, code, lineage, runs below it."""

import hashlib
import json
import os

import duckdb
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

import jupyter_mlops as mlflow
from jupyter_mlops.entities.authors import Author
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb.tables import table_part, write_parquet
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.actions import act
from jupyter_mlops.views.requests import answer

SCRIPT = "<script>window.hacked=1</script>"


@pytest.fixture
def run_id():
    with mlflow.start_run(run_name="filled") as run:
        return run.info.run_id


def put(run_id, path, text):
    put_text((current_store(), run_id), text, path)


def ask(view, run_id, **asked):
    return json.loads(json.dumps(answer(current_store(), view, {"run_id": run_id, **asked}), allow_nan=False))


def show(run_id, path, **asked):
    return ask("run_file", run_id, path=path, **asked)


def test_a_large_folder_comes_in_stretches_and_is_searched(run_id, tmp_path):
    many = tmp_path / "many"
    (many / "deep").mkdir(parents=True)
    for number in range(1200):
        (many / f"part-{number:04}.txt").write_text("x")
    (many / "deep" / "Part-7.txt").write_text("xy")
    mlflow.MlflowClient().log_artifacts(run_id, str(many), "many")
    first = ask("run_files", run_id, folder="many", limit=100)
    assert (first["total"], len(first["files"]), first["files"][0]) == (1201, 100, {"path": "many/deep", "is_dir": True, "size": None})
    last = ask("run_files", run_id, folder="many", limit=100, offset=1200)
    assert last["files"] == [{"path": "many/part-1199.txt", "is_dir": False, "size": 1}]
    found = ask("run_files", run_id, search="PART-7.")
    assert found["files"] == [{"path": "many/deep/Part-7.txt", "is_dir": False, "size": 2}]
    for wrong in ({"limit": 501}, {"offset": -1}, {"folder": "../other"}):
        with pytest.raises(InvalidParameter):
            ask("run_files", run_id, **wrong)


def test_a_long_text_comes_in_parts_that_are_whole_lines(run_id):
    text = "".join(f"line {number} é\n" for number in range(30_000))
    put(run_id, "long.txt", text)
    read, start = "", 0
    while start is not None:
        part = show(run_id, "long.txt", offset=start)
        assert len(part["text"].encode()) <= 200_000 and part["text"].endswith("\n")
        read, start = read + part["text"], part["next"]
    assert read == text
    put(run_id, "one-line.txt", "é" * 150_000)
    first = show(run_id, "one-line.txt")
    assert first["text"] + show(run_id, "one-line.txt", offset=first["next"])["text"] == "é" * 150_000


def test_tables_are_read_by_rows_with_their_types(run_id, tmp_path):
    frame = pd.DataFrame({"n": range(1000), "word": [f"w{n}" for n in range(1000)], "at": pd.date_range("2024", periods=1000), "big": [2**60 + 1] * 1000})
    write_parquet(frame, str(tmp_path / "data*[x].parquet"))
    frame.to_csv(tmp_path / "data.csv", index=False)
    mlflow.MlflowClient().log_artifacts(run_id, str(tmp_path))
    for path in ("data*[x].parquet", "data.csv"):
        part = show(run_id, path, offset=990, limit=20)
        assert (part["kind"], part["total"], part["width"], len(part["rows"])) == ("table", 1000, 4, 10), path
        assert [column["name"] for column in part["columns"]] == ["n", "word", "at", "big"]
        assert [column["type"] for column in part["columns"]][:3] == ["BIGINT", "VARCHAR", part["columns"][2]["type"]]
        assert part["rows"][0] == [990, "w990", part["rows"][0][2], str(2**60 + 1)]
        assert part["rows"][0][2].startswith("2026-09-17")
    put(run_id, "eval.json", json.dumps({"columns": ["q", "a"], "data": [["one", 1], ["two", None]]}))
    assert show(run_id, "eval.json", offset=1)["rows"] == [["two", None]]
    put(run_id, "broken.parquet", "no table")
    assert show(run_id, "broken.parquet")["kind"] == "none"
    put(run_id, "huge.tsv", "a\tb\n1\t2\n")
    assert show(run_id, "huge.tsv")["rows"] == [[1, 2]]
    assert show(run_id, "huge.tsv", raw=True)["text"] == "a\tb\n1\t2\n"


def test_of_a_small_file_with_large_values_the_beginning_is_read(run_id, tmp_path):
    with duckdb.connect() as engine:
        large = "repeat('x', 1000000) AS a, repeat('y', 1000000)::blob AS b, [repeat('z', 1000000)] AS c, 1.5::decimal(3, 1) AS d"
        engine.execute(f"COPY (SELECT {large} FROM range(20)) TO '{tmp_path}/large.parquet'")
    mlflow.MlflowClient().log_artifact(run_id, str(tmp_path / "large.parquet"))
    part = table_part(str(tmp_path / "large.parquet"), "parquet", 0, 20)
    assert [len(str(value)) for value in part.rows[0]] == [2000, len(str(b"y" * 100)), 2000, 3]
    for shown in (show(run_id, "large.parquet"), answer(current_store(), "chart_artifacts", {"runs": [run_id], "path": "large.parquet"})["parts"][0]["table"]):
        assert (shown["total"], shown["rows"][0][3], max(len(str(value)) for value in shown["rows"][0])) == (20, "1.5", 2000)


def test_a_query_in_a_table_reads_no_other_file(run_id, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\nword\n")
    put(run_id, f"x'); FROM read_csv('{secret.name}.csv", "a\n1\n")
    found = show(run_id, f"x'); FROM read_csv('{secret.name}.csv")
    assert "word" not in json.dumps(found) and found["rows"] == [[1]]


def test_notebooks_are_shown_without_what_runs(run_id):
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", SCRIPT]},
        {"cell_type": "code", "source": "fit()", "execution_count": 3, "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["epoch 1\n", "epoch 2\n"]},
            {"output_type": "display_data", "data": {"text/html": f"<table onclick='x()'><tr><td>1</td></tr></table>{SCRIPT}", "text/plain": "t"}},
            {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo=\n"}},
            {"output_type": "display_data", "data": {"image/png": "x\" onerror=\"alert(1)", "text/plain": "instead"}},
            {"output_type": "display_data", "data": {"image/svg+xml": f"<svg>{SCRIPT}</svg>"}},
            {"output_type": "display_data", "data": {"application/javascript": "window.hacked=1"}},
            {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31mValueError\x1b[0m: no"]},
        ]},
        {"cell_type": 5, "source": None}, "no cell",
    ]  # fmt: skip
    put(run_id, "book.ipynb", json.dumps({"cells": cells, "metadata": {"language_info": {"name": "python"}}}))
    book = show(run_id, "book.ipynb")
    assert (book["kind"], book["language"], book["total"]) == ("notebook", "python", 4)
    note, code, odd = book["cells"]
    assert "<h1>Title" in note["html"] and "<script" not in note["html"]
    assert [one["kind"] for one in code["outputs"]] == ["text", "html", "image", "text", "image", "other", "error"]
    assert code["outputs"][1]["text"] == "<table><tbody><tr><td>1</td></tr></tbody></table>"
    assert code["outputs"][2]["text"] == "data:image/png;base64,iVBORw0KGgo="
    assert code["outputs"][4]["text"].startswith("data:image/svg+xml;base64,")
    assert (odd["kind"], odd["source"], code["count"]) == ("raw", "", 3)
    put(run_id, "none.ipynb", "{}")
    assert show(run_id, "none.ipynb")["kind"] == "text"


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    (
        ("a.json", '{"b": 12345678901234567890}', "text"), ("a.md", f"**x** {SCRIPT}", "note"), ("page.html", SCRIPT, "page"),
        ("x.svg", "<svg/>", "image"), ("noname", "plain", "text"), ("model.bin", "a\0b", "none"), ("empty.csv", "", "table"), ("deep.json", "[" * 100_000, "text"),
    ),
)  # fmt: skip
def test_what_a_file_is_shown_as(run_id, path, text, kind):
    put(run_id, path, text)
    found = show(run_id, path)
    assert (found["kind"], found["size"]) == (kind, len(text))
    if path == "a.json":
        assert found["text"] == '{\n  "b": 12345678901234567890\n}'
    if kind == "note":
        assert "<script" not in found["html"]


def test_what_is_not_there_or_leads_out_is_refused(run_id, tmp_path):
    put(run_id, "folder/a.txt", "x")
    for path, error in (("b.txt", NotFound), ("folder", NotFound), ("", NotFound), ("../x", InvalidParameter)):
        with pytest.raises(error):
            show(run_id, path)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    os.symlink(secret, os.path.join(current_store().get_run(run_id).info.artifact_uri, "link.txt"))
    with pytest.raises(InvalidParameter):
        show(run_id, "link.txt")


def test_a_log_is_sent_again_when_it_has_changed(run_id):
    assert ask("run_log", run_id) == {"files": [], "path": None, "size": 0, "start": 0, "text": None}
    put(run_id, "train.log", "a\n")
    put(run_id, "cell/stderr.txt", "warned\n")
    put(run_id, "cell/stdout.txt", "1\n")
    found = ask("run_log", run_id)
    assert [one["path"] for one in found["files"]] == ["cell/stdout.txt", "cell/stderr.txt", "train.log"]
    assert (found["path"], found["text"], found["size"]) == ("cell/stdout.txt", "1\n", 2)
    assert ask("run_log", run_id, known=2)["text"] is None
    put(run_id, "cell/stdout.txt", "1\n2\n")
    assert ask("run_log", run_id, known=2)["text"] == "1\n2\n"
    put(run_id, "train.log", "0123456789\n" * 100_000)
    cut = ask("run_log", run_id, path="train.log")
    assert cut["start"] + len(cut["text"]) == 1_100_000 and len(cut["text"]) <= 500_000 and cut["text"].startswith("0123456789\n")


def test_models_of_a_run_are_described_without_being_loaded(run_id, monkeypatch):
    data = pd.DataFrame({"a": [0.0, 1.0], "b": [1, 2]})
    with mlflow.start_run(run_id=run_id):
        mlflow.sklearn.log_model(DecisionTreeClassifier().fit(data, [0, 1]), name="tree", input_example=data)
    put(run_id, "broken/MLmodel", "[]")
    broken, tree = ask("run_models", run_id)["models"]
    assert (broken["name"], "problem" in broken) == ("broken", True)
    assert (tree["uri"], tree["signed"], tree["loaders"]) == (f"runs:/{run_id}/tree", "you", ["sklearn"])
    with monkeypatch.context() as patch:  # a folder that stands as it did is not digested again
        patch.delattr(hashlib, "file_digest")
        assert ask("run_models", run_id)["models"][1]["signed"] == "you"
    assert [one["name"] for one in tree["signature"]["inputs"]] == ["a", "b"]
    assert json.loads(tree["example"])["columns"] == ["a", "b"]
    put(run_id, "tree/requirements.txt", "evil")
    assert ask("run_models", run_id)["models"][1]["signed"] == "other"


def test_code_environment_and_what_to_compare_with(run_id):
    client = mlflow.MlflowClient()
    cells = [{"source": "import x", "count": 1}, {"source": "fit()", "cell_id": "c", "count": 4}]
    put(run_id, "cell/slice.json", json.dumps({"cells": cells, "hidden": [{"names": ["df"], "why": "was changed"}]}))
    put(run_id, "source/git.diff", "+ a\n")
    client.set_tag(run_id, "jupyter_mlops.packages", "pandas==2.2\nnumpy==1.26")
    client.set_tag(run_id, "jupyter_mlops.cell_id", "c")
    same, other = (client.create_run("0", run_name=name).info.run_id for name in ("same", "other"))
    client.set_tag(same, "jupyter_mlops.cell_id", "c")
    found = ask("run_code", run_id)
    assert [(cell["source"], cell["count"]) for cell in found["cells"]] == [("import x", 1), ("fit()", 4)]
    assert (found["hidden"], found["diff"]) == ([{"names": ["df"], "why": "was changed"}], "+ a\n")
    assert found["packages"] == [["pandas", "2.2"], ["numpy", "1.26"]]
    assert [(one["run_id"], one["why"]) for one in found["others"]] == [(same, "cell"), (other, "experiment")]


def test_lineage_from_data_over_the_run_to_versions(run_id):
    client = mlflow.MlflowClient()
    with mlflow.start_run(run_id=run_id):
        mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"a": [1]}), name="wine"), context="training")
    client.create_registered_model("wine")
    client.create_model_version("wine", f"runs:/{run_id}/model", run_id)
    found = ask("run_lineage", run_id)
    kinds = {node["id"]: node["kind"] for node in found["nodes"]}
    assert sorted(kinds.values()) == ["dataset", "run", "version"]
    assert [(kinds[row["from"]], kinds[row["to"]]) for row in found["rows"]] == [("dataset", "run"), ("run", "version")]


def test_runs_below_a_run_come_in_stretches_and_those_above_in_order():
    with mlflow.start_run(run_name="top") as top, mlflow.start_run(run_name="middle", nested=True) as middle:
        for number in range(5):
            with mlflow.start_run(run_name=f"leaf {number}", nested=True) as leaf:
                pass
    found = ask("run_children", middle.info.run_id, offset=3, limit=5)
    assert (found["total"], [one["name"] for one in found["runs"]]) == (5, ["leaf 3", "leaf 4"])
    above = ask("run_details", leaf.info.run_id)["parents"]
    assert [one["run_id"] for one in above] == [top.info.run_id, middle.info.run_id]
    mlflow.MlflowClient().set_tag(top.info.run_id, "mlflow.parentRunId", leaf.info.run_id)
    assert len(ask("run_details", leaf.info.run_id)["parents"]) == 2


def test_a_run_is_renamed(run_id):
    by = Author("somebody", None)
    act(current_store(), "rename_run", {"run_id": run_id, "name": " new name "}, by)
    assert mlflow.get_run(run_id).info.run_name == "new name"
    with pytest.raises(InvalidParameter):
        act(current_store(), "rename_run", {"run_id": run_id, "name": " "}, by)
