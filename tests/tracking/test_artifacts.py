"""Files of a run: written, listed, fetched; and kept inside."""

import json
import os
import pathlib

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.errors import NotFound


@pytest.fixture
def run():
    with mlflow.start_run() as active:
        yield active


@pytest.fixture
def folder(run):
    return pathlib.Path(run.info.artifact_uri)


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_files_and_folders(folder, tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text("a")
    (tmp_path / "in" / "deep" / "b.txt").write_text("b")
    mlflow.log_artifact(tmp_path / "in" / "a.txt")
    mlflow.log_artifact("in/a.txt", "sub/dir")
    mlflow.log_artifact("in", "whole")
    mlflow.log_artifacts("in", "inside")
    assert files(folder) == {
        "a.txt", "sub/dir/a.txt", "whole/in/a.txt", "whole/in/deep/b.txt", "inside/a.txt", "inside/deep/b.txt",
    }  # fmt: skip
    assert (folder / "inside/deep/b.txt").read_text() == "b"


def test_missing_files(run):
    with pytest.raises(FileNotFoundError):
        mlflow.log_artifact("nothing.txt")
    with pytest.raises(FileNotFoundError):
        mlflow.log_artifacts("nothing")


def test_texts_and_dicts(folder):
    mlflow.log_text("grüße", "t.txt")
    mlflow.log_dict({"b": 1, "a": [1, {2: 3}]}, "d.json")
    mlflow.log_dict({"b": 1, "a": 2}, "deep/d.yml")
    mlflow.log_dict([1, pathlib.Path("x")], "list")
    assert (folder / "t.txt").read_bytes() == "grüße".encode()
    assert json.loads((folder / "d.json").read_text()) == {"b": 1, "a": [1, {"2": 3}]}
    assert (folder / "deep/d.yml").read_text() == "a: 2\nb: 1\n"
    assert json.loads((folder / "list").read_text()) == [1, "x"]


def test_figures(folder):
    import plotly.graph_objects as go

    mlflow.log_figure(go.Figure(), "f.html")
    assert "plotly" in (folder / "f.html").read_text()
    for figure, name in ((go.Figure(), "f.xyz"), ("no figure", "f.png")):
        with pytest.raises(TypeError):
            mlflow.log_figure(figure, name)


def test_matplotlib_figures(folder):
    figures = pytest.importorskip("matplotlib.figure")
    mlflow.log_figure(figures.Figure(), "plots/f.png")
    assert (folder / "plots/f.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "~/x", "a\\..\\x", "file:///x", "a\0b", ".."])
def test_paths_that_lead_out(run, folder, tmp_path, path):
    (tmp_path / "a.txt").write_text("a")
    client, run_id = MlflowClient(), run.info.run_id
    for call in (
        lambda: mlflow.log_text("x", path), lambda: mlflow.log_dict({}, path), lambda: mlflow.log_artifact("a.txt", path),
        lambda: mlflow.log_artifacts(tmp_path / "data", path), lambda: client.list_artifacts(run_id, path),
        lambda: client.download_artifacts(run_id, path), lambda: mlflow.get_artifact_uri(path),
    ):  # fmt: skip
        with pytest.raises(MlflowException):
            call()
    assert not folder.exists()


def test_symbolic_links_do_not_lead_out(run, folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    folder.mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path)
    for call in (
        lambda: MlflowClient().download_artifacts(run.info.run_id, "link/secret"), lambda: mlflow.log_text("x", "link/new"),
        lambda: MlflowClient().list_artifacts(run.info.run_id, "link"),
    ):  # fmt: skip
        with pytest.raises(MlflowException):
            call()
    assert not (tmp_path / "new").exists()


def test_listing(run):
    mlflow.log_text("abc", "b.txt")
    mlflow.log_text("abc", "a/x.txt")
    client = MlflowClient()
    found = [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run.info.run_id)]
    assert found == [("a", True, None), ("b.txt", False, 3)]
    assert [f.path for f in client.list_artifacts(run.info.run_id, "a")] == ["a/x.txt"]
    assert client.list_artifacts(run.info.run_id, "b.txt") == client.list_artifacts(run.info.run_id, "none") == []


def test_fetching(run, tmp_path):
    mlflow.log_text("abc", "a/b/x.txt")
    client = MlflowClient()
    one = client.download_artifacts(run.info.run_id, "a/b/x.txt", str(tmp_path / "to"))
    assert pathlib.Path(one).read_text() == "abc"
    assert pathlib.Path(one) == tmp_path / "to/a/b/x.txt"
    whole = client.download_artifacts(run.info.run_id, "a")
    assert files(pathlib.Path(whole)) == {"b/x.txt"}
    with pytest.raises(NotFound):
        client.download_artifacts(run.info.run_id, "none")


def test_uris(run):
    assert mlflow.get_artifact_uri() == run.info.artifact_uri
    assert mlflow.get_artifact_uri("a/b") == run.info.artifact_uri + "/a/b"


def test_an_interrupted_copy_leaves_no_half_file(folder, monkeypatch, tmp_path):
    (tmp_path / "a.txt").write_text("whole")
    mlflow.log_artifact("a.txt")
    (tmp_path / "a.txt").write_text("other")

    def interrupt(_source, _target):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        mlflow.log_artifact("a.txt")
    assert files(folder) == {"a.txt"}
    assert (folder / "a.txt").read_text() == "whole"


def test_what_is_no_file_is_left_out(folder, tmp_path, caplog):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a")
    os.mkfifo(tmp_path / "in" / "pipe")
    mlflow.log_artifacts(tmp_path / "in")
    assert files(folder) == {"a.txt"}
    assert f"{tmp_path / 'in' / 'pipe'} is left out" in caplog.text


def test_a_folder_that_holds_the_store_is_logged_without_it(run, folder, tmp_path):
    """As with ``log_artifacts(".")`` in a notebook's folder: no copy of the copy, no half copy of a database in use."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "train.py").write_text("x")
    mlflow.get_run(run.info.run_id)
    mlflow.log_text("earlier", "earlier.txt")
    mlflow.log_artifacts(".")
    mlflow.log_artifact(tmp_path, "whole")
    kept = {name for name in files(folder) if not name.startswith(("data/", f"whole/{tmp_path.name}/data/"))}
    assert kept == {"earlier.txt", "code/train.py", f"whole/{tmp_path.name}/code/train.py"}


def test_artifacts_of_a_run_are_not_copied_into_themselves(tmp_path):
    number = mlflow.create_experiment("elsewhere", str(tmp_path / "work" / "out"))
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.txt").write_text("a")
    with mlflow.start_run(experiment_id=number) as run:
        mlflow.log_artifacts("work")
        mlflow.log_artifacts("work", "again")
    assert files(pathlib.Path(run.info.artifact_uri)) == {"a.txt", "again/a.txt"}


def test_names_as_long_as_the_disk_takes(run):
    mlflow.log_text("abc", "n" * 255)
    assert [f.path for f in MlflowClient().list_artifacts(run.info.run_id)] == ["n" * 255]
