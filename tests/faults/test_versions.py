"""Two versions of the package on one store: the newer has a further migration, and records of a further kind."""

import pathlib
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import StoreNewer
from jupyter_mlops.storage.duckdb.migrations import SCHEMA_VERSION
from jupyter_mlops.storage.opened import open_store
from tests.conftest import ROOT

pytestmark = pytest.mark.faults

TABLES = "runs experiments experiment_tags params tags metrics latest_metrics conflicts rejected applied run_owners audit "
TABLES += "registered_models registered_model_tags model_versions model_version_tags model_aliases tombstones"
NEXT = SCHEMA_VERSION + 1
WORK = """
import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
client = MlflowClient()
number = len(mlflow.search_experiments()) if {read} else 0
with mlflow.start_run(run_name="{who}") as run:
    for step in range(10):
        mlflow.log_metric("loss", float(step), step=step)
    mlflow.log_param("p", "{who}")
    mlflow.set_tag("t", "{who}")
    assert mlflow.get_run(run.info.run_id).data.metrics == {{"loss": 9.0}}
    mlflow.log_param("p2", 1)
    mlflow.set_tag("t", "again")
mlflow.create_experiment("{who}", tags={{"a": "b"}})
client.create_registered_model("{who}", tags={{"a": "b"}})
version = client.create_model_version("{who}", "/somewhere", tags={{"a": "b"}})
client.set_registered_model_alias("{who}", "best", version.version)
client.transition_model_version_stage("{who}", version.version, "Production")
client.delete_model_version("{who}", client.create_model_version("{who}", "/x").version)
"""
FROM_THE_FUTURE = """
import os, signal
import jupyter_mlops as mlflow
from jupyter_mlops.storage.journal.operations import encode
from jupyter_mlops.storage.journal.protocol import frame
from jupyter_mlops.storage.opened import open_store
with mlflow.start_run(run_name="future"):
    mlflow.log_metric("loss", 1.0, step=0)
    os.write(open_store().files.writer().begin().fd, frame(encode((99, 1, "a" * 32, "what nobody knows yet"))))
    mlflow.log_metric("loss", 2.0, step=1)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def newer(tmp_path):
    """Run a script by a copy of the package that is one schema ahead: a column more in every table, and a table more."""
    home = tmp_path / "newer"
    shutil.copytree(ROOT / "jupyter_mlops", home / "jupyter_mlops", ignore=shutil.ignore_patterns("labextension", "__pycache__"))
    folder = home / "jupyter_mlops/storage/duckdb"
    columns = "\n".join(f"ALTER TABLE {table} ADD COLUMN further VARCHAR DEFAULT 'new';" for table in TABLES.split())
    (folder / f"schema/{NEXT:04}_further.sql").write_text(f"CREATE TABLE further (x BIGINT);\n{columns}\n")
    module = folder / "migrations.py"
    text = module.read_text()
    assert f"\nSCHEMA_VERSION = {SCHEMA_VERSION}\n" in text
    module.write_text(text.replace(f"\nSCHEMA_VERSION = {SCHEMA_VERSION}\n", f"\nSCHEMA_VERSION = {NEXT}\n"))

    def run(script, check=True):
        environment = {"PYTHONPATH": str(home), "PATH": "/usr/bin:/bin", "JUPYTER_MLOPS_DATA_DIR": str(tmp_path / "data")}
        done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done

    return run


@pytest.mark.parametrize("first", ["old", "new"])
def test_both_read_and_write_what_they_know(python, newer, sql, first):
    scripts = {"old": python, "new": newer}
    for turn, who in enumerate((first, "new", "old", "new")):
        scripts[who](WORK.format(who=f"{who}{turn}", read=True))
    assert sql("SELECT value FROM meta WHERE key = 'schema'") == [(str(NEXT),)]
    assert sql("SELECT count(*), count(DISTINCT (rid, step)), count(DISTINCT rid) FROM metrics") == [(40, 40, 4)]
    assert sql("SELECT DISTINCT status FROM runs") == [("FINISHED",)]
    assert {run.data.tags["t"] for run in mlflow.search_runs(output_format="list")} == {"again"}
    assert len(MlflowClient().search_registered_models()) == 4
    assert len(mlflow.search_experiments()) == 5
    with mlflow.start_run(run_name="here") as run:
        mlflow.log_param("p", 1)
        mlflow.get_run(run.info.run_id)
    assert len(mlflow.search_runs()) == 5


def test_records_of_a_newer_kind_wait_for_the_newer_version(newer, sql, caplog):
    newer(FROM_THE_FUTURE, check=False)
    (segment,) = pathlib.Path("mlops.duckdb.journal").glob("*.seg")
    with mlflow.start_run(run_name="present"):
        mlflow.log_metric("loss", 3.0)
    assert sql("SELECT run_name, step FROM metrics JOIN runs USING (rid) ORDER BY ALL") == [("future", 0), ("present", 0)]
    assert "kind 99" in caplog.text and "newer jupyter_mlops" in caplog.text
    assert segment.exists()
    assert sql("SELECT status FROM runs WHERE run_name = 'future'") == [("RUNNING",)]
    assert sql("SELECT count(*) FROM rejected") == [(0,)]


def test_a_store_that_asks_for_a_newer_reader_keeps_what_is_logged_until_it_comes(sql):
    import duckdb

    with mlflow.start_run():
        mlflow.log_metric("loss", 1.0, step=0)
        mlflow.search_runs()
        with duckdb.connect(open_store().path) as plain:
            plain.execute("UPDATE meta SET value = '999' WHERE key = 'min_reader'")
        for step in range(1, 5):
            mlflow.log_metric("loss", 1.0, step=step)
            with pytest.raises(StoreNewer, match="Upgrade"):
                mlflow.search_runs()
    with duckdb.connect(open_store().path) as plain:
        assert plain.execute("SELECT count(*) FROM metrics").fetchall() == [(1,)]
        plain.execute("UPDATE meta SET value = '1' WHERE key = 'min_reader'")
    assert sql("SELECT count(*), any_value(status) FROM metrics JOIN runs USING (rid)") == [(5, "FINISHED")]
