"""Who may do what: every endpoint by everybody, against a table that is written by hand."""

import base64

import msgspec
import pytest

from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.seen_stores import _PASSED, _READ_OF, SeenStore
from jupyter_mlops.server.rest.endpoints import ENDPOINTS
from jupyter_mlops.server.transfer_needs import TRANSFERS
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.operations import PARAM
from jupyter_mlops.storage.journal.protocol import frame
from tests.server.auth.people import ROLES, make_people, make_things
from tests.server.live import served

READ, EDIT, MANAGE = Level.READ, Level.EDIT, Level.MANAGE
ANY, ADMIN, SHOWN, SELF = "any", "admin", "shown", "self"
RANKS = {**ROLES, "admin": 9}
WRITES = {f"{one.method} {one.path}" for one in ENDPOINTS if one.writes}


def delivery(things):
    record = frame(msgspec.msgpack.encode([PARAM, 1, things.run, "delivered", "1"]))
    return {"sender": f"{things.number:032x}", "start": 0, "frames": base64.b64encode(record).decode()}


def on_experiment(t):
    return {"experiment_id": t.experiment, "username": "target", "permission": "EDIT"}


def on_model(t):
    return {"name": t.model, "username": "target", "permission": "EDIT"}


def on_thing(t):
    return {"resource_type": "experiment", "resource_id": t.experiment, "username": "target", "permission": "EDIT"}


def version(t, **more):
    return {"name": t.model, "version": "1", **more}


# By method and path: the least level that is needed, and what is asked.
MLFLOW = {
    "POST experiments/create": (ANY, lambda t: {"name": f"new-{t.number}"}),
    "GET experiments/get": (READ, lambda t: {"experiment_id": t.experiment}),
    "GET experiments/get-by-name": (READ, lambda t: {"experiment_name": t.experiment_name}),
    "POST experiments/search": (SHOWN, lambda t: {"max_results": 1000}),
    "GET experiments/search": (SHOWN, lambda t: {"max_results": 1000}),
    "POST experiments/delete": (MANAGE, lambda t: {"experiment_id": t.experiment}),
    "POST experiments/restore": (MANAGE, lambda t: {"experiment_id": t.experiment}),
    "POST experiments/update": (EDIT, lambda t: {"experiment_id": t.experiment, "new_name": f"renamed-{t.number}"}),
    "POST experiments/set-experiment-tag": (EDIT, lambda t: {"experiment_id": t.experiment, "key": "k", "value": "v"}),
    "POST experiments/delete-experiment-tag": (EDIT, lambda t: {"experiment_id": t.experiment, "key": "k"}),
    "POST experiments/search-datasets": (ANY, lambda t: {"experiment_ids": [t.experiment]}),
    "POST runs/create": (EDIT, lambda t: {"experiment_id": t.experiment, "start_time": 1}),
    "POST runs/update": (EDIT, lambda t: {"run_id": t.run, "status": "FINISHED"}),
    "GET runs/get": (READ, lambda t: {"run_id": t.run}),
    "POST runs/delete": (MANAGE, lambda t: {"run_id": t.run}),
    "POST runs/restore": (MANAGE, lambda t: {"run_id": t.run}),
    "POST runs/log-metric": (EDIT, lambda t: {"run_id": t.run, "key": "m", "value": 1, "timestamp": 1}),
    "POST runs/log-parameter": (EDIT, lambda t: {"run_uuid": t.run, "key": "p", "value": "1"}),
    "POST runs/set-tag": (EDIT, lambda t: {"run_id": t.run, "key": "k", "value": "v"}),
    "POST runs/delete-tag": (EDIT, lambda t: {"run_id": t.run, "key": "tag"}),
    "POST runs/log-batch": (EDIT, lambda t: {"run_id": t.run, "tags": [{"key": "k", "value": "v"}]}),
    "POST runs/log-inputs": (EDIT, lambda t: {"run_id": t.run}),
    "POST runs/log-model": (EDIT, lambda t: {"run_id": t.run, "model_json": "{}"}),
    "POST runs/search": (SHOWN, lambda t: {"experiment_ids": [t.experiment]}),
    "GET metrics/get-history": (READ, lambda t: {"run_id": t.run, "metric_key": "m"}),
    "GET metrics/get-history-bulk": (READ, lambda t: {"run_id": [t.run], "metric_key": "m"}),
    "GET metrics/get-history-bulk-interval": (READ, lambda t: {"run_ids": [t.run], "metric_key": "m"}),
    "GET artifacts/list": (READ, lambda t: {"run_id": t.run}),
    "POST registered-models/create": (ANY, lambda t: {"name": f"new-{t.number}"}),
    "GET registered-models/get": (READ, lambda t: {"name": t.model}),
    "PATCH registered-models/update": (EDIT, lambda t: {"name": t.model, "description": "d"}),
    "POST registered-models/rename": (EDIT, lambda t: {"name": t.model, "new_name": f"renamed-{t.number}"}),
    "DELETE registered-models/delete": (MANAGE, lambda t: {"name": t.model}),
    "GET registered-models/search": (SHOWN, lambda t: {"max_results": 1000}),
    "POST registered-models/get-latest-versions": (READ, lambda t: {"name": t.model}),
    "GET registered-models/get-latest-versions": (READ, lambda t: {"name": t.model}),
    "POST registered-models/set-tag": (EDIT, lambda t: {"name": t.model, "key": "k", "value": "v"}),
    "DELETE registered-models/delete-tag": (EDIT, lambda t: {"name": t.model, "key": "tag"}),
    "POST registered-models/alias": (EDIT, lambda t: version(t, alias="a")),
    "DELETE registered-models/alias": (MANAGE, lambda t: {"name": t.model, "alias": "old"}),
    "GET registered-models/alias": (READ, lambda t: {"name": t.model, "alias": "old"}),
    "POST model-versions/create": (EDIT, lambda t: {"name": t.model, "source": f"mlflow-artifacts:/{t.path}/m", "run_id": t.run}),
    "GET model-versions/get": (READ, version),
    "PATCH model-versions/update": (EDIT, lambda t: version(t, description="d")),
    "DELETE model-versions/delete": (MANAGE, version),
    "POST model-versions/transition-stage": (EDIT, lambda t: version(t, stage="Staging")),
    "GET model-versions/search": (SHOWN, lambda t: {}),
    "GET model-versions/get-download-uri": (READ, version),
    "POST model-versions/set-tag": (EDIT, lambda t: version(t, key="k", value="v")),
    "DELETE model-versions/delete-tag": (MANAGE, lambda t: version(t, key="tag")),
    "POST logged-models": (EDIT, lambda t: {"experiment_id": t.experiment, "name": "n", "source_run_id": t.run}),
    "POST logged-models/search": (SHOWN, lambda t: {"experiment_ids": [t.experiment]}),
    "GET logged-models/{model_id}": (READ, lambda t: {}),
    "PATCH logged-models/{model_id}": (EDIT, lambda t: {"status": "LOGGED_MODEL_READY"}),
    "DELETE logged-models/{model_id}": (MANAGE, lambda t: {}),
    "PATCH logged-models/{model_id}/tags": (EDIT, lambda t: {"tags": [{"key": "k", "value": "v"}]}),
    "DELETE logged-models/{model_id}/tags/{tag_key}": (EDIT, lambda t: {}),
    "POST logged-models/{model_id}/params": (EDIT, lambda t: {"params": [{"key": "k", "value": "v"}]}),
    "GET logged-models/{model_id}/artifacts/directories": (READ, lambda t: {}),
    "POST runs/outputs": (EDIT, lambda t: {"run_id": t.run}),
    "POST users/create": (ADMIN, lambda t: {"username": f"u{t.number}", "password": "long enough, this"}),
    "GET users/get": (SELF, lambda t: {"username": "target"}),
    "GET users/current": (ANY, lambda t: {}),
    "GET users/list": (ADMIN, lambda t: {}),
    "PATCH users/update-password": (SELF, lambda t: {"username": "target", "password": "long enough, this"}),
    "PATCH users/update-admin": (ADMIN, lambda t: {"username": "target", "is_admin": False}),
    "DELETE users/delete": (ADMIN, lambda t: {"username": "nobody"}),
    **{f"{method} experiments/permissions/{what}": (MANAGE, on_experiment)
       for method, what in (("POST", "create"), ("GET", "get"), ("PATCH", "update"), ("DELETE", "delete"))},
    **{f"{method} registered-models/permissions/{what}": (MANAGE, on_model)
       for method, what in (("POST", "create"), ("GET", "get"), ("PATCH", "update"), ("DELETE", "delete"))},
}  # fmt: skip
PEERS = {
    "GET server": (ANY, lambda t: {}),
    "POST deliveries": (ANY, delivery),
    "POST models-page": (SHOWN, lambda t: {"limit": 500}),
    "POST versions-page": (READ, lambda t: {"name": t.model}),
    "POST versions-named": (READ, lambda t: {"names": [[t.model, "1"]]}),
    "POST preview-move": (READ, lambda t: version(t, stage="Staging")),
    "POST undo-move": (EDIT, lambda t: {"name": t.model}),
    "POST model-history": (READ, lambda t: {"name": t.model}),
    "POST last-move": (READ, lambda t: {"name": t.model}),
    "POST add-gates": (MANAGE, lambda t: {"name": t.model, "stage": "Staging", "rules": ["metrics.m < 1"]}),
    "POST gates": (READ, lambda t: {"name": t.model}),
    "POST remove-gate": (MANAGE, lambda t: {"name": t.model, "gate_id": 1}),
    "POST record-model-use": (EDIT, lambda t: version(t, kind="loaded", run_id=t.run)),
    "POST lineage": (READ, version),
    "POST metric-lengths": (SHOWN, lambda t: {"run_ids": [t.run]}),
    "POST metric-curves": (SHOWN, lambda t: {"run_ids": [t.run], "key": f"metric-secret-{t.number}"}),
    "POST count-runs": (ANY, lambda t: {"experiment_ids": [t.experiment]}),
    "POST run-facts": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST run-part": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST run-groups": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}, "by_column": "attributes.run_name"}),
    "POST run-summary": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}, "column": "attributes.run_name"}),
    "POST delete-runs": (MANAGE, lambda t: {"run_ids": [t.run]}),
    "POST restore-runs": (MANAGE, lambda t: {"run_ids": [t.run]}),
    "POST last-change": (ANY, lambda t: {}),
}
OURS = {
    "GET changes": (ANY, lambda t: {}),
    "POST views/activity": (SHOWN, lambda t: {"watched": [t.run]}),
    "POST views/cell_code": (READ, lambda t: {"run_id": t.run}),
    "POST views/cell_runs": (SHOWN, lambda t: {"cells": [t.cell]}),
    "POST views/chart_artifacts": (READ, lambda t: {"runs": [t.run]}),
    "POST views/chart_curves": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/chart_groups": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/chart_images": (READ, lambda t: {"runs": [t.run]}),
    "POST views/chart_importances": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/chart_parallel": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/chart_scatter": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/compare": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/compare_versions": (READ, lambda t: {"name": t.model, "versions": ["1", "2"]}),
    "POST views/curves": (SHOWN, lambda t: {"run_ids": [t.run]}),
    "POST views/evaluation": (READ, lambda t: {"run_id": t.run}),
    "POST views/evaluation_rows": (READ, lambda t: {"run_id": t.run}),
    "POST views/experiment_list": (SHOWN, lambda t: {"query": {}}),
    "POST views/lineage": (READ, version),
    "POST views/model_history": (READ, lambda t: {"name": t.model}),
    "POST views/model_version": (READ, version),
    "POST views/model_versions": (READ, lambda t: {"name": t.model}),
    "POST views/models": (SHOWN, lambda t: {"limit": 500}),
    "POST views/monitoring": (READ, version),
    "POST views/note": (ANY, lambda t: {"text": "a"}),
    **{f"POST views/{name}": (READ, lambda t: {"models": [f"models:/{t.model}/1", f"runs:/{t.run}/m"], "page": "p"})
       for name in ("predict", "predict_file", "predict_load", "predict_open", "predict_rows", "predict_table", "predict_what_if")},
    "POST views/preview_move": (READ, lambda t: version(t, stage="Staging")),
    "POST views/report": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}, "state": {"baseline": t.run}}),
    "POST views/run_children": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_code": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_details": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_diff": (READ, lambda t: {"run_id": t.run, "other_id": t.run}),
    "POST views/run_facts": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/run_file": (READ, lambda t: {"run_id": t.run, "path": "f"}),
    "POST views/run_files": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_groups": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}, "by": "attributes.run_name", "columns": []}),
    "POST views/run_lineage": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_list": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/run_log": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_models": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_notebook": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_rows": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}}),
    "POST views/run_steps": (READ, lambda t: {"run_id": t.run}),
    "POST views/run_summary": (SHOWN, lambda t: {"query": {"run_ids": [t.run]}, "column": "attributes.run_name"}),
    "POST views/runs": (SHOWN, lambda t: {"limit": 500}),
    "POST views/saved_views": (READ, lambda t: {"query": {"experiment_ids": [t.experiment]}}),
    "POST views/sweep": (READ, lambda t: {"run_id": t.run}),
    "POST actions/delete_run": (MANAGE, lambda t: {"run_id": t.run}),
    "POST actions/delete_run_tag": (EDIT, lambda t: {"run_id": t.run, "key": "tag"}),
    "POST actions/delete_runs": (MANAGE, lambda t: {"run_ids": [t.run]}),
    "POST actions/delete_tag": (MANAGE, lambda t: {"name": t.model, "key": "tag"}),
    "POST actions/delete_view": (EDIT, lambda t: {"experiment_id": t.experiment, "name": "old"}),
    "POST actions/describe": (EDIT, lambda t: {"name": t.model, "description": "d"}),
    "POST actions/move": (EDIT, lambda t: version(t, stage="Staging")),
    "POST actions/remove_alias": (MANAGE, lambda t: {"name": t.model, "alias": "old"}),
    "POST actions/rename_run": (EDIT, lambda t: {"run_id": t.run, "name": "n"}),
    "POST actions/restore_run": (MANAGE, lambda t: {"run_id": t.run}),
    "POST actions/restore_runs": (MANAGE, lambda t: {"run_ids": [t.run]}),
    "POST actions/save_view": (EDIT, lambda t: {"experiment_id": t.experiment, "name": "new", "query": {}, "state": {}}),
    "POST actions/set_run_tag": (EDIT, lambda t: {"run_id": t.run, "key": "k", "value": "v"}),
    "POST actions/set_tag": (EDIT, lambda t: {"name": t.model, "key": "k", "value": "v"}),
    "POST actions/tag_runs": (EDIT, lambda t: {"run_ids": [t.run], "key": "k", "value": "v"}),
    "POST actions/trust_model": (EDIT, lambda t: {"models": [f"models:/{t.model}/1", f"runs:/{t.run}/m"], "page": "p"}),
    "POST actions/undo_move": (EDIT, lambda t: {"name": t.model}),
    "POST api/3.0/mlflow/users/permissions/grant": (MANAGE, on_thing),
    "POST api/3.0/mlflow/users/permissions/revoke": (MANAGE, on_thing),
    "GET api/3.0/mlflow/users/permissions/get": (MANAGE, on_thing),
}


def _whole(prefix, table):
    return {f"{method} {prefix}{path}": line for (method, _, path), line in ((key.partition(" "), line) for key, line in table.items())}


TABLE = OURS | _whole("api/2.0/mlflow/", MLFLOW) | _whole("api/2.0/mlops/", PEERS)
_PROXY = "api/2.0/mlflow-artifacts"
ROUTES = {  # of artifacts, and all else
    "GET mlflow-artifacts/artifacts": (READ, lambda t: f"/{_PROXY}/artifacts?path={t.path}"),
    "GET mlflow-artifacts/artifacts/{path:path}": (READ, lambda t: f"/{_PROXY}/artifacts/{t.path}/f"),
    "PUT mlflow-artifacts/artifacts/{path:path}": (EDIT, lambda t: f"/{_PROXY}/artifacts/{t.path}/f"),
    "DELETE mlflow-artifacts/artifacts/{path:path}": (MANAGE, lambda t: f"/{_PROXY}/artifacts/{t.path}/f"),
    "GET mlflow-artifacts/presigned/{path:path}": (READ, lambda t: f"/{_PROXY}/presigned/{t.path}/f"),
    "POST mlflow-artifacts/mpu/{step}/{path:path}": (EDIT, lambda t: f"/{_PROXY}/mpu/create/{t.path}"),
    "POST mlflow/upload-artifact": (EDIT, lambda t: f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={t.run}&path=g"),
    "GET get-artifact": (READ, lambda t: f"/get-artifact?run_id={t.run}&path=f"),
    "GET model-versions/get-artifact": (READ, lambda t: f"/model-versions/get-artifact?name={t.model}&version=1&path=f"),
    "GET metrics": (ADMIN, lambda t: "/metrics"),
    "GET openapi.json": (ANY, lambda t: "/openapi.json"),
    "GET session": (ANY, lambda t: "/session"),
    "GET api/3.0/mlflow/server-info": (ANY, lambda t: "/api/3.0/mlflow/server-info"),
    "GET nothing": (ANY, lambda t: "/nothing/there"),
    "GET root of artifacts": (ADMIN, lambda t: f"/{_PROXY}/artifacts"),
    "GET no experiment": (ADMIN, lambda t: f"/{_PROXY}/artifacts?path=teams/secret"),
    "PUT no experiment": (ADMIN, lambda t: f"/{_PROXY}/artifacts/teams/secret/f"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server where nobody may do anything by default; its store, accounts, client and what each role logs in with."""
    store = DuckDBStore(str(tmp_path_factory.mktemp("matrix") / "mlops.duckdb"))
    accounts, headers = make_people(store)
    accounts.users.create("target", "correct horse battery")
    with served(store, token=None, authority=KnownUsers(accounts, Level.NO_PERMISSIONS)) as client:
        yield store, accounts, client, headers
    accounts.database.close()
    store.close()


def test_the_table_has_every_endpoint():
    assert set(TABLE) == {f"{one.method} {one.path}" for one in ENDPOINTS}
    assert all(one.needs is not None for one in ENDPOINTS), "one without a line is for admins alone"
    assert {name.partition(" ")[2] for name in ROUTES} >= set(TRANSFERS)


def test_all_of_a_store_is_seen_filtered_or_passed_on():
    own = {name for name in vars(SeenStore) if not name.startswith("_")}
    of_one = set().union(*_READ_OF.values())
    unasked = {"close", "known_experiment", "own_places", "own_run"}  # by no endpoint
    public = {name for name in dir(Store) if not name.startswith("_")}
    assert public - own - of_one - _PASSED - unasked == set()
    assert not own & _PASSED and not of_one & (own | _PASSED)


def may(role, level):
    if level in (ANY, SHOWN):
        return True
    return role == "admin" if level in (ADMIN, SELF) else RANKS[role] >= level


def ask(client, line, given, headers, things):
    method, _, path = line.partition(" ")
    path = "/" + path.replace("{model_id}", things.logged).replace("{tag_key}", "tag")
    if method == "GET":
        return client.request(method, path, params=given, headers=headers)
    return client.request(method, path, json_body=given, headers=headers)


@pytest.mark.parametrize("line", TABLE)
def test_who_may_call_an_endpoint(server, line):
    store, accounts, client, headers = server
    level, arguments = TABLE[line]
    things = make_things(store, accounts)
    assert ask(client, line, arguments(things), {}, things).status_code == 401
    for role, rank in RANKS.items():
        answer = ask(client, line, arguments(things), headers[role], things)
        told = (role, level, answer.status_code, answer.text[:300])
        assert (answer.status_code != 403) == may(role, level), told
        assert answer.status_code < 500, told
        if level is SHOWN:  # names and values that nobody said in asking
            said = (f'secret-{things.number}"', f"secret-{things.number} (baseline)", "[0.5]")
            assert any(one in answer.text for one in said) == (rank >= READ), told
        if answer.status_code == 200 and line in WRITES and role != "admin":
            things = make_things(store, accounts)
        elif answer.status_code == 403:
            assert answer.json()["error_code"] == "PERMISSION_DENIED"
            assert store.get_run(things.run).info.lifecycle_stage == "active"
            assert store.get_registered_model(things.model).description is None


@pytest.mark.parametrize("line", ROUTES)
def test_who_may_use_a_route(server, line):
    store, accounts, client, headers = server
    level, path = ROUTES[line]
    method = line.partition(" ")[0]
    things = make_things(store, accounts)
    body = {"content": b"{}", "headers": {"Content-Type": "application/json"}} if method in ("POST", "PUT") else {"headers": {}}
    assert client.request(method, path(things), **body).status_code == 401
    for role in RANKS:
        answer = client.request(method, path(things), **(body | {"headers": body["headers"] | headers[role]}))
        assert (answer.status_code != 403) == may(role, level), (role, answer.status_code, answer.text[:300])


def test_whether_a_version_passed_is_said_by_those_who_may_change_its_model(server):
    store, accounts, client, headers = server
    things = make_things(store, accounts)
    store.add_gates(things.model, None, "champion", ["evaluation passed"])

    def told(role, **more):
        given = version(things, **{"kind": "evaluated", "place": "a notebook", **more})
        return client.post("/api/2.0/mlops/record-model-use", json_body=given, headers=headers[role]).status_code

    assert (told("reader"), told("reader", passed=True), told("editor", kind="sold"), told("editor", kind="loaded", passed=True)) == (200, 403, 400, 400)
    assert not store.preview_move(things.model, "1", None, "champion", False, None).passed
    assert told("editor", passed=True) == 200
    assert store.preview_move(things.model, "1", None, "champion", False, None).passed


def test_a_delivery_is_refused_record_by_record(server, sql):
    store, accounts, client, headers = server
    things, others = make_things(store, accounts), make_things(store, accounts)
    for role in ("none", "reader"):
        answer = client.post("/api/2.0/mlops/deliveries", json_body=delivery(things), headers=headers[role]).json()
        assert [one["end"] for one in answer["refused"]] == [answer["position"]]
    answer = client.post("/api/2.0/mlops/deliveries", json_body=delivery(others), headers=headers["editor"]).json()
    assert "refused" not in answer
    rows = sql("SELECT run_id FROM params JOIN runs USING (rid) WHERE key = 'delivered'", store.path)
    assert (others.run,) in rows and (things.run,) not in rows
