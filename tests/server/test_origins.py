"""A model's history says who changed it from where, also when the change comes from a client of a server."""

import pytest

from jupyter_mlops.entities.authors import ORIGIN, told_author
from tests.server_processes import started, token_of

CHANGES = """
import sys
import jupyter_mlops as mlflow
__vsc_ipynb_file__ = "book.ipynb"
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
client.create_registered_model("m")
client.create_model_version("m", "s3://bucket/x")
client.transition_model_version_stage("m", 1, "Staging", comment="try it")
client.set_registered_model_alias("m", "champion", 1)
mlflow.registry.require("m", stage="Production", rule="tags.team")
try:
    client.transition_model_version_stage("m", 1, "Production")
except mlflow.errors.GateRefused as error:
    print(error.name, error.target, error.verdicts[0].reason)
mlflow.registry.undo("m")
"""


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path / "data"))
    with started(tmp_path) as (_, port):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token_of(tmp_path))
        yield f"http://127.0.0.1:{port}"


def test_user_and_machine_of_the_client_stand_in_the_history(server, tmp_path, python, sql, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ann")
    assert python(CHANGES, server).strip() == "m Production tag team is not set"
    rows = sql("SELECT DISTINCT who FROM audit", str(tmp_path / "mlops.duckdb"))
    assert rows == [("ann",)]
    assert sql("SELECT comment FROM audit WHERE comment IS NOT NULL", str(tmp_path / "mlops.duckdb")) == [("try it",)]


@pytest.mark.parametrize("header", ["", "%", "{", "%7B%7D", "[]", "%7B%22user%22%3A1%7D", "%7B%22user%22%3A%22" + "a" * 2000 + "%22%7D", "%7B%22user%22%3A%22a%5Cn%22%7D", "%ff"])
def test_what_is_no_origin_is_none(header):
    assert told_author(header) is None
    assert ORIGIN.isascii()
