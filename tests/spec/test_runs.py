"""tracking.md 3: the life of a run, by the fluent functions and by the client."""

import threading

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.errors import InvalidParameter, NotFound


@pytest.fixture
def client():
    return MlflowClient()


@pytest.fixture
def ended():
    """Id of a run that has ended."""
    with mlflow.start_run(run_name="before", tags={"a": "1", "b": "1"}) as run:
        return run.info.run_id


def code(call, *given, **named):
    with pytest.raises(MlflowException) as caught:
        call(*given, **named)
    return caught.value.error_code


@pytest.mark.parametrize("given", [0, "0", None])
def test_experiment_id_may_be_text_a_number_or_none(given):
    with mlflow.start_run(experiment_id=given) as run:
        assert run.info.experiment_id == "0"


@pytest.mark.parametrize("given", [1.5, [], True])
def test_experiment_id_of_another_type_is_invalid(given):
    assert code(mlflow.start_run, experiment_id=given) == "INVALID_PARAMETER_VALUE"


def test_a_parent_is_stored_as_a_tag_alone(sql):
    with mlflow.start_run() as parent, mlflow.start_run(nested=True):
        pass
    assert sql("SELECT value FROM tags WHERE key = 'mlflow.parentRunId'") == [(parent.info.run_id,)]


def test_a_parent_given_by_id_must_be_active_and_on_top(ended):
    with mlflow.start_run(parent_run_id=ended) as child:
        assert child.data.tags["mlflow.parentRunId"] == ended
        assert code(mlflow.start_run, nested=True, parent_run_id=ended) == "INTERNAL_ERROR"
    mlflow.delete_run(ended)
    assert code(mlflow.start_run, parent_run_id=ended) == "INTERNAL_ERROR"
    assert code(mlflow.start_run, parent_run_id="f" * 32) == "RESOURCE_DOES_NOT_EXIST"


def test_a_description_is_the_note_and_may_not_be_given_twice(sql):
    with mlflow.start_run(description="**why**"):
        pass
    assert sql("SELECT value FROM tags WHERE key = 'mlflow.note.content'") == [("**why**",)]
    assert code(mlflow.start_run, description="a", tags={"mlflow.note.content": "a"}) == "INVALID_PARAMETER_VALUE"


def test_a_run_name_is_also_a_tag_and_both_must_agree(sql):
    with mlflow.start_run(run_name="a", tags={"mlflow.runName": "a"}), mlflow.start_run(nested=True, tags={"mlflow.runName": "b"}):
        pass
    assert sql("SELECT run_name, value FROM runs JOIN tags USING (rid) WHERE key = 'mlflow.runName' ORDER BY 1") == [("a", "a"), ("b", "b")]
    assert code(mlflow.start_run, run_name="a", tags={"mlflow.runName": "b"}) == "INVALID_PARAMETER_VALUE"


def test_tags_of_the_user_override_automatic_ones_which_the_client_does_not_make(client, sql):
    with mlflow.start_run(tags={"mlflow.user": "ann", "mlflow.source.name": "mine"}) as run:
        assert run.info.user_id == "ann"
    client.create_run("0", run_name="by client")
    assert dict(sql("SELECT key, value FROM tags JOIN runs USING (rid) WHERE user_id = 'ann'")).items() >= {
        "mlflow.user": "ann", "mlflow.source.name": "mine", "mlflow.source.type": "LOCAL",
    }.items()  # fmt: skip
    assert sql("SELECT user_id, key, value FROM tags JOIN runs USING (rid) WHERE user_id = 'unknown'") == [
        ("unknown", "mlflow.runName", "by client")
    ]


def test_user_id_is_that_of_the_start_whatever_becomes_of_the_tag():
    with mlflow.start_run(tags={"mlflow.user": "ann"}) as run:
        mlflow.set_tag("mlflow.user", "bob")
    assert (mlflow.get_run(run.info.run_id).info.user_id, mlflow.get_run(run.info.run_id).data.tags["mlflow.user"]) == ("ann", "bob")


def test_ids_places_and_the_first_status():
    location = mlflow.get_experiment("0").artifact_location
    with mlflow.start_run() as run:
        assert len(run.info.run_id) == 32 and int(run.info.run_id, 16)
        assert run.info.artifact_uri == f"{location}/{run.info.run_id}/artifacts"
        assert run.info.status == "RUNNING"


def test_what_a_resumed_run_keeps_and_what_it_takes(ended, sql):
    before = mlflow.get_run(ended).info
    with mlflow.start_run(ended, run_name="after", tags={"b": "2"}, description="again") as run:
        now = mlflow.get_run(ended).info
        assert (now.status, now.start_time, now.end_time) == ("RUNNING", before.start_time, before.end_time)
        assert run.info.run_name == "after"
    tags = dict(sql("SELECT key, value FROM tags"))
    assert (tags["a"], tags["b"], tags["mlflow.note.content"], tags["mlflow.runName"]) == ("1", "2", "again", "after")
    assert mlflow.get_run(ended).info.end_time >= before.end_time


def test_automatic_tags_are_not_applied_again(client):
    run_id = client.create_run("0").info.run_id
    with mlflow.start_run(run_id):
        pass
    assert set(mlflow.get_run(run_id).data.tags) == {"mlflow.runName"}


def test_what_cannot_be_resumed(ended):
    assert code(mlflow.start_run, "a b") == "INVALID_PARAMETER_VALUE"
    assert code(mlflow.start_run, "f" * 32) == "RESOURCE_DOES_NOT_EXIST"
    mlflow.set_experiment("another")
    assert code(mlflow.start_run, ended) == "INTERNAL_ERROR"
    mlflow.set_experiment("Default")
    mlflow.delete_run(ended)
    assert code(mlflow.start_run, ended) == "INTERNAL_ERROR"


def test_a_block_returns_the_run_itself():
    with (started := mlflow.start_run()) as run:
        assert run is started and isinstance(run, mlflow.ActiveRun)


def test_an_unknown_status_raises_and_the_run_stays_running_but_is_no_longer_active(sql):
    mlflow.start_run()
    with pytest.raises(Exception, match="DONE"):
        mlflow.end_run("DONE")
    assert mlflow.active_run() is None
    assert sql("SELECT status FROM runs") == [("RUNNING",)]


def test_leftover_runs_end_as_finished_with_the_process(python, sql):
    python("import jupyter_mlops; jupyter_mlops.start_run()")
    assert sql("SELECT status FROM runs") == [("FINISHED",)]


def test_the_active_run_is_this_threads_and_the_last_active_one_is_read_anew():
    assert mlflow.last_active_run() is None
    with mlflow.start_run() as run:
        assert mlflow.last_active_run().info.run_id == mlflow.active_run().info.run_id == run.info.run_id
        seen = []
        thread = threading.Thread(target=lambda: seen.append((mlflow.active_run(), mlflow.last_active_run())))
        thread.start()
        thread.join()
        mlflow.log_metric("a", 1)
    assert seen == [(None, None)]
    assert mlflow.last_active_run().data.metrics == {"a": 1.0}


def test_a_deleted_run_can_be_read_deleted_again_and_restored(ended, sql):
    mlflow.delete_run(ended)
    mlflow.delete_run(ended)
    assert mlflow.get_run(ended).info.lifecycle_stage == "deleted"
    mlflow.restore_run(ended)
    assert sql("SELECT lifecycle_stage FROM runs") == [("active",)]
    assert code(mlflow.get_run, "f" * 32) == "RESOURCE_DOES_NOT_EXIST"


def test_the_parent_of_a_run_or_none(ended, client):
    with mlflow.start_run(parent_run_id=ended) as child:
        pass
    for get in (mlflow.get_parent_run, client.get_parent_run):
        assert get(child.info.run_id).info.run_id == ended
        assert get(ended) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: mlflow.log_param("a", 1), lambda: mlflow.log_params({"a": 1}), lambda: mlflow.log_metric("a", 1),
        lambda: mlflow.log_metrics({"a": 1}), lambda: mlflow.set_tag("a", 1), lambda: mlflow.set_tags({"a": 1}),
        lambda: mlflow.log_text("a", "a.txt"), lambda: mlflow.log_dict({}, "a.json"), mlflow.get_artifact_uri,
        lambda: mlflow.log_table({"a": [1]}, "a.json"), lambda: mlflow.log_input(None),
    ],
)  # fmt: skip
def test_a_call_without_an_active_run_starts_one_that_is_left_running(call, sql):
    call()
    assert sql("SELECT status FROM runs") == [("RUNNING",)]
    mlflow.end_run()


def test_update_run_of_the_client(client, ended):
    before = client.get_run(ended).info
    client.update_run(ended)
    assert client.get_run(ended).info == before
    client.update_run(ended, status="KILLED", name="other")
    now = client.get_run(ended).info
    assert (now.status, now.run_name, now.end_time) == ("KILLED", "other", before.end_time)


def test_set_terminated_of_the_client(client):
    run_id = client.create_run("0", start_time=5, tags={"a": "b"}, run_name="n").info.run_id
    assert client.get_run(run_id).info.start_time == 5
    client.set_terminated(run_id)
    assert client.get_run(run_id).info.status == "FINISHED"
    client.set_terminated(run_id, "FAILED", 7)
    assert (client.get_run(run_id).info.status, client.get_run(run_id).info.end_time) == ("FAILED", 7)


@pytest.mark.parametrize("ids", ["0", 0, ["0"], [0]])
def test_one_experiment_id_or_several_may_be_searched(client, ended, ids):
    found = client.search_runs(ids)
    assert [run.info.run_id for run in found] == [ended]
    assert found.token is None


def test_nothing_is_created_in_a_deleted_experiment_or_written_to_a_deleted_run(client, ended):
    number = mlflow.create_experiment("gone")
    mlflow.delete_experiment(number)
    assert code(client.create_run, number) == "INVALID_PARAMETER_VALUE"
    assert code(mlflow.start_run, experiment_id=number) == "INVALID_PARAMETER_VALUE"
    client.delete_run(ended)
    for call in (client.log_metric, client.log_param, client.set_tag):
        assert code(call, ended, "a", 1) == "INVALID_PARAMETER_VALUE"
    for call in (client.log_inputs, client.log_batch):
        assert code(call, ended) == "INVALID_PARAMETER_VALUE"
    assert code(client.log_text, ended, "a", "a.txt") == "INVALID_PARAMETER_VALUE"
    assert code(client.update_run, ended, name="x") == "INVALID_PARAMETER_VALUE"
    client.restore_run(ended)
    client.update_run(ended, name="x")
    assert mlflow.get_run(ended).info.run_name == "x"


def test_errors_are_also_pythons_own(client):
    with pytest.raises(ValueError):
        mlflow.start_run(experiment_id=1.5)
    with pytest.raises(LookupError):
        client.get_run("f" * 32)
    assert issubclass(InvalidParameter, MlflowException) and issubclass(NotFound, MlflowException)
