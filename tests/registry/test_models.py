"""Registered models: versions, stages, aliases, tags, and the URIs that name them."""

import os
import pathlib

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.registry.uris import model_place, resolve_model_uri


@pytest.fixture
def client():
    return MlflowClient()


@pytest.fixture
def run():
    with mlflow.start_run() as active:
        mlflow.log_text("weights", "model/weights.txt")
    return active


@pytest.fixture
def three(client, run):
    """Versions 1 to 3 of the model ``m``."""
    for _ in range(3):
        mlflow.register_model(f"runs:/{run.info.run_id}/model", "m")


def test_registering(client, run, sql):
    version = mlflow.register_model(f"runs:/{run.info.run_id}/model", "m", tags={"k": 1})
    assert (version.name, version.version, version.current_stage, version.status) == ("m", "1", "None", "READY")
    assert version.run_id == run.info.run_id
    assert version.source == run.info.artifact_uri + "/model"
    assert version.tags == {"k": "1"}
    assert mlflow.register_model(f"runs:/{run.info.run_id}/model", "m").version == "2"
    assert sql("SELECT version, source, stage FROM model_versions ORDER BY 1") == [
        (number, f"mlartifacts/0/{run.info.run_id}/artifacts/model", "None") for number in (1, 2)
    ]
    assert [row[0] for row in sql("SELECT action FROM audit ORDER BY change")][-1] == "create"


def test_a_failed_registration_leaves_no_model(client):
    with pytest.raises(NotFound):
        mlflow.register_model(f"runs:/{'f' * 32}/model", "m")
    with pytest.raises(NotFound):
        client.get_registered_model("m")


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", ".", "..", None, 5, "x" * 257, "\udcff"])
def test_names_that_cannot_be(client, name):
    with pytest.raises(InvalidParameter):
        client.create_registered_model(name)


def test_models(client, sql):
    client.create_registered_model("m", {"k": 1}, "words")
    with pytest.raises(AlreadyExists) as error:
        client.create_registered_model("m")
    assert error.value.error_code == "RESOURCE_ALREADY_EXISTS"
    client.update_registered_model("m", "other words")
    client.rename_registered_model("m", "n")
    found = client.get_registered_model("n")
    assert (found.name, found.description, found.tags) == ("n", "other words", {"k": "1"})
    client.set_registered_model_tag("n", "k", 2)
    client.delete_registered_model_tag("n", "absent")
    assert sql("SELECT value FROM registered_model_tags") == [("2",)]
    client.delete_registered_model("n")
    assert sql("SELECT count(*) FROM registered_models") == [(0,)]
    for call in (client.get_registered_model, client.delete_registered_model):
        with pytest.raises(NotFound) as error:
            call("n")
        assert error.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_renaming_onto_another_model(client):
    client.create_registered_model("a")
    client.create_registered_model("b")
    with pytest.raises(AlreadyExists):
        client.rename_registered_model("a", "b")
    assert {m.name for m in mlflow.search_registered_models()} == {"a", "b"}


def test_numbers_are_never_used_twice(client, three, run):
    client.delete_model_version("m", "3")
    with pytest.raises(NotFound):
        client.get_model_version("m", "3")
    assert mlflow.register_model(f"runs:/{run.info.run_id}/model", "m").version == "4"
    assert sorted(v.version for v in mlflow.search_model_versions(filter_string="name = 'm'")) == ["1", "2", "4"]


@pytest.mark.parametrize(("version", "error"), [("9", NotFound), ("x", InvalidParameter), (None, InvalidParameter)])
def test_versions_that_are_not_there(client, three, version, error):
    with pytest.raises(error):
        client.get_model_version("m", version)


def test_stages(client, three, sql):
    assert client.transition_model_version_stage("m", "1", "production").current_stage == "Production"
    client.transition_model_version_stage("m", "2", "Production")
    assert sql("SELECT stage FROM model_versions ORDER BY version") == [("Production",), ("Production",), ("None",)]
    client.transition_model_version_stage("m", "3", "Production", archive_existing_versions=True)
    assert sql("SELECT stage FROM model_versions ORDER BY version") == [("Archived",), ("Archived",), ("Production",)]
    assert [(v.version, v.current_stage) for v in client.get_latest_versions("m")] == [
        ("2", "Archived"),
        ("3", "Production"),
    ]
    assert [v.version for v in client.get_latest_versions("m", ["production"])] == ["3"]
    for stage, archive in (("Live", False), ("Archived", True), ("None", True)):
        with pytest.raises(InvalidParameter):
            client.transition_model_version_stage("m", "1", stage, archive_existing_versions=archive)
    with pytest.raises(NotFound):
        client.transition_model_version_stage("m", "9", "Staging")
    details = [row[0] for row in sql("SELECT detail FROM audit WHERE action = 'stage'")]
    assert "Production -> Archived" in details
    assert "None -> Production" in details


def test_aliases(client, three, sql):
    client.set_registered_model_alias("m", "champion", "1")
    client.set_registered_model_alias("m", "champion", 2)
    client.set_registered_model_alias("m", "other", "2")
    assert client.get_model_version_by_alias("m", "champion").version == "2"
    assert sorted(client.get_model_version("m", "2").aliases) == ["champion", "other"]
    assert client.get_registered_model("m").aliases == {"champion": "2", "other": "2"}
    client.delete_registered_model_alias("m", "other")
    client.delete_model_version("m", "2")
    assert sql("SELECT * FROM model_aliases") == []
    with pytest.raises(MlflowException):
        client.get_model_version_by_alias("m", "champion")
    for alias in ("latest", "v1", "V22", "", "a b", "a/b", None):
        with pytest.raises(InvalidParameter):
            client.set_registered_model_alias("m", alias, "1")
    with pytest.raises(NotFound):
        client.set_registered_model_alias("m", "fine", "9")


def test_tags_of_versions(client, three, sql):
    client.set_model_version_tag("m", "1", "k", 1)
    mlflow.set_model_version_tag("m", "1", "l", 2)
    client.set_model_version_tag("m", "1", "k", 3)
    client.delete_model_version_tag("m", "1", "l")
    assert sql("SELECT version, key, value FROM model_version_tags") == [(1, "k", "3")]
    with pytest.raises(InvalidParameter):
        client.set_model_version_tag("m", "1", "k", "x" * 100_001)


def test_uris_of_models(client, three, run):
    client.transition_model_version_stage("m", "2", "Staging")
    client.set_registered_model_alias("m", "best", "1")
    folder = run.info.artifact_uri + "/model"
    for uri, version in (
        ("models:/m/1", "1"), ("models:/m/staging", "2"), ("models:/m/latest", "3"), ("models:/m@best", "1"),
    ):  # fmt: skip
        place = model_place(uri)
        assert (place.uri, place.version.version) == (folder, version), uri
        assert resolve_model_uri(uri) == folder
    assert resolve_model_uri(f"runs:/{run.info.run_id}/model") == folder
    assert (
        resolve_model_uri(folder)
        == resolve_model_uri(pathlib.Path(folder))
        == resolve_model_uri(f"file://{folder}")
        == folder
    )
    copy = resolve_model_uri("models:/m/1", "copy")
    assert pathlib.Path(copy, "weights.txt").read_text() == "weights"


def test_a_version_made_from_another_one_records_where_that_lies(client, three, run, sql):
    folder = run.info.artifact_uri + "/model"
    client.set_registered_model_alias("m", "best", "1")
    client.create_model_version("m", f"runs:/{run.info.run_id}/model", run.info.run_id)
    for uri in ("models:/m/latest", "models:/m@best", "models:/m/4"):
        made = [mlflow.register_model(uri, "m"), client.create_model_version("m", uri)]
        client.set_registered_model_alias("m", "best", made[-1].version)
        assert [(version.source, version.location) for version in made] == [(uri, folder)] * 2
        assert resolve_model_uri("models:/m/latest") == resolve_model_uri("models:/m@best") == folder
    assert client.get_model_version("m", "4").source == f"runs:/{run.info.run_id}/model"
    assert {client.get_model_version_download_uri("m", str(n)) for n in range(1, 11)} == {folder}
    with pytest.raises(NotFound):
        client.create_model_version("m", "models:/m/11")
    assert sql("SELECT max(version) FROM model_versions") == [(10,)]


def test_a_client_of_another_registry_looks_its_sources_up_there(three, run):
    other = MlflowClient(registry_uri="registry.duckdb")
    other.create_registered_model("n")
    other.create_model_version("n", run.info.artifact_uri + "/model")
    assert other.create_model_version("n", "models:/n/1").location == run.info.artifact_uri + "/model"
    assert other.get_model_version_download_uri("n", "2") == run.info.artifact_uri + "/model"
    with pytest.raises(NotFound):
        other.create_model_version("n", "models:/m/1")


@pytest.mark.parametrize(
    "uri",
    [
        "models:/m/9", "models:/m/Production", "models:/m/Live", "models:/m@nobody", "models:/nobody/1", "models:/m", "models:/",
        "models://m/1", "models:/m/", "runs:/x", "runs:/" + "f" * 32 + "/model", "runs:/{run}/../..", "runs:/{run}/none",
        "s3://bucket/model", "models:/m/1/../../..",
    ],
)  # fmt: skip
def test_uris_that_name_nothing(three, run, uri):
    with pytest.raises(MlflowException):
        resolve_model_uri(uri.format(run=run.info.run_id))


def test_a_registry_of_its_own(client, run, sql):
    mlflow.set_registry_uri("registry.duckdb")
    assert mlflow.get_registry_uri() == os.path.abspath("registry.duckdb")
    version = mlflow.register_model(f"runs:/{run.info.run_id}/model", "m")
    assert version.source == run.info.artifact_uri + "/model"
    assert sql("SELECT count(*) FROM registered_models", "registry.duckdb") == [(1,)]
    assert sql("SELECT count(*) FROM registered_models") == [(0,)]
    assert resolve_model_uri("models:/m/1") == run.info.artifact_uri + "/model"


def test_two_processes_get_different_numbers(client, child, sql):
    client.create_registered_model("m")
    workers = [
        child("""
            from jupyter_mlops import MlflowClient
            for _ in range(10):
                MlflowClient().create_model_version("m", "/some/where")
        """)
        for _ in range(2)
    ]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert sql("SELECT count(*), count(DISTINCT version), max(version) FROM model_versions") == [(20, 20, 20)]


def test_prompts_are_no_models_unless_asked_for(client):
    client.create_registered_model("model")
    client.create_registered_model("prompt", {"mlflow.prompt.is_prompt": "true"})
    for name in ("model", "prompt"):
        client.create_model_version(name, "/models/m")
    tag = "tag.`mlflow.prompt.is_prompt`"
    for search in (client.search_registered_models, client.search_model_versions):
        assert [one.name for one in search()] == ["model"]
        assert [one.name for one in search(f"name ILIKE '%M%' AND {tag} != 'true'")] == ["model"]
        assert [one.name for one in search(f"{tag} = 'false'")] == ["model"]
        assert [one.name for one in search(f"{tag} = 'true'")] == ["prompt"]
        assert search(f"name = 'model' AND {tag} = 'true'") == []
