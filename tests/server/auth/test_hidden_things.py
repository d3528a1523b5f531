"""What somebody may not read shows nowhere: by no spelling, page, view, path or name."""

import base64
import os

import msgspec
import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.storage.journal.operations import START
from jupyter_mlops.storage.journal.protocol import frame
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.settings import current_store
from tests.server.auth.people import make_people, make_things
from tests.server.live import served

API = "/api/2.0/mlflow"
FILES = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture
def scene():
    """A server where everybody reads by default, but one thing is hidden from "none" and another is theirs."""
    store = current_store()
    accounts, headers = make_people(store)
    hidden, own = make_things(store, accounts, ["none"]), make_things(store, accounts, ["none"])
    for kind, name in ((EXPERIMENT, own.experiment), (MODEL, own.model)):
        accounts.permissions.grant("none", kind, name, Level.MANAGE)
    with served(store, token=None, authority=KnownUsers(accounts)) as client:
        yield store, accounts, client, headers, hidden, own
    accounts.database.close()


def put(client, headers, things, name, data=b"data"):
    return client.request("PUT", f"{FILES}/{things.path}/{name}", content=data, headers=headers)


@pytest.mark.parametrize("spell", ["{}", "0{}", " {}", "{} ", "+{}", "0_{}", "\u0660{}", "000{}"])
def test_an_id_has_many_spellings_and_one_permission(scene, spell):
    _, _, client, headers, hidden, _ = scene
    spelled = spell.format(hidden.experiment)
    for path, given in (("experiments/get", {"experiment_id": spelled}), ("runs/search", {"experiment_ids": [spelled]}), ("runs/create", {"experiment_id": spelled})):
        if path == "experiments/get":
            answer = client.get(f"{API}/{path}", params=given, headers=headers["none"])
        else:
            answer = client.post(f"{API}/{path}", json_body=given, headers=headers["none"])
        assert answer.status_code in (400, 403, 404) or "secret" not in answer.text, (path, answer.text)
        assert path == "runs/search" or answer.status_code != 200
    answer = client.post(f"{API}/runs/search", json_body={"experiment_ids": [spelled]}, headers=headers["reader"])
    assert answer.status_code == 400 or "secret" in answer.text


def test_pages_neither_show_nor_count_what_is_hidden(scene):
    store, accounts, client, headers, _hidden, own = scene
    for index in range(6):
        store.create_registered_model(f"model-{index}", {}, None)
        experiment = store.create_experiment(f"experiment-{index}", None, {})
        if index % 2:
            accounts.permissions.grant("none", EXPERIMENT, experiment, Level.NO_PERMISSIONS)
            accounts.permissions.grant("none", MODEL, f"model-{index}", Level.NO_PERMISSIONS)
    for path, key, of in (("experiments", "experiments", "experiment"), ("registered-models", "registered_models", "model")):
        found, token, pages = [], "", 0
        while True:
            given = {"max_results": 2} | ({"page_token": token} if token else {})
            answer = client.get(f"{API}/{path}/search", params=given, headers=headers["none"]).json()
            found += [one["name"] for one in answer[key]]
            pages += 1
            assert len(answer[key]) == 2 or "next_page_token" not in answer, "a page is full or the last"
            if not (token := answer.get("next_page_token", "")):
                break
        expected = {f"{of}-{index}" for index in (0, 2, 4)} | {own.experiment_name if of == "experiment" else own.model}
        assert set(found) - {"Default"} == expected and len(found) == len(set(found))
    page = client.post("/views/models", json_body={"limit": 3}, headers=headers["none"]).json()
    assert (page["total"], len(page["models"])) == (4, 3)
    rest = client.post("/views/models", json_body={"limit": 3, "page": page["next"]}, headers=headers["none"]).json()
    assert len(rest["models"]) == 1 and rest["next"] is None
    assert client.post("/views/models", json_body={"limit": 3}, headers=headers["admin"]).json()["total"] == 8
    for size in (0, -1, 10**9):
        assert client.get(f"{API}/experiments/search", params={"max_results": size}, headers=headers["none"]).status_code == 400


def test_views_of_what_is_shown_tell_nothing_of_what_is_hidden(scene):
    store, _accounts, client, headers, hidden, own = scene
    store.create_model_version(own.model, "s3://bucket/x", hidden.run, {}, None, None)  # a version of theirs from a hidden run
    store.record_model_use(hidden.model, "1", "loaded", None, own.run, None)
    asked = {
        "views/models": {}, "views/runs": {}, "views/compare": {"query": {"run_ids": [own.run, hidden.run]}}, "views/curves": {"run_ids": [own.run, hidden.run]},
        "views/model_versions": {"name": own.model}, "views/model_version": {"name": own.model, "version": "3"},
        "views/compare_versions": {"name": own.model, "versions": ["1", "3"]}, "views/lineage": {"name": own.model, "version": "3"},
        **{f"views/chart_{kind}": {"query": {"run_ids": [own.run, hidden.run]}} for kind in ("curves", "groups", "importances", "parallel", "scatter")},
        **{f"views/chart_{kind}": {"runs": [own.run]} for kind in ("artifacts", "images")},
        "views/run_details": {"run_id": own.run}, "api/2.0/mlops/versions-page": {"name": own.model}, "api/2.0/mlops/lineage": {"name": own.model, "version": "1"},
        "api/2.0/mlops/metric-lengths": {"run_ids": [own.run, hidden.run]},
    }  # fmt: skip
    told = {path: client.post(f"/{path}", json_body=given, headers=headers["none"]) for path, given in asked.items()}
    for path, answer in told.items():
        assert answer.status_code == 200, (path, answer.text)
        assert f'secret-{hidden.number}"' not in answer.text and hidden.model not in answer.text, path
        assert hidden.experiment_name not in answer.text, path
    assert told["views/compare"].json()["missing"] == 1
    whole = client.post("/views/lineage", json_body=asked["views/lineage"], headers=headers["admin"])
    assert f"run-secret-{hidden.number}" in whole.text, "there is something to hide"


def test_names_that_a_hidden_model_had_tell_nothing(scene):
    _store, _accounts, client, headers, hidden, _ = scene
    answer = client.post(f"{API}/registered-models/rename", json_body={"name": hidden.model, "new_name": "now"}, headers=headers["admin"])
    assert answer.status_code == 200
    for path in ("views/model_history", "api/2.0/mlops/model-history"):
        assert client.post(f"/{path}", json_body={"name": hidden.model}, headers=headers["none"]).status_code == 404
        assert client.post(f"/{path}", json_body={"name": "now"}, headers=headers["none"]).status_code == 403
        assert client.post(f"/{path}", json_body={"name": hidden.model}, headers=headers["admin"]).status_code == 200


def test_whoever_makes_a_thing_manages_it_and_a_name_begins_anew(scene):
    store, accounts, client, headers, *_ = scene
    made = client.post(f"{API}/experiments/create", json_body={"name": "fresh"}, headers=headers["reader"]).json()["experiment_id"]
    assert client.post(f"{API}/runs/create", json_body={"experiment_id": made}, headers=headers["reader"]).status_code == 200
    assert client.post(f"{API}/runs/create", json_body={"experiment_id": made}, headers=headers["editor"]).status_code == 403
    given = {"experiment_id": made, "username": "editor", "permission": "EDIT"}
    assert client.post(f"{API}/experiments/permissions/create", json_body=given, headers=headers["reader"]).status_code == 200
    assert client.post(f"{API}/runs/create", json_body={"experiment_id": made}, headers=headers["editor"]).status_code == 200
    assert client.post(f"{API}/registered-models/create", json_body={"name": "m"}, headers=headers["reader"]).status_code == 200
    assert client.post(f"{API}/registered-models/create", json_body={"name": "m"}, headers=headers["editor"]).status_code == 400
    assert accounts.permissions.get("reader", MODEL, "m").level == Level.MANAGE, "who came too late takes nothing away"
    rename = {"name": "m", "new_name": "n"}
    assert client.post(f"{API}/registered-models/rename", json_body=rename, headers=headers["editor"]).status_code == 403
    assert client.post(f"{API}/registered-models/rename", json_body=rename, headers=headers["reader"]).status_code == 200
    assert client.request("DELETE", f"{API}/registered-models/delete", json_body={"name": "n"}, headers=headers["reader"]).status_code == 200
    assert client.post(f"{API}/registered-models/create", json_body={"name": "n"}, headers=headers["editor"]).status_code == 200
    assert client.request("DELETE", f"{API}/registered-models/delete", json_body={"name": "n"}, headers=headers["reader"]).status_code == 403
    assert [event.user for event in store.get_model_history("n")][-1] == "editor", "the history says who"


@pytest.mark.parametrize("bend", ["{}", "./{}", "{own}/../../../{}", "x/../{}", "%2e/{}", "{experiment}//{rest}"])
def test_no_path_bends_into_hidden_artifacts(scene, bend):
    _, _, client, headers, hidden, own = scene
    assert put(client, headers["admin"], hidden, "f", b"hidden data").status_code == 200
    first, _, rest = hidden.path.partition("/")
    path = bend.format(hidden.path, own=own.path, experiment=first, rest=rest)
    for method in ("GET", "PUT", "DELETE"):
        answer = client.request(method, f"{FILES}/{path}/f", content=b"x" if method == "PUT" else None, headers=headers["none"])
        assert answer.status_code in (400, 403, 404), (method, answer.status_code)
    listed = client.get(FILES, params={"path": path}, headers=headers["none"])
    assert listed.status_code in (400, 403)
    assert client.get(f"{FILES}/{hidden.path}/f", headers=headers["admin"]).content == b"hidden data"


def test_artifacts_at_a_place_of_their_own_are_of_their_experiment(scene):
    _store, accounts, client, headers, _hidden, _own = scene
    made = client.post(f"{API}/experiments/create", json_body={"name": "apart", "artifact_location": "mlflow-artifacts:/teams/a"}, headers=headers["editor"]).json()
    run = client.post(f"{API}/runs/create", json_body={"experiment_id": made["experiment_id"]}, headers=headers["editor"]).json()["run"]["info"]
    path = run["artifact_uri"].partition(":/")[2]
    assert path.startswith("teams/a/")
    assert client.request("PUT", f"{FILES}/{path}/f", content=b"x", headers=headers["editor"]).status_code == 200
    assert client.request("PUT", f"{FILES}/{path}/f", content=b"y", headers=headers["reader"]).status_code == 403
    assert client.get(f"{FILES}/{path}/f", headers=headers["reader"]).content == b"x", "everybody reads by default"
    accounts.permissions.grant("none", EXPERIMENT, made["experiment_id"], Level.NO_PERMISSIONS)
    assert client.get(f"{FILES}/{path}/f", headers=headers["none"]).status_code == 403
    assert client.get(FILES, params={"path": "teams"}, headers=headers["none"]).status_code == 403


@pytest.mark.parametrize("place", ["{own}/artifacts", "{own}/x", "{path}/inside", "{own}/models", "artifacts"])
def test_hidden_artifacts_inside_of_what_is_shown_stay_hidden(scene, place):
    _, accounts, client, headers, _, own = scene
    given = {"name": "inside", "artifact_location": "mlflow-artifacts:/" + place.format(own=own.experiment, path=own.path)}
    made = client.post(f"{API}/experiments/create", json_body=given, headers=headers["editor"]).json()["experiment_id"]
    accounts.permissions.grant("none", EXPERIMENT, made, Level.NO_PERMISSIONS)
    info = client.post(f"{API}/runs/create", json_body={"experiment_id": made}, headers=headers["admin"]).json()["run"]["info"]
    path = info["artifact_uri"].partition(":/")[2]
    assert client.request("PUT", f"{FILES}/{path}/f", content=b"x", headers=headers["admin"]).status_code == 200
    for method in ("GET", "PUT", "DELETE"):
        assert client.request(method, f"{FILES}/{path}/f", content=b"y" if method == "PUT" else None, headers=headers["none"]).status_code == 403
    assert client.get(FILES, params={"path": path}, headers=headers["none"]).status_code == 403
    assert client.get(f"{FILES}/{path}/f", headers=headers["admin"]).content == b"x"


def test_an_experiment_laid_into_a_hidden_one_reads_nothing_of_it(scene):
    _store, _, client, headers, hidden, _ = scene
    put(client, headers["admin"], hidden, "f", b"hidden data")
    place = f"mlflow-artifacts:/{hidden.path}"
    made = client.post(f"{API}/experiments/create", json_body={"name": "trojan", "artifact_location": place}, headers=headers["none"])
    if made.status_code == 200:
        run = client.post(f"{API}/runs/create", json_body={"experiment_id": made.json()["experiment_id"]}, headers=headers["none"]).json()["run"]["info"]
        assert "files" not in client.get(f"{API}/artifacts/list", params={"run_id": run["run_id"]}, headers=headers["none"]).json()
        assert client.get("/get-artifact", params={"run_id": run["run_id"], "path": "../../f"}, headers=headers["none"]).status_code in (400, 403, 404)
    assert client.get(f"{FILES}/{hidden.path}/f", headers=headers["none"]).status_code == 403


def test_no_version_is_made_of_what_is_hidden(scene):
    _store, _, client, headers, hidden, own = scene
    os.makedirs(os.path.join(hidden.uri, "m"), exist_ok=True)
    sources = [
        f"mlflow-artifacts:/{hidden.path}/m", f"{hidden.uri}/m", f"file://{hidden.uri}/m", f"runs:/{hidden.run}/m", f"models:/{hidden.model}/1",
        f"models:/{hidden.logged}", f"mlflow-artifacts:/{own.path}/../../../{hidden.path}/m", f"{own.uri}/../../../{hidden.path}/m",
        *(spelled(f"{hidden.uri}/m") for spelled in (_by_slashes, _by_proc, _by_link, lambda place: f"file://{_by_proc(place)}")),
    ]  # fmt: skip
    for source in sources:
        for more in ({}, {"run_id": own.run}):
            answer = client.post(f"{API}/model-versions/create", json_body={"name": own.model, "source": source, **more}, headers=headers["none"])
            assert answer.status_code in (400, 403, 404), (source, answer.text)
    for more in ({"run_id": hidden.run}, {"model_id": hidden.logged}):
        given = {"name": own.model, "source": f"mlflow-artifacts:/{own.path}/m", **more}
        assert client.post(f"{API}/model-versions/create", json_body=given, headers=headers["none"]).status_code == 403
    given = {"experiment_id": own.experiment, "source_run_id": hidden.run}
    assert client.post(f"{API}/logged-models", json_body=given, headers=headers["none"]).status_code == 403


def test_hidden_runs_are_not_counted(scene):
    _, _, client, headers, hidden, own = scene
    for given, seen, all_of_them in (({"experiment_ids": [hidden.experiment]}, 0, 1), ({"experiment_ids": [hidden.experiment, own.experiment]}, 1, 2), ({}, 1, 2)):
        for role, count in (("none", seen), ("reader", all_of_them)):
            assert client.post("/api/2.0/mlops/count-runs", json_body=given, headers=headers[role]).json()["result"] == count
    assert client.post("/views/runs", json_body={}, headers=headers["none"]).json()["total"] == 1


def test_of_several_runs_none_may_be_hidden(scene):
    _, _, client, headers, hidden, own = scene
    for path, name in (("get-history-bulk", "run_id"), ("get-history-bulk-interval", "run_ids")):
        both = {name: [own.run, hidden.run], "metric_key": f"metric-secret-{hidden.number}"}
        assert client.get(f"{API}/metrics/{path}", params=both, headers=headers["none"]).status_code == 403
        assert client.get(f"{API}/metrics/{path}", params=both | {name: [own.run]}, headers=headers["none"]).status_code == 200
    two_names = {"run_id": own.run, "run_uuid": hidden.run}
    assert hidden.run not in client.get(f"{API}/runs/get", params=two_names, headers=headers["none"]).text
    assert client.get(f"{API}/runs/get", params={"run_uuid": hidden.run}, headers=headers["none"]).status_code == 403
    assert client.get(f"{API}/runs/get", params={"runId": hidden.run}, headers=headers["none"]).status_code == 403


def test_what_is_revoked_is_over_at_once(scene):
    _, accounts, client, headers, _, own = scene
    asking = {"params": {"experiment_id": own.experiment}, "headers": headers["none"]}
    assert client.get(f"{API}/experiments/get", **asking).status_code == 200
    accounts.permissions.grant("none", EXPERIMENT, own.experiment, Level.NO_PERMISSIONS)
    assert client.get(f"{API}/experiments/get", **asking).status_code == 403
    accounts.permissions.revoke("none", EXPERIMENT, own.experiment)
    assert client.get(f"{API}/experiments/get", **asking).status_code == 200, "as everybody by default"
    accounts.tokens.revoke("none", "t")
    assert client.get(f"{API}/experiments/get", **asking).status_code == 401


def _by_slashes(place):
    return f"/{place}"


def _by_proc(place):
    return f"/proc/self/root{place}"


def _by_link(place):
    link = os.path.join(os.path.dirname(current_store().path), "link")
    if not os.path.lexists(link):
        os.symlink("/", link)
    return link + place


@pytest.mark.parametrize("spelled", [_by_slashes, _by_proc, _by_link])
def test_a_place_of_somebody_else_has_many_spellings(scene, spelled):
    """A run delivered under the id of a logged model would else have that model's files for its own."""
    store, _, client, headers, hidden, _ = scene
    os.makedirs(place := store.get_logged_model(hidden.logged).artifact_location)
    with open(os.path.join(place, "weights"), "w") as file:
        file.write("hidden data")
    given = {"name": "trojan", "artifact_location": spelled(place.removesuffix(f"/{hidden.logged}/artifacts"))}
    experiment = client.post(f"{API}/experiments/create", json_body=given, headers=headers["none"]).json()["experiment_id"]
    run_id = store.create_run(experiment, "trojan", "", 1, {}, owned=False, run_id=hidden.logged).info.run_id
    assert client.get(f"{API}/artifacts/list", params={"run_id": run_id}, headers=headers["none"]).status_code == 403
    assert client.post("/views/run_file", json_body={"run_id": run_id, "path": "weights"}, headers=headers["none"]).status_code == 403


def test_a_bucket_that_is_served_has_many_spellings():
    places = Places("s3://bucket/a", "/data/mlartifacts", True)
    for spelled in ("s3a://bucket/a/1/x", "s3:///bucket/a/1/x", "s3://bucket//a/./1/x/", "S3://bucket/a/2/../1/x"):
        assert places.meant(spelled) == "s3://bucket/a/1/x"
    assert places.meant("s3://bucket/ab/1") == "s3://bucket/ab/1"
    for impossible in ("a\0b", "file:///a%00"):
        with pytest.raises(InvalidParameter, match="no place for artifacts"):
            places.meant(impossible)


@pytest.mark.parametrize("of", ["model", "run"])
def test_no_run_is_laid_over_artifacts_of_others(scene, of):
    """Who delivers a run names it, and an experiment's place may be any: together they name no folder of somebody else's."""
    store, _, client, headers, hidden, own = scene
    inside = f"models/{hidden.logged}" if of == "model" else f"{hidden.run}/artifacts/model"
    where, _, run_id = f"{hidden.experiment}/{inside}".rpartition("/")
    path = f"{hidden.experiment}/{inside}/artifacts/weights"
    assert client.request("PUT", f"{FILES}/{path}", content=b"hidden data", headers=headers["admin"]).status_code == 200
    given = {"name": "trojan", "artifact_location": f"mlflow-artifacts:/{where}"}
    made = client.post(f"{API}/experiments/create", json_body=given, headers=headers["none"])
    assert made.status_code == 200
    experiment = made.json()["experiment_id"]
    record = [START, 1, run_id, experiment, "trojan", "", 1, "", [], False]
    frames = base64.b64encode(frame(msgspec.msgpack.encode(record))).decode()
    client.post("/api/2.0/mlops/deliveries", json_body={"sender": "0" * 32, "start": 0, "frames": frames}, headers=headers["none"])
    assert b"hidden" not in client.get("/get-artifact", params={"run_id": run_id, "path": "weights"}, headers=headers["none"]).content
    client.post("/api/2.0/mlflow/upload-artifact", params={"run_uuid": run_id, "path": "weights"}, content=b"evil", headers=headers["none"])
    assert "weights" not in client.get(f"{API}/artifacts/list", params={"run_id": run_id}, headers=headers["none"]).text
    assert client.get(f"{FILES}/{path}", headers=headers["admin"]).content == b"hidden data"
    # Also when such a run is there.
    store.create_run(experiment, "trojan", "", 1, {}, owned=False, run_id=run_id)
    for answer in (
        client.get("/get-artifact", params={"run_id": run_id, "path": "weights"}, headers=headers["none"]),
        client.post("/api/2.0/mlflow/upload-artifact", params={"run_uuid": run_id, "path": "weights"}, content=b"evil", headers=headers["none"]),
        client.get(f"{API}/artifacts/list", params={"run_id": run_id}, headers=headers["none"]),
        client.post(f"{API}/model-versions/create", json_body={"name": _own_model(client, headers), "source": f"runs:/{run_id}/x"}, headers=headers["none"]),
        *(
            client.post(f"/views/{view}", json_body={"run_id": run_id, **asked}, headers=headers["none"])
            for view, asked in (
                ("run_files", {}), ("run_file", {"path": "weights"}), ("run_log", {}), ("run_models", {}), ("run_code", {}), ("run_notebook", {}),
                ("run_diff", {"other_id": run_id}), ("cell_code", {}),
            )
        ),
    ):  # fmt: skip
        assert answer.status_code == 403, answer.text
    # And below it, where cells may be those of the run above, and files are the run's own.
    store.set_tag(own.run, "mlflow.parentRunId", run_id)
    for view, status in (("run_notebook", 403), ("run_files", 200)):
        assert client.post(f"/views/{view}", json_body={"run_id": own.run}, headers=headers["none"]).status_code == status


def _own_model(client, headers):
    client.post(f"{API}/registered-models/create", json_body={"name": "trojan"}, headers=headers["none"])
    return "trojan"


@pytest.mark.parametrize("place", ["http://127.0.0.1:1/api/2.0/mlflow-artifacts/artifacts/x", "https://127.0.0.1:1/x", "ftp://127.0.0.1:1/x", "{own}/api/2.0/mlflow-artifacts/artifacts/1"])
def test_nobody_but_admins_has_the_server_ask_others(scene, place):
    store, _, client, headers, _, own = scene
    place = place.format(own=f"http://127.0.0.1:{client.port}")
    answer = client.post(f"{API}/experiments/create", json_body={"name": "x", "artifact_location": place}, headers=headers["none"])
    assert (answer.status_code, store.get_experiment_by_name("x")) == (403, None)
    answer = client.post(f"{API}/model-versions/create", json_body={"name": own.model, "source": place}, headers=headers["none"])
    assert answer.status_code == 403
    assert client.post(f"{API}/experiments/create", json_body={"name": "x", "artifact_location": place}, headers=headers["admin"]).status_code == 200
    for name, allowed in (("s3", "s3://bucket/x"), ("served", "mlflow-artifacts:/teams/x")):
        given = {"name": name, "artifact_location": allowed}
        assert client.post(f"{API}/experiments/create", json_body=given, headers=headers["none"]).status_code == 200
    assert client.post(f"{API}/model-versions/create", json_body={"name": own.model, "source": "s3://bucket/x"}, headers=headers["none"]).status_code == 200


def test_a_run_below_a_hidden_one_does_not_show_its_cells_nor_what_it_differs_in(scene):
    store, _accounts, client, headers, hidden, own = scene
    put_text((store, hidden.run), "secret_cell = 1", "cell/source.py")
    store.set_tag(own.run, "mlflow.parentRunId", hidden.run)
    given = {"run_id": own.run}
    assert "secret_cell" in client.post("/views/run_notebook", json_body=given, headers=headers["admin"]).text
    answer = client.post("/views/run_notebook", json_body=given, headers=headers["none"])
    assert answer.status_code == 200 and "secret_cell" not in answer.text
    for pair in ({"run_id": own.run, "other_id": hidden.run}, {"run_id": hidden.run, "other_id": own.run}):
        assert client.post("/views/run_diff", json_body=pair, headers=headers["none"]).status_code == 403
