"""Users of a server, each with what they may do, and things that they may do it with."""

import itertools
import types

from jupyter_mlops.entities.tags import TRACKED_CELL_TAG
from jupyter_mlops.server.auth.accounts import Accounts
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL

PASSWORD = "correct horse battery"
ROLES = {"none": Level.NO_PERMISSIONS, "reader": Level.READ, "editor": Level.EDIT, "manager": Level.MANAGE}
_numbers = itertools.count()


def make_people(store):
    """Accounts of a store with a user of each role and an admin, and by name what they log in with."""
    accounts = Accounts(store.path)
    accounts.users.create("admin", PASSWORD, is_admin=True)
    headers = {"admin": bearer(accounts.tokens.create("admin", "t"))}
    with accounts.database.writing() as connection:  # with the same password, which is hashed once
        copy = "INSERT INTO users (name, password, is_admin, created_ms) SELECT ?, password, 0, 1 FROM users WHERE name = 'admin'"
        connection.executemany(copy, [(name,) for name in ROLES])
    for name in ROLES:
        headers[name] = bearer(accounts.tokens.create(name, "t"))
    return accounts, headers


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def make_things(store, accounts, roles=tuple(ROLES)):
    """An experiment with a run and a logged model, and a registered model with a version of it; roles have their levels on them."""
    number = next(_numbers)
    experiment = store.create_experiment(f"experiment-secret-{number}", None, {})
    run = store.create_run(experiment, f"run-secret-{number}", "", 1, {"tag": "old", TRACKED_CELL_TAG: f"cell-{number}"}, owned=False).info
    store.log_metric(run.run_id, f"metric-secret-{number}", 0.5, 1, 0)
    logged = store.create_logged_model(experiment, f"logged-secret-{number}", None, run.run_id, {"tag": "old"}, {})
    model = f"model-secret-{number}"
    store.create_registered_model(model, {"tag": "old"}, None)
    store.create_model_version(model, f"{run.artifact_uri}/m", run.run_id, {"tag": "old"}, None, None)
    store.create_model_version(model, f"{run.artifact_uri}/m", run.run_id, {}, None, None)
    store.set_registered_model_alias(model, "old", "1")
    rows = [(kind, name, int(ROLES[role]), role) for role in roles for kind, name in ((EXPERIMENT, experiment), (MODEL, model))]
    with accounts.database.writing() as connection:  # all at once: the disk is waited for once
        connection.executemany("INSERT INTO grants SELECT user_id, ?, ?, ? FROM users WHERE name = ?", rows)
    return types.SimpleNamespace(
        number=number, cell=f"cell-{number}", experiment=experiment, run=run.run_id, uri=run.artifact_uri, logged=logged.model_id, model=model,
        path=f"{experiment}/{run.run_id}/artifacts", experiment_name=f"experiment-secret-{number}",
    )  # fmt: skip
