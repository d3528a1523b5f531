"""Stores that earlier schemas wrote are read, brought up to date with a backup before it, and written on."""

import json
import pathlib
import tarfile

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import registry
from jupyter_mlops.errors import InvalidState
from jupyter_mlops.storage.duckdb.backups import backups_of, sha256_of
from jupyter_mlops.storage.duckdb.migrations import SCHEMA_VERSION
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.requests import answer
from tests.compat.make_store import read

GOLDEN = sorted(pathlib.Path(__file__).parent.glob("schema-*.tar.gz"))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.name[:11])
def golden(request, tmp_path, monkeypatch):
    """Schema of a golden store, unpacked into the current folder."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.chdir(tmp_path / "store")
    return int(request.param.name[7:11])


def test_there_is_a_golden_store_of_every_schema():
    assert [int(path.name[7:11]) for path in GOLDEN] == list(range(1, SCHEMA_VERSION + 1))


def test_all_that_was_written_is_read(golden, sql):
    before = json.loads(pathlib.Path("before.json").read_text())
    after = json.loads(json.dumps(read()))
    unfolded = [run for run in after["runs"] if run[1] == "not folded yet"]
    after["runs"] = [run for run in after["runs"] if run[1] != "not folded yet"]
    assert after == before
    ((_, _, status, _, _, _, params, metrics, _, points),) = unfolded
    assert (status, params, metrics) == ("FINISHED", {"depth": "9"}, {"loss": "0.25"})
    assert [point[0] for point in points] == [3]
    assert sql("SELECT value FROM meta WHERE key = 'schema'") == [(str(SCHEMA_VERSION),)]


def test_what_changes_is_kept_as_it_was(golden, sql):
    assert read()["runs"]
    kept = backups_of(str(pathlib.Path("mlops.duckdb").absolute()))
    if golden == SCHEMA_VERSION:
        assert kept == []
        return
    ((folder, manifest),) = kept
    copy = pathlib.Path(folder, manifest.database)
    assert (manifest.schema, manifest.sha256) == (golden, sha256_of(str(copy)))
    assert manifest.why == f"migration from schema {golden} to {SCHEMA_VERSION}"
    assert read()["runs"]
    assert backups_of(str(pathlib.Path("mlops.duckdb").absolute())) == kept


def test_it_is_written_on(golden, value):
    mlflow.set_experiment("wine")
    with mlflow.start_run():
        mlflow.log_metric("loss", 1.5)
    assert value("SELECT count(*) FROM metrics WHERE value = 1.5") == 1
    run_id = next(run_id for run_id, name, *_ in read()["runs"] if name == "run-0")
    mlflow.MlflowClient().log_text(run_id, "flavors: {}", "model/MLmodel")
    assert mlflow.register_model(f"runs:/{run_id}/model", "forest").version == "4"


def test_only_what_can_be_undone_is_offered(golden):
    """Before schema 3 a move did not write down where it came from."""
    found = answer(current_store(), "model_history", {"name": "forest"})
    assert "Version 1 moved from None to Production" in [event["text"] for event in found["events"]]
    assert (found["undo"] is not None) == (golden >= 3)
    if found["undo"]:
        registry.undo("forest")
    else:
        with pytest.raises(InvalidState, match="No move"):
            registry.undo("forest")
