"""The comparison as an object: which runs it holds, what pages may change, what it leaves in the notebook."""

import json
import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from traitlets import TraitError

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidFilter, InvalidParameter, NotFound
from jupyter_mlops.views.formats.bundles import MIME


@pytest.fixture
def runs():
    made = []
    for number in range(3):
        with mlflow.start_run(run_name=f"<run {number}>") as run:
            mlflow.log_params({"number": number, "same": "x"})
            mlflow.log_metric("acc", number / 2)
        made.append(run)
    return made


def test_runs_are_named_in_many_ways(runs):
    ids = [run.info.run_id for run in runs]
    assert set(mlflow.compare().run_ids) == set(ids)
    assert set(mlflow.compare("metrics.acc > 0.4").run_ids) == set(ids[1:])
    assert mlflow.compare(ids).run_ids == mlflow.compare(runs).run_ids == ids
    assert mlflow.compare(runs[0]).run_ids == mlflow.compare(ids[0]).run_ids == ids[:1]
    assert set(mlflow.compare(mlflow.search_runs()).run_ids) == set(ids)
    with pytest.raises(NotFound, match="gone"):
        mlflow.compare(["gone"])
    with pytest.raises(InvalidFilter):
        mlflow.compare("metrics.acc >")
    with pytest.raises(InvalidParameter, match="a filter, experiments or a DataFrame"):
        mlflow.compare(5)
    with pytest.raises(InvalidParameter, match="id as text: '0', not 0"):
        mlflow.compare(experiment=0)
    with pytest.raises(InvalidParameter, match="must be a non-empty str, not ''"):
        mlflow.compare().save("")


def test_the_bundle_has_what_differs_first_and_escapes_names(runs):
    bundle = mlflow.compare(runs)._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/html", "text/plain"}
    assert len(json.dumps(bundle)) < 10_000
    columns = [column["id"] for column in bundle[MIME]["snapshot"]["columns"]]
    assert columns == ["params.number", "metrics.acc", "params.same"]
    assert "<run" not in bundle["text/html"]
    assert "&lt;run 0&gt;" in bundle["text/html"]


def test_a_large_comparison_leaves_little_in_the_notebook():
    made = []
    for number in range(150):
        with mlflow.start_run() as run:
            mlflow.log_params({f"p{key}": f"{number}-{'x' * 40}" for key in range(20)})
        made.append(run)
    bundle = mlflow.compare(made)._repr_mimebundle_()
    snapshot = bundle[MIME]["snapshot"]
    assert len(json.dumps(snapshot)) < 60_000
    assert 0 < len(snapshot["rows"]) <= 100
    assert "more runs" in bundle["text/html"]


def test_a_change_reaches_every_page_but_its_own(runs):
    view = mlflow.compare(runs)
    heard = {"a": [], "b": []}
    for page, messages in heard.items():
        view.connect(page, messages.append)
    chosen = view.run_ids[:1]
    view.take_state({"selection": chosen, "filter": "run"}, "a")
    assert (view.selection, view.filter) == (chosen, "run")
    assert heard == {"a": [], "b": [{"state": {"selection": chosen}}, {"state": {"filter": "run"}}]}
    view.disconnect("b")
    view.selection = []
    assert heard["a"] == [{"state": {"selection": []}}]
    assert len(heard["b"]) == 2


def test_a_page_cannot_select_what_is_not_there(runs):
    view, heard = mlflow.compare(runs), []
    view.connect("a", heard.append)
    view.take_state({"selection": ["elsewhere"]}, "a")
    assert view.selection == []
    assert heard == [{"state": view.page_state()}]
    with pytest.raises(TraitError, match="elsewhere"):
        view.selection = ["elsewhere"]


def unpacked(data):
    """Columns of packed bytes by id, read as the page reads them."""
    (size,) = struct.unpack_from("<I", data)
    head, body = json.loads(data[4 : 4 + size]), data[4 + size :]
    assert (4 + size) % 8 == 0
    found = {}
    for column in head["columns"]:
        if column["kind"] == "number":
            values = np.frombuffer(body, "<f8", head["rows"], column["at"]).tolist()
            none = np.frombuffer(body, np.uint8, head["rows"], column["none"]) if "none" in column else np.zeros(head["rows"])
            found[column["id"]] = [None if gone else value for value, gone in zip(values, none, strict=True)]
        else:
            places = np.frombuffer(body, "<i4", head["rows"], column["at"])
            found[column["id"]] = [None if place < 0 else column["texts"][place] for place in places]
    return found


def test_the_kernel_answers_what_the_server_would(runs):
    view = mlflow.compare(runs)
    query = {"run_ids": view.run_ids, "sort": [{"id": "metrics.acc", "desc": True}]}
    facts = view.answer("run_facts", {"query": query})
    assert [column["id"] for column in facts["columns"] if column["differs"]][:2] == ["params.number", "metrics.acc"]
    assert {column["id"]: column["better"] for column in facts["columns"]}["metrics.acc"] == "higher"
    rows = unpacked(view.answer("run_rows", {"query": query, "columns": ["metrics.acc", "params.number"]}))
    assert rows["attributes.run_name"] == ["<run 2>", "<run 1>", "<run 0>"]
    assert (rows["metrics.acc"], rows["params.number"]) == ([1.0, 0.5, 0.0], ["2", "1", "0"])
    assert view.answer("curves", {"run_ids": view.run_ids})["key"] == "acc"
    assert view.to_frame()["params.number"].tolist() == ["0", "1", "2"]


def test_a_stretch_of_many_runs_is_as_small_as_what_it_shows(runs):
    """Two columns of three runs are less than a kilobyte, whatever else the runs have."""
    for run in runs:
        mlflow.MlflowClient().log_batch(run.info.run_id, params=[mlflow.entities.Param(f"p{key}", "x" * 100) for key in range(50)])
    data = mlflow.compare(runs).answer("run_rows", {"query": {"run_ids": None}, "columns": ["metrics.acc"], "limit": 3})
    assert len(data) < 1500
    with pytest.raises(InvalidParameter, match="At most 500 rows"):
        mlflow.compare(runs).answer("run_rows", {"query": {}, "columns": ["metrics.acc"], "limit": 1001})


def test_no_question_joins_hundreds_of_columns(runs):
    view, ids = mlflow.compare(), [f"metrics.m{number}" for number in range(21)]
    for many in ({"sort": [{"id": one} for one in ids]}, {"equal": dict.fromkeys(ids)}):
        with pytest.raises(InvalidParameter, match="length <= 20"):
            view.answer("run_rows", {"query": {"experiment_ids": ["0"], **many}})
    with pytest.raises(InvalidParameter, match="rows of 200 columns"):
        view.answer("run_rows", {"query": {}, "offset": 2**70})
    with pytest.raises(NotFound, match="no experiment with id '9999"):
        mlflow.get_experiment("9" * 40)
    with pytest.raises(InvalidParameter, match="length <= 20"):
        mlflow.compare(state={"sort": [{"id": one} for one in ids]}).report()


def test_what_is_asked_for_stays_what_it_means(runs):
    """A filter finds runs that come after it."""
    view = mlflow.compare("metrics.acc > 0.4")
    with mlflow.start_run() as run:
        mlflow.log_metric("acc", 0.7)
    assert view.run_ids[0] == run.info.run_id
    assert len(view.run_ids) == 3
    scope = view._repr_mimebundle_()[MIME]["scope"]
    assert (scope["run_ids"], scope["filter"]) == (None, "metrics.acc > 0.4")


def test_experiments_are_compared_by_name_and_as_such(runs):
    other = mlflow.MlflowClient().create_experiment("other one")
    made = mlflow.MlflowClient().create_run(other, run_name="far")
    for asked in ({"runs": "other one"}, {"runs": mlflow.get_experiment(other)}, {"experiment": "other one"}, {"experiment": ["other one"]}):
        assert mlflow.compare(**asked).run_ids == [made.info.run_id]
    assert mlflow.compare("attributes.run_name = 'far'").run_ids == []
    assert mlflow.compare("attributes.run_name = 'far'", experiment="other one").run_ids == [made.info.run_id]
    assert mlflow.compare(["<run 1>", made]).run_ids == [runs[1].info.run_id, made.info.run_id]
    with pytest.raises(NotFound, match="no experiment 'none'"):
        mlflow.compare(experiment="none")


def test_a_state_is_taken_down_and_restored(runs):
    view = mlflow.compare(runs)
    view.group, view.baseline, view.aggregates = "params.number", view.run_ids[0], {"metrics.acc": "max"}
    view.columns = {"pinned": ["metrics.acc"], "hidden": ["params.same"]}
    state = json.loads(json.dumps(view.page_state()))
    assert mlflow.compare(runs, state=state).page_state() == state
    with pytest.raises(InvalidParameter, match="no state 'colour'"):
        mlflow.compare(runs, state={"colour": 1})
    with pytest.raises(InvalidParameter, match="Not among"):
        mlflow.compare(runs, state={"baseline": "elsewhere"})


def test_differences_only_is_kept_for_the_next_comparison(runs):
    """Answers "lost 'show differences only'": the next view of these experiments begins with it, in another process too."""
    mlflow.compare().differences_only = True
    ask = "import jupyter_mlops as m; print(m.compare().differences_only, m.compare(experiment='other').differences_only)"
    mlflow.create_experiment("other")
    env = {**os.environ, "MLFLOW_TRACKING_URI": mlflow.get_tracking_uri()}
    told = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["True", "False"]


def test_tags_and_notes_are_changed_by_actions(runs):
    view, run_id = mlflow.compare(runs), runs[0].info.run_id
    view.answer("set_run_tag", {"run_id": run_id, "key": "mlflow.note.content", "value": "good"})
    view.answer("set_run_tag", {"run_id": run_id, "key": "team", "value": "red"})
    assert mlflow.get_run(run_id).data.tags["mlflow.note.content"] == "good"
    view.answer("delete_run_tag", {"run_id": run_id, "key": "team"})
    assert "team" not in mlflow.get_run(run_id).data.tags
    view.answer("delete_run", {"run_id": run_id})
    assert mlflow.get_run(run_id).info.lifecycle_stage == "deleted"
    view.answer("restore_run", {"run_id": run_id})
    assert mlflow.get_run(run_id).info.lifecycle_stage == "active"


def test_runs_cost_no_sessions_of_their_own(runs, monkeypatch):
    store = mlflow.tracking.MlflowClient()._store
    view = mlflow.compare(runs)
    counted, reading = [], store.files.reading
    monkeypatch.setattr(store.files, "reading", lambda *a, **k: counted.append(a) or reading(*a, **k))
    view.answer("run_facts", {"query": {"run_ids": view.run_ids}})
    view.answer("run_rows", {"query": {"run_ids": view.run_ids}, "columns": ["metrics.acc"]})
    assert len(counted) == 2


def test_what_is_no_view_no_state_and_no_title_is_said():
    for asked in ({"view": 5}, {"state": 5}, {"state": {5: 1}}):
        with pytest.raises(InvalidParameter, match=r"5"):
            mlflow.compare(**asked)
    with pytest.raises(InvalidParameter, match="title of a report is a text, not 5"):
        mlflow.compare().report(5)
    with pytest.raises(NotFound, match="no view 'x'"):
        mlflow.compare(view="x", experiment=[])


def test_a_comparison_of_nothing_says_what_to_do():
    view = mlflow.compare()
    assert "%%track makes a run" in view._repr_mimebundle_()["text/html"]
    assert "%%track makes a run" in view._repr_mimebundle_()["text/plain"]
    for text in (view.report().to_html(), view.report().to_markdown(), repr(view.report())):
        assert "%%track makes a run" in text
