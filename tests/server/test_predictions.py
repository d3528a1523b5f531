"""Models asked through a server, without a kernel: what it answers, and to whom."""

import os
import subprocess
import sys

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from tests.server.auth.people import ROLES, make_people
from tests.server.live import served

X = pd.DataFrame({"size": [50.0, 80.0, 120.0], "rooms": [2, 3, 4]})
FOREIGN = """
import os, sys
import pandas as pd
import jupyter_mlops as mlflow
class Foreign(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [42.0] * len(model_input)
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run():
    mlflow.pyfunc.log_model("model", python_model=Foreign(), input_example=pd.DataFrame({"size": [1.0]}), pip_requirements=[], registered_model_name="foreign")
"""


@pytest.fixture
def store(tmp_path):
    """A store with two versions of a model that runs no code, and one of a stranger's that does."""
    path = str(tmp_path / "mlops.duckdb")
    mlflow.set_tracking_uri(path)
    for factor in (1, 2):
        with mlflow.start_run():
            model = LinearRegression().fit(X, [1.0 * factor, 1.6 * factor, 2.4 * factor])
            mlflow.sklearn.log_model(model, "model", input_example=X, registered_model_name="houses")
    mlflow.MlflowClient().set_registered_model_alias("houses", "champion", "1")
    env = os.environ | {"JUPYTER_MLOPS_DATA_DIR": str(tmp_path / "strangers data")}
    subprocess.run([sys.executable, "-W", "ignore", "-c", FOREIGN, path], check=True, timeout=120, env=env)
    made = DuckDBStore(path)
    yield made
    made.close()


def body(*models, **parameters):
    return {"models": list(models), "page": "a page", **parameters}


def number(answer):
    return [card["outputs"][0]["value"] for card in answer.json()["outcome"]["cards"]]


def test_two_versions_answer_as_python_does(store):
    models = ("models:/houses@champion", "models:/houses/2")
    row = pd.DataFrame({"size": [100.0], "rooms": [3]})
    with served(store, predict="safe") as client:
        opened = client.post("/views/predict_open", json_body=body(*models)).json()
        assert [one["label"] for one in opened["state"]["models"]] == ["houses 1 @champion", "houses 2"]
        assert str(store.path) not in str(opened)
        loaded = client.post("/views/predict_load", json_body=body(*models)).json()
        assert [one["state"] for one in loaded["models"]] == ["ready", "ready"]
        values = {"size": 100.0, "rooms": 3}
        told = client.post("/views/predict", json_body=body(*models, values=values, params={}))
        wanted = [float(mlflow.sklearn.load_model(f"models:/houses/{version}").predict(row)[0]) for version in (1, 2)]
        assert number(told) == pytest.approx(wanted) and told.json()["outcome"]["differs"]
        chart = client.post("/views/predict_what_if", json_body=body(*models, values=values, params={}, features=["size"]))
        assert [trace["type"] for trace in chart.json()["figure"]["data"]][:1] == ["scatter"]
        csv = X.to_csv(index=False)
        rows = client.post("/views/predict_rows", json_body=body(*models, name="x.csv", csv=csv, params={})).json()
        assert rows["table"]["total"] == 3 and rows["tab"] == "rows"
        page = client.post("/views/predict_table", json_body=body(*models, offset=1, limit=1)).json()
        assert len(page["rows"]) == 1 and page["total"] == 3
        other = client.post("/views/predict_table", json_body=body(*models, offset=0, limit=1) | {"page": "another"}).json()
        assert other["total"] == 0  # what a page sent is its own


def test_the_model_of_a_run_is_asked(store):
    run = mlflow.search_runs(output_format="list", experiment_ids=["0"])[-1].info.run_id
    logged = store.create_logged_model("0", "apart", None, run, {}, {})
    mlflow.sklearn.save_model(LinearRegression().fit(X, [1.0, 1.6, 2.4]), logged.artifact_location, input_example=X)
    with served(store, predict="safe") as client:
        for uri in (f"runs:/{run}/model", f"models:/{logged.model_id}"):
            told = client.post("/views/predict", json_body=body(uri, values={"size": 50.0, "rooms": 2}, params={}))
            assert number(told) == pytest.approx([1.0], abs=0.1)


def test_a_strangers_code_runs_only_where_the_host_and_somebody_allow_it(store):
    model = "models:/foreign/1"
    with served(store, predict="safe") as client:
        told = client.post("/views/predict_load", json_body=body(model, trust=True)).json()
        assert told["models"][0]["state"] == "untrusted" and "allow it here" in told["models"][0]["message"]
        refused = client.post("/actions/trust_model", json_body=body(model))
        assert refused.status_code == 403 and "--predict trust" in refused.json()["message"]
    with served(store, predict="trust") as client:
        told = client.post("/views/predict_load", json_body=body(model, trust=True)).json()
        assert told["models"][0]["state"] == "untrusted"
        assert number(client.post("/actions/trust_model", json_body=body(model))) == [42.0]


def test_who_may_ask_and_who_may_trust(store):
    accounts, headers = make_people(store)
    model = "models:/foreign/1"
    for role, level in ROLES.items():
        accounts.permissions.grant(role, MODEL, "foreign", level)
        accounts.permissions.grant(role, EXPERIMENT, "0", level)
    found = {}
    with served(store, token=None, authority=KnownUsers(accounts, Level.NO_PERMISSIONS), predict="trust") as client:
        for role in ROLES:
            loaded = client.post("/views/predict_load", json_body=body(model), headers=headers[role])
            trusted = client.post("/actions/trust_model", json_body=body(model), headers=headers[role])
            found[role] = loaded.status_code, trusted.status_code
        assert found == {"none": (403, 403), "reader": (200, 403), "editor": (200, 200), "manager": (200, 200)}
        both = client.post("/views/predict_load", json_body=body(model, "models:/houses/1"), headers=headers["reader"])
        assert both.status_code == 403  # the other one is hidden
    accounts.database.close()


def test_what_is_no_model_of_the_store_is_refused(store):
    several = ("models:/houses/1", "models:/houses/2", "models:/foreign/1")
    asked = [
        body("/etc"), body("models:/houses/Production"), body("models:/m-" + "0" * 32), body("s3://bucket/model"), body(), body(*several),
        {"models": "models:/houses/1", "page": "p"}, {"models": ["models:/houses/1"], "page": "x" * 101}, body("models:/houses/9"),
        body("runs:/nowhere/model"), body("runs:/../x"), body("runs:/"),
    ]  # fmt: skip
    with served(store, predict="trust") as client:
        for one in asked:
            assert client.post("/views/predict_open", json_body=one).status_code in (400, 404), one


def test_a_server_runs_no_models_unless_it_was_told_to(store):
    with served(store) as client:
        told = client.post("/views/predict_open", json_body=body("models:/houses/1"))
        assert told.status_code == 400 and "--predict" in told.json()["message"]
