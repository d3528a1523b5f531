"""A small store for searches, filled straight into its tables."""

import pathlib

import duckdb
import pytest

import jupyter_mlops
from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.orders import parse_order_by
from jupyter_mlops.storage.search.queries import (
    experiments_query,
    model_versions_query,
    registered_models_query,
    runs_query,
)
from jupyter_mlops.storage.search.subjects import EXPERIMENTS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS

SCHEMA = pathlib.Path(jupyter_mlops.__file__).parent / "storage/duckdb/schema/0001_first.sql"


class SmallStore:
    """Tables of the released schema in memory, and searches that answer with names."""

    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.execute("ATTACH ':memory:' AS store; USE store")
        self.connection.execute(SCHEMA.read_text())
        self.connection.execute("USE memory")

    def insert(self, table, **values):
        names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
        self.connection.execute(f"INSERT INTO store.{table} ({names}) VALUES ({marks})", list(values.values()))

    def add_run(self, rid, name, *, metrics=None, params=None, tags=None, datasets=(), **columns):
        defaults = {
            "run_name": name, "user_id": "ann", "status": "FINISHED", "status_time": 0, "start_time": rid,
            "experiment_id": 0, "lifecycle_stage": "active", "artifact_uri": f"artifacts/0/{name}/artifacts",
        }  # fmt: skip
        self.insert("runs", rid=rid, run_id=name, **{**defaults, **columns})
        for key, metric in (metrics or {}).items():
            self.insert("latest_metrics", rid=rid, key=key, **(metric if isinstance(metric, dict) else _once(metric)))
        for table, pairs in (("params", params), ("tags", tags)):
            for key, value in (pairs or {}).items():
                self.insert(table, rid=rid, key=key, value=value, timestamp=0)
        for did, context in datasets:
            self.insert("inputs", rid=rid, did=did)
            self.insert("input_tags", rid=rid, did=did, key="mlflow.data.context", value=context)

    def add_model(self, mid, name, *, tags=None, time=0):
        self.insert("registered_models", mid=mid, name=name, last_update_time=time)
        for key, value in (tags or {}).items():
            self.insert("registered_model_tags", mid=mid, key=key, value=value)

    def add_version(self, mid, version, *, tags=None, **columns):
        defaults = {"stage": "None", "status": "READY", "last_update_time": 0}
        self.insert("model_versions", mid=mid, version=version, **{**defaults, **columns})
        for key, value in (tags or {}).items():
            self.insert("model_version_tags", mid=mid, version=version, key=key, value=value)

    def runs(
        self, text=None, order_by=None, *, tree=None, ids=None, stages=("active",), limit=1000, offset=0, root="/s"
    ):
        tree = tree or parse_filter(text, RUNS)
        orders = parse_order_by(order_by, RUNS)
        rids = self._rows(
            runs_query(tree, orders, experiment_ids=ids, stages=stages, limit=limit, offset=offset, root=root)
        )
        names = dict(self.connection.execute("SELECT rid, run_id FROM store.runs").fetchall())
        return [names[rid] for (rid,) in rids]

    def experiments(self, text=None, order_by=None, stages=("active",)):
        tree, orders = parse_filter(text, EXPERIMENTS), parse_order_by(order_by, EXPERIMENTS)
        return [row[0] for row in self._rows(experiments_query(tree, orders, stages=stages, limit=1000))]

    def models(self, text=None, order_by=None):
        tree, orders = parse_filter(text, REGISTERED_MODELS), parse_order_by(order_by, REGISTERED_MODELS)
        return [row[0] for row in self._rows(registered_models_query(tree, orders, limit=1000))]

    def versions(self, text=None, order_by=None):
        tree, orders = parse_filter(text, MODEL_VERSIONS), parse_order_by(order_by, MODEL_VERSIONS)
        return self._rows(model_versions_query(tree, orders, limit=1000))

    def _rows(self, query):
        return self.connection.execute(*query).fetchall()


def _once(value):
    """The row of a metric that was logged once."""
    return {"value": value, "min": value, "max": value, "first": value, "count": 1}


@pytest.fixture
def make_store():
    made = []

    def make():
        made.append(SmallStore())
        return made[-1]

    yield make
    for store in made:
        store.connection.close()


@pytest.fixture
def store(make_store):
    return make_store()
