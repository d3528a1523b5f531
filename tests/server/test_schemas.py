"""The description of all endpoints holds: schemathesis asks each of them, in a real server, what the description allows and what not."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from jupyter_mlops.server.rest.openapi import openapi_document
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from tests.server.live import served

schemathesis = pytest.importorskip("schemathesis", reason="pip install schemathesis")
from schemathesis import checks  # noqa: E402

TOKEN = "the-token"
CHECKS = [
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance,
    checks.response_headers_conformance,
]  # fmt: skip
schema = schemathesis.openapi.from_dict(openapi_document())


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(DuckDBStore(str(tmp_path_factory.mktemp("schemas") / "mlops.duckdb")), token=TOKEN) as client:
        filled(client)
        yield f"http://127.0.0.1:{client.port}"


def filled(client):
    """Something to find: a run, a model with a version, and a name that all of them share."""
    made = client.post("/api/2.0/mlflow/runs/create", json_body={"experiment_id": "0", "start_time": 1}).json()["run"]["info"]
    client.post("/api/2.0/mlflow/registered-models/create", json_body={"name": "0"})
    body = {"name": "0", "source": made["artifact_uri"], "run_id": made["run_id"]}
    client.post("/api/2.0/mlflow/model-versions/create", json_body=body)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@schema.parametrize()
@settings(
    max_examples=int(os.environ.get("MLOPS_EXAMPLES", "10")), derandomize=True, deadline=None, database=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_endpoint_answers_as_it_is_described(case, address):
    response = case.call(base_url=address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)
    case.validate_response(response, checks=CHECKS)
