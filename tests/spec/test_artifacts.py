"""tracking.md 6: files of a run, figures, images, tables, and how they are read back."""

import io
import pathlib

import matplotlib.figure
import numpy as np
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


def test_a_stream_is_copied(folder, client, run):
    mlflow.log_stream(io.BytesIO(b"x" * 100_000), "s.bin")
    client.log_stream(run.info.run_id, io.BytesIO(b"y"), "deep/t.bin")
    assert ((folder / "s.bin").stat().st_size, (folder / "deep/t.bin").read_bytes()) == (100_000, b"y")


def test_artifact_uris_start_a_run_where_there_is_none():
    uri = mlflow.get_artifact_uri("a/b.txt")
    assert uri == f"{mlflow.active_run().info.artifact_uri}/a/b.txt"
    assert mlflow.get_artifact_uri() == mlflow.active_run().info.artifact_uri
    mlflow.end_run()


def test_a_model_of_another_registry_is_downloaded(model, frame):
    mlflow.set_registry_uri("models.duckdb")
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, "model", registered_model_name="m")
    mlflow.set_registry_uri(None)
    assert code(mlflow.artifacts.download_artifacts, "models:/m/1") == "RESOURCE_DOES_NOT_EXIST"
    path = mlflow.artifacts.download_artifacts("models:/m/1", registry_uri="models.duckdb")
    assert (pathlib.Path(path) / "MLmodel").exists()


def test_artifacts_are_plain_files_below_the_run(folder, value, tmp_path):
    mlflow.log_stream(io.BytesIO(b"bytes"), "deep/a.bin")
    assert (tmp_path / value("SELECT artifact_uri FROM runs") / "deep/a.bin").read_bytes() == b"bytes"
