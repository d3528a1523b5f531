"""A store with runs, artifacts and a model, and a plain DuckDB that looks into any file."""

import json

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.storage.opened import open_store


@pytest.fixture
def filled():
    """A store of three runs with histories and artifacts."""
    client = MlflowClient()
    for number in range(3):
        with mlflow.start_run(run_name=f"run-{number}") as run:
            mlflow.log_param("depth", number)
            for step in range(50):
                mlflow.log_metric("loss", 1 / (step + 1), step=step)
            mlflow.log_text(f"notes of {number}", "notes.txt")
    client.create_registered_model("forest")
    client.create_model_version("forest", f"{run.info.artifact_uri}", run.info.run_id)
    store = open_store()
    store.last_change()
    return store


@pytest.fixture
def plain(python):
    """Rows of a query on a DuckDB file, in another process that knows nothing of stores."""

    def ask(path, query):
        script = """
            import duckdb, json, sys
            with duckdb.connect(sys.argv[1], read_only=True) as connection:
                print(json.dumps(connection.execute(sys.argv[2]).fetchall(), default=str))
        """
        return [tuple(row) for row in json.loads(python(script, path, query))]

    return ask


@pytest.fixture
def break_rows(python):
    """Change a store's file by plain SQL in another process."""
    script = """
        import duckdb, sys
        with duckdb.connect(sys.argv[1]) as connection:
            connection.execute(sys.argv[2])
    """
    return lambda store, statement: python(script, store.path, statement)
