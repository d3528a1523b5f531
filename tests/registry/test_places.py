"""Where models lie that are kept apart from their runs, or far away; and what a version keeps of another one."""

import os
import pathlib
import tempfile

import fsspec
import pytest
import yaml

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.errors import ArtifactCorrupt, NotFound
from jupyter_mlops.registry.uris import model_place, resolve_model_uri
from tests.s3_servers import BUCKET, _s3_server, s3  # noqa: F401 - fixtures

LOGGED = "m-" + "0123456789abcdef" * 2


@pytest.fixture
def client():
    return MlflowClient()


@pytest.fixture
def run():
    """A run with one model among its artifacts and one that is kept apart, as MLflow 3 keeps them."""
    with mlflow.start_run() as active:
        mlflow.log_text("among", "inside/MLmodel")
    apart = pathlib.Path("mlartifacts/0/models", LOGGED, "artifacts")
    (apart / "data").mkdir(parents=True)
    (apart / "MLmodel").write_text("apart")
    (apart / "data" / "x").write_text("x")
    return active.info


@pytest.fixture
def logged(run, python):
    """The same run, when the store has rows of logged models ``apart`` and ``inside``, as an import writes them."""
    MlflowClient().get_run(run.run_id)
    python(
        """
        import sys, duckdb
        run_id, model_id = sys.argv[1:]
        place = f"mlartifacts/0/models/{model_id}/artifacts"
        with duckdb.connect("mlops.duckdb") as plain:
            for name, key in (("apart", model_id), ("inside", "m-" + "f" * 32)):
                plain.execute("INSERT INTO logged_models SELECT ?, 0, rid, ?, ?, 'READY', 1, 1, 1 FROM runs WHERE run_id = ?", [key, name, place, run_id])
        """,
        run.run_id,
        LOGGED,
    )
    return run


def test_a_logged_model_is_found_by_its_id_and_by_its_name_in_its_run(logged, client):
    apart = str(pathlib.Path("mlartifacts/0/models", LOGGED, "artifacts").absolute())
    for uri in (f"models:/{LOGGED}", f"runs:/{logged.run_id}/apart"):
        assert resolve_model_uri(uri) == apart
        assert model_place(f"{uri}/data/x").uri == f"{apart}/data/x"
        assert mlflow.artifacts.load_text(f"{uri}/data/x") == "x"
        assert pathlib.Path(mlflow.artifacts.download_artifacts(uri), "MLmodel").read_text() == "apart"
        assert [info.path.rpartition("/")[2] for info in mlflow.artifacts.list_artifacts(uri)] == ["MLmodel", "data"]
    version = mlflow.register_model(f"runs:/{logged.run_id}/apart", "m")
    assert (version.source, version.run_id) == (apart, logged.run_id)
    assert mlflow.register_model(f"models:/{LOGGED}", "m").location == apart
    assert client.create_model_version("m", f"runs:/{logged.run_id}/apart").source == f"runs:/{logged.run_id}/apart"
    assert {client.get_model_version_download_uri("m", number) for number in (1, 2, 3)} == {apart}
    with pytest.raises(MlflowException, match="registered version"):
        client.copy_model_version(f"models:/{LOGGED}", "n")


def test_what_lies_among_the_runs_artifacts_comes_first(logged):
    assert resolve_model_uri(f"runs:/{logged.run_id}/inside") == f"{logged.artifact_uri}/inside"
    with pytest.raises(NotFound):
        mlflow.register_model(f"runs:/{logged.run_id}/neither", "m")
    with pytest.raises(NotFound):
        resolve_model_uri("models:/m-" + "0" * 32)


def test_a_registered_model_may_be_called_as_a_logged_one(logged, client):
    client.create_registered_model(LOGGED)
    client.create_model_version(LOGGED, "/registered")
    client.transition_model_version_stage(LOGGED, 1, "Staging")
    for which in ("1", "staging", "latest"):
        assert model_place(f"models:/{LOGGED}/{which}").uri == "/registered"
    assert model_place(f"models:/{LOGGED}/data").uri.endswith("artifacts/data")


@pytest.mark.parametrize("history", ["", "no JSON " + LOGGED[2:], '"' + LOGGED[2:] + '"', '[5, "' + LOGGED[2:] + '", {"model_uuid": "' + LOGGED[2:] + '"}]'])
def test_a_history_that_cannot_be_read_names_no_model(run, client, history):
    client.set_tag(run.run_id, "mlflow.log-model.history", history)
    with pytest.raises(NotFound):
        resolve_model_uri(f"models:/{LOGGED}")


def test_a_name_with_an_at_sign_is_named_with_a_number(client):
    client.create_registered_model("m@x")
    client.create_model_version("m@x", "/here")
    client.set_registered_model_alias("m@x", "best", 1)
    assert model_place("models:/m@x/1").uri == model_place("models:/m@x@best").uri == "/here"
    assert model_place("models:/m@x/1/data").uri == model_place("models:/m@x@best/data").uri == "/here/data"


def test_a_model_on_s3(s3, client, sql):  # noqa: F811
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("far", f"s3://{BUCKET}/registry"))
    with mlflow.start_run() as run:
        mlflow.log_text("flavors: {}", "model/MLmodel")
        mlflow.log_text("x", "model/data/x")
    place = f"{run.info.artifact_uri}/model"
    for uri in (f"runs:/{run.info.run_id}/model", place):
        assert mlflow.register_model(uri, "m").source == place
    assert mlflow.register_model(f"s3://{BUCKET}/is/not/there", "m").version == "3"  # what lies elsewhere is not looked for
    with pytest.raises(NotFound):
        mlflow.register_model(f"runs:/{run.info.run_id}/nothing", "m")
    assert sql("SELECT version, source, run_id FROM model_versions ORDER BY 1")[:2] == [(1, place, run.info.run_id), (2, place, None)]
    copy = pathlib.Path(resolve_model_uri("models:/m/2"))
    assert yaml.safe_load((copy / "registered_model_meta").read_text()) == {"model_name": "m", "model_version": "2"}
    assert (copy / "data" / "x").read_text() == "x"
    assert mlflow.artifacts.load_text("models:/m/1/data/x") == "x"
    assert [info.path for info in mlflow.artifacts.list_artifacts("models:/m/2")] == ["model/MLmodel", "model/data"]


def test_a_signed_model_is_trusted_as_a_copy_that_says_which_version_it_is(model, frame):
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, "model", registered_model_name="m", pip_requirements=[], serialization_format="pickle")
    loaded = mlflow.pyfunc.load_model("models:/m/1", dst_path="copy")
    assert pathlib.Path("copy", "registered_model_meta").exists()
    assert list(loaded.predict(frame)) == list(model.predict(frame))
    assert list(mlflow.sklearn.load_model("copy").predict(frame)) == list(model.predict(frame))


def test_of_a_model_elsewhere_one_file_alone_is_fetched_for_what_it_says(tmp_path):
    place = f"memory://{tmp_path.name}"
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("elsewhere", place))
    with mlflow.start_run():
        info = mlflow.pyfunc.log_model("model", python_model=lambda data: data, input_example=[1.5], registered_model_name="far")
    memory = fsspec.filesystem("memory")
    (pickled,) = [path for path in memory.find(f"/{tmp_path.name}") if path.endswith(".pkl")]
    memory.pipe_file(pickled, b"not what was logged")  # whoever fetches all of the model finds that
    with pytest.raises(ArtifactCorrupt):
        resolve_model_uri(info.model_uri)
    before = set(os.listdir(tempfile.gettempdir()))
    assert mlflow.models.get_model_info("models:/far/1").flavors == info.flavors
    assert mlflow.models.Model.load(f"{info.model_uri}/MLmodel").load_input_example("models:/far/1") == [1.5]
    assert set(os.listdir(tempfile.gettempdir())) <= before
    with pytest.raises(NotFound, match="it has no file MLmodel"):
        mlflow.models.Model.load(place)
    with pytest.raises(NotFound, match="There is no model at"):
        mlflow.models.Model.load(f"{place}/nowhere")
