"""Two runs compared: as plain data for views, and as what `diff` shows."""

import difflib

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.tags import PACKAGES_TAG
from jupyter_mlops.errors import NotFound
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.requests import answer
from jupyter_mlops.views.runs.differences import pair_diff, text_diff
from jupyter_mlops.views.runs.infos import RunInfoView
from jupyter_mlops.views.runs.tables import RunTable


def run(name, source, tags=(), **params):
    with mlflow.start_run(run_name=name) as begun:
        mlflow.log_params(params)
        mlflow.log_text(source, "cell/source.py")
    for key, value in dict(tags).items():
        mlflow.MlflowClient().set_tag(begun.info.run_id, key, value)  # after what the end of a run records by itself
    return begun.info.run_id


def test_all_that_two_runs_differ_in_is_told_at_once():
    old = run("old", "a = 1\nb = 2\nfit(a, b)", {PACKAGES_TAG: "six==1\nold==1", "team": "x"}, depth=3, same=1)
    new = run("new", "a = 1\nb = 3\nfit(a, b)", {PACKAGES_TAG: "six==2\nnew==1", "team": "y"}, depth=4, same=1)
    found = answer(current_store(), "run_diff", {"run_id": old, "other_id": new})
    assert [one["name"] for one in found["runs"]] == ["old", "new"]
    assert [(one["name"], one["added"], one["removed"]) for one in found["code"]] == [("cell", 1, 1)]
    assert found["params"] == [{"name": "depth", "old": "3", "new": "4", "kind": "changed"}]
    assert found["tags"] == [{"name": "team", "old": "x", "new": "y", "kind": "changed"}]
    assert [(row["name"], row["kind"]) for row in found["environment"]] == [("new", "added"), ("old", "removed"), ("six", "changed")]
    with pytest.raises(NotFound):
        answer(current_store(), "run_diff", {"run_id": old, "other_id": "0" * 32})


def test_control_characters_of_others_are_shown_and_not_obeyed():
    evil = "\x1b]52;c;aGk=\x07\x9b2J\u202e"
    old, new = run("old", f"a = 1  # {evil}"), run("new", f"a = 2  # {evil}", {"team": evil}, **{"p": evil})
    with mlflow.start_run(run_id=new):
        mlflow.set_tag("mlflow.note.content", evil)
    shown = [mlflow.diff(old, new), RunTable(mlflow.search_runs(output_format="list")), RunInfoView(current_store(), new)]
    for one in shown:
        assert not {*repr(one)} & {*evil[:1], *"\x07\x9b\u202e"} and "x1b]52" in repr(one)
    assert "\u202e" not in shown[0]._repr_html_().partition("<table")[0]  # in code it has lines read as what they are not


def test_data_sets_are_told_apart_by_what_they_were_for():
    import pandas as pd

    ids = []
    for rows in ([1, 2], [1, 3]):
        with mlflow.start_run() as begun:
            mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"a": rows}), name="wine"), context="training")
            mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"a": [9]}), name="wine"), context="test")
        ids.append(begun.info.run_id)
    (row,) = answer(current_store(), "run_diff", dict(zip(("run_id", "other_id"), ids, strict=True)))["data"]
    assert (row["name"], row["kind"]) == ("wine (training)", "changed") and row["old"] != row["new"]


def test_far_apart_changes_are_hunks_of_their_own_with_numbered_lines():
    lines = [f"line {number}" for number in range(40)]
    found = text_diff("\n".join(lines), "\n".join(["first", *lines[1:30], *lines[31:]]))
    assert len(found["hunks"]) == 2 and (found["added"], found["removed"]) == (1, 2)
    assert [line["old"] for line in found["hunks"][1]] == [28, 29, 30, 31, 32, 33, 34]
    assert [line["new"] for line in found["hunks"][1]] == [28, 29, 30, None, 31, 32, 33]
    assert not found["cut"] and text_diff("x\n" * 6000, "y")["cut"]


def test_lines_that_are_everywhere_are_not_compared_with_each_other(monkeypatch):
    compared = []
    find = difflib.SequenceMatcher.find_longest_match
    monkeypatch.setattr(difflib.SequenceMatcher, "find_longest_match", lambda one, *span: compared.append(sum(map(len, one.b2j.values()))) or find(one, *span))
    text_diff("x\n" * 5000, "x\ny\n" * 2500)
    assert sum(compared) < 10_000
    blanks = [f"{line % 2 * line}" for line in range(4000)]
    found = text_diff("\n".join(blanks), "\n".join([*blanks[:3000], "new", *blanks[3000:]]))
    assert (found["added"], found["removed"]) == (1, 0)


def test_what_many_and_long_lines_became_is_not_looked_for():
    for count, are_marked in ((500, True), (501, False)):
        found = text_diff(*("\n".join(f"line {number} {what}" for number in range(count)) for what in ("old", "new")))
        assert found["added"] == count and any(line["marks"] for line in found["hunks"][0]) == are_marked
    (gone, come) = text_diff("a" * 1_000_000 + "b", "a" * 1_000_000 + "c")["hunks"][0]
    assert gone["text"] == come["text"] == "a" * 2000 + "…"


def test_metrics_that_are_no_numbers_are_compared_too():
    assert pair_diff({"a": "NaN"}, {"a": "NaN"}) == []


def test_what_is_shown_is_escaped_and_can_be_read_without_colours():
    shown = mlflow.diff(run("<i>", "x = '<script>'"), run("new", "x = '<b>'"))
    html = shown._repr_html_()
    assert "<script" not in html and "<i>" not in html and "<b>'" not in html
    assert "- x = &#x27;&lt;" in html and "<del" in html and "<ins" in html
    assert "- x = '<script>'\n+ x = '<b>'" in repr(shown)


def test_a_run_alone_is_compared_with_the_one_before_of_the_same_name():
    first, second = run("forest", "a", depth=1), run("forest", "a", depth=2)
    run("other", "a")
    assert [one["run_id"] for one in mlflow.diff(second).data["runs"]] == [first, second]
    assert [one["name"] for one in mlflow.diff(first).data["runs"]] == ["forest", "now"]
    assert "nothing is different" in repr(mlflow.diff(first)) and "<p>Nothing is different.</p>" in mlflow.diff(first)._repr_html_()
    assert "forest → forest: both are the same run" in repr(mlflow.diff("forest", second))
