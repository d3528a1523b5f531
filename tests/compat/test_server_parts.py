"""The unchanged clients of MLflow send and fetch large files past our server where its artifacts lie in S3, and through it elsewhere."""

import hashlib
import os
import pathlib
import subprocess

import pytest

from tests.mlflow_peers import VERSIONS, mlflow_peer
from tests.s3_servers import BUCKET, _s3_server, s3  # noqa: F401 - fixtures
from tests.server_processes import started, token_of

SCRIPT = pathlib.Path(__file__).with_name("send_large.py")
LARGE = {
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1000000", "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 << 20),
    "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE": "1000000",
}  # fmt: skip


@pytest.mark.parametrize("place", ["s3", "folder"])
@pytest.mark.parametrize("version", VERSIONS)
def test_large_files(version, place, s3, tmp_path):  # noqa: F811
    data = os.urandom(12 << 20)
    (tmp_path / "big.bin").write_bytes(data)
    with started(tmp_path, *(["--artifacts", f"s3://{BUCKET}/{version}"] if place == "s3" else [])) as (_, port):
        env = os.environ | LARGE | {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}", "MLFLOW_TRACKING_TOKEN": token_of(tmp_path)}
        command = [mlflow_peer(version), SCRIPT, "big.bin", tmp_path / "back"]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    [back] = (tmp_path / "back").rglob("big.bin")
    assert hashlib.sha256(back.read_bytes()).digest() == hashlib.sha256(data).digest()
    parts = sorted(size for key, size in s3.puts() if key.endswith("big.bin"))
    assert parts == ([2 << 20, 5 << 20, 5 << 20] if place == "s3" else [])
