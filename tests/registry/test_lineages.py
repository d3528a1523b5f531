"""Lineage: from data to runs to versions to where they are used."""

import numpy as np
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.charts.lineages import lineage_figure
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.registry import lineage, record_evaluation, record_use


@pytest.fixture
def trained():
    with mlflow.start_run(run_name="training") as run:
        mlflow.log_input(mlflow.data.from_numpy(np.eye(2), name="wine"), context="train")
        mlflow.log_text("x", "model/weights")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "m")
    return run


def names(nodes):
    return [(node.kind, node.name) for node in nodes]


def test_what_a_version_comes_from(trained):
    found = lineage("m", 1)
    assert names(found.upstream()) == [("run", "training"), ("dataset", "wine")]
    assert found.downstream() == []
    frame = found.to_frame()
    assert frame[["from_name", "label", "to_name"]].values.tolist() == [["training", "registered", "m v1"], ["wine", "train", "training"]]


def test_where_it_is_used_and_what_came_of_it(trained):
    client = MlflowClient()
    with mlflow.start_run(run_name="tuning") as tuning:
        mlflow.log_text("x", "model/weights")
    record_use("models:/m/1", "loaded", run_id=tuning.info.run_id)
    record_use("models:/m/1", "loaded", run_id=tuning.info.run_id)
    mlflow.register_model(f"runs:/{tuning.info.run_id}/model", "tuned")
    record_use("models:/m/1", "served", place="https://ann:secret@host/m")
    record_use("models:/m/1", "served", place="https://host/m")
    record_evaluation("models:/m/1", passed=True, run_id=trained.info.run_id)
    client.copy_model_version("models:/m/1", "copy")
    found = lineage("m", 1)
    assert {("run", "tuning"), ("version", "tuned v1"), ("version", "copy v1")} <= set(names(found.downstream()))
    (use,) = [node for node in found.nodes if node.kind == "use"]
    assert "secret" not in use.name and use.detail == "served"
    assert ("version", "m v1") in names(lineage("copy", 1).upstream())
    assert ("dataset", "wine") in names(lineage("tuned", 1).upstream())
    history = list(client.get_model_history("m")["text"])
    assert not any("secret" in text for text in history)
    assert [sum(kind in text for text in history) for kind in ("loaded", "served")] == [0, 1]


def test_a_run_that_loads_a_version_is_downstream_of_it():
    from sklearn.linear_model import LinearRegression

    with mlflow.start_run():
        model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
        mlflow.sklearn.log_model(model, "model", registered_model_name="line", pip_requirements=[])
    with mlflow.start_run(run_name="scoring"):
        mlflow.pyfunc.load_model("models:/line/1")
        mlflow.sklearn.load_model("models:/line/1")
    mlflow.pyfunc.load_model("models:/line/1")  # no run is active
    assert names(lineage("line", 1).downstream()) == [("run", "scoring")]


def test_copies_are_of_what_had_the_name_then(trained):
    client = MlflowClient()
    client.copy_model_version("models:/m/1", "copy")
    client.rename_registered_model("m", "renamed")
    mlflow.register_model("s3://bucket/model", "m")  # another model, which nothing was copied from
    assert ("version", "renamed v1") in names(lineage("copy", 1).upstream())
    assert ("version", "copy v1") in names(lineage("renamed", 1).downstream())
    assert lineage("m", 1).downstream() == []
    client.copy_model_version("models:/m/1", "copy")
    assert names(lineage("copy", 2).upstream()) == [("version", "m v1")]
    client.delete_registered_model("m")
    client.create_registered_model("m")
    client.create_model_version("m", "s3://bucket/third")
    assert lineage("copy", 2).upstream() == []


def test_the_figure_has_causes_on_the_left(trained):
    record_use("models:/m/1", "served", place="http://host/m")
    figure = lineage_figure(lineage("m", 1))
    places = {name: x for trace in figure["data"] for name, x in zip(trace["text"], trace["x"], strict=True)}
    assert places == {"wine": -2, "training": -1, "m v1": 0, "http://host/m": 1}
    assert len(figure["layout"]["annotations"]) == 3
    import plotly.graph_objects

    plotly.graph_objects.Figure(figure)  # every name in it is Plotly's


def test_names_of_strangers_are_text_in_the_figure():
    with mlflow.start_run(run_name="<b>bold</b>") as run:
        mlflow.log_text("x", "model/weights")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "m")
    assert "<b>" not in str(lineage_figure(lineage("m", 1)))


def test_what_cannot_be_recorded(trained):
    for given in (
        {"kind": "eaten", "place": "x"}, {"kind": "served"}, {"kind": "served", "place": ""}, {"kind": "served", "place": 8080},
        {"kind": "served", "place": "\ud800"}, {"kind": "served", "place": "x" * 1001}, {"kind": "served", "run_id": 5}, {"kind": "served", "run_id": "\ud800"},
    ):  # fmt: skip
        with pytest.raises(InvalidParameter):
            record_use("models:/m/1", **given)
    with pytest.raises(NotFound):
        record_use("models:/m/9", "served", place="x")
    with pytest.raises(NotFound):
        lineage("m", 9)
    with pytest.raises(InvalidParameter):
        record_use(5, "served", place="x")
    for passed in ("False", "no", None, 1, []):  # bool("False") is True
        with pytest.raises(InvalidParameter, match="True or False"):
            record_evaluation("models:/m/1", passed)
    record_evaluation("models:/m/1", np.bool_(True))
