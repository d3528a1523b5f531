"""Images and tables of a run: kept as files that other tools read, appended to, and read back over runs."""

import json
import pathlib
import re

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.tracking import tables


def _files(run):
    root = pathlib.Path(run.info.artifact_uri)
    return {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.array([[0, 255], [7, 8]]), [[0, 255], [7, 8]]),
        (np.array([[0.0, 1.0], [0.5, np.nan]]), [[0, 255], [127, 0]]),
        (np.array([[True, False]]), [[255, 0]]),
        (np.array([[[3], [4]]], dtype=np.uint8), [[3, 4]]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        (PIL.Image.fromarray(np.array([[9, 8]], dtype=np.uint8)), [[9, 8]]),
        (mlflow.Image(np.array([[9, 8]], dtype=np.uint8)), [[9, 8]]),
    ],
    ids=["int", "float", "bool", "channel", "list", "pil", "Image"],
)
def test_pixels_are_kept(given, expected):
    with mlflow.start_run() as run:
        mlflow.log_image(given, "plots/a.png")
    with PIL.Image.open(_files(run)["plots/a.png"]) as image:
        assert np.array(image).tolist() == expected


@pytest.mark.parametrize("channels", [3, 4])
def test_colours_are_kept(channels):
    pixels = np.arange(2 * 3 * channels, dtype=np.uint8).reshape(2, 3, channels)
    with mlflow.start_run() as run:
        mlflow.log_image(pixels, "a.png")
    with PIL.Image.open(_files(run)["a.png"]) as image:
        assert (np.array(image) == pixels).all()


def test_other_floats_are_scaled_with_a_warning():
    with mlflow.start_run() as run, pytest.warns(UserWarning, match="-1 to 3"):
        mlflow.log_image(np.array([[-1.0, 1.0, 3.0]]), "a.png")
    with PIL.Image.open(_files(run)["a.png"]) as image:
        assert np.array(image).tolist() == [[0, 127, 255]]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (np.array([[-1, 2]]), ValueError),
        (np.array([[256]]), ValueError),
        (np.zeros((2, 2, 5)), ValueError),
        (np.zeros(4), ValueError),
        (np.zeros((1, 2, 2, 3)), ValueError),
        (np.array([["a"]]), TypeError),
        ("a.png", TypeError),
        (None, TypeError),
    ],
)
def test_what_is_no_image_is_refused(given, error):
    with mlflow.start_run() as run, pytest.raises(error):
        mlflow.log_image(given, "a.png")
    assert _files(run) == {}


def test_a_series_has_steps_and_small_copies():
    with mlflow.start_run() as run:
        for step in (0, 5):
            mlflow.log_image(np.zeros((10, 40), dtype=np.uint8), key="val/dogs", step=step, timestamp=1000 + step)
    names = list(_files(run))
    assert len(names) == 4
    assert all(name.startswith(("images/val~dogs+step+0+timestamp+1000+", "images/val~dogs+step+5+timestamp+1005+")) for name in names)
    small = next(path for name, path in _files(run).items() if name.endswith("+compressed.webp"))
    with PIL.Image.open(small) as image:
        assert image.size == (256, 64)
    assert mlflow.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"


def test_either_a_file_or_a_series():
    image = np.zeros((2, 2))
    with mlflow.start_run():
        for arguments in ({}, {"artifact_file": "a.png", "key": "a"}, {"artifact_file": "a.png", "step": 1}):
            with pytest.raises(TypeError):
                mlflow.log_image(image, **arguments)
        with pytest.raises(ValueError, match="key"):
            mlflow.log_image(image, key="a:b")
        with pytest.raises(MlflowException):
            mlflow.log_image(image, "../a.png")


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"key": "k" * 300}, "300 characters; here at most"),
        ({"key": 5}, "key"),
        ({"key": "k", "step": "../../x"}, "step"),
        ({"key": "k", "step": ""}, "step"),
        ({"key": "k", "step": 1.5}, "step"),
        ({"key": "k", "timestamp": "../x"}, "timestamp"),
    ],
)
def test_keys_steps_and_times_that_no_series_can_have(wrong, hint):
    with mlflow.start_run() as run, pytest.raises(ValueError, match=hint):
        mlflow.log_image(np.zeros((2, 2)), **wrong)
    assert _files(run) == {}


def test_the_longest_key_of_a_series_is_kept():
    with mlflow.start_run() as run:
        with pytest.raises(ValueError, match="at most") as refused:
            mlflow.log_image(np.zeros((2, 2)), key="k" * 300, step=7, timestamp=8)
        longest = int(re.search(r"at most (\d+)", str(refused.value))[1])
        mlflow.log_image(np.zeros((2, 2)), key="k" * longest, step=np.int64(7), timestamp=8)
    assert len(_files(run)) == 2
    assert max(len(path.name) for path in _files(run).values()) == 255


@pytest.mark.parametrize("suffix", ["json", "parquet"])
def test_rows_are_appended(suffix):
    name = f"tables/answers.{suffix}"
    with mlflow.start_run() as run:
        mlflow.log_table({"question": ["a", "b"], "score": [1, 2]}, name)
        mlflow.log_table({"question": "c", "why": "new"}, name)
        mlflow.log_table(pd.DataFrame({"question": ["d"], "score": [4]}), name)
    shown = mlflow.load_table(name)
    assert shown["question"].tolist() == ["a", "b", "c", "d"]
    assert shown["score"].fillna(-1).tolist() == [1, 2, -1, 4]
    assert shown["why"].tolist()[2] == "new"
    tags = mlflow.get_run(run.info.run_id).data.tags
    assert json.loads(tags["mlflow.loggedArtifacts"]) == [{"path": name, "type": "table"}]
    if suffix == "json":
        assert set(json.loads(_files(run)[name].read_text())) == {"columns", "data"}


def test_tables_of_several_runs_are_one():
    client, ids = MlflowClient(), []
    for number in range(3):
        with mlflow.start_run(run_name=f"run-{number}") as run:
            mlflow.log_param("lr", number / 10)
            mlflow.log_table({"run_id": ["x"], "a": [number]}, "t.json")
        ids.append(run.info.run_id)
    shown = mlflow.load_table("t.json", extra_columns=["run_id", "params.lr", "run_name", "tags.nothing"])
    assert sorted(shown["a"]) == [0, 1, 2]
    assert sorted(shown["run_id_"]) == sorted(ids)
    assert sorted(shown["params.lr"]) == ["0.0", "0.1", "0.2"]
    assert sorted(shown["run_name"]) == ["run-0", "run-1", "run-2"]
    assert len(client.load_table("0", "t.json", run_ids=ids[:1])) == 1
    for missing in ({"run_ids": ["nothing"]}, {"artifact_file": "u.json"}):
        with pytest.raises(NotFound):
            mlflow.load_table(**{"artifact_file": "t.json", **missing})


def test_columns_of_images_lie_beside_the_table():
    images = [PIL.Image.fromarray(np.full((4, 4), shade, dtype=np.uint8)) for shade in (1, 2)]
    with mlflow.start_run() as run:
        mlflow.log_table({"image": images, "label": ["one", "two"]}, "seen.json")
    shown, files = mlflow.load_table("seen.json"), _files(run)
    for shade, cell in zip((1, 2), shown["image"], strict=True):
        assert cell["type"] == "image"
        with PIL.Image.open(files[cell["filepath"]]) as image:
            assert np.array(image)[0, 0] == shade
        assert cell["compressed_filepath"] in files
        assert cell["filepath"].startswith("table_images/seen/")
    with mlflow.start_run(), pytest.raises(ValueError, match="images and other things"):
        mlflow.log_table({"image": [images[0], "text"]}, "mixed.json")


@pytest.mark.parametrize("name", ["a.csv", "a", "a:b.json", "a'.json", "[a].parquet"])
def test_names_that_no_table_can_have(name):
    with mlflow.start_run() as run, pytest.raises(ValueError, match="table"):
        mlflow.log_table({"a": [1]}, name)
    assert _files(run) == {}


def test_something_else_is_no_table():
    with mlflow.start_run(), pytest.raises(TypeError):
        mlflow.log_table([1, 2], "a.json")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
@example([0.12345678901234568, 1e-300, 5e-324, 1e-12, 0.1 + 0.2, -0.0, 1.7976931348623157e308, 3.0, 1e22])
@settings(max_examples=60, deadline=None)
def test_floats_of_a_json_table_are_read_back_exactly(floats):
    frame = pd.DataFrame({"a": floats, "list": [floats] * len(floats), "dict": [{"x": {1: number}} for number in floats]})
    tables._write(frame.assign(array=[np.array([floats])] * len(floats)), "t.json")
    rows = json.loads(pathlib.Path("t.json").read_text())["data"]
    expected = [[number, floats, {"x": {"1": number}}, [floats]] for number in floats]
    assert repr(rows) == repr(expected)  # which tells -0.0 from 0.0
    assert repr(tables._read("t.json")["a"].tolist()) == repr(floats)


def test_floats_survive_appending_and_what_json_lacks_is_null():
    frame = pd.DataFrame({"a": [1e-12, np.nan, np.inf], "b": pd.array([0.1 + 0.2, None, 1], dtype="Float64"), "n": [1, 2, 3]})
    with mlflow.start_run() as run:
        mlflow.log({"t": frame.assign(day=pd.Timestamp("2020-01-02"), short=np.float32(0.1))})
        mlflow.log_table({"a": 1e-300, "b": 0.12345678901234568}, "t.json")
    rows = json.loads(_files(run)["t.json"].read_text())["data"]
    assert [row[0] for row in rows] == [1e-12, None, None, 1e-300]
    assert [row[1] for row in rows] == [0.1 + 0.2, None, 1, 0.12345678901234568]
    assert rows[0][2:] == [1, "2020-01-02T00:00:00.000", float(np.float32(0.1))]


def test_a_table_is_not_mistaken_for_one_of_a_like_name():
    names = ["a_b.json", "aXb.json", "a%.json", "é.json", "e.json", "x/a_b.json"]
    for name in names:
        with mlflow.start_run():
            mlflow.log_table({"name": [name]}, name)
    for name in names:
        assert mlflow.load_table(name)["name"].tolist() == [name]
    for missing in ("_.json", "%", "a__.json"):
        with pytest.raises(NotFound):
            mlflow.load_table(missing)
