"""``jupyter mlops registry``, on a file and on a server: what each command says, and what the client finds afterwards."""

import json

import pytest

from jupyter_mlops import MlflowClient


@pytest.fixture
def wine(place, here, request):
    """A model of the test's own with two versions: its name, and a client that reads what the commands wrote."""
    name = f"wine of {request.node.name}"
    client = MlflowClient(place[1])
    here("registry", "create", name, "-t", "team=red", *place)
    run = client.create_run("0").info.run_id
    client.log_text(run, "flavors: {}", "model/MLmodel")
    for _ in range(2):
        client.create_model_version(name, f"runs:/{run}/model", run)
    return name, client


def test_models(wine, place, here):
    name, client = wine
    assert here("registry", "update", name, "--description", "*dry*", *place).stdout == f"Registered model {name!r} has been described.\n"
    assert json.loads(here("registry", "describe", name, "--json", *place).stdout)["tags"] == {"team": "red"}
    assert "*dry*" in here("registry", "describe", name, *place).stdout
    assert name in here("registry", "list", *place).stdout
    assert [one["name"] for one in json.loads(here("registry", "list", "--filter", f"name = '{name}'", "--json", *place).stdout)] == [name]
    here("registry", "rename", name, f"{name} old", *place)
    assert client.get_registered_model(f"{name} old").description == "*dry*"
    assert "no registered model" in here("registry", "describe", name, *place, code=1).stderr
    here("registry", "delete", f"{name} old", "--yes", *place)
    assert client.search_registered_models(f"name = '{name} old'") == []


def test_versions_moves_aliases_and_what_was_done(wine, place, here):
    name, client = wine
    here("registry", "update-version", name, 1, "--description", "the first", *place)
    assert here("registry", "move", name, 1, "production", "--comment", "tasted", *place).stdout.endswith("is in Production.\n")
    here("registry", "set-alias", name, "champion", 2, *place)
    found = client.get_model_version_by_alias(name, "champion")
    assert (found.version, client.get_model_version(name, "1").current_stage) == ("2", "Production")
    rows = json.loads(here("registry", "versions", name, "--json", *place).stdout)
    assert [(int(row["version"]), row["current_stage"]) for row in rows] == [(2, "None"), (1, "Production")]
    assert "the first" in here("registry", "describe-version", name, 1, *place).stdout
    history = here("registry", "history", name, *place).stdout
    assert "tasted" in history
    here("registry", "undo", name, *place)
    assert client.get_registered_model(name).aliases == {}
    here("registry", "set-tag", name, "year", 1999, "--version", 2, *place)
    assert client.get_model_version(name, "2").tags == {"year": "1999"}
    here("registry", "delete-tag", name, "year", "--version", 2, *place)
    here("registry", "set-tag", name, "grape", "pinot", *place)
    assert (client.get_model_version(name, "2").tags, client.get_registered_model(name).tags["grape"]) == ({}, "pinot")
    here("registry", "delete-version", name, 2, "--yes", *place)
    assert "2" not in {version.version for version in client.search_model_versions(f"name = '{name}'")}


def test_mistakes(wine, place, here):
    name, _ = wine
    assert "version" in here("registry", "move", name, 9, "Production", *place, code=1).stderr
    assert here("registry", "move", name, 1, "Cellar", *place, code=2).stdout == ""
    assert "already" in here("registry", "create", name, *place, code=1).stderr
    assert len(here("registry", "delete-alias", name, "nobody", *place, code=None).stderr.splitlines()) <= 1
