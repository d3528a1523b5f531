"""Where data came from: told from what a user gives, kept without credentials, loaded again."""

import base64
import http.server
import json
import pathlib
import threading

import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.data import dataset_source_registry, sources
from jupyter_mlops.data.code_dataset_source import CodeDatasetSource
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.entities import Dataset, DatasetInput
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.importers.imports import import_store
from tests.s3_servers import _s3_server, s3  # noqa: F401 - fixtures

FRAME = pd.DataFrame({"a": [1.0]})
BODY = b"a\n1.0\n"


@pytest.fixture
def web():
    """A server of one file; returns its address and what it was asked with."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Authorization")))
            if self.path.startswith("/moved"):
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/wine.csv")
                self.end_headers()
                return
            self.send_response(404 if self.path.startswith("/none") else 200)
            self.send_header("Content-Length", str(len(BODY) + (10 if self.path.startswith("/broken") else 0)))
            if self.path.startswith("/named"):
                self.send_header("Content-Disposition", 'attachment; filename="../../evil.csv"')
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def source_of(given):
    return mlflow.data.from_pandas(FRAME, source=given).source


@pytest.mark.parametrize(
    ("given", "kind", "stored"),
    [
        ("path/to/data.csv", "local", {"uri": "path/to/data.csv"}),
        (pathlib.Path("data.csv"), "local", {"uri": "data.csv"}),
        ("file:///tmp/data.csv", "local", {"uri": "file:///tmp/data.csv"}),
        ("s3://bucket/x", "s3", {"uri": "s3://bucket/x"}),
        ("gs://bucket/x", "gs", {"uri": "gs://bucket/x"}),
        ("abfss://box@account/x", "abfss", {"uri": "abfss://box@account/x"}),
        ("runs:/abc/x", "runs", {"uri": "runs:/abc/x"}),
        ("https://h/x?part=1", "http", {"url": "https://h/x?part=1"}),
        ("https://ann:secret@h/x?token=secret", "http", {"url": "https://h/x"}),
        ("s3://key:secret@bucket/x", "s3", {"uri": "s3://bucket/x"}),
        (None, "code", None),
    ],
)
def test_what_is_meant_and_what_is_stored(given, kind, stored):
    source = source_of(given)
    assert source._get_source_type() == kind
    assert stored is None or json.loads(source.to_json()) == stored
    again = mlflow.data.get_dataset_source_from_json(source.to_json(), kind)
    assert type(again) is type(source)
    assert again.to_dict() == source.to_dict()
    assert "secret" not in repr(source) + repr(again)


def test_unknown_places_are_an_error_that_does_not_tell_passwords():
    with pytest.raises(NotFound, match="h/x") as caught:
        source_of("gopher://ann:secret@h/x")
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    assert "secret" not in str(caught.value)
    with pytest.raises(NotFound):
        source_of(5)
    with pytest.raises(NotFound, match="'spark'"):
        mlflow.data.get_dataset_source_from_json("{}", "spark")
    for kind, wrong in (("local", "{}"), ("http", '{"url": "file:///etc/passwd"}'), ("duckdb", "{}")):
        with pytest.raises(InvalidParameter):
            mlflow.data.get_dataset_source_from_json(wrong, kind)


@pytest.mark.parametrize("by_client", [False, True])
def test_no_credentials_reach_the_disk(by_client, tmp_path, sql):
    urls = [
        "https://ann:hunter2@h/x.csv?sig=hunter2&part=1",
        "s3://AKIA:hunter2@bucket/x",
        "https://h/x#access_token=hunter2",
    ]
    query = "SELECT 1 AS a --  'https://ann:hunter2@h/x' 'password=hunter2'"
    with mlflow.start_run() as run:
        if by_client:  # as another tracker's objects, or a request, bring them
            texts = [json.dumps({"url": url, "more": [{"deep": url}]}) for url in urls] + [
                urls[0],
                json.dumps({"query": query}),
            ]
            inputs = [DatasetInput(Dataset(f"d{n}", "1", "http", text)) for n, text in enumerate(texts)]
            mlflow.MlflowClient().log_inputs(run.info.run_id, inputs)
        else:
            for n, url in enumerate(urls):
                mlflow.log_input(mlflow.data.from_pandas(FRAME, source=url, name=f"d{n}"))
            mlflow.log_input(mlflow.data.from_duckdb(query))
    stored = sql("SELECT source FROM datasets ORDER BY did")
    assert json.loads(stored[0][0])["url"] == "https://h/x.csv?part=1"
    assert len(stored) == 5 if by_client else 4
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".duckdb"]
    assert all(b"hunter2" not in path.read_bytes() for path in files)
    assert "hunter2" not in str(stored)


def test_no_credentials_come_in_by_an_import(sql):
    """A folder as MLflow writes it, with a source as it keeps it."""
    texts = {
        "0/meta.yaml": "experiment_id: '0'\nname: Default\nlifecycle_stage: active\nartifact_location: mlruns/0\n",
        f"0/{'a' * 32}/meta.yaml": f"run_id: {'a' * 32}\nrun_uuid: {'a' * 32}\nexperiment_id: '0'\nlifecycle_stage: active\n"
        "status: 3\nstart_time: 1\nend_time: 2\nuser_id: u\nrun_name: r\nartifact_uri: mlruns/0/a/artifacts\n",
        f"0/{'a' * 32}/inputs/i1/meta.yaml": "source_type: DATASET\nsource_id: d1\ndestination_type: RUN\ntags: {}\n",
        "0/datasets/d1/meta.yaml": "name: wine\ndigest: d\nsource_type: http\nprofile: null\nschema: null\n"
        'source: \'{"url": "https://ann:hunter2@h/wine.csv"}\'\n',
    }
    for name, text in texts.items():
        path = pathlib.Path("mlruns", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    import_store("mlruns", "mine.duckdb")
    assert sql("SELECT source FROM datasets", "mine.duckdb") == [('{"url": "https://h/wine.csv"}',)]


def test_local_data_is_loaded_from_where_it_is_or_copied():
    FRAME.to_csv("wine.csv", index=False)
    source = source_of("wine.csv")
    assert source.load() == str(pathlib.Path("wine.csv").resolve())
    copy = pathlib.Path(source.load("deep/copy"))
    assert copy == pathlib.Path("deep/copy/wine.csv")
    assert copy.read_bytes() == pathlib.Path("wine.csv").read_bytes()
    pathlib.Path("wine.csv").unlink()
    for dst in (None, "copy"):
        with pytest.raises(OSError, match=r"no data at '.*wine.csv'"):
            source.load(dst)


def test_an_artifact_of_a_run_is_a_source():
    with mlflow.start_run() as run:
        mlflow.log_text(BODY.decode(), "data/wine.csv")
    assert pathlib.Path(source_of(f"runs:/{run.info.run_id}/data/wine.csv").load()).read_bytes() == BODY
    with pytest.raises(OSError, match="none.csv"):
        source_of(f"runs:/{run.info.run_id}/data/none.csv").load()


def test_a_file_of_a_bucket(s3):  # noqa: F811 - the fixture
    client = s3.client()
    client.put_object(Bucket="lab", Key="deep/wine.csv", Body=BODY)
    client.close()
    assert pathlib.Path(source_of("s3://lab/deep/wine.csv").load("copy")).read_bytes() == BODY
    with pytest.raises(OSError, match="none.csv"):
        source_of("s3://lab/deep/none.csv").load()
    with pytest.raises(InvalidParameter, match="AWS_ACCESS_KEY_ID") as caught:
        source_of("s3://key:secret@lab/deep/wine.csv").load()
    assert "secret" not in str(caught.value)


def test_code_cannot_be_loaded():
    source = source_of(None)
    assert isinstance(source, CodeDatasetSource)
    with pytest.raises(NotImplementedError, match="source="):
        source.load()


def test_a_file_of_the_web(web):
    address, asked = web
    path = pathlib.Path(source_of(f"http://ann:p%40ss@{address}/a/wine.csv?part=1").load("copy"))
    assert path == pathlib.Path("copy/wine.csv")
    assert path.read_bytes() == BODY
    assert asked == [("/a/wine.csv?part=1", "Basic " + base64.b64encode(b"ann:p@ss").decode())]
    assert pathlib.Path(source_of(f"http://{address}").load()).name == "dataset_source"
    assert pathlib.Path(source_of(f"http://{address}/named").load("copy")) == pathlib.Path("copy/evil.csv")


def test_a_login_is_not_sent_on_to_where_the_file_moved(web):
    address, asked = web
    source_of(f"http://ann:secret@{address.replace('127.0.0.1', 'localhost')}/moved").load()
    assert [login is None for _, login in asked] == [False, True]


@pytest.mark.parametrize("path", ["none.csv", "broken.csv"])
def test_what_cannot_be_fetched_leaves_nothing_behind(web, path):
    with pytest.raises(OSError, match=f"{path} could not be fetched") as caught:
        source_of(f"http://ann:secret@{web[0]}/{path}?token=secret").load("copy")
    assert "secret" not in str(caught.value)
    assert not list(pathlib.Path("copy").rglob("*"))


def test_a_kind_of_source_of_ones_own(monkeypatch):
    class Shelf(DatasetSource):
        def __init__(self, place):
            self.place = place

        @staticmethod
        def _get_source_type():
            return "shelf"

        def load(self, dst_path=None):
            return f"/shelves/{self.place}"

        @staticmethod
        def _can_resolve(raw_source):
            return str(raw_source).startswith("shelf:")

        @classmethod
        def _resolve(cls, raw_source):
            return cls(raw_source.removeprefix("shelf:"))

        def to_dict(self):
            return {"place": self.place}

        @classmethod
        def from_dict(cls, source_dict):
            return cls(source_dict["place"])

    monkeypatch.setattr(dataset_source_registry, "_registered", mlflow.data.get_registered_sources())
    mlflow.data.register_dataset_source(Shelf)
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_pandas(FRAME, source="shelf:3"))
    used = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0]
    assert mlflow.data.get_source(used).load() == "/shelves/3"
    assert mlflow.data.get_source(mlflow.data.from_pandas(FRAME, source=Shelf("4"))).load() == "/shelves/4"
    with pytest.raises(InvalidParameter, match="not a str"):
        mlflow.data.get_source("wine.csv")


def test_mlflows_names_of_sources():
    names = {kind.__name__ for kind in mlflow.data.get_registered_sources()}
    assert {"LocalArtifactDatasetSource", "S3ArtifactDatasetSource", "HTTPDatasetSource", "CodeDatasetSource"} <= names
    assert sources.S3ArtifactDatasetSource("s3://b/x").uri == "s3://b/x"
