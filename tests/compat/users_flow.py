"""What MLflow's own clients do at a server of users; run by the Python of an environment with the real MLflow."""

import json
import os
import sys

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.server.auth.client import AuthServiceClient

URL, TOLD, TOKEN = os.environ["MLFLOW_TRACKING_URI"], sys.argv[1], sys.argv[2]
ADMIN, BOB = ("ann", "correct horse battery"), ("bob", "staple correct horse")
table = {}


def as_user(who):
    for name in ("USERNAME", "PASSWORD", "TOKEN"):
        os.environ.pop(f"MLFLOW_TRACKING_{name}", None)
    if isinstance(who, str):
        os.environ["MLFLOW_TRACKING_TOKEN"] = who
    elif who:
        os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"] = who


def refused(call, *given, code="PERMISSION_DENIED", **named):
    try:
        call(*given, **named)
    except MlflowException as error:
        return code in (error.error_code, str(error.error_code)) or code in str(error) or f"it is {error.error_code}: {error}"
    return "it was allowed"


def log(experiment):
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_param("depth", 4)
        mlflow.log_metric("accuracy", 0.9)
        mlflow.log_text("hello", "note.txt")
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/note.txt") == "hello"
    assert mlflow.get_run(run.info.run_id).data.params == {"depth": "4"}
    return run.info.run_id


def step(name):
    def keep(call):
        try:
            table[name] = call() or "ok"
        except Exception as error:
            table[name] = f"{type(error).__name__}: {error}"

    return keep


@step("nobody is refused")
def _():
    as_user(None)
    return refused(mlflow.search_experiments, code="UNAUTHENTICATED") is True or "was allowed"


@step("a wrong password is refused")
def _():
    as_user((ADMIN[0], "something else entirely"))
    return refused(mlflow.search_experiments, code="UNAUTHENTICATED") is True or "was allowed"


@step("the admin makes a user, an experiment and a model")
def _():
    as_user(ADMIN)
    client = AuthServiceClient(URL)
    user = client.create_user(*BOB)
    assert (user.username, user.is_admin) == ("bob", False)
    assert client.get_user("bob").id == user.id
    mlflow.create_experiment("shared")
    mlflow.create_experiment("other")
    mlflow.MlflowClient().create_registered_model("cellar")
    log(mlflow.get_experiment_by_name("shared").experiment_id)


def shared():
    return mlflow.get_experiment_by_name("shared").experiment_id


@step("a user reads and is refused to write")
def _():
    as_user(BOB)
    assert mlflow.search_runs(experiment_names=["shared"]).shape[0] == 1
    assert refused(mlflow.start_run, experiment_id=shared()) is True
    assert refused(mlflow.MlflowClient().delete_experiment, shared()) is True
    assert refused(mlflow.MlflowClient().update_registered_model, "cellar", "mine") is True
    assert refused(AuthServiceClient(URL).create_user, "carl", "long enough, this") is True
    assert refused(AuthServiceClient(URL).get_user, "ann") is True
    assert AuthServiceClient(URL).get_user("bob").username == "bob"


@step("the admin grants EDIT")
def _():
    as_user(ADMIN)
    client = AuthServiceClient(URL)
    if hasattr(client, "create_experiment_permission"):
        assert client.create_experiment_permission(shared(), "bob", "READ").permission == "READ"
        client.create_experiment_permission(shared(), "eve", "EDIT")
        client.update_experiment_permission(shared(), "bob", "EDIT")
        assert client.get_experiment_permission(shared(), "bob").permission == "EDIT"
        assert client.create_registered_model_permission("cellar", "bob", "EDIT").permission == "EDIT"
        assert [one.permission for one in client.get_user("bob").experiment_permissions] == ["EDIT"]
    else:
        client.grant_user_permission("bob", "experiment", shared(), "EDIT")
        client.grant_user_permission("bob", "registered_model", "cellar", "EDIT")
        client.grant_user_permission("eve", "experiment", shared(), "EDIT")
        found = client.get_user_permission("bob", "experiment", shared())
        assert (found.allowed, found.permission) == (True, "EDIT")


@step("the user logs, and is refused to delete")
def _():
    as_user(BOB)
    run_id = log(shared())
    mlflow.MlflowClient().update_registered_model("cellar", "mine")
    version = mlflow.MlflowClient().create_model_version("cellar", f"{mlflow.get_run(run_id).info.artifact_uri}/model", run_id)
    mlflow.MlflowClient().set_registered_model_alias("cellar", "best", version.version)
    assert refused(mlflow.MlflowClient().delete_run, run_id) is True
    assert refused(mlflow.MlflowClient().delete_registered_model, "cellar") is True
    other = mlflow.get_experiment_by_name("other").experiment_id
    assert refused(mlflow.start_run, experiment_id=other) is True


@step("the user has an experiment of their own")
def _():
    own = mlflow.create_experiment("own")
    mlflow.MlflowClient().delete_run(log(own))
    mlflow.MlflowClient().delete_experiment(own)


@step("a token is the user")
def _():
    as_user(TOKEN)
    log(shared())
    assert refused(mlflow.MlflowClient().delete_experiment, shared()) is True
    as_user(TOKEN + "x")
    assert refused(mlflow.search_experiments, code="UNAUTHENTICATED") is True


@step("what is hidden is left out and refused")
def _():
    as_user(ADMIN)
    client = AuthServiceClient(URL)
    if hasattr(client, "update_experiment_permission"):
        client.update_experiment_permission(shared(), "bob", "NO_PERMISSIONS")
    else:
        client.grant_user_permission("bob", "experiment", shared(), "NO_PERMISSIONS")
    hidden = shared()
    as_user(BOB)
    assert "shared" not in [one.name for one in mlflow.search_experiments()]
    assert mlflow.search_runs(experiment_ids=[hidden]).shape[0] == 0
    assert refused(mlflow.get_experiment, hidden) is True


@step("a password is changed, and the user removed")
def _():
    as_user(ADMIN)
    client = AuthServiceClient(URL)
    client.update_user_password("bob", "another long password")
    as_user(BOB)
    assert refused(mlflow.search_experiments, code="UNAUTHENTICATED") is True
    as_user(("bob", "another long password"))
    mlflow.search_experiments()
    as_user(ADMIN)
    client.update_user_admin("bob", True)
    assert client.get_user("bob").is_admin
    client.delete_user("bob")
    as_user(("bob", "another long password"))
    assert refused(mlflow.search_experiments, code="UNAUTHENTICATED") is True


with open(TOLD, "w") as file:
    json.dump({name: "ok" if outcome is True else outcome for name, outcome in table.items()}, file)
