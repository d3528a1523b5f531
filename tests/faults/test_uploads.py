"""Uploads and downloads whose process dies by SIGKILL: what came whole is not sent again."""

import hashlib
import os
import pathlib
import signal
import time
import uuid

import pytest

from jupyter_mlops.storage.artifact_stores.places import artifact_store
from tests.faults.amounts import FULL
from tests.s3_servers import BUCKET, _s3_server, s3  # noqa: F401 - fixtures

pytestmark = pytest.mark.faults

FILES = 20
SIZE = (200_000_000 if FULL else 40_000_000) // FILES
PUT = """
import sys
from jupyter_mlops.storage.artifact_stores.places import artifact_store
artifact_store(sys.argv[1]).put_folder(sys.argv[2], "data")
"""
FETCH = """
import sys
from jupyter_mlops.storage.artifact_stores.places import artifact_store
artifact_store(sys.argv[1]).fetch("data", sys.argv[2])
"""


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "big"
    place.mkdir()
    for n in range(FILES):
        (place / f"{n}.bin").write_bytes(os.urandom(SIZE))
    return place


def _digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def _files_sent(server):
    return sorted(key.rpartition("/")[2] for key, _ in server.puts() if "/data/" in key)


def test_a_killed_upload_to_s3_goes_on_where_it_was(s3, child, folder, tmp_path):  # noqa: F811
    key = f"{uuid.uuid4().hex}/artifacts"
    process = child(PUT, f"s3://{BUCKET}/{key}", folder)
    with s3.seen:
        assert s3.seen.wait_for(lambda: len(_files_sent(s3)) >= FILES // 2, timeout=60)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    time.sleep(0.5)  # the server ends what it was doing
    client = s3.client()
    listed = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{key}/data/").get("Contents", [])
    there = {entry["Key"].rpartition("/")[2] for entry in listed}
    assert all(entry["Size"] == SIZE for entry in listed)
    assert 0 < len(there) < FILES

    del s3.requests[:]
    started = time.perf_counter()
    artifact_store(f"s3://{BUCKET}/{key}").put_folder(str(folder), "data")
    took = time.perf_counter() - started
    sent, size = _files_sent(s3), sum(size for _, size in s3.puts())
    print(
        f"{FILES} files of {SIZE / 1e6:g} MB; {len(there)} were there after the kill; the second call sent {len(sent)} files, "
        f"{size / 1e6:.1f} MB, in {len(s3.requests)} requests and {took:.2f} s"
    )
    wanted = _digests(folder)
    assert set(sent) == set(wanted) - there
    assert size < (len(sent) + 0.5) * SIZE

    bodies = {name: client.get_object(Bucket=BUCKET, Key=f"{key}/data/{name}")["Body"].read() for name in wanted}
    assert {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()} == wanted
    client.close()
    del s3.requests[:]
    artifact_store(f"s3://{BUCKET}/{key}").put_folder(str(folder), "data")
    assert s3.puts() == []
    assert _digests(pathlib.Path(artifact_store(f"s3://{BUCKET}/{key}").fetch("data", str(tmp_path / "to")))) == wanted


def test_a_killed_download_goes_on_where_it_was(s3, child, folder, tmp_path):  # noqa: F811
    uri = f"s3://{BUCKET}/{uuid.uuid4().hex}/artifacts"
    artifact_store(uri).put_folder(str(folder), "data")
    del s3.requests[:]
    to = tmp_path / "to"
    process = child(FETCH, uri, to)
    deadline = time.monotonic() + 60
    while len(list(to.glob("data/*.bin"))) < FILES // 4:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.kill()
    process.wait()
    whole = {path.name: path.stat().st_size for path in to.glob("data/*.bin")}
    assert set(whole.values()) == {SIZE}
    assert len(whole) < FILES

    del s3.requests[:]
    artifact_store(uri).fetch("data", str(to))
    got = {path.rpartition("/")[2] for method, path, _ in s3.requests if method == "GET" and path.endswith(".bin")}
    print(f"{len(whole)} of {FILES} files were there after the kill; the second call fetched {len(got)}")
    wanted = _digests(folder)
    assert got == set(wanted) - set(whole)
    assert {name: hashlib.sha256((to / "data" / name).read_bytes()).hexdigest() for name in wanted} == wanted


def test_a_killed_copy_to_a_folder_goes_on_where_it_was(child, folder, tmp_path):
    place = tmp_path / "run" / "artifacts"
    process = child(PUT, place, folder)
    deadline = time.monotonic() + 60
    while len(list(place.glob("data/*.bin"))) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.0005)
    process.kill()
    process.wait()
    before = {path.name: path.stat() for path in place.glob("data/*.bin")}
    assert {status.st_size for status in before.values()} == {SIZE}
    artifact_store(str(place)).put_folder(str(folder), "data")
    after = {path.name: path.stat() for path in place.glob("data/*.bin")}
    kept = {name for name, status in before.items() if status.st_ino == after[name].st_ino}
    print(f"{len(before)} of {FILES} files were there after the kill; the second call left {len(kept)} as they were")
    assert kept == set(before)
    assert {info.path for info in artifact_store(str(place)).list("data")} == {f"data/{n}.bin" for n in range(FILES)}
    assert _digests(pathlib.Path(artifact_store(str(place)).fetch("data", str(tmp_path / "to")))) == _digests(folder)
