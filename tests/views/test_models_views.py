"""The registry's views: what they show of a store, and what they change in it."""

import contextlib
import json
import os
import random

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import registry
from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pairs import Param
from jupyter_mlops.errors import GateRefused, InvalidParameter, InvalidState, NotFound
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.actions import ACTIONS, act
from jupyter_mlops.views.requests import answer

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")  # stages are deprecated in MLflow
ANN = Author("ann", "lab")


def ask(view, **parameters):
    return answer(current_store(), view, parameters)


def do(action, by=ANN, **parameters):
    return act(current_store(), action, parameters, by)


def version(name="wine", run=True, metrics=(), params=(), run_name="calm-fox", **given):
    """One more version of a model, which is made if need be; its number."""
    client = mlflow.MlflowClient()
    with contextlib.suppress(mlflow.MlflowException):
        client.create_registered_model(name)
    run_id = None
    if run:
        run_id = client.create_run("0", run_name=run_name).info.run_id
        points = [Metric(key, value, 0, 0) for key, value in dict(metrics).items()]
        client.log_batch(run_id, points, [Param(key, str(value)) for key, value in dict(params).items()])
    return client.create_model_version(name, given.pop("source", "s3://bucket/model"), run_id, **given).version


@pytest.fixture
def client():
    return mlflow.MlflowClient()


@pytest.fixture
def wine(client):
    """Three versions of ``wine``: the first in Staging, the second champion, all of runs."""
    for number in range(3):
        version(metrics={"acc": number / 2, "loss": 0.5}, params={"depth": number}, run_name=f"Fox {number}")
    client.transition_model_version_stage("wine", "1", "Staging")
    client.set_registered_model_alias("wine", "champion", "2")


def test_models_come_with_their_amounts(client, wine):
    client.create_registered_model("beer", {"team": "blue"}, "Cold **beer**")
    page = ask("models")
    beer, shown = page["models"]
    assert (page["total"], page["next"]) == (2, None)
    assert (beer["name"], beer["description"], beer["tags"]) == ("beer", "Cold **beer**", {"team": "blue"})
    assert (beer["stages"], beer["aliases"], beer["latest"], beer["versions"]) == ([], [], None, 0)
    assert shown["stages"] == [{"stage": "Staging", "version": "1"}]
    assert shown["aliases"] == [{"alias": "champion", "version": "2"}]
    assert (shown["latest"], shown["versions"]) == ("3", 3)
    client.delete_model_version("wine", "3")
    assert [(m["latest"], m["versions"]) for m in ask("models", search="wine")["models"]] == [("2", 2)]


def test_pages_follow_each_other_in_both_orders(client):
    for name in ("b", "c", "a", "d"):
        client.create_registered_model(name)
    client.update_registered_model("a", "the latest")
    for order, expected in (("name", ["a", "b", "c", "d"]), ("updated", ["a", "d", "c", "b"])):
        found, token = [], None
        while token or not found:
            page = ask("models", order_by=order, limit=3, page=token)
            found += [model["name"] for model in page["models"]]
            token = page["next"]
            assert page["total"] == 4
        assert found == expected


MODELS_FOUND = (
    ("WINE", ["Wine list"]), ("champ", ["Wine list"]), ("50 %", ["beer"]), ("%", ["beer"]), ("_", []), ("team=blue", ["beer"]),
    ("BLUE", ["beer"]), (" beer ", ["beer"]), ("", ["Wine list", "beer"]), ("nothing", []), ("'", []),
)  # fmt: skip


def test_models_are_found_by_any_text(client):
    version("Wine list")
    client.set_registered_model_alias("Wine list", "champion", "1")
    client.create_registered_model("beer", {"team": "Blue"}, "Saves 50 % of work")
    client.create_registered_model("greeting", {"mlflow.prompt.is_prompt": "true"}, "a prompt is no model")
    for text, expected in MODELS_FOUND:
        page = ask("models", search=text)
        assert ([model["name"] for model in page["models"]], page["total"]) == (expected, len(expected)), text


def test_versions_come_with_their_runs(client, wine):
    registry.require("wine", stage="Production", rule="metrics.acc > champion")
    first = ask("model_versions", name="wine", limit=2)
    assert [row["version"] for row in first["versions"]] == ["3", "2"]
    assert (first["total"], first["metrics"]) == (3, ["acc", "loss"])
    shown = first["versions"][1]
    assert (shown["run_name"], shown["experiment"], shown["aliases"]) == ("Fox 1", "Default", ["champion"])
    assert (shown["metrics"], shown["stage"]) == ({"acc": 0.5, "loss": 0.5}, "None")
    assert [gate["rule"] for gate in first["model"]["gates"]] == ["metrics.acc > champion"]
    assert first["undo"]["text"] == "Alias @champion set to version 2"
    rest = ask("model_versions", name="wine", limit=2, page=first["next"])
    assert ([row["version"] for row in rest["versions"]], rest["next"], rest["total"]) == (["1"], None, 3)
    client.delete_model_version("wine", "1")
    assert ask("model_versions", name="wine")["total"] == 2


VERSIONS_FOUND = (
    ("staging", ["1"]), ("CHAMP", ["2"]), ("fox 2", ["3"]), ("2", ["3", "2"]), ("week", ["4"]), ("reviewed=yes", ["4"]),
    ("bob", []), ("none", []), ("%", []), ("", ["4", "3", "2", "1"]),
)  # fmt: skip


def test_versions_are_found_by_any_text(wine):
    version(run=False, description="Trained this Week", tags={"reviewed": "yes"})
    for text, expected in VERSIONS_FOUND:
        page = ask("model_versions", name="wine", search=text)
        assert ([row["version"] for row in page["versions"]], page["total"]) == (expected, len(expected)), text


def test_a_version_is_found_by_its_run(client, wine):
    run_id = client.get_model_version("wine", "2").run_id
    assert [row["version"] for row in ask("model_versions", name="wine", search=run_id[:18])["versions"]] == ["2"]


def test_the_metrics_that_most_versions_have_are_shown():
    common = {f"m{number:02}": 1.0 for number in range(11)}
    version(metrics={**common, "rare": 1.0, "system/cpu": 2.0})
    version(metrics={**common, "common": float("nan"), "system/cpu": 2.0})
    version(metrics={**common, "common": float("inf"), "system/cpu": 2.0})
    page = ask("model_versions", name="wine")
    assert page["metrics"] == ["common", *sorted(common)]
    assert [row["metrics"].get("common") for row in page["versions"]] == ["Infinity", "NaN", None]
    assert json.dumps(page, allow_nan=False)


def test_a_version_without_run_or_of_a_run_elsewhere_is_shown():
    version(run=False)
    mlflow.MlflowClient().create_model_version("wine", "s3://bucket/model", "0" * 32)
    for row in ask("model_versions", name="wine")["versions"]:
        assert (row["run_name"], row["experiment"], row["metrics"]) == (None, None, {})


def test_a_version_shows_what_its_folder_says(model, frame):
    with mlflow.start_run():
        mlflow.log_param("depth", 3)
        signature = mlflow.models.infer_signature(frame, [1.0], {"top": 2})
        mlflow.sklearn.log_model(
            model, name="model", signature=signature, input_example=frame, registered_model_name="wine",
            pip_requirements=["scikit-learn==1.2", "numpy"],
        )  # fmt: skip
    shown = ask("model_version", name="wine", version="1")
    assert shown["problem"] is None
    assert shown["params"] == {"depth": "3"}
    assert shown["signature"]["inputs"] == [
        {"name": "a", "type": "double", "required": True},
        {"name": "b", "type": "double", "required": True},
    ]
    assert shown["signature"]["params"] == [{"name": "top", "type": "long", "required": False, "default": "2"}]
    assert shown["requirements"] == ["mlflow", "scikit-learn==1.2", "numpy"]
    assert (shown["flavors"], shown["input_example"]) == (["python_function", "sklearn"], True)


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "no file MLmodel"), ("flavors: [", "cannot be read"), ("- 1", "mapping"), ("flavors: 3", "flavors")],
)
def test_a_folder_that_cannot_be_read_is_a_problem_not_an_error(tmp_path, text, words):
    folder = tmp_path / "folder"
    folder.mkdir()
    if text is not None:
        (folder / "MLmodel").write_text(text)
    version(source=str(folder))
    shown = ask("model_version", name="wine", version="1")
    assert words in shown["problem"]
    assert (shown["signature"], shown["requirements"], shown["flavors"]) == (None, None, None)


@pytest.mark.parametrize("name", ["MLmodel", "requirements.txt"])
def test_nobody_waits_for_a_pipe_in_a_folder(tmp_path, name):
    (tmp_path / "MLmodel").write_text("flavors: {f: {}}\nsignature: {inputs: '[]'}")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    version(source=str(tmp_path))
    shown = ask("model_version", name="wine", version="1")
    assert ("no file MLmodel" in (shown["problem"] or ""), shown["requirements"]) == (name == "MLmodel", None)
    registry.require("wine", stage="Production", rule="signature")
    assert ask("preview_move", name="wine", version="1", stage="Production")["passed"] is (name != "MLmodel")


def test_names_in_a_folder_can_be_sent_to_a_page(tmp_path):
    inputs = json.dumps([{"type": "long", "name": "a\ud800"}])
    (tmp_path / "MLmodel").write_text(json.dumps({"flavors": {"f": {}}, "signature": {"inputs": inputs}}))
    version(source=str(tmp_path))
    shown = ask("model_version", name="wine", version="1")
    assert [column["name"] for column in shown["signature"]["inputs"]] == ["a?"]
    json.dumps(shown, ensure_ascii=False).encode()


def test_a_source_that_was_removed_or_never_was_is_a_problem(tmp_path):
    version(source=str(tmp_path / "gone"))
    version(source="runs:/" + "0" * 32 + "/model")
    version(source="nosuch://bucket/model")
    for number in "123":
        assert ask("model_version", name="wine", version=number)["problem"], number


def test_what_differs_between_versions_comes_first(tmp_path):
    for number, requirement in enumerate(("numpy==1", "numpy==2"), 1):
        folder = tmp_path / f"model{number}"
        folder.mkdir()
        inputs = [{"type": "long", "name": "age"}, {"type": "string", "name": "note", "required": number == 2}]
        (folder / "MLmodel").write_text(json.dumps({"flavors": {"f": {}}, "signature": {"inputs": json.dumps(inputs)}}))
        (folder / "requirements.txt").write_text(f"mlflow\n# a comment\n{requirement}\n")
        metrics = {"same": 0.5, "zeal": number, **({"only": 1.0} if number == 2 else {})}
        version(source=str(folder), metrics=metrics, params={"depth": 3, "lr": number}, tags={"team": "red"})
    found = ask("compare_versions", name="wine", versions=["2", "1"])
    assert [(row["version"], row["problem"]) for row in found["versions"]] == [("2", None), ("1", None)]
    sections = {
        section["id"]: [(row["key"], row["values"], row["differs"]) for row in section["rows"]]
        for section in found["sections"]
    }
    assert sections == {
        "params": [("lr", ["2", "1"], True), ("depth", ["3", "3"], False)],
        "metrics": [("only", [1.0, None], True), ("zeal", [2.0, 1.0], True), ("same", [0.5, 0.5], False)],
        "signature": [
            ("inputs.note", ["string", "string (optional)"], True),
            ("inputs.age", ["long", "long"], False),
        ],
        "requirements": [("numpy", ["==2", "==1"], True), ("mlflow", ["any", "any"], False)],
        "tags": [("team", ["red", "red"], False)],
    }


def test_what_cannot_be_compared_is_said(wine):
    for versions, error in (
        (["1"], InvalidParameter),
        (["1", "1"], InvalidParameter),
        (["1", "9"], NotFound),
        (["1", "x"], NotFound),
    ):
        with pytest.raises(error):
            ask("compare_versions", name="wine", versions=versions)
    with pytest.raises(InvalidParameter, match="not 21"):
        ask("compare_versions", name="wine", versions=[str(number) for number in range(21)])


def test_history_is_told_in_sentences_and_outlives_the_model(client, wine):
    assert ask("model_history", name="wine")["undo"]["text"] == "Alias @champion set to version 2"
    client.delete_registered_model("wine")
    found = ask("model_history", name="wine")
    texts = [event["text"] for event in found["events"]]
    assert texts[0] == "The model was deleted" and texts[-1] == "The model was created"
    assert "Version 1 moved from None to Staging" in texts
    assert found["undo"] is None
    with pytest.raises(NotFound):
        ask("model_history", name="never")


def test_what_can_be_undone_is_what_undo_takes_back(wine):
    """Whatever was moved and undone before."""
    draw = random.Random(7)
    for _ in range(25):
        offered = ask("model_history", name="wine")["undo"]
        kind = draw.choice(["stage", "alias", "remove", "undo", "undo"])
        if kind == "stage":
            stage = draw.choice(["None", "Staging", "Production"])
            do("move", name="wine", version=draw.choice("123"), stage=stage, archive_existing=stage != "None")
        elif kind == "alias":
            do("move", name="wine", version=draw.choice("123"), alias=draw.choice(["champion", "challenger"]))
        elif kind == "remove":
            do("remove_alias", name="wine", alias="champion")
        elif offered is None:
            with pytest.raises(InvalidState, match="No move"):
                do("undo_move", name="wine")
        else:
            do("undo_move", name="wine")
            undone = ask("model_history", name="wine")["events"]
            change = undone[0]["change"]
            sides = {
                (one["version"], one["key"], one["after"], one["before"]) for one in undone if one["change"] == change
            }
            moved = {
                (one["version"], one["key"], one["before"], one["after"])
                for one in undone
                if one["change"] == offered["change"] and one["before"] != one["after"]
            }
            assert sides == moved


def test_a_preview_says_what_the_move_does(wine):
    registry.require("wine", stage="Staging", rule=["metrics.acc > 0.9", "metrics.loss < 0.9"])
    seen = ask("preview_move", name="wine", version="2", stage="staging", archive_existing=True)
    assert (seen["before"], seen["stage"], seen["archives"], seen["passed"]) == ("None", "Staging", ["1"], False)
    assert [(one["rule"], one["passed"]) for one in seen["verdicts"]] == [
        ("metrics.acc > 0.9", False),
        ("metrics.loss < 0.9", True),
    ]
    with pytest.raises(GateRefused):
        do("move", name="wine", version="2", stage="Staging", archive_existing=True)
    assert ask("preview_move", name="wine", version="3", stage="Staging")["passed"]
    with pytest.raises(InvalidParameter):
        ask("preview_move", name="wine", version="3")


def test_lineage_is_a_figure_and_rows(wine):
    import plotly.graph_objects as go

    found = ask("lineage", name="wine", version="2")
    assert go.Figure(found["figure"]).data
    by_id = {node["id"]: node for node in found["nodes"]}
    (edge,) = found["rows"]
    assert [by_id[edge[end]]["kind"] for end in ("from", "to")] == ["run", "version"]


def test_actions_change_the_store_and_say_who(wine, sql):
    moved = do("move", name="wine", version="3", stage="production", comment=" better ")
    assert moved == {"version": {"name": "wine", "version": "3", "stage": "Production", "aliases": []}}
    do("move", name="wine", version="3", alias="champion")
    do("describe", name="wine", description="**Red** or white")
    do("describe", name="wine", version="3", description="deep")
    do("set_tag", name="wine", key="team", value="red")
    do("set_tag", name="wine", version="3", key="reviewed", value="yes")
    versions = "SELECT version, stage, v.description FROM model_versions v ORDER BY version DESC LIMIT 1"
    assert sql(versions) == [(3, "Production", "deep")]
    assert sql("SELECT alias, version FROM model_aliases") == [("champion", 3)]
    assert sql("SELECT description FROM registered_models") == [("**Red** or white",)]
    assert sql("SELECT key, value FROM registered_model_tags") == [("team", "red")]
    assert sql("SELECT version, key, value FROM model_version_tags") == [(3, "reviewed", "yes")]
    assert sql("SELECT comment FROM audit WHERE action = 'stage' AND who = 'ann' AND host = 'lab'") == [("better",)]
    do("delete_tag", name="wine", key="team")
    do("delete_tag", name="wine", version="3", key="reviewed")
    do("remove_alias", name="wine", alias="champion")
    for table in ("registered_model_tags", "model_version_tags", "model_aliases"):
        assert sql(f"FROM {table}") == []
    shown = ask("model_versions", name="wine")["undo"]["change"]
    with pytest.raises(InvalidState, match="Alias @champion removed"):
        do("undo_move", name="wine", change=shown - 1)
    undone = do("undo_move", name="wine", comment="back", change=shown)
    assert sql("SELECT alias, version FROM model_aliases") == [("champion", 3)]
    assert {(one["name"], one["version"]) for one in undone["versions"]} <= {("wine", "3")}


def test_a_refused_move_is_forced_with_a_comment_alone(wine, sql):
    registry.require("wine", alias="champion", rule="tags.reviewed")
    for given in ({}, {"force": True}, {"force": True, "comment": "  "}):
        with pytest.raises((GateRefused, InvalidParameter)):
            do("move", name="wine", version="3", alias="champion", **given)
    assert sql("SELECT version FROM model_aliases") == [(2,)]
    do("move", name="wine", version="3", alias="champion", force=True, comment="a fire")
    assert sql("SELECT version FROM model_aliases") == [(3,)]
    assert sql("SELECT comment, forced FROM audit WHERE forced") == [("a fire", True)]


WRONG_VIEWS = (
    ("models", {"limit": 0}, InvalidParameter),
    ("models", {"limit": 501}, InvalidParameter),
    ("models", {"limit": "7"}, InvalidParameter),
    ("models", {"limit": True}, InvalidParameter),
    ("models", {"order_by": "size"}, InvalidParameter),
    ("models", {"page": "nonsense"}, InvalidParameter),
    ("models", {"search": None}, InvalidParameter),
    ("models", {"search": "\ud800"}, InvalidParameter),
    ("model_versions", {"name": "wine", "search": "\ud800"}, InvalidParameter),
    ("compare_versions", {"name": "\ud800", "versions": ["1", "2"]}, InvalidParameter),
    ("models", {"store": "/etc/passwd"}, InvalidParameter),
    ("model_versions", {}, InvalidParameter),
    ("model_versions", {"name": "unknown"}, NotFound),
    ("model_version", {"name": "wine", "version": "9"}, NotFound),
    ("model_version", {"name": "wine", "version": "latest"}, InvalidParameter),
    ("lineage", {"name": "wine", "version": "9"}, NotFound),
    ("preview_move", {"name": "wine", "version": "9", "stage": "Staging"}, NotFound),
    ("preview_move", {"name": "wine", "version": "1", "stage": "Nirvana"}, InvalidParameter),
    ("unknown", {}, NotFound),
)


def test_what_is_wrong_is_said(wine):
    for view, parameters, error in WRONG_VIEWS:
        with pytest.raises(error):
            ask(view, **parameters)


WRONG_ACTIONS = (
    ("move", {"name": "wine", "version": "1"}, InvalidParameter),
    ("move", {"name": "wine", "version": "1", "stage": "Staging", "alias": "a"}, InvalidParameter),
    ("move", {"name": "wine", "version": "1", "stage": "Nirvana"}, InvalidParameter),
    ("move", {"name": "wine", "version": "1", "alias": "latest"}, InvalidParameter),
    ("move", {"name": "wine", "version": 1, "stage": "Staging"}, InvalidParameter),
    ("move", {"name": "wine", "version": "1", "stage": "Staging", "force": "yes"}, InvalidParameter),
    ("move", {"name": "wine", "version": "9", "stage": "Staging"}, NotFound),
    ("move", {"name": "unknown", "version": "1", "stage": "Staging"}, NotFound),
    ("move", {"name": "wine", "version": "1", "stage": "Staging", "user": "eve"}, InvalidParameter),
    ("remove_alias", {"name": "unknown", "alias": "a"}, NotFound),
    ("describe", {"name": "wine"}, InvalidParameter),
    ("describe", {"name": "wine", "version": "9", "description": ""}, NotFound),
    ("set_tag", {"name": "wine", "key": "", "value": "x"}, InvalidParameter),
    ("set_tag", {"name": "wine", "version": "9", "key": "a", "value": "x"}, NotFound),
    ("delete_tag", {"name": "wine", "version": "9", "key": "a"}, NotFound),
    ("delete_model", {"name": "wine"}, NotFound),
)


def test_a_wrong_action_changes_nothing(wine, sql):
    tables = "model_versions model_aliases registered_models model_version_tags registered_model_tags audit".split()
    before = [sql(f"FROM {table}") for table in tables]
    for action, parameters, error in WRONG_ACTIONS:
        with pytest.raises(error):
            do(action, **parameters)
    assert [sql(f"FROM {table}") for table in tables] == before


def test_queries_do_not_grow_with_rows(monkeypatch):
    for number in range(2):
        version(metrics={"acc": number})
    asked = [
        ("models", {}), ("model_versions", {"name": "wine"}), ("model_versions", {"name": "wine", "search": "fox"}),
        ("compare_versions", {"name": "wine", "versions": ["1", "2"]}),
    ]  # fmt: skip
    counted = []
    for name in ("rows", "row", "columns"):
        real = getattr(Session, name)
        monkeypatch.setattr(Session, name, lambda *given, real=real: counted.append(given[1]) or real(*given))

    def queries(view, parameters):
        counted.clear()
        found = ask(view, **parameters)
        return len(counted), len(found.get("versions", found.get("models")))

    before = [queries(*one) for one in asked]
    for number in range(5):
        version(metrics={"acc": number})
        version(f"model {number}", run=False)
    asked[-1][1]["versions"] = [str(number) for number in range(1, 6)]
    after = [queries(*one) for one in asked]
    assert [count for count, _ in after] == [count for count, _ in before]
    assert all(large > small for (_, large), (_, small) in zip(after, before, strict=True))
    assert max(count for count, _ in after) < 30


def test_every_action_is_known():
    assert sorted(ACTIONS) == [
        "delete_run", "delete_run_tag", "delete_runs", "delete_tag", "delete_view", "describe", "move", "remove_alias", "rename_run",
        "restore_run", "restore_runs", "save_view", "set_run_tag", "set_tag", "tag_runs", "undo_move",
    ]  # fmt: skip
