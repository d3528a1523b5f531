"""Gates: what a stage or an alias requires, and what is said when it is not there."""

import math

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.entities.gates import Facts, judge, parse_rule
from jupyter_mlops.errors import GateRefused, InvalidParameter, MlflowException, NotFound
from jupyter_mlops.registry import list_gates, move, preview_move, record_evaluation, remove_gate, require


@pytest.fixture
def client():
    return MlflowClient()


def version(auc, name="m", files=("weights",)):
    """A version whose source run has that metric."""
    with mlflow.start_run() as run:
        if auc is not None:
            mlflow.log_metric("auc", auc)
        for path in files:
            mlflow.log_text("x", f"model/{path}")
    return mlflow.register_model(f"runs:/{run.info.run_id}/model", name).version


def stages(sql):
    return sql("SELECT version, stage FROM model_versions ORDER BY version")


def test_a_better_champion_goes_through_and_a_worse_one_is_told_why(client, sql):
    version(0.8)
    require("m", stage="Production", rule="metrics.auc > champion")
    client.transition_model_version_stage("m", "1", "Production")  # nobody is there yet
    version(0.7)
    with pytest.raises(GateRefused) as refused:
        client.transition_model_version_stage("m", "2", "Production", archive_existing_versions=True)
    assert "auc is 0.7; version 1, the champion, has 0.8" in str(refused.value)
    assert [verdict.passed for verdict in refused.value.verdicts] == [False]
    assert refused.value.error_code == "INVALID_STATE"
    assert stages(sql) == [(1, "Production"), (2, "None")]
    version(0.9)
    client.transition_model_version_stage("m", "3", "Production", archive_existing_versions=True)
    assert stages(sql) == [(1, "Archived"), (2, "None"), (3, "Production")]


def test_an_alias_has_gates_of_its_own(client, sql):
    version(0.8)
    version(0.7)
    require("m", alias="champion", rule=["metrics.auc >= 0.75", "tags.reviewed = 'yes'"])
    with pytest.raises(GateRefused, match="tag reviewed is not set"):
        client.set_registered_model_alias("m", "champion", "1")
    client.set_model_version_tag("m", "1", "reviewed", "yes")
    client.set_registered_model_alias("m", "champion", "1")
    with pytest.raises(GateRefused, match="2 of 2"):
        client.set_registered_model_alias("m", "champion", "2")
    client.set_registered_model_alias("m", "other", "2")
    assert sql("SELECT alias, version FROM model_aliases ORDER BY 1") == [("champion", 1), ("other", 2)]


def test_setting_an_alias_again_where_it_is_does_not_compare_it_with_itself(client):
    version(0.8)
    require("m", alias="champion", rule="metrics.auc > champion")
    for _ in range(2):
        client.set_registered_model_alias("m", "champion", "1")


def test_force_needs_a_comment_and_stands_in_the_history(client, sql):
    version(None)
    require("m", stage="Production", rule="metrics.auc > 0.5")
    with pytest.raises(GateRefused, match="has no metric auc"):
        move("m", 1, stage="Production")
    for comment in (None, "", "  "):
        with pytest.raises(InvalidParameter, match="comment"):
            move("m", 1, stage="Production", force=True, comment=comment)
    assert stages(sql) == [(1, "None")]
    move("m", 1, stage="Production", force=True, comment="the demo is today")
    assert stages(sql) == [(1, "Production")]
    assert sql("SELECT comment, forced FROM audit WHERE action = 'stage'") == [("the demo is today", True)]
    event = client.get_model_history("m").iloc[0]
    assert (event["action"], event["comment"], event["forced"]) == ("stage", "the demo is today", True)


def test_force_where_nothing_stands_in_the_way_is_no_forced_move(client, sql):
    version(0.8)
    move("m", 1, stage="Staging", force=True, comment="to be sure")
    assert sql("SELECT forced FROM audit WHERE action = 'stage'") == [(False,)]


def test_rules_about_the_folder(client):
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, "bare", registered_model_name="m", pip_requirements=[])
        mlflow.sklearn.log_model(
            model, "full", registered_model_name="m", pip_requirements=[], input_example=[[0.5]]
        )
    require("m", stage="Staging", rule=["signature", "input_example"])
    with pytest.raises(GateRefused, match="the model has no signature") as refused:
        client.transition_model_version_stage("m", "1", "Staging")
    assert "the model has no input example" in str(refused.value)
    client.transition_model_version_stage("m", "2", "Staging")


@pytest.mark.parametrize("source", ["/nowhere/at/all", "s3://bucket-that-is-not/there"])
def test_a_folder_that_cannot_be_read_does_not_pass(client, source):
    client.create_registered_model("m")
    client.create_model_version("m", source)
    require("m", stage="Staging", rule="signature")
    with pytest.raises(GateRefused, match="could not be read"):
        client.transition_model_version_stage("m", "1", "Staging")


def test_rules_about_evaluations(client):
    version(0.8)
    require("m", alias="champion", rule="evaluation passed")
    with pytest.raises(GateRefused, match="was not evaluated"):
        move("m", 1, alias="champion")
    record_evaluation("models:/m/1", passed=False)
    with pytest.raises(GateRefused, match="the latest evaluation failed"):
        move("m", 1, alias="champion")
    record_evaluation("models:/m/1", passed=True)
    assert move("m", 1, alias="champion").aliases == ["champion"]


def test_a_preview_says_what_would_happen_and_changes_nothing(client, sql):
    version(0.8)
    version(0.7)
    require("m", stage="production", rule=["metrics.auc > champion", "metrics.auc > 0.5"])
    client.transition_model_version_stage("m", "1", "Production")
    audit = sql("SELECT count(*) FROM audit")
    seen = preview_move("m", 2, stage="Production", archive_existing=True)
    assert (seen.archives, seen.holder, seen.before, seen.passed) == (["1"], "1", "None", False)
    assert [verdict.passed for verdict in seen.verdicts] == [False, True]
    client.set_registered_model_alias("m", "best", "1")
    seen = preview_move("m", 2, alias="best")
    assert (seen.archives, seen.holder, seen.before, seen.passed) == ([], "1", "1", True)
    assert sql("SELECT count(*) FROM audit") == [(audit[0][0] + 1,)]
    assert stages(sql) == [(1, "Production"), (2, "None")]


def test_gates_are_listed_and_removed(client, sql):
    version(0.8)
    (gate,) = require("m", stage="Production", rule=" metrics.auc > 0.9 ", comment="the board wants it")
    require("m", stage="Production", rule="metrics.auc > 0.9")  # once more changes nothing
    assert [(one.gate_id, one.stage, one.alias, one.rule) for one in list_gates("m")] == [(gate.gate_id, "Production", None, "metrics.auc > 0.9")]
    with pytest.raises(NotFound, match="list_gates"):
        remove_gate("m", gate.gate_id + 1)
    remove_gate("m", gate.gate_id)
    assert list_gates("m") == []
    client.transition_model_version_stage("m", "1", "Production")
    assert sql("SELECT action, comment FROM audit WHERE action LIKE '%gate' ORDER BY change") == [
        ("add gate", "the board wants it"), ("remove gate", None),
    ]  # fmt: skip


def test_the_gates_of_a_model_go_with_it_and_follow_its_name(client):
    version(0.1)
    require("m", stage="Production", rule="metrics.auc > 0.9")
    client.rename_registered_model("m", "n")
    assert [gate.name for gate in list_gates("n")] == ["n"]
    with pytest.raises(GateRefused):
        client.transition_model_version_stage("n", "1", "Production")
    client.delete_registered_model("n")
    version(0.1, "n")
    client.transition_model_version_stage("n", "1", "Production")


def test_another_process_meets_the_same_gate(child, client, sql):
    version(0.8)
    require("m", stage="Production", rule="metrics.auc > 0.9")
    done = child(
        "import jupyter_mlops as m\n"
        "try: m.MlflowClient().transition_model_version_stage('m', '1', 'Production')\n"
        "except m.MlflowException as error: print(type(error).__name__, error.error_code)"
    )
    out, _ = done.communicate(timeout=60) if hasattr(done, "communicate") else (done, None)
    assert "GateRefused INVALID_STATE" in str(out)
    assert stages(sql) == [(1, "None")]


@pytest.mark.parametrize(
    "rule",
    ["", " ", "auc > 0.9", "metrics.auc", "metrics.auc >", "metrics.auc ~ 1", "metrics.auc > 'x'", "metrics.auc > champion * 2", "tags.a > 'x'",
     "tags.a = x", "Signature", "metrics.auc > 1; DROP TABLE runs", "metrics.auc > nan", None, 5, [], ["signature", ""], "x" * 2000, "tags.a = '\ud800'",
     [f"tags.a{number}" for number in range(101)]],
)  # fmt: skip
def test_what_is_no_rule(client, sql, rule):
    client.create_registered_model("m")
    with pytest.raises(InvalidParameter):
        require("m", stage="Production", rule=rule)
    assert sql("SELECT count(*) FROM gates") == [(0,)]


@pytest.mark.parametrize("where", [{}, {"stage": "Production", "alias": "a"}, {"stage": "Nowhere"}, {"alias": "latest"}, {"alias": "a b"}])
def test_where_no_gate_can_stand(client, where):
    client.create_registered_model("m")
    with pytest.raises(InvalidParameter):
        require("m", rule="signature", **where)


def test_a_model_that_is_not_there(client):
    for call in (lambda: require("m", stage="Production", rule="signature"), lambda: list_gates("m"), lambda: remove_gate("m", 1)):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize(
    ("rule", "mine", "theirs", "passes"),
    [
        ("metrics.auc >= champion", 0.8, 0.8, True), ("metrics.auc > champion", 0.8, 0.8, False),
        ("metrics.auc >= champion - 0.01", 0.795, 0.8, True), ("metrics.auc >= champion + 0.01", 0.805, 0.8, False),
        ("metrics.auc < champion", 0.1, 0.8, True), ("metrics.auc = champion", 0.8, 0.8, True), ("metrics.auc != champion", 0.8, 0.8, False),
        ("metrics.auc > champion", math.nan, 0.8, False), ("metrics.auc > champion", 0.8, math.nan, False),
        ("metrics.auc != champion", 0.8, math.nan, False), ("metrics.auc != champion", math.nan, 0.8, False), ("metrics.auc != 1", math.nan, None, False),
        ("metrics.auc > champion", math.inf, 0.8, True), ("metrics.auc > champion", 0.8, None, False), ("metrics.auc > 1e-3", 0.8, None, True),
        ("metrics.`auc` == 0.8", 0.8, None, True), ("metric.auc>.5", 0.8, None, True), ("metrics.auc > -1", 0.8, None, True),
    ],
)  # fmt: skip
def test_comparisons(rule, mine, theirs, passes):
    others = {} if theirs is None else {"auc": theirs}
    assert judge(rule, Facts("2", {"": {"auc": mine}, "champion": others}, {"champion": "1"}, {})).passed is passes


def test_a_run_that_is_elsewhere_is_said_to_be():
    with mlflow.start_run() as run:
        mlflow.log_metric("auc", 0.9)
        mlflow.log_text("x", "model/weights")
    mlflow.set_registry_uri("registry.duckdb")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "m")
    require("m", stage="Production", rule="metrics.auc > 0.5")
    with pytest.raises(GateRefused, match="no source run in the registry's store"):
        move("m", 1, "Production")


def test_an_alias_that_is_not_there_does_not_pass():
    assert not judge("metrics.auc > @gone", Facts("2", {"": {"auc": 1.0}}, {}, {})).passed
    assert parse_rule("metrics.`val auc` > @a-b").key == "val auc"


def test_a_move_says_either_a_stage_or_an_alias(client):
    version(0.8)
    for where in ({}, {"stage": "Staging", "alias": "a"}):
        with pytest.raises(InvalidParameter, match="either"):
            move("m", 1, **where)
        with pytest.raises(MlflowException, match="either"):
            preview_move("m", 1, **where)
