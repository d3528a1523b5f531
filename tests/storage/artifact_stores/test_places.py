"""Experiments whose artifacts lie elsewhere: through the public API, on a real S3 API."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, artifacts
from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter, NotFound, StoreError
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from tests.s3_servers import BUCKET


@pytest.fixture
def bucket(s3):
    """boto3 on the bucket: another road than ours."""
    client = s3.client()

    class Bucket:
        folder = uuid.uuid4().hex
        uri = f"s3://{BUCKET}/{folder}"

        def keys(self):
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=self.folder)
            return {entry["Key"].removeprefix(self.folder + "/") for page in pages for entry in page.get("Contents", [])}

        def read(self, key):
            return client.get_object(Bucket=BUCKET, Key=f"{self.folder}/{key}")["Body"].read()

        def write(self, key, content):
            client.put_object(Bucket=BUCKET, Key=f"{self.folder}/{key}", Body=content)

    yield Bucket()
    client.close()


@pytest.fixture
def run(bucket):
    mlflow.create_experiment("remote", bucket.uri + "/")
    mlflow.set_experiment("remote")
    with mlflow.start_run() as active:
        yield active


def test_a_run_keeps_its_artifacts_in_a_bucket(run, bucket, tmp_path, sql):
    assert run.info.artifact_uri == f"{bucket.uri}/{run.info.run_id}/artifacts"
    mlflow.log_text("grüße", "notes/a.txt")
    mlflow.log_dict({"a": 1}, "d.json")
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/deep/b.txt").write_text("b")
    mlflow.log_artifacts("in", "whole")
    mlflow.log_artifact("in", "whole")
    mlflow.log_table({"x": [1]}, "t.json")
    mlflow.log_table({"x": [2]}, "t.json")
    root = f"{run.info.run_id}/artifacts"
    assert {key for key in bucket.keys() if ".sha256/" not in key} == {
        f"{root}/{name}" for name in ("notes/a.txt", "d.json", "whole/deep/b.txt", "whole/in/deep/b.txt", "t.json")
    }
    assert bucket.read(f"{root}/notes/a.txt") == "grüße".encode()
    assert mlflow.load_table("t.json", [run.info.run_id])["x"].tolist() == [1, 2]
    assert [info.path for info in MlflowClient().list_artifacts(run.info.run_id)] == ["d.json", "notes", "t.json", "whole"]
    uri = f"{run.info.artifact_uri}/notes/a.txt"
    assert artifacts.load_text(uri) == artifacts.load_text(f"runs:/{run.info.run_id}/notes/a.txt") == "grüße"
    assert [info.path for info in artifacts.list_artifacts(bucket.uri)] == [f"{bucket.folder}/{run.info.run_id}"]
    assert bucket.folder in [info.path for info in artifacts.list_artifacts(f"s3://{BUCKET}")]
    assert ("remote", bucket.uri) in sql("SELECT name, artifact_location FROM experiments")


def test_another_process_resumes_the_run_there(run, bucket, python):
    mlflow.log_text("1", "1.txt")
    mlflow.end_run()
    python("""
        import sys, jupyter_mlops as mlflow
        with mlflow.start_run(run_id=sys.argv[1]):
            mlflow.log_text("2", "2.txt")
        print("duckdb" in sys.modules)
    """, run.info.run_id)  # fmt: skip
    assert artifacts.load_text(f"runs:/{run.info.run_id}/2.txt") == "2"


def test_models_are_logged_registered_and_loaded_from_there(run, bucket):
    for slope in (2.0, 3.0):
        fitted = LinearRegression().fit([[0.0], [1.0]], [0.0, slope])
        info = mlflow.sklearn.log_model(fitted, "model", registered_model_name="line")
    by_run, by_version = (mlflow.pyfunc.load_model(uri) for uri in (info.model_uri, "models:/line/2"))
    by_uri = mlflow.pyfunc.load_model(f"{run.info.artifact_uri}/model")
    assert [round(float(m.predict([[1.0]])[0]), 6) for m in (by_run, by_version, by_uri)] == [3.0, 3.0, 3.0]
    bucket.write(f"{run.info.run_id}/artifacts/model/MLmodel", b"other")
    for uri in (info.model_uri, "models:/line/2", f"{run.info.artifact_uri}/model"):
        with pytest.raises(ArtifactCorrupt, match="MLmodel"):
            mlflow.pyfunc.load_model(uri)


def test_a_model_changed_in_a_local_run_is_told():
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), "model")
    place = pathlib.Path(run.info.artifact_uri, "model", "requirements.txt")
    place.write_bytes(place.read_bytes() + b"\n")
    for trust in (True, False):
        with pytest.raises(ArtifactCorrupt, match=r"requirements\.txt"):
            mlflow.pyfunc.load_model(info.model_uri, trust=trust)


def test_records_are_what_sha256sum_checks_and_move_with_the_folder(tmp_path):
    with mlflow.start_run() as run:
        mlflow.log_text("a", "deep/a b.txt")
        mlflow.log_text("b", "b.txt")
    moved = pathlib.Path(run.info.artifact_uri).parent.rename(tmp_path / "moved")
    command = ["sha256sum", "--check", "--strict", "--quiet", "../artifacts.sha256/log"]
    assert subprocess.run(command, cwd=moved / "artifacts", check=True, capture_output=True).stdout == b""
    assert artifacts.load_text(str(moved / "artifacts/deep/a b.txt")) == "a"
    (moved / "artifacts/deep/a b.txt").write_text("c")
    assert subprocess.run(command, cwd=moved / "artifacts", check=False, capture_output=True).returncode == 1
    with pytest.raises(ArtifactCorrupt):
        artifacts.load_text(str(moved / "artifacts/deep/a b.txt"))


@pytest.mark.parametrize("location", [
    "s3://key:secret@bucket/x", "s3://secret@bucket/x", "s3://bucket/x?token=secret", "s3://bucket/x#secret",
    "abfss://data:secret@account.dfs.core.windows.net/x", "s3://bucket/a/../b", "s3://bucket/%2e%2e/b", "s3://", "runs:/a/b",
    "simplecache::s3://bucket", "s3:bucket", "s4://bucket/x", "local:///etc", "zip://a.zip",
])  # fmt: skip
def test_locations_that_are_refused(location, value):
    with pytest.raises(InvalidParameter) as caught:
        mlflow.create_experiment("e", location)
    assert "secret" not in str(caught.value)
    with pytest.raises(InvalidParameter):
        MlflowClient().create_experiment("e", location)
    assert value("SELECT count(*) FROM experiments WHERE name = 'e'") == 0


def test_credentials_are_refused_where_artifacts_are_read_too():
    for uri in ("s3://key:secret@bucket/x", "sftp://ann@host/x"):
        with pytest.raises(InvalidParameter) as caught:
            artifact_store(uri)
        assert "secret" not in str(caught.value)


def test_azure_names_its_container_where_others_have_the_user():
    mlflow.create_experiment("azure", "abfss://data@account.dfs.core.windows.net/x")
    location = mlflow.get_experiment_by_name("azure").artifact_location
    assert location == "abfss://data@account.dfs.core.windows.net/x"


@pytest.mark.parametrize("uri", ["local:///etc", "file+x://y", "zip://a.zip", "nonsense://a/b", "reference://x"])
def test_places_that_there_are_not(uri):
    with pytest.raises(InvalidParameter, match="is no place of artifacts"):
        artifact_store(uri)


def test_a_missing_driver_names_the_extra(python):
    script = """
        import sys
        sys.modules.update(s3fs=None, gcsfs=None, adlfs=None)
        from jupyter_mlops.errors import PackageMissing
        from jupyter_mlops.storage.artifact_stores.places import artifact_store
        for uri in sys.argv[1:]:
            try:
                artifact_store(uri)
            except PackageMissing as error:
                print(error)
    """
    uris = ("s3://bucket/x", "gs://bucket/x", "az://container/x", "abfss://container@account.dfs.core.windows.net/x")
    told = python(script, *uris).splitlines()
    extras = ("aws", "gcp", "azure", "azure")
    assert all(f'pip install "jupyter-mlops[{extra}]"' in line for extra, line in zip(extras, told, strict=True))


def test_a_bucket_that_is_not_there(s3):
    store = artifact_store("s3://nowhere/x/artifacts")
    pathlib.Path("a").write_text("a")
    with pytest.raises(NotFound, match="s3://nowhere"):
        store.put_file("a", "a")
    assert store.list("") == []


def test_settings_can_be_corrected_in_a_running_notebook(s3, monkeypatch):
    pathlib.Path("a").write_text("a")
    monkeypatch.setenv("JUPYTER_MLOPS_S3_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    uri = f"s3://{BUCKET}/{uuid.uuid4().hex}/artifacts"
    with pytest.raises(StoreError, match="127.0.0.1:1"):
        artifact_store(uri).put_file("a", "a")
    monkeypatch.setenv("JUPYTER_MLOPS_S3_ENDPOINT_URL", s3.url)
    artifact_store(uri).put_file("a", "a")
    assert [info.path for info in artifact_store(uri).list("")] == ["a"]


def test_arguments_of_uploads_as_mlflow_takes_them(bucket, s3, monkeypatch):
    monkeypatch.setenv("MLFLOW_S3_UPLOAD_EXTRA_ARGS", '{"StorageClass": "STANDARD_IA"}')
    pathlib.Path("a").write_text("a")
    artifact_store(f"{bucket.uri}/run/artifacts").put_file("a", "a")
    client = s3.client()
    assert client.head_object(Bucket=BUCKET, Key=f"{bucket.folder}/run/artifacts/a")["StorageClass"] == "STANDARD_IA"
    client.close()


def test_a_bucket_is_never_deleted(s3):
    with pytest.raises(InvalidParameter, match="whole bucket"):
        artifact_store(f"s3://{BUCKET}").delete("")


def test_keys_that_climb_are_not_fetched(bucket, tmp_path):
    bucket.write("run/artifacts/a/../../../../evil.txt", b"evil")
    with pytest.raises((InvalidParameter, NotFound)):
        artifact_store(f"{bucket.uri}/run/artifacts").fetch("", str(tmp_path / "1/2/3/4/to"))
    assert not list(tmp_path.rglob("evil.txt"))


def test_a_log_that_grows_meanwhile_is_kept_as_it_was_at_one_moment(bucket, tmp_path):
    """With thousands of sizes on the way, the record is that of what is there."""
    log, store, on = tmp_path / "train.log", artifact_store(f"{bucket.uri}/run/artifacts"), threading.Event()
    log.write_text("begin\n")

    def grow():
        with log.open("a") as file:
            while not on.is_set():
                file.write("line\n")
                file.flush()

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        for n in range(5):
            store.put_file(str(log), f"{n}.log")
    finally:
        on.set()
        thread.join()
    for n in range(5):
        assert pathlib.Path(store.fetch(f"{n}.log", str(tmp_path / "to"))).read_text().startswith("begin\nline")


@pytest.mark.parametrize("place", ["s3", "local"])
def test_an_interrupt_stops_at_once_and_leaves_nothing_half(s3, bucket, tmp_path, place):
    """Ctrl-C in the middle of 60 MB: every name that is there holds a whole file."""
    for n in range(12):
        (tmp_path / "big").mkdir(exist_ok=True)
        (tmp_path / f"big/{n}").write_bytes(os.urandom(5_000_000))
    uri = f"{bucket.uri}/run/artifacts" if place == "s3" else str(tmp_path / "run/artifacts")
    script = (
        "import sys, time\nfrom jupyter_mlops.storage.artifact_stores.places import artifact_store\n"
        "store = artifact_store(sys.argv[1]); print('on', flush=True)\n"
        "try:\n    store.put_folder(sys.argv[2], '')\nexcept KeyboardInterrupt: print(time.time(), flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, uri, str(tmp_path / "big")], stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        if place == "s3":
            with s3.seen:
                assert s3.seen.wait_for(lambda: len([p for p in s3.puts() if p[1] > 1_000_000]) >= 2, timeout=30)
        else:
            deadline = time.monotonic() + 30
            while not list(tmp_path.glob("run/artifacts/?")) and time.monotonic() < deadline:
                time.sleep(0.001)
        sent = time.time()
        child.send_signal(signal.SIGINT)
        text = child.stdout.readline()
        child.wait(timeout=20)
    assert float(text) - sent < 3
    there = artifact_store(uri).sizes("") or {}
    print(f"{place}: stopped after {float(text) - sent:.2f} s, {len(there)} of 12 files were there")
    assert len(there) < 12
    assert set(there.values()) <= {5_000_000}
    if place == "local":
        assert {path.name for path in (tmp_path / "run/artifacts").iterdir()} == set(there)
    artifact_store(uri).put_folder(str(tmp_path / "big"), "")
    fetched = pathlib.Path(artifact_store(uri).fetch("", str(tmp_path / "to")))
    assert all((fetched / str(n)).read_bytes() == (tmp_path / f"big/{n}").read_bytes() for n in range(12))


def test_threads_are_as_many_as_asked_for(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_TRANSFER_THREADS", "none")
    pathlib.Path("a").write_text("a")
    store = artifact_store(f"{bucket.uri}/run/artifacts")
    with pytest.raises(InvalidParameter, match="JUPYTER_MLOPS_TRANSFER_THREADS"):
        store.put_file("a", "a")
    monkeypatch.setenv("JUPYTER_MLOPS_TRANSFER_THREADS", "1")
    store.put_file("a", "a")


@pytest.mark.parametrize(("variables", "is_shown"), [
    ({}, False), ({"JUPYTER_MLOPS_PROGRESS": "1"}, True), ({"JUPYTER_MLOPS_PROGRESS": "0"}, False),
])  # fmt: skip
def test_a_bar_is_shown_for_large_folders_to_those_who_look(tmp_path, monkeypatch, capfd, variables, is_shown):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "big").write_bytes(bytes(25_000_000))
    with contextlib.chdir(tmp_path):
        artifact_store(str(tmp_path / "run/artifacts")).put_file("big", "big")
    assert ("copying" in capfd.readouterr().err) == is_shown


def test_local_runs_load_no_driver(python):
    script = "import sys, json, jupyter_mlops as m\nwith m.start_run(): m.log_text('a', 'a')\nprint(json.dumps([n for n in ('fsspec', 'tqdm', 's3fs') if n in sys.modules]))"
    assert json.loads(python(script)) == []


def test_a_large_file_goes_in_parts(s3, bucket, tmp_path):
    content = os.urandom(40_000_000)
    (tmp_path / "large.bin").write_bytes(content)
    store = artifact_store(f"{bucket.uri}/run/artifacts")
    store.put_file(str(tmp_path / "large.bin"), "large.bin")
    parts = [size for key, size in s3.puts() if key.endswith("/large.bin")]
    assert len(parts) == 3
    assert max(parts) < 17_000_000
    assert pathlib.Path(store.fetch("large.bin", str(tmp_path / "to"))).read_bytes() == content


def test_a_driver_that_connects_at_once_and_finds_nobody_says_so():
    with pytest.raises(StoreError, match="does not answer"):
        artifact_store("ftp://127.0.0.1:1/x")
