"""Files of runs side by side: which one is shown, what differs, and what foreign files can not do."""

import base64
import io
import json

import numpy as np
import PIL.Image
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.charts.files import MOST_BYTES
from jupyter_mlops.views.requests import answer


def log(name, **files):
    """A run with those text files."""
    with mlflow.start_run(run_name=name) as run:
        for path, text in files.items():
            mlflow.log_text(text, path.replace("__", "/").replace("_DOT_", "."))
    return run.info.run_id


def files(*runs, **asked):
    return json.loads(json.dumps(answer(current_store(), "chart_artifacts", {"runs": list(runs), **asked}), allow_nan=False))


def test_texts_are_shown_with_what_differs():
    runs = [log("one", notes_DOT_txt="a\nb\nc"), log("two", notes_DOT_txt="a\nx\nc"), log("three")]
    found = files(*runs)
    assert [(one["path"], one["count"]) for one in found["files"]] == [("notes.txt", 2)]
    assert [part.get("text") for part in found["parts"]] == ["a\nb\nc", "a\nx\nc", None]
    assert (found["diff"]["added"], found["diff"]["removed"]) == (1, 1)


def test_tables_of_all_kinds_are_read():
    with mlflow.start_run() as run:
        mlflow.log_table({"q": ["one", "two"], "score": [0.5, float("nan")]}, "eval.json")
        mlflow.log_table({"q": ["one"], "score": [2]}, "eval.parquet")
        mlflow.log_text("q,score\none,3\n", "eval.csv")
    tables = {path: files(run.info.run_id, path=path)["parts"][0]["table"] for path in ("eval.json", "eval.parquet", "eval.csv")}
    assert {path: table["columns"] for path, table in tables.items()} == {path: ["q", "score"] for path in tables}
    assert {path: table["rows"][0] for path, table in tables.items()} == {"eval.json": ["one", 0.5], "eval.parquet": ["one", 2], "eval.csv": ["one", 3]}
    assert tables["eval.json"]["rows"][1] == ["two", None]


def test_pictures_stand_before_texts_and_confusion_matrices_before_all():
    with mlflow.start_run() as run:
        mlflow.log_text("a", "a.txt")
        mlflow.log_image(np.eye(8), "a.png")
        mlflow.log_dict({"labels": ["cat", "dog"], "matrix": [[3, 1], [0, 4]]}, "eval/confusion_matrix.json")
    found = files(run.info.run_id)
    assert [one["path"] for one in found["files"]] == ["eval/confusion_matrix.json", "a.png", "a.txt"]
    assert found["figure"]["data"][0]["text"] == [["3", "1"], ["0", "4"]]
    src = files(run.info.run_id, path="a.png")["parts"][0]["src"]
    head, _, data = src.partition(",")
    assert head == "data:image/png;base64"
    assert PIL.Image.open(io.BytesIO(base64.b64decode(data))).size == (8, 8)


def test_files_of_models_and_of_series_have_places_of_their_own():
    with mlflow.start_run() as run:
        mlflow.log_text("flavors: {}", "model/MLmodel")
        mlflow.log_text("numpy", "model/requirements.txt")
        mlflow.log_image(np.eye(8), key="eye", step=1)
    assert files(run.info.run_id)["files"] == []


def test_a_file_that_is_not_what_its_name_says_is_shown_as_it_is_or_not():
    odd = {"confusion_matrix_DOT_json": "[[1, 2], [3]]", "broken_DOT_json": "{", "broken_DOT_csv": "", "broken_DOT_parquet": "no"}
    run = log("odd", **odd, big_DOT_txt="x" * (MOST_BYTES + 1))
    assert files(run, path="confusion_matrix.json")["parts"][0]["text"] == "[[1, 2], [3]]"
    assert files(run, path="broken.json")["parts"][0]["text"] == "{"
    assert "table" not in files(run, path="broken.csv")["parts"][0]
    assert "table" not in files(run, path="broken.parquet")["parts"][0]
    assert "text" not in files(run, path="big.txt")["parts"][0]


def test_a_file_made_to_break_the_view_is_shown_as_text_or_as_far_as_it_can_be_said():
    nested, halved = "[" * 200_000, '{"columns": ["\\ud800"], "data": [["\\udfff"]]}'
    run = log("one", deep_DOT_json=nested, confusion_DOT_json=nested, halved_DOT_json=halved)
    for path in ("deep.json", "confusion.json"):
        assert files(run, path=path)["parts"][0]["text"] == nested
    assert files(run, path="halved.json")["parts"][0]["table"]["rows"] == [["?"]]


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "nothing.txt"])
def test_only_files_that_are_listed_are_read(path):
    run = log("one", notes_DOT_txt="a")
    found = files(run, path=path)
    assert (found["path"], found["parts"][0]["text"]) == ("notes.txt", "a")


def test_images_are_shown_at_a_step_or_before_it():
    runs = []
    for steps in ((0, 5, 10), (0, 4)):
        with mlflow.start_run() as run:
            for step in steps:
                mlflow.log_image(np.full((4, 4), step / 10), key="plots/eye", step=step)
        runs.append(run.info.run_id)

    def shown(**asked):
        found = answer(current_store(), "chart_images", {"runs": runs, **asked})
        return found, [part["step"] for part in found["parts"]]

    found, steps = shown()
    assert (found["keys"], found["steps"], found["step"], steps) == (["plots/eye"], [0, 4, 5, 10], 10, [10, 4])
    assert shown(step=4)[1] == [0, 4]
    small = PIL.Image.open(io.BytesIO(base64.b64decode(found["parts"][0]["src"].partition(",")[2])))
    assert (small.format, small.size) == ("WEBP", (256, 256))
    assert np.asarray(small.convert("L")).mean() == pytest.approx(255, abs=3)
