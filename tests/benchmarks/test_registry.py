"""A registry of 1,000 models with 100 versions each, and as many runs: pages of the views, searches, changes."""

import shutil
import sqlite3
import subprocess

import msgspec
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.views.requests import answer
from tests.benchmarks.sides import Side

MODELS, VERSIONS = 1000, 100
METRICS = ["acc", "auc", "f1", "loss", "precision", "recall"]
# One run a version, m is the model from 0, v its version; the last but one is in production.
_RID = f"(m * {VERSIONS} + v)"
_FILL = f"""
CREATE TEMP TABLE made AS SELECT m, v, {_RID} AS rid, printf('%032x', {_RID}) AS run_id, 1700000000000 + {_RID} * 1000 AS time
    FROM range({MODELS}) r(m), range(1, {VERSIONS + 1}) s(v) ORDER BY rid;
INSERT INTO store.runs (rid, run_id, experiment_id, run_name, user_id, status, status_time, start_time, end_time,
    last_record_time, lifecycle_stage, artifact_uri, change)
    SELECT rid, run_id, 0, 'calm-fox-' || rid, 'ann', 'FINISHED', time, time, time, time, 'active', 'mlartifacts/0/' || run_id, 1
    FROM made;
INSERT INTO store.latest_metrics (rid, key, value, timestamp, step, count)
    SELECT rid, key, ((rid * 7919) % 1000) / 1000, time, 0, 1 FROM made, (SELECT unnest($keys::VARCHAR[]) AS key) ORDER BY rid;
INSERT INTO store.registered_models (mid, name, description, creation_time, last_update_time, change)
    SELECT m + 1, printf('model %04d', m), 'Forecast of what customers do, number ' || m, 1700000000000, 1700000000000 + m, 1
    FROM range({MODELS}) r(m);
INSERT INTO store.model_versions (mid, version, description, user_id, stage, source, run_id, status, creation_time,
    last_update_time, change)
    SELECT m + 1, v, if(v % 10 = 0, 'Trained on week ' || v, NULL), 'ann', {{stage}}, 'mlartifacts/0/' || run_id || '/model',
        run_id, 'READY', time, time, 1 FROM made;
INSERT INTO store.model_version_tags (mid, version, key, value) SELECT m + 1, v, 'team', (['red', 'blue'])[1 + m % 2] FROM made;
INSERT INTO store.model_aliases (mid, alias, version) SELECT m + 1, 'champion', {VERSIONS - 1} FROM range({MODELS}) r(m);
DROP TABLE made;
"""
_STAGE = f"CASE WHEN v = {VERSIONS} THEN 'Staging' WHEN v = {VERSIONS - 1} THEN 'Production' WHEN v < 50 THEN 'Archived' ELSE 'None' END"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Path of such a registry."""
    path = tmp_path_factory.mktemp("registry") / "mlops.duckdb"
    store = DuckDBStore(str(path))
    store.last_change()
    with store.files.session("fill") as session:
        for statement in _FILL.replace("{stage}", _STAGE).split(";")[:-1]:
            session.rows(statement, {"keys": METRICS} if "$keys" in statement else None)
    store.close()
    return path


@pytest.fixture(scope="module")
def twin(made, mlflow_python):
    """The same models and versions in a database of the real MLflow."""
    path = made.with_name("mlflow.db")
    create = f"import mlflow; mlflow.MlflowClient('sqlite:///{path}').search_registered_models()"
    subprocess.run([mlflow_python, "-c", create], check=True, capture_output=True, cwd=path.parent)
    tables = {
        "registered_models (name, creation_time, last_updated_time, description)": """
            SELECT name, creation_time, last_update_time, description FROM store.registered_models""",
        "model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage, source, run_id, "
        "status)": """
            SELECT name, version, v.creation_time, v.last_update_time, v.description, user_id, stage, source, run_id, status
            FROM store.model_versions v JOIN store.registered_models USING (mid)""",
        "model_version_tags (name, version, key, value)": """
            SELECT name, version, key, value FROM store.model_version_tags JOIN store.registered_models USING (mid)""",
        "registered_model_aliases (name, alias, version)": """
            SELECT name, alias, version FROM store.model_aliases JOIN store.registered_models USING (mid)""",
    }
    database = sqlite3.connect(path)
    with DuckDBStore(str(made)).files.reading() as session:
        for table, query in tables.items():
            marks = ", ".join("?" * (table.count(",") + 1))
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", session.rows(query))
    database.execute("ANALYZE")
    database.commit()
    database.close()
    return path


@pytest.fixture
def registry(made, tmp_path):
    """Path of a copy of it."""
    return str(shutil.copy(made, tmp_path / "copy.duckdb"))


VIEWS = {
    "100 of 1,000 models": ("models", {}, 0.25),
    "500 of 1,000 models": ("models", {"limit": 500}, 0.5),
    "models with a text": ("models", {"search": "number 77"}, 0.25),
    "models by time": ("models", {"order_by": "updated"}, 0.25),
    "100 versions of a model": ("model_versions", {"name": "model 0500"}, 0.25),
    "versions with a text": ("model_versions", {"name": "model 0500", "search": "week"}, 0.25),
    "two versions compared": ("compare_versions", {"name": "model 0500", "versions": ["99", "100"]}, 0.25),
}


@pytest.mark.parametrize("case", VIEWS)
def test_view(benchmark, registry, case):
    """A page as JSON, as the page asks for it: the two of an open registry together stay below half a second."""
    name, parameters, budget = VIEWS[case]
    store = open_store(registry)
    benchmark.extra_info.update(what=f"view of the registry of 100,000 versions: {case}", budget=budget)
    benchmark.pedantic(lambda: msgspec.json.encode(answer(store, name, parameters)), rounds=20, warmup_rounds=2)


def test_widget(benchmark, registry):
    """`browse_models(name)` until the cell has its output."""
    mlflow.set_tracking_uri(registry)
    benchmark.extra_info.update(what="`browse_models(name)` of 100,000 versions, its output made", budget=0.5)
    benchmark.pedantic(lambda: mlflow.browse_models("model 0500")._repr_mimebundle_(), rounds=20, warmup_rounds=2)


CALLS = {
    "`search_registered_models`, 100 of 1,000": "assert len(client.search_registered_models(max_results=100)) == 100",
    "`search_model_versions` of one of 1,000 models": """
        assert len(client.search_model_versions("name = 'model 0500'")) == 100""",
    "`search_model_versions`, 1,000 of 100,000": "assert len(client.search_model_versions(max_results=1000)) == 1000",
    "`get_latest_versions`": "assert len(client.get_latest_versions('model 0500')) == 4",
    "`get_model_version_by_alias`": "assert client.get_model_version_by_alias('model 0500', 'champion')",
    "`create_model_version`": "client.create_model_version('model 0501', source='s3://bucket/model')",
    "`transition_model_version_stage`": "client.transition_model_version_stage('model 0502', '7', 'Staging')",
    "… archiving what is there": """
        client.transition_model_version_stage('model 0503', '7', 'Staging', archive_existing_versions=True)
        client.transition_model_version_stage('model 0503', '8', 'Staging', archive_existing_versions=True)""",
    "`set_registered_model_alias`": "client.set_registered_model_alias('model 0504', 'champion', '5')",
}


@pytest.mark.filterwarnings("ignore")  # stages are deprecated in MLflow
@pytest.mark.parametrize("case", CALLS)
def test_call(benchmark, request, mlflow_python, registry, twin, tmp_path, case):
    theirs = Side(f"sqlite:///{shutil.copy(twin, tmp_path / 'theirs.db')}", "", CALLS[case], 1)
    calls = CALLS[case].count("transition_model") or 1
    seconds = theirs.seconds_in(mlflow_python, 5, request.node) / calls
    ours = Side(registry, "", CALLS[case], 1).here()
    benchmark.extra_info.update(what=f"{case} in a registry of 100,000 versions", mlflow=seconds, calls=calls, budget=0.5)
    benchmark.pedantic(ours, rounds=20, warmup_rounds=2)
