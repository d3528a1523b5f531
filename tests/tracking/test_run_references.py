"""Which run a person means."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.tracking.run_references import best_run, find_run, in_quotes


def _run(name, **metrics):
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_metrics(metrics)
    return run.info.run_id


def test_a_run_is_found_by_what_is_at_hand():
    first, second, third = _run("it's", acc=0.5), _run("b", acc=0.9), _run("it's", acc=float("nan"))
    mlflow.set_experiment("other")
    other = _run("far", loss=1)
    assert {find_run(text).info.run_id for text in ("last", "-1", "far", "best:loss", other)} == {other}
    assert find_run(first[:-1]).info.run_id == first  # in any experiment
    mlflow.set_experiment("Default")
    found = [find_run(text).info.run_id for text in ("it's", "-2", "best:acc", "best:acc:min", " b ")]
    assert found == [third, second, second, first, second]
    assert best_run("acc", filter_string="metrics.acc < 0.6").info.run_id == first


def test_deleted_runs_are_found_by_their_id_alone():
    run_id = _run("gone")
    mlflow.delete_run(run_id)
    assert find_run(run_id).info.lifecycle_stage == "deleted"
    for text in ("gone", "last", run_id[:-1]):
        with pytest.raises(NotFound):
            find_run(text)


def test_what_is_wrong_is_said(sql):
    ids = [_run(name) for name in ("forest", "tree")]
    same = next(n for n in range(32) if ids[0][:n] != ids[1][:n]) - 1
    for text, words in (("forst", "'forest'"), ("-3", "has 2 runs"), ("best:auc", "'auc'"), ("'; --", "no run"), ("____", "no run")):
        with pytest.raises(NotFound, match=words):
            find_run(text)
    with pytest.raises(InvalidParameter, match=r"\(tree\), .*\(forest\)\. Write more"):
        find_run(ids[0][:same])
    with pytest.raises(InvalidParameter, match="Which run"):
        find_run(" ")


@pytest.mark.parametrize("name", ["a", "it's", 'say "hi"'])
def test_any_name_can_be_quoted(name):
    run_id = _run(name)
    _run("another")
    assert [run.info.run_id for run in mlflow.search_runs(filter_string=f"run_name = {in_quotes(name)}", output_format="list")] == [run_id]


def test_what_holds_both_kinds_of_quote_is_found_by_its_id():
    with pytest.raises(InvalidParameter, match="use a part of it, or an id"):
        find_run("""both ' and " in it""")
