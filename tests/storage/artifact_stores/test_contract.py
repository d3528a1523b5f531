"""Every kind of place passes the suite that we ship for implementers."""

import pathlib
import uuid

import fsspec
import fsspec.implementations.local
import pytest

from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.testing.artifact_stores import ArtifactStoreContract
from jupyter_mlops.views.files.contents import read_part
from tests.mlflow_servers import mlflow_server
from tests.s3_servers import BUCKET
from tests.server_processes import started, token_of


class TestLocal(ArtifactStoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return artifact_store(str(tmp_path / "run" / "artifacts"))

    def overwrite(self, store, path, content):
        pathlib.Path(store.root, path).write_bytes(content)


class TestMemory(ArtifactStoreContract):
    @pytest.fixture
    def store(self):
        return artifact_store(f"memory://lab/{uuid.uuid4().hex}/artifacts")

    def overwrite(self, store, path, content):
        fsspec.filesystem("memory").pipe_file(f"{store.uri}/{path}", content)


class PlainFiles(fsspec.implementations.local.LocalFileSystem):
    """A place with folders and a rename, as SFTP has them, where a file can be seen before it is whole."""

    protocol = "plainfiles"


class TestPlaceWithFolders(ArtifactStoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        fsspec.register_implementation("plainfiles", PlainFiles, clobber=True)
        return artifact_store(f"plainfiles://{tmp_path}/run/artifacts")

    def overwrite(self, store, path, content):
        pathlib.Path(store.uri.removeprefix("plainfiles://"), path).write_bytes(content)


class TestS3(ArtifactStoreContract):
    impossible_names = ("line\nbreak",)  # moto finds no route for it

    @pytest.fixture
    def store(self, s3):
        self.client = s3.client()
        yield artifact_store(f"s3://{BUCKET}/{uuid.uuid4().hex}/artifacts")
        self.client.close()

    def overwrite(self, store, path, content):
        key = store.uri.removeprefix(f"s3://{BUCKET}/")
        self.client.put_object(Bucket=BUCKET, Key=f"{key}/{path}", Body=content)


@pytest.fixture(scope="module")
def our_server(tmp_path_factory):
    """A server of ours: its port, token, and the folder of its artifacts."""
    folder = tmp_path_factory.mktemp("served")
    with started(folder) as (_, port):
        yield port, token_of(folder), folder / "mlartifacts"


@pytest.fixture(scope="module")
def their_server(tmp_path_factory):
    """MLflow's server: its port, and the folder of its artifacts."""
    folder = tmp_path_factory.mktemp("theirs")
    with mlflow_server(folder) as (_, port):
        yield port, folder / "mlartifacts"


def at_server(port, folder):
    open_store(f"http://127.0.0.1:{port}")
    return artifact_store(f"http://127.0.0.1:{port}/api/2.0/mlflow-artifacts/artifacts/{folder}/artifacts")


class TestServed(ArtifactStoreContract):
    impossible_names = ("line\nbreak",)  # no web framework finds a route for it
    tells_digests = False  # the server keeps them

    @pytest.fixture
    def store(self, our_server, monkeypatch):
        port, token, self.root = our_server
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
        self.folder = f"0/{uuid.uuid4().hex}"
        return at_server(port, self.folder)

    def overwrite(self, store, path, content):
        pathlib.Path(self.root, self.folder, "artifacts", path).write_bytes(content)


    def test_of_a_large_file_the_part_is_fetched_that_is_shown(self, store):
        large = pathlib.Path(self.root, self.folder, "artifacts", "large.log")
        large.parent.mkdir(parents=True)
        with large.open("wb") as file:
            file.truncate(100_000_000)
        run = Run(RunInfo("r", "0", "r", "ann", "FINISHED", 0, artifact_uri=store.uri), RunData())
        assert read_part(run, "large.log", 99_999_990, 100) == bytes(10)


class TestServedByMLflow(ArtifactStoreContract):
    impossible_names = ("line\nbreak", "#1")  # no route, and "Invalid path"
    notices_damage = tells_digests = False  # it keeps none

    @pytest.fixture
    def store(self, their_server):
        port, self.root = their_server
        self.folder = f"0/{uuid.uuid4().hex}"
        return at_server(port, self.folder)

    def overwrite(self, store, path, content):
        pathlib.Path(self.root, self.folder, "artifacts", path).write_bytes(content)
