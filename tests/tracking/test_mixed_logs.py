"""log(): each value is kept as what it is."""

import pathlib

import numpy as np
import pandas as pd
import PIL.Image
import plotly.graph_objects
import pytest
from matplotlib.figure import Figure

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, ParamAlreadyLogged


def files(run_id, folder=""):
    found = mlflow.artifacts.list_artifacts(run_id=run_id, artifact_path=folder)
    return sorted(p for info in found for p in (files(run_id, info.path) if info.is_dir else [info.path]))


def test_each_value_is_kept_as_what_it_is(sql):
    pathlib.Path("notes.txt").write_text("hello")
    pathlib.Path("folder").mkdir()
    pathlib.Path("folder/a.txt").write_text("a")
    drawn = Figure()
    drawn.add_subplot().plot([1, 2])
    with mlflow.start_run() as run:
        mlflow.log({
            "loss": 0.5, "count": 3, "one": np.float32(2), "array": np.array([7]), "model": "forest", "none": None, "on": True,
            "np_on": np.True_, "image": PIL.Image.new("L", (2, 2)), "roc": drawn, "curve": plotly.graph_objects.Figure(),
            "table": pd.DataFrame({"a": [1]}), "classes.yaml": ["x"], "dict": {"k": 1}, "readme": pathlib.Path("notes.txt"),
            "all": pathlib.Path("folder"),
        })  # fmt: skip
    assert dict(sql("SELECT key, value FROM metrics")) == {"loss": 0.5, "count": 3, "one": 2, "array": 7}
    assert dict(sql("SELECT key, value FROM params")) == {
        "model": "forest",
        "none": "None",
        "on": "True",
        "np_on": "True",
    }
    assert files(run.info.run_id) == [
        "all/a.txt", "classes.yaml", "curve.html", "dict.json", "image.png", "readme.txt", "roc.png", "table.json",
    ]  # fmt: skip
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/readme.txt") == "hello"


def test_with_a_step(sql):
    with mlflow.start_run() as run:
        for step in (1, 2):
            mlflow.log({"loss": 1 / step, "better": step == 2, "table": pd.DataFrame({"a": [step]})}, step=step)
        mlflow.log({"image": PIL.Image.new("L", (2, 2))}, step=3)
    assert sql("SELECT key, value, step FROM metrics ORDER BY ALL") == [
        ("better", 0, 1), ("better", 1, 2), ("loss", 0.5, 2), ("loss", 1, 1),
    ]  # fmt: skip
    found = files(run.info.run_id)
    assert [name for name in found if not name.startswith("images/")] == ["table/1.json", "table/2.json"]
    assert any(name.startswith("images/image+step+3+") for name in found)


@pytest.mark.parametrize(
    ("wrong", "step", "error", "hint"),
    [
        ({"x": object()}, None, InvalidParameter, "'x' is a object: log.. keeps"),
        ({"x": np.zeros(2)}, None, InvalidParameter, "'x' is a ndarray"),
        ({"x": "text"}, 1, InvalidParameter, "'x': a text has no steps"),
        ({"../x": [1]}, None, InvalidParameter, "clean relative path"),
        ({"x": pathlib.Path("none.txt")}, None, FileNotFoundError, "none.txt"),
        ({"model": "other"}, None, ParamAlreadyLogged, "already 'forest'"),
        ({"a:b": pd.DataFrame({"a": [1]})}, None, ValueError, "name of a table"),
        ({"x": pd.DataFrame({"a": [PIL.Image.new("L", (2, 2)), 1]})}, None, ValueError, "images and other"),
        ({"x": pd.DataFrame({"a": [b"\xff"]})}, None, UnicodeDecodeError, "utf-8"),
        ({"x": {(1, 2): 3}}, None, TypeError, "keys must be"),
        ({"x.jpg": PIL.Image.new("RGBA", (2, 2))}, None, OSError, "JPEG"),
        ({"a:b": PIL.Image.new("L", (2, 2))}, 1, ValueError, "key of images"),
        ({"x" * 240: PIL.Image.new("L", (2, 2))}, 1, ValueError, "240 characters"),
        ({"é" * 240: [1]}, None, InvalidParameter, "too long to name a file"),
        ({}, "../x", InvalidParameter, "step"),
    ],
)
def test_what_cannot_be_kept_is_an_error_and_nothing_is_written(sql, wrong, step, error, hint):
    with mlflow.start_run() as run:
        mlflow.log({"model": "forest"})
        with pytest.raises(error, match=hint):
            mlflow.log({"loss": 1, "dict": {}, **wrong}, step=step)
    assert sql("SELECT count(*) FROM metrics") == [(0,)]
    assert files(run.info.run_id) == []


def test_only_suffixes_that_the_value_is_kept_as_are_one(sql):
    pathlib.Path("notes.txt").write_text("hello")
    pathlib.Path("bare").write_text("hello")
    values = {
        "table.v2": pd.DataFrame({"a": [1]}), "t.parquet": pd.DataFrame({"a": [1]}), "d.v2": [1], "d.yml": [1],
        "i.v2": PIL.Image.new("L", (2, 2)), "i.JPG": PIL.Image.new("L", (2, 2)), "f.v2": Figure(), "f.svg": Figure(),
        "p.v2": plotly.graph_objects.Figure(), "p.html": plotly.graph_objects.Figure(), "n.v2": pathlib.Path("notes.txt"),
        "n.txt": pathlib.Path("notes.txt"), "b.v2": pathlib.Path("bare"),
    }  # fmt: skip
    with mlflow.start_run() as run:
        mlflow.log({"l1": 1.0, **values})
    assert files(run.info.run_id) == sorted([
        "table.v2.json", "t.parquet", "d.v2.json", "d.yml", "i.v2.png", "i.JPG", "f.v2.png", "f.svg", "p.v2.html", "p.html",
        "n.v2.txt", "n.txt", "b.v2",
    ])  # fmt: skip
    assert sql("SELECT key FROM metrics") == [("l1",)]
    with mlflow.start_run() as run:
        mlflow.log({"table.v2": pd.DataFrame({"a": [1]}), "d.yml": [1]}, step=3)
    assert files(run.info.run_id) == ["d/3.yml", "table.v2/3.json"]


def test_text_of_numpy_is_text(sql):
    with mlflow.start_run():
        mlflow.log({"model": np.str_("forest")})
        with pytest.raises(InvalidParameter, match="a text has no steps"):
            mlflow.log({"other": np.str_("forest")}, step=1)
    assert sql("SELECT key, value FROM params") == [("model", "forest")]


def test_calls_that_need_not_wait_are_done(value):
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        for call in (
            lambda **k: mlflow.log_metric("a", 1, **k), lambda **k: mlflow.log_metrics({"b": 1}, **k),
            lambda **k: mlflow.log_param("a", 1, **k), lambda **k: mlflow.log_params({"b": 1}, **k),
            lambda **k: mlflow.set_tag("a", 1, **k), lambda **k: mlflow.set_tags({"b": 1}, **k),
            lambda **k: client.log_metric(run.info.run_id, "c", 1, **k), lambda **k: client.log_batch(run.info.run_id, **k),
            lambda **k: client.log_param(run.info.run_id, "c", 1, **k), lambda **k: client.set_tag(run.info.run_id, "c", 1, **k),
        ):  # fmt: skip
            assert call() in (None, 1)
            operations = call(synchronous=False)
            assert isinstance(operations, mlflow.RunOperations)
            operations.wait()
        mlflow.flush_async_logging()
        assert value("SELECT count(DISTINCT key) FROM metrics") == 3
