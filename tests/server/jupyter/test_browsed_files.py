"""Files of Jupyter's file browser that have a page: what they say, which stores may be opened, and what is refused."""

import contextlib
import json
import shutil
import subprocess
import sys

import duckdb
import pytest

from jupyter_mlops.tracking.client import MlflowClient
from tests.server.jupyter.jupyter_servers import ROOT, jupyter_server

MODEL = """
artifact_path: model
flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.12}
saved_input_example_info: {artifact_path: EXAMPLE}
signature:
  inputs: '[{"name": "acidity", "type": "double", "required": true}]'
"""
PROJECT = "name: wine\nentry_points:\n  main:\n    parameters: {depth: {type: int, default: 3}}\n    command: python train.py\n"
NO_CONTENTS = """
from jupyter_server.auth import Authorizer

class Ours(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource != "contents"

c.ServerApp.authorizer_class = Ours
"""


@pytest.fixture
def files(jupyter, request):
    """A folder in the file browser, and what `file` and `store-file` answer to a path in it."""
    folder = jupyter.folder / request.node.name.partition("[")[0]
    folder.mkdir(exist_ok=True)
    with jupyter.user as user:
        yield Files(user, folder)


class Files:
    def __init__(self, user, folder):
        self.user, self.folder = user, folder

    def file(self, name):
        return self.user.get("file", params={"path": f"{self.folder.name}/{name}"})

    def store(self, name):
        return self.user.post("store-file", params={"path": f"{self.folder.name}/{name}"})

    def known(self):
        listed = self.folder.parent / "data" / "stores.json"
        return json.loads(listed.read_text()) if listed.exists() else {}


def make_store(path):
    """A store with one experiment, made and left by another process."""
    source = f"from jupyter_mlops import MlflowClient as C; c = C({str(path)!r}); c.create_experiment('there'); c.search_experiments()"
    subprocess.run([sys.executable, "-c", source], check=True, cwd=ROOT, timeout=60)
    return path


def rows(answer, title):
    section = next(one for one in answer.json()["sections"] if one["title"] == title)
    return {row["key"]: row["value"] for row in section["rows"]}


def test_a_model_with_what_lies_beside_it(files):
    (files.folder / "MLmodel").write_text(MODEL.replace("EXAMPLE", "input_example.json"))
    (files.folder / "requirements.txt").write_text("scikit-learn==1.7\n")
    (files.folder / "input_example.json").write_text('{"columns": ["acidity"], "data": [[1.0]]}')
    answer = files.file("MLmodel")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert rows(answer, "Model") == {"artifact_path": "model"}
    assert rows(answer, "python_function")["loader_module"] == "mlflow.sklearn"
    assert said["signature"]["inputs"][0]["name"] == "acidity"
    assert (said["requirements"], said["example"]) == ("scikit-learn==1.7\n", '{"columns": ["acidity"], "data": [[1.0]]}')


@pytest.mark.parametrize("example", ["../secret.json", "/etc/passwd", "..", "none.json", "[1, 2]"])
def test_an_example_that_does_not_lie_beside_its_model_is_not_read(files, example):
    (files.folder.parent / "secret.json").write_text("secret")
    (files.folder / "MLmodel").write_text(MODEL.replace("EXAMPLE", example))
    answer = files.file("MLmodel")
    assert (answer.status_code, answer.json()["example"], answer.json()["requirements"]) == (200, None, None)
    assert "root:" not in answer.text


def test_a_project(files):
    (files.folder / "MLproject").write_text(PROJECT)
    answer = files.file("MLproject")
    assert rows(answer, "Project") == {"name": "wine"}
    assert rows(answer, "main") == {"command": "python train.py", "parameter depth": '{"type":"int","default":3}'}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.txt", b"name: wine", "is no MLmodel and no MLproject"),
        ("MLmodel", b"\x00\xff\xfe" * 100, "not UTF-8"),
        ("MLmodel", b"a: 1\n" * 300_000, "more than 1,000,000 bytes"),
        ("MLmodel", b"- just\n- a list\n", "no YAML mapping"),
        ("MLproject", b"a: &a [*a]\n", "cannot be read"),
        ("MLproject", b"!!python/object/apply:os.system ['touch made']", "cannot be read"),
        ("MLmodel", b"flavors: 3\nsignature: {inputs: 7}\n", ""),
    ],
)
def test_files_that_cannot_be_shown_are_refused_in_words(files, name, content, said):
    (files.folder / name).write_bytes(content)
    answer = files.file(name)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["message"]
    assert not list(files.folder.parent.rglob("made"))


def test_no_path_leads_out_of_the_file_browser(files, tmp_path):
    (tmp_path / "MLmodel").write_text("secret: yes")
    make_store(tmp_path / "outside.duckdb")
    (files.folder / "linked.duckdb").symlink_to(tmp_path / "outside.duckdb")
    (files.folder / "linked").symlink_to(tmp_path)
    (files.folder / "folder.duckdb").mkdir(exist_ok=True)
    before = files.known()
    up = f"../../{tmp_path.parent.name}/{tmp_path.name}"
    for name in ("linked.duckdb", "linked/outside.duckdb", "folder.duckdb", "none.duckdb", f"{up}/outside.duckdb", "x\x00.duckdb"):
        answer = files.store(name)
        assert answer.status_code in (400, 404), (name, answer.text)
        assert "there" not in answer.text
        assert str(tmp_path) not in answer.text
    for name in (f"{up}/MLmodel", "../" * 20 + "etc/passwd", "none/MLmodel", ""):
        assert files.file(name).status_code in (400, 404), name
    assert files.user.post("store-file", params={"path": str(tmp_path / "outside.duckdb")}).status_code == 404
    assert files.known() == before


def test_a_file_that_is_not_there_is_told_as_such(files):
    """A bare 404 of Jupyter is what a server without this extension answers."""
    for answer in (files.file("MLmodel"), files.store("mlops.duckdb")):
        assert answer.status_code == 404
        assert answer.json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
        assert answer.json()["message"].startswith(f"There is no file '{files.folder.name}/")


def test_a_store_of_the_file_browser_can_be_asked_for(files):
    make_store(files.folder / "team.duckdb")
    (files.folder / "same.duckdb").symlink_to("team.duckdb")
    answer = files.store("team.duckdb")
    assert answer.status_code == 200, answer.text
    key = answer.json()["key"]
    assert files.known()[key] == str((files.folder / "team.duckdb").resolve())
    assert files.store("same.duckdb").json() == {"key": key}
    found = files.user.post("api/2.0/mlflow/experiments/search", params={"store": key}, json={"max_results": 10}).json()
    assert "there" in [one["name"] for one in found["experiments"]]


def test_a_copied_store_alone_is_a_store_too(files):
    made = make_store(files.folder / "whole.duckdb")
    (files.folder / "alone").mkdir(exist_ok=True)
    shutil.copy(made, files.folder / "alone" / "copy.duckdb")
    assert files.store("alone/copy.duckdb").status_code == 200


def foreign(path):
    with contextlib.closing(duckdb.connect(str(path), config={"storage_compatibility_version": "v1.2.0"})) as connection:
        connection.execute("CREATE TABLE meta (key VARCHAR); CREATE TABLE sales AS SELECT 1 AS price")


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("sales.duckdb", foreign, "no store of runs and models"),
        ("text.duckdb", lambda path: path.write_text("price\n1\n" * 1000), "not a valid DuckDB database"),
        ("empty.duckdb", lambda path: path.write_bytes(b""), "not a valid DuckDB database"),
        ("mlops.db", lambda path: path.write_bytes(b"SQLite format 3\0"), "is no store: those are named like mlops.duckdb"),
    ],
)
def test_a_file_of_something_else_is_refused_and_stays_as_it_is(files, name, make, said):
    path = files.folder / name
    make(path)
    known, content = files.known(), path.read_bytes()
    answer = files.store(name)
    assert answer.status_code in (400, 500), answer.text
    assert said in answer.json()["message"]
    assert path.read_bytes() == content
    assert not list(files.folder.glob(f"{name}.*")), "nothing is made beside it"
    assert files.known() == known


def test_who_may_not_read_the_file_browser_reads_no_file_here(tmp_path):
    (tmp_path / "MLproject").write_text(PROJECT)
    MlflowClient(str(tmp_path / "team.duckdb")).create_experiment("there")
    with jupyter_server(tmp_path, config=NO_CONTENTS) as server, server.user as user:
        assert user.get("stores").status_code == 200
        assert user.get("file", params={"path": "MLproject"}).status_code == 403
        assert user.post("store-file", params={"path": "team.duckdb"}).status_code == 403
