"""Every kind of place passes the suite that we ship for implementers."""

import pathlib
import uuid

import fsspec
import fsspec.implementations.local
import pytest

from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.testing.artifact_stores import ArtifactStoreContract
from tests.s3_servers import BUCKET


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
