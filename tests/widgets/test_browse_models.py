"""The registry as an object: what is chosen, what pages may change, what it leaves in the notebook."""

import json

import pytest
from traitlets import TraitError

import jupyter_mlops as mlflow
from jupyter_mlops import registry
from jupyter_mlops.errors import GateRefused, NotFound
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.formats.bundles import MIME
from jupyter_mlops.widgets import links

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")  # stages are deprecated in MLflow


@pytest.fixture
def client():
    return mlflow.MlflowClient()


@pytest.fixture
def wine(client):
    """Two versions of ``<wine>``, the second in Production and champion; and another model."""
    client.create_registered_model("<wine>", description="**Red** <script>alert(1)</script>")
    client.create_registered_model("beer")
    for number in range(2):
        run_id = client.create_run("0", run_name=f"run {number}").info.run_id
        client.log_metric(run_id, "acc", number / 3)
        client.create_model_version("<wine>", "s3://bucket/model", run_id)
    client.transition_model_version_stage("<wine>", "2", "Production")
    client.set_registered_model_alias("<wine>", "champion", "2")


def test_what_is_chosen_is_read_and_set(wine, client):
    view = mlflow.browse_models("<wine>")
    view.selection = ["<wine>/2", "<wine>/1", "<wine>/2"]
    assert view.selection == ["<wine>/2", "<wine>/1"]
    assert [(one.version, one.current_stage) for one in view.versions()] == [("2", "Production"), ("1", "None")]
    client.delete_model_version("<wine>", "1")
    assert [one.version for one in view.versions()] == ["2"]


@pytest.mark.parametrize(
    "wrong", ["<wine>/3", "<wine>/02", "<wine>", "beer/1", "/1", "<wine>/latest", "<wine>/" + "9" * 40, 7]
)
def test_what_is_not_there_cannot_be_chosen(wine, wrong):
    view = mlflow.browse_models()
    view.selection = ["<wine>/1"]
    with pytest.raises(TraitError, match=str(wrong)[:20]):
        view.selection = ["<wine>/2", wrong]
    assert view.selection == ["<wine>/1"]


def test_only_what_is_there_can_be_opened(wine):
    view = mlflow.browse_models()
    for trait, wrong in (("name", "vine"), ("tab", "nirvana"), ("order_by", "size"), ("search", None)):
        with pytest.raises(TraitError):
            setattr(view, trait, wrong)
    view.name = "beer"
    view.name = None
    with pytest.raises(NotFound, match=r"Names like it: '<wine>'"):
        mlflow.browse_models("<vine>")
    with pytest.raises(NotFound, match="browse_models"):
        mlflow.browse_models("nothing like it")


def test_frames_hold_what_is_chosen_else_what_is_listed(wine):
    view = mlflow.browse_models()
    assert list(view.to_frame()["name"]) == ["<wine>", "beer"]
    view.search = "bee"
    assert list(view.to_frame()["name"]) == ["beer"]
    view = mlflow.browse_models("<wine>")
    frame = view.to_frame()
    assert frame[["version", "stage", "aliases"]].values.tolist() == [
        ["2", "Production", ["champion"]],
        ["1", "None", []],
    ]
    assert list(frame["metrics.acc"]) == [pytest.approx(1 / 3), 0]
    view.search = "champion"
    assert list(view.to_frame()["version"]) == ["2"]
    view.selection = ["<wine>/1"]
    assert list(view.to_frame()["version"]) == ["1"]
    nothing = mlflow.browse_models("beer").to_frame()
    assert list(nothing.columns) == [column for column in frame.columns if not column.startswith("metrics.")]
    assert list(nothing[nothing["stage"] == "Production"]["created"].dt.year) == []
    view = mlflow.browse_models()
    columns = list(view.to_frame().columns)
    view.search = "nothing like it"
    assert (len(view.to_frame()), list(view.to_frame().columns)) == (0, columns)


def test_the_bundle_is_readable_everywhere_and_harmless(wine):
    bundle = mlflow.browse_models()._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/html", "text/plain"}
    assert "&lt;wine&gt;" in bundle["text/html"] and "<wine>" not in bundle["text/html"]
    assert "Production: version 2" in bundle["text/html"] and "@champion: version 2" in bundle["text/plain"]
    bundle = mlflow.browse_models("<wine>")._repr_mimebundle_()
    assert "<strong>Red</strong>" in bundle["text/html"] and "<script" not in bundle["text/html"]
    lines = bundle["text/plain"].splitlines()
    assert lines[0].split()[:3] == ["version", "stage", "aliases"]
    assert lines[1].split()[:3] == ["2", "Production", "@champion"]
    view = bundle[MIME]
    assert (view["view"], view["state"]["name"], view["snapshot"]["opened"]["total"]) == ("models", "<wine>", 2)
    assert [model["name"] for model in view["snapshot"]["models"]["models"]] == ["<wine>", "beer"]


def test_an_empty_registry_is_shown():
    bundle = mlflow.browse_models()._repr_mimebundle_()
    assert "No registered models" in bundle["text/html"]
    assert bundle["text/plain"] == "no registered models"


def test_outputs_that_must_not_change_hold_no_ids_and_times(wine, monkeypatch, client):
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    for view in (mlflow.browse_models(), mlflow.browse_models("<wine>")):
        bundle = view._repr_mimebundle_()
        assert set(bundle) == {"text/html", "text/plain"}
        text = json.dumps(bundle)
        version = client.get_model_version("<wine>", "2")
        for changing in (version.run_id, "run 1", str(version.creation_timestamp), "20", "UTC", view.view_id):
            assert changing not in text, changing


def test_a_large_registry_leaves_little_in_the_notebook(client):
    client.create_registered_model("wine", {"long": "x" * 90_000}, "y" * 90_000)
    with current_store().files.session("fill") as session:
        session.rows(
            "INSERT INTO store.registered_models (mid, name, description, creation_time) "
            "SELECT 1 + i, 'model ' || i, repeat('z', 900), 0 FROM range(1, 131) r(i)"
        )
        session.rows(
            "INSERT INTO store.model_versions (mid, version, stage, status, description, creation_time) "
            "SELECT 1, i, 'None', 'READY', repeat('w', 900), 0 FROM range(1, 111) r(i)"
        )
        session.rows("INSERT INTO store.model_aliases SELECT 2, repeat('a', 200) || i, 1 FROM range(1000) r(i)")
        session.rows("INSERT INTO store.model_aliases SELECT 1, repeat('a', 200) || i, 110 FROM range(50) r(i)")
    for view in (mlflow.browse_models(), mlflow.browse_models("wine")):
        bundle = view._repr_mimebundle_()
        assert len(bundle["text/html"]) < 30_000
        snapshot = bundle[MIME]["snapshot"]
        assert len(json.dumps(snapshot)) <= 50_000
        assert len(bundle["text/plain"]) < 30_000
        assert 5 < len(snapshot["models"]["models"]) <= 100
    assert (snapshot["opened"]["total"], "more versions" in bundle["text/html"]) == (110, True)
    assert 5 < len(snapshot["opened"]["versions"]) <= 100


def test_a_change_reaches_every_page_but_its_own(wine):
    view = mlflow.browse_models()
    heard = {"a": [], "b": []}
    for page, messages in heard.items():
        view.connect(page, messages.append)
    view.take_state({"name": "<wine>", "selection": ["<wine>/1"], "tab": "history"}, "a")
    assert (view.name, view.selection, view.tab) == ("<wine>", ["<wine>/1"], "history")
    assert heard["a"] == []
    assert [message["state"] for message in heard["b"]] == [
        {"name": "<wine>"},
        {"selection": ["<wine>/1"]},
        {"tab": "history"},
    ]
    view.take_state({"selection": ["<wine>/9"]}, "b")
    assert view.selection == ["<wine>/1"]
    assert heard["b"][-1] == {"state": view.page_state()}


def test_the_kernel_answers_and_changes_what_the_server_would(wine, value):
    view = mlflow.browse_models()
    assert view.answer("model_versions", {"name": "<wine>"})["total"] == 2
    view.answer("move", {"name": "<wine>", "version": "1", "stage": "Staging", "comment": "try it"})
    assert value("SELECT stage FROM model_versions WHERE version = 1") == "Staging"
    assert value("SELECT comment FROM audit ORDER BY change DESC LIMIT 1") == "try it"
    with pytest.raises(NotFound):
        view.answer("drop", {})


class Channel:
    """The kernel's end of a comm, of which the test is the page."""

    def __init__(self, comm_id):
        self.comm_id, self.sent = comm_id, []
        self.send = self.sent.append

    def on_close(self, function):
        pass

    def on_msg(self, function):
        self.receive = lambda data: function({"content": {"data": data}})


def test_a_refusal_reaches_the_page_with_its_reasons(wine):
    registry.require("<wine>", stage="Production", rule="metrics.acc > champion")
    view = mlflow.browse_models("<wine>")
    view._repr_mimebundle_()
    down, up = Channel("d"), Channel("u")
    links._opened(down, {"content": {"data": {"id": view.view_id, "role": "down"}}})
    links._opened(up, {"content": {"data": {"id": view.view_id, "role": "up", "with": "d"}}})
    assert down.sent.pop() == {"state": view.page_state()}
    up.receive({"ask": 1, "method": "move", "params": {"name": "<wine>", "version": "1", "stage": "Production"}})
    refused = down.sent.pop()
    assert (refused["answer"], refused["error"]["error_code"]) == (1, "INVALID_STATE")
    assert [one["passed"] for one in refused["error"]["verdicts"]] == [False]
    up.receive(
        {"ask": 2, "method": "preview_move", "params": {"name": "<wine>", "version": "1", "stage": "Production"}}
    )
    assert down.sent.pop()["data"]["holder"] == "2"
    with pytest.raises(GateRefused):
        view.answer("move", {"name": "<wine>", "version": "1", "stage": "Production"})
