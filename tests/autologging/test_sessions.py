"""Which call is logged, to which run, and how that run ends."""

import logging
import multiprocessing
import os
import re
import threading
import warnings
from functools import partial

import pytest
from joblib import parallel_config
from sklearn.ensemble import BaggingRegressor, VotingRegressor
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.tree import DecisionTreeRegressor

import jupyter_mlops as mlflow
from jupyter_mlops.autologging import autologs
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import begin_new, end
from jupyter_mlops.tracking.autologs import Integration, _integrations, call_logged, integration_named
from jupyter_mlops.tracking.settings import current_store
from tests.autologging.conftest import X, y


@pytest.fixture
def integration():
    """Autologging of a library that only this test has."""
    made = Integration("mine")
    made.turn_on({}, lambda: None)
    yield made
    made.turn_off()
    del _integrations["mine"]


def _log_it(session, *args, **kwargs):
    session.log(params={"given": args[0]})
    result = yield
    session.log(metrics={"result": result})


def test_the_advice_stands_round_the_call(integration, runs):
    assert call_logged(integration, _log_it, lambda value: value + 1, (1,), {}, what="call") == 2
    (run,) = runs()
    assert (run.data.params, run.data.metrics) == ({"given": "1"}, {"result": 2.0})
    assert run.data.tags["mlflow.autologging"] == "mine"
    assert run.info.status == "FINISHED"


def test_an_advice_may_change_the_arguments(integration):
    def advice(session, *args, **kwargs):
        yield (args[0] * 10,), {**kwargs, "more": 5}

    assert call_logged(integration, advice, lambda value, more=0: value + more, (1,), {}, what="call") == 15


@pytest.mark.parametrize("where", ["at once", "before", "after", "twice", "never", "no generator"])
def test_whatever_the_advice_does_the_function_runs_once(integration, where, caplog):
    calls = []

    def advice(session, value):
        if where == "at once":
            raise ZeroDivisionError
        if where == "never":
            return
        session.attempt("a part", int, "x" if where == "before" else "1")
        yield
        if where == "after":
            raise ZeroDivisionError
        if where == "twice":
            yield

    def function(value):
        calls.append(value)
        return "result"

    given = advice if where != "no generator" else lambda session, value: 1
    assert call_logged(integration, given, function, (7,), {}, what="call") == "result"
    assert calls == [7]
    warned = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warned) == (where in ("at once", "before", "after", "no generator"))
    assert stacks.current() is None


@pytest.mark.parametrize("where", ["before", "after"])
def test_an_interrupt_while_logging_is_the_users(integration, runs, where):
    def advice(session, value):
        if where == "before":
            raise KeyboardInterrupt
        yield
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call_logged(integration, advice, lambda value: value, (1,), {}, what="call")
    assert [run.info.status for run in runs()] == ["FAILED"]
    assert stacks.current() is None
    assert call_logged(integration, _log_it, lambda value: value, (2,), {}, what="call") == 2
    assert len(runs()) == 2


def test_a_child_forked_in_a_fit_neither_logs_nor_ends_the_run(integration, runs):
    def forks(value):
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
        return pid

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of forking with threads
        if call_logged(integration, _log_it, forks, (1,), {}, what="call") == 0:
            os._exit(0)
    (run,) = runs()
    (point,) = mlflow.MlflowClient().get_metric_history(run.info.run_id, "result")
    assert point.value > 0
    assert run.info.status == "FINISHED"


def test_a_call_inside_logs_nothing_unless_it_may(integration, runs):
    def inner(value):
        return call_logged(integration, _log_it, lambda given: given, (value + 1,), {}, what="inner")

    def bare(session, *args):
        yield

    call_logged(integration, _log_it, inner, (1,), {}, what="outer")
    assert [run.data.params for run in runs()] == [{"given": "1"}]
    call_logged(integration, bare, inner, (5,), {}, what="outer", open_to="mine")
    assert [run.data.params for run in runs()] == [{"given": "1"}, {"given": "6"}]


def test_nothing_is_logged_to_a_run_that_was_ended_in_the_call(integration, runs):
    def function(value):
        mlflow.end_run()
        return value

    call_logged(integration, _log_it, function, (1,), {}, what="call")
    (run,) = runs()
    assert run.data.metrics == {}
    assert stacks.current() is None


def test_after_end_run_a_fit_is_a_run_of_its_own(ridge, runs):
    mlflow.sklearn.autolog(log_models=False)
    mlflow.start_run(run_name="mine")
    ridge()
    mlflow.end_run()
    before = mlflow.get_run(runs()[0].info.run_id)
    ridge(alpha=2)
    assert mlflow.get_run(runs()[0].info.run_id) == before
    assert [run.info.status for run in runs()] == ["FINISHED"] * 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_users_error_is_the_users_and_the_run_failed(error, runs):
    class Failing(Ridge):
        def fit(self, *args):
            super().fit(*args)

    def broken(*args, **kwargs):
        raise error("mine")

    mlflow.sklearn.autolog(log_models=False)
    model = Ridge()
    model._validate_params = broken
    with pytest.raises(error, match="mine"):
        model.fit(X, y)
    (run,) = runs()
    assert run.info.status == "FAILED"
    assert run.info.end_time is not None
    assert run.data.params["alpha"] == "1.0"
    Ridge().fit(X, y)
    assert [run.info.status for run in runs()] == ["FAILED", "FINISHED"]


def test_an_active_run_is_logged_to_and_stays_open(ridge):
    mlflow.sklearn.autolog(log_models=False, extra_tags={"team": "a"})
    with mlflow.start_run() as run:
        ridge()
        assert mlflow.active_run().info.run_id == run.info.run_id
    data = mlflow.get_run(run.info.run_id).data
    assert data.tags["estimator_name"] == "Ridge"
    assert not {"mlflow.autologging", "team"} & data.tags.keys()


def test_run_id_of_the_environment_is_the_run(ridge, monkeypatch, runs):
    run_id = mlflow.MlflowClient().create_run("0").info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", run_id)
    mlflow.sklearn.autolog(log_models=False)
    ridge()
    (run,) = runs()
    assert run.info.run_id == run_id
    assert run.data.tags["mlflow.autologging"] == "sklearn"


def test_exclusive_logs_nothing_to_a_users_run(ridge, runs):
    mlflow.sklearn.autolog(log_models=False, exclusive=True)
    with mlflow.start_run():
        ridge().score(X, y)
    (run,) = runs()
    assert not run.data.params
    ridge().score(X, y)
    assert "Ridge_score_X" in runs()[1].data.metrics or "Ridge_score_unknown_dataset" in runs()[1].data.metrics


def test_the_second_fit_in_a_run_keeps_the_params_of_the_first(caplog):
    mlflow.sklearn.autolog(log_models=False)
    with mlflow.start_run() as run:
        Ridge(alpha=1).fit(X, y)
        Lasso(alpha=2).fit(X, y)
    data = mlflow.get_run(run.info.run_id).data
    assert data.params["alpha"] == "1"
    assert data.tags["estimator_name"] == "Ridge"
    (warned,) = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert "Lasso.fit" in warned
    assert "with start_run()" in warned


def test_a_tracked_cell_is_the_run_of_its_fits(ridge, runs):
    """In the cell's thread its run is the active one; a fit in another thread is a child of it."""
    mlflow.sklearn.autolog(log_models=False)
    tags = {"mlflow.runName": "cell"}
    cell = begin_new(current_store(), "0", tags, None, holds_children=True)
    ridge()
    thread = threading.Thread(target=ridge, kwargs={"alpha": 7})
    thread.start()
    thread.join()
    end(cell, "FINISHED")
    outer, inner = runs()
    assert outer.data.params["alpha"] == "1.0"
    assert inner.data.params["alpha"] == "7"
    assert inner.data.tags["mlflow.parentRunId"] == outer.info.run_id


def test_threads_log_to_runs_of_their_own(runs):
    mlflow.sklearn.autolog(log_models=False)
    threads = [threading.Thread(target=Ridge(alpha=n).fit, args=(X, y)) for n in range(1, 5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(run.data.params["alpha"] for run in runs()) == ["1", "2", "3", "4"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of forking with threads
@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_workers_of_a_search_log_nothing(backend, runs):
    mlflow.sklearn.autolog(log_models=False, max_tuning_runs=0)
    with parallel_config(backend, n_jobs=2):
        GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2).fit(X, y)
        VotingRegressor([("a", Ridge()), ("b", DecisionTreeRegressor())]).fit(X, y)
        BaggingRegressor(Ridge(), n_estimators=2).fit(X, y)
        cross_val_score(Ridge(), X, y, cv=2)
    assert [run.data.tags["estimator_name"] for run in runs()] == ["GridSearchCV", "VotingRegressor", "BaggingRegressor"]
    if backend == "loky":
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=True)


def _fit_in_child(queue):
    Ridge().fit(X, y)
    mlflow.sklearn.autolog(log_models=False)
    Ridge(alpha=3).fit(X, y)
    queue.put(integration_named("sklearn").is_on)


@pytest.mark.filterwarnings("default")  # of forking with threads
def test_a_forked_process_logs_when_it_says_so(runs):
    mlflow.sklearn.autolog(log_models=False)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_fit_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=120)
    child.join()
    assert [run.data.params["alpha"] for run in runs()] == ["3"]


def test_silent_says_nothing(caplog, ridge):
    caplog.set_level(logging.INFO)
    mlflow.autolog(silent=True, log_models=False)
    with mlflow.start_run():
        ridge()
        ridge(alpha=2)
    ridge()
    assert caplog.text == ""


def test_what_is_done_is_said_once(caplog, ridge):
    caplog.set_level(logging.INFO)
    mlflow.autolog(log_models=False)
    ridge()
    run_id = mlflow.last_active_run().info.run_id
    said = [record.message for record in caplog.records]  # other tests may have imported other libraries
    assert [message for message in said if not re.search("enabled for (?!sklearn)", message)] == [
        "Autologging is enabled for sklearn.",
        f"Run {run_id} is logged for Ridge.fit.",
    ]


def test_extra_tags(caplog, ridge, runs):
    mlflow.sklearn.autolog(log_models=False, extra_tags={"team": "a", "mlflow.autologging": "no"})
    ridge()
    assert runs()[0].data.tags["team"] == "a"
    assert runs()[0].data.tags["mlflow.autologging"] == "sklearn"
    assert "left out" in caplog.text
    for function in (mlflow.autolog, mlflow.sklearn.autolog):
        with pytest.raises(InvalidParameter, match="extra_tags is a dict"):
            function(extra_tags=["team"])


def test_settings_of_a_flavor_outlast_those_for_all(ridge, runs):
    mlflow.sklearn.autolog(log_models=False, extra_tags={"by": "me"})
    mlflow.autolog(extra_tags={"by": "all"})
    ridge()
    assert runs()[0].data.tags["by"] == "me"
    mlflow.autolog(disable=True)
    ridge()
    assert len(runs()) == 1
    for by in ("first", "second"):
        mlflow.autolog(log_models=False, extra_tags={"by": by})
        ridge()
    assert [run.data.tags["by"] for run in runs()] == ["me", "first", "second"]


def test_excluded_flavors(ridge, runs):
    mlflow.autolog(exclude_flavors=["sklearn"])
    ridge()
    assert runs() == []


def test_a_flavor_that_cannot_be_enabled_is_a_warning(monkeypatch, caplog, ridge, runs):
    broken = autologs.Flavor("broken", "json", "jupyter_mlops.autologging.no_such_module")
    monkeypatch.setattr(autologs, "FLAVORS", (broken, *autologs.FLAVORS))
    mlflow.autolog(log_models=False)
    assert "Autologging of json could not be enabled" in caplog.text
    ridge()
    assert len(runs()) == 1
    mlflow.autolog(disable=True)


@pytest.mark.parametrize("leave", [True, False])
def test_versions_that_were_not_tested(monkeypatch, caplog, ridge, runs, leave):
    monkeypatch.setattr("sklearn.__version__", "99.0.dev0")
    mlflow.sklearn.autolog(log_models=False, disable_for_unsupported_versions=leave)
    ridge()
    assert len(runs()) == (not leave)
    assert "sklearn 99.0.dev0, but 1.5 to 1.9 are tested" in caplog.text


def test_warnings_of_the_user_go_on(integration, caplog):
    """What autologging does itself warns of nothing, and leaves the filters as they were, with threads too."""
    before = list(warnings.filters)
    meeting = threading.Barrier(8, timeout=60)

    def advice(session):
        meeting.wait()  # all are inside at once; fits of scikit-learn would be too, with filters of their own that clash
        warnings.warn("of no use", stacklevel=1)
        yield
        warnings.warn("of no use", stacklevel=1)

    call = partial(call_logged, integration, advice, lambda: None, (), {}, what="call")
    threads = [threading.Thread(target=call) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert list(warnings.filters) == before
    assert caplog.text == ""
