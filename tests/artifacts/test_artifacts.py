"""Artifacts by URI: fetched, listed and read, and nothing outside of their roots."""

import io
import pathlib

import numpy as np
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, artifacts
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound


@pytest.fixture
def run():
    """A finished run with a few artifacts, registered as a model."""
    with mlflow.start_run() as run:
        mlflow.log_text("hello ✓", "notes/a.txt")
        mlflow.log_dict({"a": [1, {"b": 2}]}, "conf.json")
        mlflow.log_dict({"a": [1, {"b": 2}]}, "conf.yaml")
        mlflow.log_image(np.eye(3), "eye.png")
        mlflow.log_stream(io.BytesIO(b"\xff\x00" * 100_000), "raw.bin")
    MlflowClient().create_registered_model("m")
    MlflowClient().create_model_version("m", f"runs:/{run.info.run_id}/notes", run.info.run_id)
    return run


def _uris(run):
    return [f"runs:/{run.info.run_id}/notes/a.txt", f"{run.info.artifact_uri}/notes/a.txt", "models:/m/1/a.txt"]


def test_every_form_of_uri_is_fetched(run, tmp_path):
    for number, uri in enumerate(_uris(run)):
        place = tmp_path / str(number)
        local = pathlib.Path(artifacts.download_artifacts(uri, dst_path=str(place)))
        assert place in local.parents
        assert local.read_text(encoding="utf-8") == "hello ✓"
    whole = artifacts.download_artifacts(run_id=run.info.run_id)
    assert pathlib.Path(whole, "raw.bin").read_bytes() == b"\xff\x00" * 100_000
    assert pathlib.Path(artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="notes"), "a.txt").exists()


def test_what_is_there_is_listed(run):
    listed = artifacts.list_artifacts(run_id=run.info.run_id)
    assert [(info.path, info.is_dir) for info in listed] == [
        ("conf.json", False), ("conf.yaml", False), ("eye.png", False), ("notes", True), ("raw.bin", False),
    ]  # fmt: skip
    assert [info.path for info in artifacts.list_artifacts(f"runs:/{run.info.run_id}/notes")] == ["notes/a.txt"]
    assert [info.file_size for info in artifacts.list_artifacts(f"runs:/{run.info.run_id}/raw.bin")] == [200_000]
    with pytest.raises(NotFound):
        artifacts.list_artifacts(run_id=run.info.run_id, artifact_path="nothing")


def test_contents_are_read(run):
    root = f"runs:/{run.info.run_id}"
    assert artifacts.load_text(f"{root}/notes/a.txt") == "hello ✓"
    for name in ("conf.json", "conf.yaml"):
        assert artifacts.load_dict(f"{root}/{name}") == {"a": [1, {"b": 2}]}
    assert np.array(artifacts.load_image(f"{root}/eye.png")).tolist() == (np.eye(3) * 255).tolist()


@pytest.mark.parametrize(("read", "name"), [("load_text", "raw.bin"), ("load_dict", "notes/a.txt"), ("load_image", "conf.json")])
def test_contents_of_another_kind_are_told(run, read, name):
    with pytest.raises(MlflowException, match="cannot be read as") as caught:
        getattr(artifacts, read)(f"runs:/{run.info.run_id}/{name}")
    assert caught.value.error_code == "BAD_REQUEST"


def test_what_is_not_there_or_leads_out_is_refused(run):
    with pytest.raises(NotFound):
        artifacts.download_artifacts(f"runs:/{run.info.run_id}/nothing.txt")
    with pytest.raises(NotFound):
        artifacts.download_artifacts(run_id="0" * 32)
    with pytest.raises(MlflowException):
        artifacts.download_artifacts(f"runs:/{run.info.run_id}/../../x")
    for arguments in ({}, {"artifact_uri": "runs:/a/b", "run_id": "a"}, {"artifact_uri": "runs:/a/b", "artifact_path": "c"}):
        with pytest.raises(InvalidParameter):
            artifacts.download_artifacts(**arguments)
