"""Artifacts through a real server: their bytes, parts of them, what stands for them, and where they never lead."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import socket
import time
import urllib.request

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.server.settings import artifact_root
from jupyter_mlops.storage.duckdb.experiments import place_default
from jupyter_mlops.tracking.settings import current_store
from tests.s3_servers import BUCKET, _s3_server, s3  # noqa: F401
from tests.server.live import served
from tests.server_processes import started, token_of

API = "/api/2.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts"
ARTIFACTS = f"{PROXY}/artifacts"
LARGE = 5_000_000  # more than what is checked before the first byte leaves


@pytest.fixture
def run(ask):
    return new_run(ask)


def new_run(ask, experiment="0"):
    return ask.post(f"{API}/runs/create", json_body={"experiment_id": experiment, "start_time": 1}).json()["run"]["info"]


def inside(run, path):
    return f"{ARTIFACTS}/{run['artifact_uri'].removeprefix('mlflow-artifacts:/')}/{path}"


def local(run):
    return pathlib.Path(mlflow.MlflowClient().get_run(run["run_id"]).info.artifact_uri)


def everything():
    return sorted(str(path) for path in pathlib.Path("mlartifacts").rglob("*") if path.is_file() and path.name != ".gitignore")


DATA = bytes(range(256)) * 4


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        (None, 200, (0, 1024)), ("bytes=0-0", 206, (0, 1)), ("bytes=10-19", 206, (10, 20)), ("bytes=1000-", 206, (1000, 1024)),
        ("bytes=-24", 206, (1000, 1024)), ("bytes=-5000", 206, (0, 1024)), ("bytes=1020-9999", 206, (1020, 1024)), ("bytes=0-", 206, (0, 1024)),
        ("bytes=1024-", 416, None), ("bytes=-0", 416, None), ("bytes=99999999999999999-", 416, None), ("bytes=0-1,5-6", 200, (0, 1024)),
        ("bytes=5-2", 200, (0, 1024)), ("lines=1-2", 200, (0, 1024)), ("bytes=a-b", 200, (0, 1024)), ("bytes=-", 200, (0, 1024)),
        ("bytes=" + "9" * 4000 + "-", 200, (0, 1024)),
    ],
)  # fmt: skip
def test_ranges(ask, run, asked, status, part):
    ask.request("PUT", inside(run, "a.bin"), content=DATA)
    for method in ("GET", "HEAD"):
        answer = ask.request(method, inside(run, "a.bin"), headers={"Range": asked} if asked else {})
        assert answer.status_code == status
        if part is None:
            assert answer.headers["Content-Range"] == "bytes */1024"
            continue
        assert answer.content == (DATA[slice(*part)] if method == "GET" else b"")
        assert answer.headers["Content-Length"] == str(part[1] - part[0])
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers.get("Content-Range") == (f"bytes {part[0]}-{part[1] - 1}/1024" if status == 206 else None)


def test_a_range_of_a_file_that_was_replaced_is_the_whole_new_one(ask, run):
    ask.request("PUT", inside(run, "a.bin"), content=DATA)
    tag = ask.get(inside(run, "a.bin")).headers["ETag"]
    assert ask.get(inside(run, "a.bin"), headers={"Range": "bytes=0-1", "If-Range": tag}).status_code == 206
    ask.request("PUT", inside(run, "a.bin"), content=DATA[::-1])
    answer = ask.get(inside(run, "a.bin"), headers={"Range": "bytes=0-1", "If-Range": tag})
    assert (answer.status_code, answer.content) == (200, DATA[::-1])


@pytest.mark.parametrize("size", [0, 1, LARGE])
def test_files_of_any_size_with_their_digest(ask, run, size):
    data = os.urandom(size)
    assert ask.request("PUT", inside(run, "deep/er/a.bin"), content=data).json() == {}
    answer = ask.get(inside(run, "deep/er/a.bin"))
    assert (answer.status_code, answer.content) == (200, data)
    told = base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{told}:"
    record = (local(run).parent / "artifacts.sha256" / "log").read_text()
    assert record == f"{hashlib.sha256(data).hexdigest()}  deep/er/a.bin\n"
    assert ask.get(inside(run, "deep/er")).status_code == 404


def test_what_is_not_as_logged_never_arrives_whole(ask, run, caplog):
    for name, size in (("small.bin", 1000), ("large.bin", LARGE)):
        assert ask.request("PUT", inside(run, name), content=os.urandom(size)).status_code == 200
        with open(local(run) / name, "r+b") as file:
            file.seek(size - 10)
            file.write(b"otherwise!")
    small = ask.get(inside(run, "small.bin"))
    assert (small.status_code, small.json()["error_code"]) == (500, "DATA_LOSS") and "small.bin" in small.json()["message"]
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        ask.get(inside(run, "large.bin"))
    part = ask.get(inside(run, "large.bin"), headers={"Range": "bytes=0-9"})
    assert part.status_code == 500 and "large.bin" in part.json()["message"]
    assert any("large.bin" in record.getMessage() for record in caplog.records if record.levelname == "ERROR")


def test_a_large_file_is_read_once_to_be_checked_and_then_known(ask, run):
    data = os.urandom(LARGE)
    ask.request("PUT", inside(run, "a.bin"), content=data)
    for start in (0, 4_000_000):
        assert ask.get(inside(run, "a.bin"), headers={"Range": f"bytes={start}-{start + 99}"}).content == data[start : start + 100]
    place = local(run) / "a.bin"
    place.write_bytes(data[:-1] + b"x")  # the state of the file is another one now
    assert ask.get(inside(run, "a.bin"), headers={"Range": "bytes=0-9"}).status_code == 500


SHA = hashlib.sha256(DATA)
RIGHT = [
    {"X-Checksum-Sha256": SHA.hexdigest()}, {"Repr-Digest": f"sha-256=:{base64.b64encode(SHA.digest()).decode()}:"},
    {"Content-Digest": f"sha-512=:eA==:, SHA-256=:{base64.b64encode(SHA.digest()).decode()}:"}, {"Repr-Digest": "sha-512=:eA==:"},
]  # fmt: skip
WRONG = [
    {"X-Checksum-Sha256": "0" * 64}, {"X-Checksum-Sha256": "zz"}, {"X-Checksum-Sha256": ""},
    {"Repr-Digest": f"sha-256=:{base64.b64encode(bytes(32)).decode()}:"},
]  # fmt: skip


@pytest.mark.parametrize("headers", RIGHT)
def test_a_digest_that_the_sender_says(ask, run, headers):
    assert ask.request("PUT", inside(run, "a.bin"), content=DATA, headers=headers).status_code == 200
    assert ask.get(inside(run, "a.bin")).content == DATA


@pytest.mark.parametrize("headers", WRONG)
def test_of_what_came_otherwise_nothing_is_kept(ask, run, headers):
    ask.request("PUT", inside(run, "before"), content=b"x")
    before = everything()
    answer = ask.request("PUT", inside(run, "a.bin"), content=DATA, headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert everything() == before
    assert ask.get(inside(run, "a.bin")).status_code == 404


def test_an_upload_that_breaks_off_leaves_nothing(ask, run):
    ask.request("PUT", inside(run, "a.bin"), content=DATA)
    for more in ("", "Transfer-Encoding: chunked\r\n"):
        with socket.create_connection(("127.0.0.1", ask.port)) as connection:
            length = more or "Content-Length: 9000000\r\n"
            head = f"PUT {inside(run, 'a.bin')} HTTP/1.1\r\nHost: localhost\r\n{length}Authorization: {ask.headers['Authorization']}\r\n\r\n"
            connection.sendall(head.encode() + b"100000\r\n" + bytes(2**20))
            wait_for(lambda: any(".mlops-part-" in path for path in everything()))
        wait_for(lambda: not any(".mlops-part-" in path for path in everything()))
    assert ask.get(inside(run, "a.bin")).content == DATA
    assert ask.get(ARTIFACTS, params={"path": inside(run, "").removeprefix(ARTIFACTS)[1:-1]}).json()["files"][0]["file_size"] == 1024


def wait_for(done):
    for _ in range(200):
        if done():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within four seconds")


@pytest.mark.parametrize("name", ["page.html", "x.svg", "x.xml", "x.pdf", "x.js", "x", "a.png", 'q"uo te;.html'])
def test_no_browser_runs_what_was_stored(ask, run, name):
    ask.request("PUT", inside(run, urllib.request.quote(name)), content=b"<script>alert(1)</script>")
    roads = [
        ask.get(inside(run, urllib.request.quote(name))),
        ask.get("/get-artifact", params={"run_uuid": run["run_id"], "path": name}),
        ask.get(inside(run, urllib.request.quote(name)), headers={"Range": "bytes=0-3"}),
    ]
    for answer in roads:
        assert answer.content.startswith(b"<scr")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''" + urllib.request.quote(name, safe="")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["Content-Type"] in ("application/octet-stream", "image/png")


ODD_NAMES = ["ü✓😀.txt", "a b+c&d=e;f#g?h%.txt", "e\u0301.txt", "\u202egpj.exe", "-rf", "con", "a" * 255, ".hidden", "x.sha256", "a:b", "*?[x]", "$HOME`id`'"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_names(ask, run, name):
    path = inside(run, "d/" + urllib.request.quote(name, safe=""))
    if "%" in name:  # a client that encodes twice is not told apart from one that means it
        assert ask.request("PUT", path, content=DATA).status_code in (200, 400)
        return
    assert ask.request("PUT", path, content=DATA).status_code == 200
    assert ask.get(path).content == DATA
    listed = ask.get(ARTIFACTS, params={"path": inside(run, "d").removeprefix(ARTIFACTS)[1:]}).json()
    assert [file["path"] for file in listed["files"]] == [name]
    assert (local(run) / "d" / name).read_bytes() == DATA
    assert ask.request("DELETE", path).json() == {}
    assert ask.get(path).status_code == 404


BELOW = [
    "../x", "..", "a/../x", "a/../../x", "%2e%2e/x", "%252e%252e/x", "..%2fx", "%2fetc/passwd", "..%5cx", "a%5cb", "a%00", "c%3a/x", "C:/x", "file:%2f%2f/x",
    "a" * 256, "a" * 200 + "/" + "b" * 256, "/".join(["abcdefgh"] * 300), ".mlops-part-1", "d/.mlops-part-1", "artifacts.sha256/log", "%ff%fe/..", "~root/x/..",
]  # fmt: skip


@pytest.mark.parametrize("path", BELOW)
def test_no_path_leads_elsewhere(ask, run, path):
    pathlib.Path("x").write_text("secret")
    ask.request("PUT", inside(run, "a"), content=b"mine")
    before = everything()
    for method in ("PUT", "GET", "HEAD", "DELETE"):
        answer = ask.request(method, inside(run, path), content=b"mine" if method == "PUT" else None)
        assert answer.status_code in (400, 404), (method, answer.status_code, answer.text)
    assert ask.get("/get-artifact", params={"run_id": run["run_id"], "path": urllib.request.unquote(path)}).status_code in (400, 404)
    assert ask.get(ARTIFACTS, params={"path": inside(run, path).removeprefix(ARTIFACTS)[1:]}).json().get("files") is None
    assert everything() == before and pathlib.Path("x").read_text() == "secret"


@pytest.mark.parametrize("path", ["x", "0", "0/{run}", "0/{run}/artifacts.sha256", "0/{run}/artifacts.sha256/log", "0/{run}/artifacts.sha256/artifacts/x", ".gitignore", "../mlops.duckdb", "0/{run}/artifacts"])
def test_only_artifacts_of_runs_and_models_are_read_and_written(ask, run, path):
    ask.request("PUT", inside(run, "a"), content=b"mine")
    path = path.format(run=run["run_id"])
    assert ask.get(f"{ARTIFACTS}/{path}").status_code in (400, 404)
    assert ask.request("PUT", f"{ARTIFACTS}/{path}", content=b"x").status_code in (400, 404)
    if not path.endswith("/artifacts"):  # which is all that a run has
        assert ask.request("DELETE", f"{ARTIFACTS}/{path}").status_code in (400, 404)
    assert ask.get(inside(run, "a")).content == (b"mine")


def test_links_lead_nowhere(ask, run):
    os.makedirs("secrets")
    pathlib.Path("secrets/s").write_text("secret")
    folder = local(run)
    (folder / "sub").mkdir(parents=True)
    (folder / "file").symlink_to(os.path.abspath("secrets/s"))
    (folder / "dir").symlink_to(os.path.abspath("secrets"))
    (folder / "sub" / "up").symlink_to("../../..")
    os.mkfifo(folder / "pipe")
    other = new_run(ask)
    local(other).parent.mkdir(parents=True)
    local(other).symlink_to(os.path.abspath("secrets"))  # a whole folder of artifacts
    for path in (inside(run, "file"), inside(run, "dir/s"), inside(run, "sub/up/artifacts.sha256"), inside(other, "s"), inside(run, "pipe")):
        for method in ("GET", "HEAD"):
            assert ask.request(method, path).status_code in (400, 404), path
    for path in (inside(run, "dir/s"), inside(run, "dir/new"), inside(other, "new")):
        assert ask.request("PUT", path, content=b"mine").status_code in (400, 404), path
        assert ask.request("DELETE", path).status_code in (400, 404), path
    assert ask.request("DELETE", inside(other, "")).status_code in (400, 404)
    assert os.listdir("secrets") == ["s"] and pathlib.Path("secrets/s").read_text() == "secret"


def test_files_are_no_folders(ask, run):
    ask.request("PUT", inside(run, "a/b"), content=DATA)
    for path in ("a", "a/b/c"):
        answer = ask.request("PUT", inside(run, path), content=DATA)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), path
    assert ask.get(inside(run, "a/b/c")).status_code == 404
    assert ask.request("DELETE", inside(run, "a/b/c")).status_code in (200, 400)
    assert ask.get(inside(run, "a/b")).content == DATA


def test_small_artifacts_as_the_page_sends_them(ask, run):
    road = "/ajax-api/2.0/mlflow/upload-artifact"
    assert ask.post(road, params={"run_uuid": run["run_id"], "path": "notes/a.txt"}, content=DATA).status_code == 200
    assert (local(run) / "notes" / "a.txt").read_bytes() == DATA
    for params in ({"run_uuid": run["run_id"]}, {"path": "a"}, {"run_uuid": "gone", "path": "a"}, {"run_uuid": run["run_id"], "path": "../a"}):
        assert ask.post(road, params=params, content=DATA).status_code in (400, 404)
    answer = ask.post(road, params={"run_uuid": run["run_id"], "path": "big"}, content=bytes(10 * 2**20 + 1))
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert not (local(run) / "big").exists()


def test_artifacts_of_a_model_version(ask, run):
    ask.request("PUT", inside(run, "model/MLmodel"), content=b"flavors: {}\n")
    ask.post(f"{API}/registered-models/create", json_body={"name": "m"})
    source = {"name": "m", "source": f"{run['artifact_uri']}/model", "run_id": run["run_id"]}
    assert ask.post(f"{API}/model-versions/create", json_body=source).status_code == 200
    road = "/model-versions/get-artifact"
    assert ask.get(road, params={"name": "m", "version": "1", "path": "MLmodel"}).content == b"flavors: {}\n"
    for params in ({"name": "m", "version": "2", "path": "MLmodel"}, {"name": "m", "version": "x", "path": "a"}, {}, {"name": "m", "version": "1", "path": "../a"}):
        assert ask.get(road, params=params).status_code in (400, 404)


def test_a_folder_offers_no_parts_and_no_urls(ask, run):
    folder = run["artifact_uri"].removeprefix("mlflow-artifacts:/")
    for step, body in {
        "create": {"path": "/home/me/a.bin", "num_parts": 2},
        "complete": {"path": "a.bin", "upload_id": "x", "parts": [{"part_number": 1, "etag": "e", "url": "u"}]},
        "abort": {"path": "a.bin", "upload_id": "x"},
    }.items():
        answer = ask.post(f"{PROXY}/mpu/{step}/{folder}", json_body=body)
        assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
        assert answer.json()["message"].startswith("Multipart upload is not supported for the current artifact repository")
    assert ask.get(f"{PROXY}/presigned/{folder}/a.bin").status_code == 501
    assert ask.post(f"{PROXY}/mpu/other/{folder}", json_body={}).status_code == 404


def place(uri):
    store, root = current_store(), artifact_root(uri)
    with store.files.session("test") as session:
        place_default(session, f"{root}/0")
    return root


@pytest.mark.parametrize("uri", ["./artifacts", f"s3://{BUCKET}/deep/er"])
def test_artifacts_lie_where_the_server_is_told(request, uri):
    client = request.getfixturevalue("s3").client() if uri.startswith("s3:") else None
    with served(current_store(), artifacts=place(uri)) as ask:
        made = ask.post(f"{API}/experiments/create", json_body={"name": "x"}).json()["experiment_id"]
        for run in (new_run(ask), new_run(ask, made)):
            assert run["artifact_uri"] == f"mlflow-artifacts:/{run['experiment_id']}/{run['run_id']}/artifacts"
            data = os.urandom(LARGE)
            assert ask.request("PUT", inside(run, "a/b ü.bin".replace(" ", "%20").replace("ü", "%C3%BC")), content=data).status_code == 200
            path = f"{run['experiment_id']}/{run['run_id']}/artifacts/a/b ü.bin"
            there = client.get_object(Bucket=BUCKET, Key=f"deep/er/{path}")["Body"].read() if client else pathlib.Path("artifacts", path).read_bytes()
            assert there == data
            url = inside(run, "a/b%20%C3%BC.bin")
            assert ask.get(url).content == data
            assert ask.get(url, headers={"Range": "bytes=1000-1999"}).content == data[1000:2000]
            assert ask.request("HEAD", url).headers["Content-Length"] == str(LARGE)
            assert ask.get(f"{API}/artifacts/list", params={"run_id": run["run_id"], "path": "a"}).json()["files"][0]["file_size"] == LARGE
            assert ask.get(ARTIFACTS, params={"path": inside(run, "a").removeprefix(ARTIFACTS)[1:]}).json()["files"][0]["path"] == "b ü.bin"
            wrong = ask.request("PUT", inside(run, "wrong"), content=DATA, headers={"X-Checksum-Sha256": "0" * 64})
            assert wrong.status_code == 400 and ask.get(inside(run, "wrong")).status_code == 404
            assert mlflow.MlflowClient().download_artifacts(run["run_id"], "a")
            assert ask.request("DELETE", inside(run, "a")).json() == {}
            assert ask.get(url).status_code == 404
    assert not [name for name in os.listdir(".") if name.startswith(".mlops-part-")]
    if client:
        client.close()


@pytest.mark.usefixtures("s3")
def test_artifacts_that_came_before_stay_reachable():
    with served(current_store()) as ask:
        run = new_run(ask)
        ask.request("PUT", inside(run, "old"), content=DATA)
    with served(current_store(), artifacts=place(f"s3://{BUCKET}/later")) as ask:
        found = ask.get(f"{API}/runs/get", params={"run_id": run["run_id"]}).json()["run"]["info"]
        assert found["artifact_uri"] == f"mlflow-artifacts:/mlartifacts/0/{run['run_id']}/artifacts"
        assert ask.get(inside(found, "old")).content == DATA
        assert ask.get("/get-artifact", params={"run_id": run["run_id"], "path": "old"}).content == DATA
        assert ask.get(inside(found, "../../../mlops.duckdb")).status_code in (400, 404)


def put(url, data):
    with urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/octet-stream"}, method="PUT")) as answer:
        return answer.headers["ETag"]


def test_large_files_go_to_s3_in_parts_past_the_server(s3):  # noqa: F811
    client, data = s3.client(), os.urandom(6 << 20)
    with served(current_store(), artifacts=place(f"s3://{BUCKET}/parts")) as ask:
        info = ask.get("/api/3.0/mlflow/server-info").json()
        assert info["multipart_uploads_enabled"] is info["multipart_downloads_enabled"] is True
        run = new_run(ask)
        folder = run["artifact_uri"].removeprefix("mlflow-artifacts:/") + "/models"

        def step(name, **body):
            return ask.post(f"{PROXY}/mpu/{name}/{folder}", json_body={"path": "/home/me/a.bin", **body})

        def send(data):
            begun = step("create", num_parts=2).json()
            assert [one["part_number"] for one in begun["credentials"]] == [1, 2]
            pieces = zip(begun["credentials"], (data[: 5 << 20], data[5 << 20 :]), strict=True)
            parts = [{"part_number": one["part_number"], "etag": put(one["url"], piece), "url": one["url"]} for one, piece in pieces]
            return {"upload_id": begun["upload_id"], "parts": parts}

        assert step("complete", **send(data)).json() == {}
        key = f"parts/{folder}/a.bin"
        assert client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == data
        assert ask.get(inside(run, "models/a.bin")).content == data
        again = data[::-1]
        ask.request("PUT", inside(run, "models/a.bin"), content=again)  # which records a digest
        assert step("complete", **send(data)).status_code == 200
        assert ask.get(inside(run, "models/a.bin")).content == data, "the digest of the new file is known as well"
        assert step("complete", **send(again), sha256=hashlib.sha256(again).hexdigest()).status_code == 200
        assert ask.get(inside(run, "models/a.bin")).content == again

        given_up = step("create", num_parts=1).json()
        assert step("abort", upload_id=given_up["upload_id"]).json() == {}
        assert client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
        for name, body in (("complete", {"upload_id": "gone", "parts": [{"part_number": 1, "etag": "e"}]}), ("abort", {"upload_id": "gone"}),
                           ("create", {"num_parts": 0}), ("create", {"num_parts": 10_001}), ("complete", {"upload_id": "x", "parts": []})):  # fmt: skip
            assert step(name, **body).status_code in (400, 404), (name, body)
        assert ask.post(f"{PROXY}/mpu/create/0/other", json_body={"path": "a", "num_parts": 1}).status_code == 400

        signed = ask.get(f"{PROXY}/presigned/{folder}/a.bin").json()
        assert (signed["headers"], signed["file_size"]) == ({}, len(data))
        with urllib.request.urlopen(signed["url"]) as answer:
            assert answer.read() == again
        assert ask.get(f"{PROXY}/presigned/{folder}/gone").status_code == 404
    client.close()


def test_without_artifacts(ask, run):
    with served(current_store(), serve_artifacts=False) as other:
        for method, path in (("GET", ARTIFACTS), ("PUT", inside(run, "a")), ("GET", f"{PROXY}/presigned/0/x/artifacts/a"), ("POST", f"{PROXY}/mpu/create/0/x/artifacts")):
            content, headers = (b"{}", {"Content-Type": "application/json"}) if method != "GET" else (None, {})
            assert other.request(method, path, content=content, headers=headers).status_code == 503


def high_water(process):
    """Bytes of memory that a process had at most."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) * 1024


@contextlib.contextmanager
def connected(port):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        yield connection


def up_and_down(folder, process, port, size):
    """Send a file of so many bytes and fetch it again: by how much the server grew, and seconds up and down."""
    bearer = {"Authorization": f"Bearer {token_of(folder)}"}
    block = os.urandom(1 << 20)
    with connected(port) as connection:
        connection.request("POST", f"{API}/runs/create", b'{"experiment_id": "0"}', {**bearer, "Content-Type": "application/json"})
        run = json.loads(connection.getresponse().read())["run"]["info"]
        for path in ("warm", "warm"):  # what is loaded with the first file is no matter of its size
            connection.request("PUT", inside(run, path), block, bearer)
            connection.getresponse().read()
            connection.request("GET", inside(run, path), headers=bearer)
            connection.getresponse().read()
        before, digest, began = high_water(process), hashlib.sha256(), time.perf_counter()
        connection.request("PUT", inside(run, "big"), (block for _ in range(size >> 20)), {**bearer, "Content-Length": str(size)})
        assert connection.getresponse().read() == b"{}"
        up, began = time.perf_counter() - began, time.perf_counter()
        connection.request("GET", inside(run, "big"), headers=bearer)
        response = connection.getresponse()
        while piece := response.read(1 << 20):
            digest.update(piece)
        down = time.perf_counter() - began
    assert response.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    return high_water(process) - before, up, down


def test_the_memory_of_the_server_does_not_grow_with_a_file(tmp_path):
    with started(tmp_path) as (process, port):
        grown, _, _ = up_and_down(tmp_path, process, port, 300 << 20)
    assert grown < 60e6
