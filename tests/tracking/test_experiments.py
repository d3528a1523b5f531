"""Experiments: made, chosen, renamed, deleted, restored."""

import ast
import os

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.entities import ViewType
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, InvalidState, NotFound
from jupyter_mlops.storage.opened import open_store


def test_the_default_experiment(sql):
    assert sql("SELECT experiment_id, name, lifecycle_stage, artifact_location FROM experiments") == [
        (0, "Default", "active", "mlartifacts/0"),
    ]  # fmt: skip
    assert mlflow.get_experiment("0").artifact_location == os.path.abspath("mlartifacts/0")


def test_ids_count_from_one(sql):
    assert [mlflow.create_experiment(name) for name in ("a", "b")] == ["1", "2"]
    assert sql("SELECT name FROM experiments ORDER BY experiment_id") == [("Default",), ("a",), ("b",)]


def test_the_page_is_told_with_the_reply_to_the_cell(python):
    out = python("""
        from IPython.core.interactiveshell import InteractiveShell
        import jupyter_mlops as mlflow
        shell = InteractiveShell.instance(user_ns={"mlflow": mlflow})
        shell.run_cell("mlflow.set_experiment('a'); mlflow.set_experiment('b')")
        print(shell.payload_manager.read_payload())
    """)
    (told,) = ast.literal_eval(out.splitlines()[-1])
    assert told == {"source": "jupyter_mlops.experiment", "store": open_store().key, "id": "2", "name": "b"}


@pytest.mark.parametrize("name", ["", "  ", None, 5, "x" * 501, "\udcff"])
def test_names_that_cannot_be(name):
    with pytest.raises(InvalidParameter):
        mlflow.create_experiment(name)


def test_locations_and_tags(tmp_path):
    number = mlflow.create_experiment("a", str(tmp_path / "elsewhere"), {"n": 1})
    experiment = mlflow.get_experiment(number)
    assert experiment.artifact_location == str(tmp_path / "elsewhere")
    assert experiment.tags == {"n": "1"}
    with mlflow.start_run(experiment_id=number) as run:
        assert run.info.artifact_uri == f"{tmp_path}/elsewhere/{run.info.run_id}/artifacts"
    with pytest.raises(InvalidParameter):
        mlflow.create_experiment("b", "runs:/x/y")


def test_life_cycle(sql):
    number = mlflow.create_experiment("a")
    with mlflow.start_run(experiment_id=number) as run:
        pass
    with mlflow.start_run(experiment_id=int(number)) as gone:
        pass
    mlflow.delete_run(gone.info.run_id)
    with pytest.raises(NotFound):
        mlflow.restore_experiment(number)
    mlflow.delete_experiment(number)
    assert (
        mlflow.get_experiment(number).lifecycle_stage
        == mlflow.get_run(run.info.run_id).info.lifecycle_stage
        == "deleted"
    )
    assert mlflow.get_experiment_by_name("a").experiment_id == number
    for call in (
        lambda: mlflow.set_experiment("a"), lambda: mlflow.set_experiment(experiment_id=number),
        lambda: mlflow.set_experiment_tag("k", "v") if mlflow.set_experiment("a") else None,
        lambda: MlflowClient().set_experiment_tag(number, "k", "v"), lambda: mlflow.start_run(experiment_id=number),
        lambda: MlflowClient().create_run(number),
    ):  # fmt: skip
        with pytest.raises(InvalidParameter):
            call()
    for error, call in (
        (NotFound, lambda: mlflow.delete_experiment(number)), (AlreadyExists, lambda: mlflow.create_experiment("a")),
        (InvalidState, lambda: MlflowClient().rename_experiment(number, "b")),
    ):  # fmt: skip
        with pytest.raises(error):
            call()
    mlflow.restore_experiment(number)
    assert sql("SELECT DISTINCT lifecycle_stage FROM runs") == [("active",)]  # those deleted one by one, too
    assert sql("SELECT lifecycle_stage FROM experiments WHERE name = 'a'") == [("active",)]


def test_renaming():
    client = MlflowClient()
    a = mlflow.create_experiment("a")
    mlflow.create_experiment("b")
    with pytest.raises(AlreadyExists) as error:
        client.rename_experiment(a, "b")
    assert error.value.error_code == "RESOURCE_ALREADY_EXISTS"
    client.rename_experiment(a, "A")
    assert mlflow.get_experiment_by_name("a") is None
    assert mlflow.get_experiment_by_name("A").experiment_id == a


def test_choosing(monkeypatch, python):
    chosen = mlflow.set_experiment("new")
    assert os.environ["MLFLOW_EXPERIMENT_ID"] == chosen.experiment_id == "1"
    with mlflow.start_run() as run:
        assert run.info.experiment_id == "1"
    assert python("import jupyter_mlops as m; print(m.start_run().info.experiment_id)").strip() == "1"
    for arguments in ({}, {"experiment_name": "new", "experiment_id": "1"}):
        with pytest.raises(InvalidParameter):
            mlflow.set_experiment(**arguments)
    with pytest.raises(NotFound):
        mlflow.set_experiment(experiment_id="99")
    mlflow.set_tracking_uri("other.duckdb")  # where the id means nothing
    with mlflow.start_run() as run:
        assert run.info.experiment_id == "0"


def test_choosing_by_the_environment(monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "by name")
    with mlflow.start_run() as run:
        assert mlflow.get_experiment(run.info.experiment_id).name == "by name"
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "0")
    with pytest.raises(InvalidParameter):
        mlflow.start_run()
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME")
    with mlflow.start_run() as run:
        assert run.info.experiment_id == "0"
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "77")
    with pytest.raises(InvalidParameter):
        mlflow.start_run()


def test_tags(sql):
    number = mlflow.create_experiment("a")
    mlflow.set_experiment("a")
    mlflow.set_experiment_tag("k", 1)
    mlflow.set_experiment_tags({"k": 2, "l": 3})
    assert mlflow.get_experiment(number).tags == {"k": "2", "l": "3"}
    assert sorted(sql("SELECT key, value FROM experiment_tags")) == [("k", "2"), ("l", "3")]
    with pytest.raises(InvalidParameter):
        mlflow.set_experiment_tag("k", "x" * 20001)


@pytest.mark.parametrize(("number", "error"), [("99", NotFound), ("abc", InvalidParameter), (None, InvalidParameter)])
def test_missing_experiments(number, error):
    with pytest.raises(error):
        mlflow.get_experiment(number)


def test_searching_experiments():
    for name in ("a", "b", "c"):
        mlflow.create_experiment(name)
    mlflow.delete_experiment("2")
    assert {e.name for e in mlflow.search_experiments()} == {"Default", "a", "c"}
    assert [e.name for e in mlflow.search_experiments(view_type=ViewType.DELETED_ONLY)] == ["b"]
    assert [e.name for e in mlflow.search_experiments(order_by=["name DESC"], max_results=2)] == ["c", "a"]
    page = MlflowClient().search_experiments(max_results=2, order_by=["name"])
    assert [e.name for e in page] == ["Default", "a"]
    assert [
        e.name for e in MlflowClient().search_experiments(max_results=2, order_by=["name"], page_token=page.token)
    ] == ["c"]


def test_pages_of_runs():
    for number in range(3):
        with mlflow.start_run(run_name=f"r{number}"):
            pass
    client, token, found = MlflowClient(), None, []
    while True:
        page = client.search_runs("0", max_results=2, page_token=token)
        found += [run.info.run_name for run in page]
        token = page.token
        if not token:
            break
    assert sorted(found) == ["r0", "r1", "r2"]


def test_a_tag_is_removed(value):
    client = mlflow.MlflowClient()
    mlflow.set_experiment("iris")
    mlflow.set_experiment_tags({"team": "a", "stage": "x"})
    changed = value("SELECT change FROM experiments WHERE name = 'iris'")
    mlflow.delete_experiment_tag("team")
    client.delete_experiment_tag("1", "stage")
    assert value("SELECT count(*) FROM experiment_tags") == 0
    assert value("SELECT change FROM experiments WHERE name = 'iris'") == changed + 2
    with pytest.raises(NotFound, match="no tag 'team'"):
        mlflow.delete_experiment_tag("team")
    client.delete_experiment("1")
    with pytest.raises(InvalidParameter, match="restore it"):
        client.delete_experiment_tag("1", "team")


def test_a_deleted_run_is_restored():
    with mlflow.start_run() as run:
        pass
    mlflow.delete_run(run.info.run_id)
    mlflow.restore_run(run.info.run_id)
    assert mlflow.get_run(run.info.run_id).info.lifecycle_stage == "active"
    mlflow.MlflowClient().set_tag(run.info.run_id, "a", 1)
