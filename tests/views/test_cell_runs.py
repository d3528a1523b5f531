"""What the badges of cells, the status bar and the notifications read of a store."""

import jupyter_mlops as mlflow
from jupyter_mlops.context.cell_digests import cell_digest
from jupyter_mlops.entities.tags import CELL_DIGEST_TAG, TRACKED_CELL_TAG
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.requests import answer


def run(cell, source="depth = 3", **metrics):
    tags = {TRACKED_CELL_TAG: cell, CELL_DIGEST_TAG: cell_digest(source)}
    with mlflow.start_run(run_name=f"of {cell}", tags=tags) as begun:
        mlflow.log_metrics(metrics)
        mlflow.log_text(source, "cell/source.py")
    return begun.info.run_id


def ask(view, **parameters):
    return answer(current_store(), view, parameters)


def test_runs_of_all_cells_come_newest_first_with_one_search(monkeypatch):
    old, new = run("aa", loss=2.0, epoch=1), run("aa", "depth = 4", epoch=2)
    other = run("bb", acc=0.5)
    run("cc", loss=1.0)
    searches, store = [], current_store()
    search = type(store).search_runs
    monkeypatch.setattr(type(store), "search_runs", lambda *given: searches.append(given) or search(*given))
    found = ask("cell_runs", cells=["aa", "bb", "none", "a' OR 'x", "aa"])
    assert len(searches) == 1
    assert sorted(found) == ["aa", "bb"]
    assert [one["run_id"] for one in found["aa"]["runs"]] == [new, old]
    assert (found["aa"]["metric"], [one["value"] for one in found["aa"]["runs"]]) == ("epoch", [2.0, 1.0])
    assert (found["bb"]["metric"], found["bb"]["better"], found["bb"]["runs"][0]["run_id"]) == ("acc", "higher", other)
    assert [one["digest"] for one in found["aa"]["runs"]] == [cell_digest("depth = 4"), cell_digest("depth = 3\n")]
    assert not found["aa"]["more"]


def test_a_cell_with_many_runs_does_not_hide_another():
    first = run("quiet")
    for _ in range(9):
        run("busy")
    found = ask("cell_runs", cells=["quiet", "busy"], most=3)
    assert [one["run_id"] for one in found["quiet"]["runs"]] == [first]
    assert (len(found["busy"]["runs"]), found["busy"]["more"]) == (3, True)


def test_deleted_runs_are_of_no_cell():
    mlflow.delete_run(run("aa"))
    assert ask("cell_runs", cells=["aa"]) == {}


def test_the_code_of_a_run_and_what_is_other_now():
    found = ask("cell_code", run_id=run("aa", "depth = 3\nfit()"), source="depth = 4\nfit()")
    assert found["source"] == "depth = 3\nfit()"
    assert [(line["kind"], line["text"]) for line in found["hunks"][0]][:2] == [("removed", "depth = 3"), ("added", "depth = 4")]
    with mlflow.start_run() as bare:
        pass
    assert ask("cell_code", run_id=bare.info.run_id, source="x") == {"source": None}


def test_activity_tells_of_what_runs_what_ran_and_who_warns():
    before = ask("activity")
    assert (before["running"], before["runs"]) == (0, [])
    with mlflow.start_run(run_name="long") as long:
        mlflow.alert("loss is NaN")
        now = ask("activity")
        assert (now["running"], [one["run_id"] for one in now["runs"]]) == (1, [long.info.run_id])
        assert [one["title"] for one in now["runs"][0]["alerts"]] == ["loss is NaN"]
    after = ask("activity", watched=[long.info.run_id, "0" * 32])
    assert (after["running"], [one["status"] for one in after["runs"]]) == (0, ["FINISHED"])
    assert ask("activity")["runs"] == []
    assert [one["name"] for one in ask("activity", since=before["now"] - 1)["runs"]] == ["long"]
    assert ask("activity", since=after["now"] + 60_000)["runs"] == []
