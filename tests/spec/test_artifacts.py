"""tracking.md 6: files of a run, figures, images, tables, and how they are read back."""

import io
import json
import pathlib

import matplotlib.figure
import numpy as np
import pandas as pd
import PIL.Image
import plotly.graph_objects
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException


@pytest.fixture
def run():
    with mlflow.start_run() as active:
        yield active


@pytest.fixture
def folder(run):
    return pathlib.Path(run.info.artifact_uri)


@pytest.fixture
def client():
    return MlflowClient()


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def code(call, *given, **named):
    with pytest.raises(MlflowException) as caught:
        call(*given, **named)
    return caught.value.error_code


def size(path):
    with PIL.Image.open(path) as image:
        return image.size


def made(path, content="x"):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_log_artifact_takes_a_file_by_its_name_and_a_folder_under_its_own(folder):
    mlflow.log_artifact(made("in/a.txt"))  # a Path
    mlflow.log_artifact("in/a.txt", "sub")
    mlflow.log_artifact("in", "whole")
    assert files(folder) == {"a.txt", "sub/a.txt", "whole/in/a.txt"}
    with pytest.raises(FileNotFoundError):
        mlflow.log_artifact("nothing.txt")


def test_log_artifacts_takes_what_a_folder_holds(folder):
    made("in/a.txt")
    made("in/deep/b.txt")
    mlflow.log_artifacts("in")
    mlflow.log_artifacts("in", "sub")
    assert files(folder) == {"a.txt", "deep/b.txt", "sub/a.txt", "sub/deep/b.txt"}
    with pytest.raises(FileNotFoundError):
        mlflow.log_artifacts("nothing")


def test_artifacts_of_a_run_that_is_named(client, run):
    other = client.create_run("0").info.run_id
    made("in/a.txt")
    mlflow.log_artifact("in/a.txt", run_id=other)
    mlflow.log_artifacts("in", "all", run_id=other)
    mlflow.log_text("t", "t.txt", run_id=other)
    mlflow.log_dict({}, "d.json", run_id=other)
    mlflow.log_table({"a": [1]}, "table.json", run_id=other)
    mlflow.log_stream(io.BytesIO(b"s"), "s.bin", run_id=other)
    assert [info.path for info in client.list_artifacts(other)] == ["a.txt", "all", "d.json", "s.bin", "t.txt", "table.json"]
    assert client.list_artifacts(run.info.run_id) == []


def test_paths_that_lead_out_are_an_error_everywhere(run, client):
    made("a.txt")
    calls = [
        lambda path: mlflow.log_artifact("a.txt", path), lambda path: mlflow.log_text("a", path), lambda path: mlflow.log_dict({}, path),
        lambda path: client.list_artifacts(run.info.run_id, path), lambda path: client.download_artifacts(run.info.run_id, path),
        lambda path: mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=path),
    ]  # fmt: skip
    for path in ("../x", "/x", "a/../../x"):
        assert [code(call, path) for call in calls] == ["INVALID_PARAMETER_VALUE"] * len(calls)


def test_text_is_utf_8(folder):
    mlflow.log_text("größe", "t.txt")
    assert (folder / "t.txt").read_bytes() == "größe".encode()


def test_a_dict_is_sorted_yaml_or_indented_json_in_its_own_order_without_an_end_of_line(folder):
    given = {"b": np.float32(0.5), "a": [1, 2]}
    mlflow.log_dict({"b": 1, "a": [1, 2]}, "d.yaml")
    mlflow.log_dict(given, "d.json")
    mlflow.log_dict([1], "list.txt")
    assert (folder / "d.yaml").read_text() == "a:\n- 1\n- 2\nb: 1\n"
    assert (folder / "d.json").read_text() == '{\n  "b": "0.5",\n  "a": [\n    1,\n    2\n  ]\n}'
    assert (folder / "list.txt").read_text() == "[\n  1\n]"


def test_figures_of_matplotlib_and_plotly_by_suffix(folder):
    mlflow.log_figure(matplotlib.figure.Figure(), "m.png", save_kwargs={"dpi": 20})
    mlflow.log_figure(plotly.graph_objects.Figure(), "p.html")
    assert size(folder / "m.png") == (128, 96)
    assert "cdn.plot.ly" in (folder / "p.html").read_text()
    for wrong in ((plotly.graph_objects.Figure(), "p.txt"), ("text", "a.png")):
        with pytest.raises(TypeError):
            mlflow.log_figure(*wrong)


def test_an_image_by_its_file(folder):
    mlflow.log_image(np.zeros((2, 3)), "a.png")
    mlflow.log_image(PIL.Image.new("RGB", (4, 5)), "deep/b.jpg")
    mlflow.log_image(mlflow.Image(np.zeros((2, 2, 3), np.uint8)), "c.png")
    assert [size(folder / name) for name in ("a.png", "deep/b.jpg", "c.png")] == [(3, 2), (4, 5), (2, 2)]
    for wrong in ({}, {"artifact_file": "a.png", "step": 1}, {"artifact_file": "a.png", "key": "a"}):
        with pytest.raises(TypeError):
            mlflow.log_image(np.zeros((2, 2)), **wrong)


def test_an_image_of_a_series_has_a_small_copy_and_a_tag(folder, value):
    mlflow.log_image(np.zeros((10, 20)), key="a/b", step=3, timestamp=7)
    names = sorted(files(folder))
    assert [name[: name.index("+timestamp+7+")] for name in names] == ["images/a~b+step+3"] * 2
    small, full = sorted(names, key=len, reverse=True)
    assert small.endswith("+compressed.webp") and full.endswith(".png")
    assert [size(folder / name) for name in (full, small)] == [(20, 10), (256, 128)]
    assert value("SELECT value FROM tags WHERE key = 'mlflow.loggedImages'") == "True"
    with pytest.raises(ValueError, match="key of images"):
        mlflow.log_image(np.zeros((2, 2)), key="a#")


def test_pixels_that_an_image_can_have(run, client):
    def pixels(array):
        mlflow.log_image(array, "a.png")
        return np.asarray(mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/a.png")).tolist()

    assert pixels(np.array([[True, False]])) == [[255, 0]]
    assert pixels(np.array([[0, 255]])) == [[0, 255]]
    assert pixels(np.array([[0.0, 1.0]])) == [[0, 255]]
    with pytest.warns(UserWarning, match="scaled"):
        assert pixels(np.array([[1.0, 3.0]])) == [[0, 255]]
    for channels in (1, 3, 4):
        pixels(np.zeros((2, 2, channels)))
    for wrong in (np.array([[300]]), np.zeros((2, 2, 5)), np.zeros(3)):
        with pytest.raises(ValueError):
            mlflow.log_image(wrong, "a.png")
    with pytest.raises(TypeError):
        mlflow.log_image("text", "a.png")


def test_a_table_grows_and_is_noted_once(run, folder, value):
    mlflow.log_table({"a": [1, 2]}, "t.json")
    mlflow.log_table(pd.DataFrame({"b": ["x"]}), "t.json")
    mlflow.log_table({"a": 1, "b": "y"}, "deep/t.parquet")
    assert json.loads((folder / "t.json").read_text()) == {"columns": ["a", "b"], "data": [[1.0, None], [2.0, None], [None, "x"]]}
    assert json.loads(value("SELECT value FROM tags WHERE key = 'mlflow.loggedArtifacts'")) == [
        {"path": "t.json", "type": "table"}, {"path": "deep/t.parquet", "type": "table"},
    ]  # fmt: skip
    for name in ("t.csv", "a:b.json", "[a].json"):
        with pytest.raises(ValueError):
            mlflow.log_table({"a": [1]}, name)


def test_images_in_a_table_lie_beside_it(folder):
    mlflow.log_table({"image": [PIL.Image.new("L", (2, 2))], "text": ["a"]}, "t.json")
    kept = json.loads((folder / "t.json").read_text())["data"][0][0]
    assert kept["type"] == "image" and kept["filepath"].startswith("table_images/t/")
    assert {kept["filepath"], kept["compressed_filepath"]} < files(folder)
    with pytest.raises(ValueError, match="images and other things"):
        mlflow.log_table({"a": [PIL.Image.new("L", (2, 2)), "text"]}, "u.json")


def test_tables_of_runs_are_loaded_as_one(run, client):
    mlflow.log_param("x", "p")
    mlflow.log_table({"run_id": ["taken"], "a": [1]}, "t.json")
    frame = mlflow.load_table("t.json", extra_columns=["run_id", "params.x"])
    assert frame.to_dict("records") == [{"run_id": "taken", "a": 1, "run_id_": run.info.run_id, "params.x": "p"}]
    assert len(client.load_table("0", "t.json", run_ids=[run.info.run_id])) == 1
    assert code(mlflow.load_table, "nothing.json") == "RESOURCE_DOES_NOT_EXIST"


def test_a_stream_is_copied(folder, client, run):
    mlflow.log_stream(io.BytesIO(b"x" * 100_000), "s.bin")
    client.log_stream(run.info.run_id, io.BytesIO(b"y"), "deep/t.bin")
    assert ((folder / "s.bin").stat().st_size, (folder / "deep/t.bin").read_bytes()) == (100_000, b"y")


def test_artifact_uris_start_a_run_where_there_is_none():
    uri = mlflow.get_artifact_uri("a/b.txt")
    assert uri == f"{mlflow.active_run().info.artifact_uri}/a/b.txt"
    assert mlflow.get_artifact_uri() == mlflow.active_run().info.artifact_uri
    mlflow.end_run()


def test_listing_is_one_level_and_sorted_and_a_file_or_nothing_has_no_content(client, run):
    for name in ("b.txt", "a/x.txt", "a/deep/y.txt"):
        mlflow.log_text("t", name)
    listed = [(info.path, info.is_dir, info.file_size) for info in client.list_artifacts(run.info.run_id)]
    assert listed == [("a", True, None), ("b.txt", False, 1)]
    assert [info.path for info in client.list_artifacts(run.info.run_id, "a")] == ["a/deep", "a/x.txt"]
    assert client.list_artifacts(run.info.run_id, "b.txt") == client.list_artifacts(run.info.run_id, "zz") == []


def test_downloading_copies_to_a_folder_that_is_made(client, run, folder, tmp_path):
    mlflow.log_text("t", "a/t.txt")
    path = client.download_artifacts(run.info.run_id, "a/t.txt", str(tmp_path / "new"))
    assert pathlib.Path(path).read_text() == "t" and path.startswith(str(tmp_path / "new"))
    temporary = pathlib.Path(client.download_artifacts(run.info.run_id, "a"))
    assert (temporary / "t.txt").read_text() == "t" and folder not in temporary.parents
    assert code(client.download_artifacts, run.info.run_id, "zz") == "RESOURCE_DOES_NOT_EXIST"


def test_artifacts_are_named_by_a_uri_or_by_a_run(run):
    mlflow.log_text("t", "a/t.txt")
    run_id = run.info.run_id
    for named in ({"artifact_uri": f"runs:/{run_id}/a/t.txt"}, {"run_id": run_id, "artifact_path": "a/t.txt"}, {"artifact_uri": f"{run.info.artifact_uri}/a/t.txt"}):
        assert pathlib.Path(mlflow.artifacts.download_artifacts(**named)).read_text() == "t"
    for call in (mlflow.artifacts.download_artifacts, mlflow.artifacts.list_artifacts):
        assert code(call) == code(call, f"runs:/{run_id}/a", run_id=run_id) == "INVALID_PARAMETER_VALUE"
    assert [info.path for info in mlflow.artifacts.list_artifacts(f"runs:/{run_id}/a")] == ["a/t.txt"]


def test_a_model_of_another_registry_is_downloaded(model, frame):
    mlflow.set_registry_uri("models.duckdb")
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, "model", registered_model_name="m")
    mlflow.set_registry_uri(None)
    assert code(mlflow.artifacts.download_artifacts, "models:/m/1") == "RESOURCE_DOES_NOT_EXIST"
    path = mlflow.artifacts.download_artifacts("models:/m/1", registry_uri="models.duckdb")
    assert (pathlib.Path(path) / "MLmodel").exists()


def test_contents_are_loaded_or_told_to_be_of_another_kind(run):
    uri = f"runs:/{run.info.run_id}/"
    mlflow.log_text("[1", "a.txt")
    mlflow.log_dict({"a": 1}, "a.json")
    mlflow.log_image(np.zeros((2, 2)), "a.png")
    assert mlflow.artifacts.load_text(uri + "a.txt") == "[1"
    assert mlflow.artifacts.load_dict(uri + "a.json") == {"a": 1}
    assert mlflow.artifacts.load_image(uri + "a.png").size == (2, 2)
    for call, name in ((mlflow.artifacts.load_text, "a.png"), (mlflow.artifacts.load_dict, "a.txt"), (mlflow.artifacts.load_image, "a.txt")):
        assert code(call, uri + name) == "BAD_REQUEST"


def test_artifacts_are_plain_files_below_the_run(folder, value, tmp_path):
    mlflow.log_stream(io.BytesIO(b"bytes"), "deep/a.bin")
    assert (tmp_path / value("SELECT artifact_uri FROM runs") / "deep/a.bin").read_bytes() == b"bytes"
