"""Views as widgets: when their comm opens, what pages say and hear on it, and where the notebook gets a widget at all."""

import sys
import types

import comm
import ipywidgets
import pytest
from comm.base_comm import BaseComm
from IPython.core.interactiveshell import InteractiveShell

import jupyter_mlops as mlflow
from jupyter_mlops.views.formats.bundles import MIME
from jupyter_mlops.views.scripts import loader_script, views_script
from jupyter_mlops.widgets.hosts import wants_widgets

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Channel(BaseComm):
    """A comm of which both ends are here."""

    opened: list = None

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **_):
        if msg_type == "comm_open":
            self.opened.append(self)
            self.sent, self.state = [], data["state"]
        elif data.get("method") == "custom":
            self.sent.append((data["content"], buffers or []))

    def say(self, **content):
        self.sent.clear()
        self.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
        return self.sent


@pytest.fixture
def channels(monkeypatch):
    monkeypatch.setattr(comm, "create_comm", Channel)
    monkeypatch.setattr(Channel, "opened", [])
    return Channel.opened


@pytest.fixture
def view():
    for number in range(3):
        with mlflow.start_run(run_name=f"run {number}"):
            mlflow.log_metric("acc", number / 2)
    return mlflow.compare(mlflow.search_runs())


@pytest.fixture
def in_kernel(monkeypatch):
    """Code runs in a kernel, and a page shows its notebook."""
    shell = InteractiveShell.instance()
    shell.kernel = types.SimpleNamespace()
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/a.ipynb")
    yield shell
    InteractiveShell.clear_instance()


def test_the_comm_opens_when_somebody_asks_for_it(view, channels):
    bundle = view._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/html", "text/plain"}
    assert channels == []
    assert view.comm is None
    box = ipywidgets.VBox([view])
    assert [channel.state["_model_name"] for channel in channels] == ["LayoutModel", "AnyModel", "LayoutModel", "VBoxModel"]
    assert box.get_state()["children"] == [f"IPY_MODEL_{view.model_id}"]
    assert view.comm in channels
    assert len(channels[1].state["_esm"]) < 1200
    view.close()


def test_pages_talk_by_their_names(view, channels):
    channel = [view.model_id, view.comm][1]
    assert channel.say(page="a", hello=True) == [({"to": "a", "state": view.page_state()}, [])]
    channel.say(page="b", hello=True)
    chosen = view.run_ids[:1]
    told = channel.say(page="a", state={"selection": chosen})
    assert told == [({"to": "b", "state": {"selection": chosen}}, [])]  # not to the page that it came from
    assert view.selection == view.value == chosen
    refused = channel.say(page="b", state={"selection": ["nobody"]})
    assert refused == [({"to": "b", "state": view.page_state()}, [])]
    channel.say(page="b", bye=True)
    channel.sent.clear()
    view.selection = []
    assert channel.sent == [({"to": "a", "state": {"selection": []}}, [])]


def test_pages_ask_for_the_bundle_and_the_code(view, channels):
    channel = [view.model_id, view.comm][1]
    ((answer, _),) = channel.say(page="a", ask=7, method="bundle")
    assert (answer["to"], answer["answer"], answer["data"]["id"]) == ("a", 7, view.view_id)
    ((answer, buffers),) = channel.say(page="a", ask=8, method="views.js")
    assert answer == {"to": "a", "answer": 8, "bytes": True}
    assert buffers == [views_script()]
    ((answer, _),) = channel.say(page="a", ask=9, method="nonsense")
    assert "nonsense" in answer["error"]["message"]
    for odd in ({}, {"page": 3, "state": 5}, {"ask": None}, {"state": {"run_ids": 3}}):
        channel.say(**odd)


def test_what_every_widget_carries_asks_for_the_rest():
    assert len(loader_script()) < 1200
    assert f"jupyter_mlops {mlflow.__version__}" in loader_script()


def test_a_view_is_observed_linked_and_used_by_interact(view):
    heard, only = [], ipywidgets.Checkbox()
    view.observe(lambda change: heard.append(change.new), "selection")
    ipywidgets.link((view, "differences_only"), (only, "value"))
    only.value = True
    assert view.differences_only
    seen = []
    ipywidgets.interactive_output(lambda *, x: seen.append(x), {"x": view})
    view.selection = view.run_ids[:2]
    assert (heard, seen[-1]) == ([view.run_ids[:2]], view.run_ids[:2])
    view.value = []
    assert view.selection == []
    for widget in (only, only.layout, view):
        widget.close()


@pytest.mark.parametrize(
    ("variables", "names", "wanted"),
    [
        ({}, {}, True),  # a JupyterLab or Notebook without our server extension
        ({"JUPYTER_MLOPS_SERVER_STORE": "/a/mlops.duckdb"}, {}, False),
        ({"JUPYTER_MLOPS_SERVER_STORE": "/a/mlops.duckdb"}, {"__vsc_ipynb_file__": "/a/b.ipynb"}, True),
        ({"JPY_SESSION_NAME": ""}, {}, False),  # nbclient, papermill: nobody watches
    ],
)
def test_where_a_page_may_lack_our_front_end(in_kernel, monkeypatch, variables, names, wanted):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    in_kernel.user_ns.update(names)
    assert wants_widgets() is wanted


def test_a_widget_is_one_form_of_the_output_there(view, in_kernel, channels):
    data, metadata = view._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, MIME, "text/html", "text/plain"}
    assert data[WIDGET_VIEW]["model_id"] == view.model_id
    assert metadata == {}
    view.close()


def test_colab_is_asked_to_show_widgets_of_others(view, in_kernel, channels, monkeypatch):
    """As its documentation says: `google.colab.output.enable_custom_widget_manager`."""
    asked = []
    output = types.ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: asked.append(True)
    output._widgets = types.SimpleNamespace(_installed_url="https://manager")
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    _, metadata = view._repr_mimebundle_()
    assert asked == [True]
    assert metadata[WIDGET_VIEW]["colab"]["custom_widget_manager"]["url"] == "https://manager"
    view.close()


def test_outputs_that_must_stay_the_same_hold_no_widget(view, in_kernel, channels, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    assert set(view._repr_mimebundle_()) == {"text/html", "text/plain"}
    assert channels == []


def test_a_notebook_of_twenty_outputs_is_small(view):
    """With curves, which the table beside them does not have."""
    for run in view.runs():
        for step in range(500):
            mlflow.MlflowClient().log_metric(run.info.run_id, "loss", 1 / (step + 1), step=step)
    sizes = [len(str(mlflow.compare(view.run_ids)._repr_mimebundle_())) for _ in range(20)]
    assert sum(sizes) < 150_000
