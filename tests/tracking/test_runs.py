"""The life of a run: start, children, threads and tasks, ends, resuming, deletion."""

import asyncio
import collections
import gc
import logging
import threading
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.errors import InvalidParameter, NotFound, ParamAlreadyLogged, RunAlreadyActive
from jupyter_mlops.tracking import run_states


def code(error):
    return error.value.error_code


def test_a_run_as_it_is_kept(sql):
    before = time.time_ns() // 1_000_000
    with mlflow.start_run(run_name="first", tags={"team": "a"}, description="why") as run:
        assert mlflow.active_run().info.run_id == run.info.run_id
        assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
    assert mlflow.active_run() is None
    ((run_id, name, status, start, end, stage, uri, experiment),) = sql(
        "SELECT run_id, run_name, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id FROM runs"
    )
    assert (run_id, name, status, stage, experiment) == (run.info.run_id, "first", "FINISHED", "active", 0)
    assert before <= start <= end
    assert uri == f"mlartifacts/0/{run_id}/artifacts"
    tags = dict(sql("SELECT key, value FROM tags"))
    assert tags["team"] == "a"
    assert tags["mlflow.note.content"] == "why"
    assert tags["mlflow.runName"] == "first"
    assert {"mlflow.user", "mlflow.source.name", "mlflow.source.type"} <= set(tags)


def test_generated_names():
    names = set()
    for _ in range(20):
        with mlflow.start_run() as run:
            names.add(run.info.run_name)
            assert run.data.tags["mlflow.runName"] == run.info.run_name
    assert all(len(name) <= 20 and name.count("-") == 2 for name in names)
    assert len(names) > 10


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_end_statuses(sql, status):
    mlflow.start_run()
    mlflow.end_run(status)
    assert sql("SELECT status, end_time IS NOT NULL FROM runs") == [(status, True)]


def test_an_unknown_status_raises_but_the_run_is_no_longer_active(value):
    mlflow.start_run()
    with pytest.raises(Exception, match="Unknown run status"):
        mlflow.end_run("DONE")
    assert mlflow.active_run() is None
    assert value("SELECT status FROM runs") == "RUNNING"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_exception_that_leaves_the_block_fails_the_run(value, error):
    with pytest.raises(error), mlflow.start_run():
        raise error
    assert value("SELECT status FROM runs") == "FAILED"
    assert mlflow.active_run() is None


def test_a_run_that_its_body_ended_is_left_alone(value):
    with mlflow.start_run():
        mlflow.end_run("KILLED")
        assert mlflow.active_run() is None
    assert value("SELECT status FROM runs") == "KILLED"


def test_ending_nothing_is_fine():
    mlflow.end_run()


def test_a_second_run_needs_nested():
    with mlflow.start_run() as run:
        with pytest.raises(RunAlreadyActive, match=run.info.run_id):
            mlflow.start_run()
        assert mlflow.active_run().info.run_id == run.info.run_id


def test_nested_runs(sql):
    with mlflow.start_run(run_name="top") as top:
        with mlflow.start_run(run_name="middle", nested=True) as middle:
            mlflow.log_metric("depth", 2)
            with mlflow.start_run(run_name="leaf", nested=True):
                mlflow.log_metric("depth", 3)
            assert mlflow.active_run().info.run_id == middle.info.run_id
        mlflow.log_metric("depth", 1)
    assert sql("SELECT run_name, m.value FROM runs JOIN latest_metrics m USING (rid) ORDER BY 2") == [
        ("top", 1.0), ("middle", 2.0), ("leaf", 3.0),
    ]  # fmt: skip
    assert dict(sql("SELECT run_name, t.value FROM runs JOIN tags t USING (rid) WHERE key = 'mlflow.parentRunId'")) == {
        "middle": top.info.run_id, "leaf": middle.info.run_id,
    }  # fmt: skip
    assert mlflow.get_parent_run(middle.info.run_id).info.run_id == top.info.run_id
    assert mlflow.get_parent_run(top.info.run_id) is None


def test_bare_runs_nest_and_end_from_within():
    outer = mlflow.start_run()
    inner = mlflow.start_run(nested=True)
    mlflow.end_run()
    assert mlflow.active_run().info.run_id == outer.info.run_id
    mlflow.end_run()
    assert mlflow.active_run() is None
    assert mlflow.last_active_run().info.run_id == outer.info.run_id
    assert mlflow.get_run(inner.info.run_id).info.status == "FINISHED"


def test_what_was_begun_inside_a_block_and_never_ended_ends_with_it(sql):
    with mlflow.start_run():
        mlflow.start_run(nested=True)
    assert mlflow.active_run() is None
    assert sql("SELECT DISTINCT status FROM runs") == [("FINISHED",)]


def test_parents_given_by_id():
    with mlflow.start_run() as parent:
        pass
    with mlflow.start_run(parent_run_id=parent.info.run_id) as run:
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        with pytest.raises(MlflowException) as error:
            mlflow.start_run(nested=True, parent_run_id=parent.info.run_id)
        assert code(error) == "INTERNAL_ERROR"
    with pytest.raises(NotFound):
        mlflow.start_run(parent_run_id="f" * 32)
    mlflow.delete_run(parent.info.run_id)
    with pytest.raises(MlflowException):
        mlflow.start_run(parent_run_id=parent.info.run_id)


@pytest.mark.parametrize(
    "arguments",
    [
        {"experiment_id": 1.5}, {"experiment_id": True}, {"description": "a", "tags": {"mlflow.note.content": "b"}},
        {"run_name": "a", "tags": {"mlflow.runName": "b"}}, {"tags": {"": "x"}}, {"run_id": "no/slash"},
    ],
)  # fmt: skip
def test_arguments_that_cannot_be(arguments):
    with pytest.raises(InvalidParameter) as error:
        mlflow.start_run(**arguments)
    assert code(error) == "INVALID_PARAMETER_VALUE"
    assert mlflow.active_run() is None


def test_threads_have_runs_of_their_own(sql):
    with mlflow.start_run(run_name="main"):
        seen = []

        def work(name):
            seen.append(mlflow.active_run())
            with mlflow.start_run(run_name=name):
                mlflow.log_param("who", name)

        threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mlflow.log_param("who", "main")
    assert seen == [None] * 4
    assert sql("SELECT count(*) FROM runs JOIN params p USING (rid) WHERE run_name = p.value") == [(5,)]


def test_concurrent_tasks_have_runs_of_their_own(sql):
    async def work(name):
        with mlflow.start_run(run_name=name, nested=True):
            for step in range(5):
                await asyncio.sleep(0)
                mlflow.log_metric(name, 1.0, step=step)
            mlflow.log_param("who", name)

    async def all_of_them():
        with mlflow.start_run(run_name="outer") as outer:
            await asyncio.gather(*(work(f"task{n}") for n in range(5)))
            assert mlflow.active_run().info.run_id == outer.info.run_id

    asyncio.run(all_of_them())
    rows = sql("SELECT run_name, p.value, m.key FROM runs JOIN params p USING (rid) JOIN latest_metrics m USING (rid)")
    assert sorted(rows) == [(f"task{n}", f"task{n}", f"task{n}") for n in range(5)]
    assert sql("SELECT count(*) FROM tags WHERE key = 'mlflow.parentRunId'") == [(5,)]
    assert sql("SELECT DISTINCT status FROM runs") == [("FINISHED",)]


def test_logging_without_a_run_begins_one(python, sql):
    mlflow.log_metric("loss", 0.5)
    assert mlflow.active_run() is not None
    mlflow.end_run()
    python("import jupyter_mlops; jupyter_mlops.log_param('a', 1)")  # the end of the process ends its run
    assert sql("SELECT status FROM runs") == [("FINISHED",)] * 2


def test_resuming(sql):
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_param("lr", 0.1)
    first = mlflow.get_run(run.info.run_id).info
    time.sleep(0.005)
    with mlflow.start_run(run_id=run.info.run_id, run_name="second", tags={"again": "yes"}) as again:
        now = mlflow.get_run(run.info.run_id)
        assert (now.info.status, now.info.start_time, now.info.end_time) == (
            "RUNNING",
            first.start_time,
            first.end_time,
        )
        assert again.data.params == {"lr": "0.1"}
        mlflow.log_param("lr", 0.1)
        with pytest.raises(InvalidParameter, match="already"):
            mlflow.log_param("lr", 0.2)
    assert sql("SELECT run_name, status, end_time > ? FROM runs".replace("?", str(first.end_time))) == [
        ("second", "FINISHED", True)
    ]
    assert ("again", "yes") in sql("SELECT key, value FROM tags")


def test_resuming_by_the_environment(monkeypatch):
    with mlflow.start_run() as run:
        pass
    monkeypatch.setenv("MLFLOW_RUN_ID", run.info.run_id)
    with mlflow.start_run() as again:
        assert again.info.run_id == run.info.run_id
    with mlflow.start_run() as other:
        assert other.info.run_id != run.info.run_id


def test_what_cannot_be_resumed():
    with pytest.raises(NotFound) as error:
        mlflow.start_run(run_id="f" * 32)
    assert code(error) == "RESOURCE_DOES_NOT_EXIST"
    with mlflow.start_run() as run:
        pass
    mlflow.set_experiment("other")
    with pytest.raises(MlflowException, match="belongs to experiment 0"):
        mlflow.start_run(run_id=run.info.run_id)
    mlflow.delete_run(run.info.run_id)
    with pytest.raises(MlflowException, match="deleted"):
        mlflow.start_run(run_id=run.info.run_id)


def test_deleted_runs_refuse_writes_until_they_are_restored(sql):
    client = MlflowClient()
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
    run_id = run.info.run_id
    mlflow.delete_run(run_id)
    mlflow.delete_run(run_id)
    assert mlflow.get_run(run_id).info.lifecycle_stage == "deleted"
    assert len(mlflow.search_runs()) == 0
    for write in (
        lambda: client.log_metric(run_id, "loss", 2.0), lambda: client.log_param(run_id, "a", 1),
        lambda: client.set_tag(run_id, "a", 1), lambda: client.delete_tag(run_id, "mlflow.user"),
        lambda: client.set_terminated(run_id), lambda: client.log_text(run_id, "a", "a.txt"),
    ):  # fmt: skip
        with pytest.raises(InvalidParameter):
            write()
    client.restore_run(run_id)
    client.log_metric(run_id, "loss", 3.0, step=1)
    assert sql("SELECT value FROM metrics ORDER BY value") == [(1.0,), (3.0,)]


def test_a_run_deleted_by_another_process_rejects_what_comes_later(python, sql):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 1.0)
        python(f"import jupyter_mlops; jupyter_mlops.delete_run({run.info.run_id!r})")
        time.sleep(0.005)
        mlflow.log_metric("loss", 2.0, step=1)
        assert sql("SELECT value FROM metrics") == [(1.0,)]
        assert ("the run is deleted",) in sql("SELECT reason FROM rejected")


def test_missing_runs():
    for call in (mlflow.get_run, mlflow.delete_run, MlflowClient().restore_run, MlflowClient().set_terminated):
        with pytest.raises(NotFound) as error:
            call("f" * 32)
        assert code(error) == "RESOURCE_DOES_NOT_EXIST"
    assert MlflowException.get_http_status_code(error.value) == 404


def test_runs_of_the_client(sql):
    client = MlflowClient()
    run = client.create_run("0", start_time=5, tags={"a": 1, "mlflow.user": "ann"}, run_name="named")
    assert mlflow.active_run() is None
    client.update_run(run.info.run_id, status="SCHEDULED", name="renamed")
    assert sql("SELECT run_name, status, start_time, end_time, user_id FROM runs") == [
        ("renamed", "SCHEDULED", 5, None, "ann")
    ]
    client.set_terminated(run.info.run_id, "FAILED", 77)
    info = client.get_run(run.info.run_id).info
    assert (info.status, info.end_time, info.run_name) == ("FAILED", 77, "renamed")
    client.update_run(run.info.run_id)
    assert client.get_run(run.info.run_id).info.end_time == 77
    client.set_tag(run.info.run_id, "mlflow.runName", "by tag")
    found = client.get_run(run.info.run_id)
    assert found.info.run_name == found.data.tags["mlflow.runName"] == "by tag"


def test_a_client_of_another_store(sql):
    client = MlflowClient("other.duckdb")
    run_id = client.create_run("0").info.run_id
    client.log_metric(run_id, "loss", 1.0)
    with mlflow.start_run():
        pass
    assert sql("SELECT count(*) FROM metrics", "other.duckdb") == [(1,)]
    assert sql("SELECT count(*) FROM metrics") == [(0,)]
    with pytest.raises(NotFound):
        mlflow.get_run(run_id)


def test_a_run_stays_in_its_store_when_another_is_chosen(sql):
    with mlflow.start_run():
        mlflow.set_tracking_uri("other.duckdb")
        mlflow.log_metric("loss", 1.0)
    assert sql("SELECT count(*) FROM runs") == [(0,)]
    assert sql("SELECT status, m.value FROM runs JOIN metrics m USING (rid)", "mlops.duckdb") == [("FINISHED", 1.0)]


def test_a_failing_context_provider_loses_no_run(monkeypatch, caplog):
    from jupyter_mlops.context import sources

    def broken():
        raise OSError("no git today")

    monkeypatch.setitem(sources._FIRST, "git", broken)
    caplog.set_level(logging.WARNING)
    with mlflow.start_run() as run:
        pass
    assert "no git today" in caplog.text
    assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"


def test_git_is_asked_and_its_credentials_left_out(tmp_path):
    import subprocess

    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True, capture_output=True
        )

    git("init", "-b", "main")
    git("commit", "--allow-empty", "-m", "x")
    git("remote", "add", "origin", "https://bob:secret@host/repo.git")
    with mlflow.start_run() as run:
        pass
    tags = run.data.tags
    assert len(tags["mlflow.source.git.commit"]) == 40
    assert tags["mlflow.source.git.branch"] == "main"
    assert "secret" not in tags["mlflow.source.git.repoURL"]


def test_a_short_run_loads_nothing_heavy(python):
    python("""
        import sys
        import jupyter_mlops
        before = set(sys.modules)
        jupyter_mlops.start_run()
        jupyter_mlops.log_metric("loss", 0.5)
        jupyter_mlops.log_param("lr", 0.1)
        jupyter_mlops.end_run()
        heavy = {"duckdb", "pandas", "numpy", "IPython", "ipywidgets", "plotly", "sklearn", "lark"} & set(sys.modules)
        assert not heavy, heavy
    """)


def test_a_short_run_of_another_process_is_there_at_once(python):
    run_id = python("""
        import jupyter_mlops
        with jupyter_mlops.start_run() as run:
            jupyter_mlops.log_metric("loss", 0.5)
        print(run.info.run_id)
    """).strip()
    assert mlflow.get_run(run_id).data.metrics == {"loss": 0.5}


def test_nothing_that_the_database_cannot_take_gets_into_the_journal(sql):
    client = MlflowClient()
    for refused in (
        lambda: client.create_run("0", start_time=2**63), lambda: client.create_run("0", start_time="soon"),
        lambda: client.create_run("0", tags={"": "x"}), lambda: client.create_run("none"),
    ):  # fmt: skip
        with pytest.raises(InvalidParameter):
            refused()
    with mlflow.start_run(run_name=5) as run:
        with pytest.raises(InvalidParameter):
            client.set_terminated(run.info.run_id, end_time=2**63)
        client.update_run(run.info.run_id, name=6)
    client.create_run("00", run_name=7)
    assert sql("SELECT run_name, experiment_id FROM runs ORDER BY 1") == [("6", 0), ("7", 0)]
    assert sql("SELECT count(*) FROM rejected") == [(0,)]


def test_a_run_that_is_restored_while_it_is_active_takes_writes_again(sql):
    with mlflow.start_run() as run:
        mlflow.delete_run(run.info.run_id)
        with pytest.raises(InvalidParameter):
            mlflow.log_metric("loss", 1.0)
        MlflowClient().restore_run(run.info.run_id)
        mlflow.log_metric("loss", 2.0)
    assert sql("SELECT status, value FROM runs JOIN metrics USING (rid)") == [("FINISHED", 2.0)]


@pytest.mark.parametrize("by_client", [False, True])
def test_open_runs_of_a_deleted_experiment_refuse_writes_at_the_call(sql, by_client):
    caller = MlflowClient() if by_client else mlflow
    number = mlflow.create_experiment("a")
    with mlflow.start_run(experiment_id=number):
        caller.delete_experiment(number)
        with pytest.raises(InvalidParameter):
            mlflow.log_metric("loss", 1.0)
        caller.restore_experiment(number)
        mlflow.log_metric("loss", 2.0)
    assert sql("SELECT status, value FROM runs JOIN metrics USING (rid)") == [("FINISHED", 2.0)]
    assert sql("SELECT count(*) FROM rejected") == [(0,)]


def test_a_clock_that_is_set_back_loses_nothing(monkeypatch, sql):
    run = mlflow.start_run(tags={"t": "first"})
    mlflow.set_tag("t", "second")
    mlflow.get_run(run.info.run_id)
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 3_600_000_000_000)
    mlflow.set_tag("t", "third")
    mlflow.end_run()
    assert sql("SELECT value FROM tags WHERE key = 't'") == [("third",)]
    assert sql("SELECT status FROM runs") == [("FINISHED",)]


def test_runs_start_in_a_script_whose_name_cannot_be_decoded(monkeypatch, sql):
    monkeypatch.setattr("sys.argv", ["caf\udce9.py"])
    with mlflow.start_run():
        pass
    assert sql("SELECT value FROM tags WHERE key = 'mlflow.source.name'") == [("caf\\udce9.py",)]


def test_an_active_run_stays_known_when_many_others_are_made(monkeypatch):
    monkeypatch.setattr(run_states, "_kept", collections.deque(maxlen=3))
    client = MlflowClient()
    with mlflow.start_run() as run:
        for _ in range(4):
            client.create_run("0")
        mlflow.log_param("p", 1)
        with pytest.raises(ParamAlreadyLogged):
            client.log_param(run.info.run_id, "p", 2)
        client.delete_run(run.info.run_id)
        with pytest.raises(InvalidParameter, match="is deleted"):
            mlflow.log_metric("a", 1.0)


def test_states_of_runs_that_nobody_holds_are_given_up(monkeypatch):
    monkeypatch.setattr(run_states, "_kept", collections.deque(maxlen=3))
    client = MlflowClient()
    made = {client.create_run("0").info.run_id for _ in range(5)}
    gc.collect()
    assert len(made & {run_id for _, run_id in run_states._states}) == 3


def test_a_resumed_run_knows_what_others_wrote_meanwhile(python):
    with mlflow.start_run() as run:
        mlflow.log_param("mine", 1)
    run_id = run.info.run_id
    python(f'from jupyter_mlops import MlflowClient; MlflowClient().log_param("{run_id}", "theirs", 1)')
    with mlflow.start_run(run_id=run_id):
        for key in ("mine", "theirs"):
            with pytest.raises(ParamAlreadyLogged):
                mlflow.log_param(key, 2)


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("", "FINISHED"),
        ("raise SystemExit(3)", "FINISHED"),
        ("raise RuntimeError('boom')", "FAILED"),
        ("sys.ps1 = '>>> '; sys.last_type = RuntimeError", "FINISHED"),  # an error at a prompt, some time before
    ],
)
def test_a_run_that_a_script_leaves_open_ends_as_the_script_does(python, sql, ending, status):
    python(f"import sys, jupyter_mlops; jupyter_mlops.start_run(); {ending}", check=False)
    assert sql("SELECT status FROM runs") == [(status,)]
