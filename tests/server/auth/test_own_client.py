"""Our own client at a server of users, in a process of its own."""

import json
import os

from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.tracking.settings import current_store
from tests.server.auth.people import PASSWORD, make_people, make_things
from tests.server.live import served

FLOW = """
import json, os, sys
import jupyter_mlops as mlflow
from jupyter_mlops.errors import NotAuthenticated, NotPermitted

things = json.loads(sys.argv[2])
mlflow.set_tracking_uri(sys.argv[1])
told = {}

def outcome(call, *given):
    try:
        call(*given)
    except (NotAuthenticated, NotPermitted) as error:
        return type(error).__name__
    return "ok"

def log(experiment):
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_metric("loss", 0.5)
        mlflow.log_text("hello", "note.txt")
    mlflow.flush()
    return mlflow.get_run(run.info.run_id).data.metrics["loss"]

client = mlflow.MlflowClient()
told["logs"] = outcome(log, things["experiment"])
told["own"] = outcome(lambda: log(mlflow.create_experiment("own")))
told["deletes"] = outcome(client.delete_experiment, things["experiment"])
told["describes"] = outcome(client.update_registered_model, things["model"], "mine")
os.environ["MLFLOW_TRACKING_PASSWORD"] = "something else entirely"
told["wrong"] = outcome(mlflow.search_experiments)
print(json.dumps(told))
"""


def test_a_user_logs_and_is_refused_in_words(python, monkeypatch):
    store = current_store()
    accounts, _ = make_people(store)
    things = make_things(store, accounts)
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "editor")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", os.path.abspath("client"))
    with served(store, token=None, authority=KnownUsers(accounts)) as server:
        told = python(FLOW, f"http://127.0.0.1:{server.port}", json.dumps({"experiment": things.experiment, "model": things.model}))
    accounts.database.close()
    expected = {"logs": "ok", "own": "ok", "deletes": "NotPermitted", "describes": "ok", "wrong": "NotAuthenticated"}
    assert json.loads(told.splitlines()[-1]) == expected
    assert next(event.user for event in store.get_model_history(things.model)) == "editor"
