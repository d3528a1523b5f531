"""The audit trail of a model, and taking moves back."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.registry import move, require, undo


@pytest.fixture
def client():
    return MlflowClient()


@pytest.fixture
def two(client):
    client.create_registered_model("m")
    for _ in range(2):
        client.create_model_version("m", "/models/m")


def told(client, name="m"):
    frame = client.get_model_history(name)
    return list(frame["text"])[::-1]


def test_everything_that_changes_a_model_is_told(client, sql):
    client.create_registered_model("m", {"k": "v"}, "words")
    client.create_model_version("m", "/models/m")
    client.update_registered_model("m", "other words")
    client.update_model_version("m", "1", "better words")
    client.set_registered_model_tag("m", "task", "regression")
    client.delete_registered_model_tag("m", "task")
    client.delete_registered_model_tag("m", "absent")
    client.set_model_version_tag("m", "1", "checked", "yes")
    client.set_model_version_tag("m", "1", "checked", "no")
    client.delete_model_version_tag("m", "1", "checked")
    client.transition_model_version_stage("m", "1", "Staging", comment="ready")
    client.set_registered_model_alias("m", "champion", "1")
    client.create_model_version("m", "/models/m")
    client.set_registered_model_alias("m", "champion", "2")
    client.delete_registered_model_alias("m", "champion")
    client.delete_registered_model_alias("m", "absent")
    require("m", stage="Production", rule="signature")
    client.rename_registered_model("m", "n")
    client.delete_model_version("n", "1")
    client.delete_registered_model("n")
    assert told(client, "n") == [
        "The model was created", "Version 1 was registered", "The model was described", "Version 1 was described",
        "The model: tag task is regression", "The model: tag task removed", "Version 1: tag checked is yes", "Version 1: tag checked is no",
        "Version 1: tag checked removed", "Version 1 moved from None to Staging", "Alias @champion set to version 1", "Version 2 was registered",
        "Alias @champion moved from version 1 to version 2", "Alias @champion removed from version 2", "Production now requires: signature",
        "Renamed from m to n", "Version 1 was deleted", "The model was deleted",
    ]  # fmt: skip
    assert told(client, "m") == told(client, "n"), "also by the name that it had"
    changes = sql("SELECT change FROM audit ORDER BY change")
    assert changes == sorted(set(changes)), "one line for each transaction here"


def test_who_and_from_where(client, two, sql, monkeypatch):
    import getpass
    import socket

    move("m", 1, stage="Staging", comment="it is ready")
    row = client.get_model_history("m").iloc[0]
    assert (row["user"], row["host"], row["comment"]) == (getpass.getuser(), socket.gethostname(), "it is ready")
    assert row["time"].tzname() == "UTC"
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE_HOST", "0")
    move("m", 2, stage="Staging")
    assert sql("SELECT host FROM audit WHERE action = 'stage' ORDER BY change")[-1] == (None,)


def test_a_new_model_of_an_old_name_has_a_history_of_its_own(client, two, sql):
    client.delete_registered_model("m")
    client.create_registered_model("m")
    assert told(client) == ["The model was created"]
    assert len(sql("SELECT DISTINCT mid FROM audit")) == 2


def test_histories_are_found_in_sql(client, two):
    client.transition_model_version_stage("m", "1", "Production")
    client.rename_registered_model("m", "n")
    frame = mlflow.sql("SELECT name, name_then, action, version, before, after FROM model_history WHERE action = 'stage'")
    assert frame.values.tolist() == [["n", "m", "stage", 1, "None", "Production"]]


def test_a_name_that_never_was(client):
    with pytest.raises(NotFound, match="never"):
        client.get_model_history("m")


def stages(sql):
    return [stage for (stage,) in sql("SELECT stage FROM model_versions ORDER BY version")]


def test_undoing_a_move_brings_back_what_it_archived(client, two, sql):
    move("m", 1, stage="Production")
    move("m", 2, stage="Production", archive_existing=True)
    assert stages(sql) == ["Archived", "Production"]
    back = undo("m", comment="it was slow")
    assert sorted(version.version for version in back) == ["1", "2"]
    assert stages(sql) == ["Production", "None"]
    assert told(client)[-2:] == ["Undone: Version 1 moved from Archived to Production", "Undone: Version 2 moved from Production to None"]
    assert sql("SELECT DISTINCT comment FROM audit WHERE undoes IS NOT NULL") == [("it was slow",)]
    undo("m")
    assert stages(sql) == ["None", "None"], "a second time takes back the move before"
    with pytest.raises(InvalidState, match="No move"):
        undo("m")


def test_undoing_moves_of_aliases(client, two, sql):
    client.set_registered_model_alias("m", "champion", "1")
    client.set_registered_model_alias("m", "champion", "2")
    client.delete_registered_model_alias("m", "champion")
    for wanted in ([("champion", 2)], [("champion", 1)], []):
        undo("m")
        assert sql("SELECT alias, version FROM model_aliases") == wanted


def test_what_moved_on_since_is_not_undone(client, two, sql):
    move("m", 1, stage="Staging")
    client.delete_model_version("m", "1")
    before = sql("SELECT count(*) FROM audit")
    with pytest.raises(InvalidState, match="is deleted"):
        undo("m")
    assert sql("SELECT count(*) FROM audit") == before
    with pytest.raises(NotFound):
        undo("absent")


def test_undo_goes_back_through_no_gate(client, two, sql):
    move("m", 1, stage="Production")
    move("m", 1, stage="Archived")
    require("m", stage="Production", rule="tags.reviewed")
    undo("m")
    assert stages(sql) == ["Production", "None"]


def test_moving_to_where_it_is_already_is_nothing_to_undo(client, two):
    move("m", 1, stage="Staging")
    move("m", 1, stage="Staging")
    undo("m")
    assert client.get_model_version("m", "1").current_stage == "None"


def test_long_values_are_cut_in_the_history(client, two, sql):
    client.set_model_version_tag("m", "1", "long", "x" * 5000)
    ((after,),) = sql("SELECT after FROM audit WHERE action = 'tag'")
    assert len(after) == 1001
    assert client.get_model_version("m", "1").tags["long"] == "x" * 5000


@pytest.mark.parametrize("comment", ["x" * 10_001, "\udcff", 5])
def test_comments_that_cannot_be(client, two, sql, comment):
    with pytest.raises(InvalidParameter):
        move("m", 1, stage="Staging", comment=comment)
    assert stages(sql) == ["None", "None"]
