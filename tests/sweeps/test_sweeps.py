"""Sweeps of a function; what came of them is read from the store."""

import json
import subprocess
import sys
import threading
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, NotFound, TrialsFailed

pytest.importorskip("optuna", reason="sweeps need the extra `sweep`: pip install 'jupyter-mlops[sweep]'")
SPACE = {"x": "0..9", "y": "0.1..2"}


def bowl(x, y):
    return (x - 3) ** 2 + y


def length(kind):
    return len(kind)


def children(run_id):
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{run_id}'", output_format="list")
    return sorted(found, key=lambda run: (int(run.data.tags["jupyter_mlops.sweep.trial"]), run.info.start_time, run.info.run_id))


def points(run_id):
    return [(run.data.params["x"], run.data.params["y"]) for run in children(run_id)]


def test_each_trial_is_a_child_run_and_the_best_is_told():
    result = mlflow.sweep(bowl, SPACE, metric="loss", n=12, name="bowl")
    runs = children(result.run_id)
    assert [run.info.status for run in runs] == ["FINISHED"] * 12
    assert all(run.data.metrics["loss"] == bowl(int(run.data.params["x"]), float(run.data.params["y"])) for run in runs)
    best = min(runs, key=lambda run: run.data.metrics["loss"])
    assert result.best_run == best
    assert result.best_params == {"x": int(best.data.params["x"]), "y": float(best.data.params["y"])}
    parent = mlflow.get_run(result.run_id)
    assert (parent.info.run_name, parent.info.status) == ("bowl", "FINISHED")
    assert parent.data.tags["jupyter_mlops.sweep.best"] == best.info.run_id
    assert json.loads(parent.data.tags["jupyter_mlops.sweep"])["space"] == {"x": "0..9", "y": "0.1..2.0"}
    frame = result.to_frame()
    assert list(frame.columns) == ["number", "status", "loss", "x", "y", "duration_s", "error", "run_id"]
    assert len(result.study.trials) == 12
    assert mlflow.active_run() is None


def test_one_seed_is_one_sequence_of_points_and_an_interrupted_sweep_goes_on_as_if_it_was_not():
    whole = mlflow.sweep(bowl, SPACE, metric="loss", n=24)
    again = mlflow.sweep(bowl, SPACE, metric="loss", n=24)
    assert points(whole.run_id) == points(again.run_id)
    assert points(mlflow.sweep(bowl, SPACE, metric="loss", n=5, seed=1).run_id) != points(whole.run_id)[:5]

    def stops(x, y):
        if len(children(mlflow.active_run().data.tags["mlflow.parentRunId"])) > 15:
            raise KeyboardInterrupt
        return bowl(x, y)

    with pytest.raises(KeyboardInterrupt):
        mlflow.sweep(stops, SPACE, metric="loss", n=24, name="stopped")
    parent = mlflow.search_runs(filter_string="attributes.run_name = 'stopped'").iloc[0]
    assert parent["status"] == "KILLED"
    assert [run.info.status for run in children(parent["run_id"])] == ["FINISHED"] * 15 + ["KILLED"]
    resumed = mlflow.sweep(bowl, SPACE, metric="loss", n=24, resume="stopped")
    assert resumed.run_id == parent["run_id"]
    done = [run for run in children(resumed.run_id) if run.info.status == "FINISHED"]
    assert [(run.data.params["x"], run.data.params["y"]) for run in done] == points(whole.run_id)
    assert mlflow.get_run(resumed.run_id).info.status == "FINISHED"
    assert resumed.record.done == 24


def test_resume_finds_the_last_sweep_of_the_same_space_and_leaves_out_what_lies_outside_of_a_new_one():
    mlflow.sweep(bowl, SPACE, metric="loss", n=6, name="first")
    second = mlflow.sweep(bowl, SPACE, metric="loss", n=6, name="second")
    mlflow.sweep(lambda x: x, {"x": "0..9"}, metric="loss", n=2)
    more = mlflow.sweep(bowl, {"x": "0..9", "y": "0.1..2"}, metric="loss", n=8, resume=True)
    assert more.run_id == second.run_id
    assert len(children(second.run_id)) == 8
    kinds = mlflow.sweep(length, {"kind": "a|bb|ccc"}, metric="loss", sampler="grid")
    fewer = mlflow.sweep(length, {"kind": "bb|ccc|dddd"}, metric="loss", sampler="grid", resume=kinds.run_id)
    assert sorted(trial.params["kind"] for trial in fewer.trials) == ["bb", "ccc", "dddd"]
    wide = mlflow.sweep(bowl, {"x": "1..6..2", "y": "steps(0,1,0.5)"}, metric="loss", name="wide")
    narrow = mlflow.sweep(bowl, {"x": "1..3", "y": "steps(0.5,1,0.5)"}, metric="loss", name="wide", resume=True)
    assert narrow.run_id == wide.run_id
    assert sorted(tuple(trial.params.values()) for trial in narrow.trials) == [(x, y) for x in (1, 2, 3) for y in (0.5, 1.0)]
    assert len(children(wide.run_id)) == 9 + 2  # x=2 is new
    fresh = mlflow.sweep(lambda z: z, {"z": "1..2"}, metric="loss", n=2, resume=True)  # there is none yet
    assert [fresh.record.done, len(children(fresh.run_id))] == [2, 2]
    with pytest.raises(NotFound, match="no run 'lost'"):
        mlflow.sweep(bowl, SPACE, metric="loss", resume="lost")
    with mlflow.start_run(run_name="plain"):
        pass
    with pytest.raises(InvalidParameter, match="'plain' is not a sweep"):
        mlflow.sweep(bowl, SPACE, metric="loss", resume="plain")


def test_a_grid_runs_every_point_once_also_over_two_calls():
    space = {"x": "1..3", "y": "steps(0,0.2,0.1)"}
    half = mlflow.sweep(bowl, space, metric="loss", sampler="grid", n=4)
    whole = mlflow.sweep(bowl, space, metric="loss", sampler="grid", resume=half.run_id)
    assert [tuple(trial.params.values()) for trial in whole.trials] == [(x, y) for x in (1, 2, 3) for y in (0.0, 0.1, 0.2)]


@pytest.mark.parametrize(("n", "count"), [(None, 6), (6, 6), (4, 4)])
def test_a_small_grid_is_tried_whole_and_no_point_twice(n, count):
    result = mlflow.sweep(lambda a, b: a * b, {"a": "1..3", "b": "2|3"}, metric="loss", n=n)
    drawn = [(run.data.params["a"], run.data.params["b"]) for run in children(result.run_id)]
    assert len(drawn) == count
    assert n == 4 or len(set(drawn)) == count


def test_a_trial_worse_than_others_at_its_step_is_pruned_and_a_metric_logged_once_never_is():
    steps = []

    def trains(x):
        for step in range(10):
            mlflow.log_metric("acc", (10 - x) * (step + 1) / 100, step=step)
            steps.append(x)

    result = mlflow.sweep(trains, {"x": "0..9"}, metric="acc", maximize=True, sampler="grid")
    runs = children(result.run_id)
    # the first five are what later ones are measured by; x=5 and more are worse than their median at the second step
    assert [run.info.status for run in runs] == ["FINISHED"] * 5 + ["KILLED"] * 5
    assert [run.data.tags.get("jupyter_mlops.pruned") for run in runs] == [None] * 5 + ["true"] * 5
    assert steps.count(0) == 10
    assert steps.count(9) == 1
    assert result.record.count("PRUNED") == 5
    everything = mlflow.sweep(trains, {"x": "0..9"}, metric="acc", maximize=True, sampler="grid", pruner="none")
    assert everything.record.count("FINISHED") == 10
    once = mlflow.sweep(lambda x: mlflow.log_metric("acc", 10 - x), {"x": "0..9"}, metric="acc", maximize=True, sampler="grid")
    assert once.record.count("FINISHED") == 10
    again = mlflow.sweep(trains, {"x": "0..19"}, metric="acc", maximize=True, sampler="grid", resume=result.run_id)
    assert [one.status for one in again.trials[10:]] == ["PRUNED"] * 10  # what was reported before is remembered


def test_what_is_raised_to_prune_passes_what_catches_errors():
    def trains(x):
        try:
            for step in range(10):
                mlflow.log_metric("acc", -x * (step + 1), step=step)
        except Exception:
            mlflow.set_tag("caught", "yes")

    result = mlflow.sweep(trains, {"x": "0..9"}, metric="acc", maximize=True, sampler="grid")
    assert result.record.count("PRUNED") == 5
    assert not [run for run in children(result.run_id) if "caught" in run.data.tags]


def test_only_the_trials_own_run_prunes():
    def trains(x):
        with mlflow.start_run():
            for step in range(10):
                mlflow.log_metric("acc", -x, step=step)
        return -x

    result = mlflow.sweep(trains, {"x": "0..9"}, metric="acc", maximize=True, sampler="grid")
    assert result.record.count("FINISHED") == 10


def test_a_failing_trial_is_failed_and_the_sweep_goes_on_unless_told_otherwise():
    def fails(x):
        if x == 4:
            raise ValueError("four is bad")
        return x

    result = mlflow.sweep(fails, {"x": "0..9"}, metric="loss", sampler="grid")
    failed = children(result.run_id)[4]
    assert failed.info.status == "FAILED"
    assert failed.data.tags["jupyter_mlops.error"] == "ValueError: four is bad"
    assert mlflow.get_run(result.run_id).info.status == "FINISHED"
    with pytest.raises(TrialsFailed, match="Trial 4 failed: ValueError: four is bad") as caught:
        mlflow.sweep(fails, {"x": "0..9"}, metric="loss", sampler="grid", stop_on_error=True, name="strict")
    assert isinstance(caught.value.__cause__, ValueError)
    parent = mlflow.search_runs(filter_string="attributes.run_name = 'strict'").iloc[0]
    assert parent["status"] == "FAILED"
    assert len(children(parent["run_id"])) == 5


def test_three_failures_alike_at_the_start_end_the_sweep_and_it_fails_when_all_do():
    def fails(x):
        raise KeyError("price")

    with pytest.raises(TrialsFailed, match="The first 3 trials failed alike: KeyError: 'price'"):
        mlflow.sweep(fails, {"x": "0..9"}, metric="loss", name="all wrong")
    parent = mlflow.search_runs(filter_string="attributes.run_name = 'all wrong'").iloc[0]
    assert parent["status"] == "FAILED"
    assert len(children(parent["run_id"])) == 3

    def differs(x):
        raise KeyError(x)

    with pytest.raises(TrialsFailed, match="All 10 trials failed, the last one: KeyError: 9"):
        mlflow.sweep(differs, {"x": "0..9"}, metric="loss", sampler="grid", name="each wrong")
    parent = mlflow.search_runs(filter_string="attributes.run_name = 'each wrong'").iloc[0]
    assert (parent["status"], len(children(parent["run_id"]))) == ("FAILED", 10)


def test_a_trial_without_a_score_says_what_is_missing_and_one_that_is_no_number_is_never_the_best():
    def nothing(x):
        return None

    with pytest.raises(TrialsFailed, match="neither logged a metric 'loss' to its own run nor left a number"):
        mlflow.sweep(nothing, {"x": "0..9"}, metric="loss")
    none = mlflow.sweep(lambda x: float("nan") if x == 0 else float("inf"), {"x": "0..2"}, metric="loss", sampler="grid")
    assert "3 trials, none with a score: loss is inf or nan>" in repr(none)
    with pytest.raises(NotFound, match="of 3 trials, none with a score: loss is inf or nan"):
        none.best_params  # noqa: B018 - it raises
    result = mlflow.sweep(lambda x: float("nan") if x == 0 else x, {"x": "0..3"}, metric="loss", sampler="grid")
    assert result.best_params == {"x": 1}
    assert children(result.run_id)[0].info.status == "FINISHED"


def test_trials_side_by_side_log_to_their_own_runs():
    together = threading.Barrier(4, timeout=20)

    def trains(x):
        together.wait()  # four trials are inside at one time, or this breaks
        mlflow.log_param("thread", threading.current_thread().name)
        mlflow.log_metric("acc", x)

    result = mlflow.sweep(trains, {"x": "0..7"}, metric="acc", maximize=True, sampler="grid", parallel=4)
    runs = children(result.run_id)
    assert [run.data.metrics["acc"] for run in runs] == [float(run.data.params["x"]) for run in runs] == list(range(8))
    assert len({run.data.params["thread"] for run in runs}) == 4
    assert result.best_params == {"x": 7}


def test_no_trial_begins_after_the_timeout():
    result = mlflow.sweep(lambda x: time.sleep(0.2) or x, {"x": "0..99"}, metric="loss", n=100, timeout_s=0.5)
    assert 1 <= len(children(result.run_id)) <= 4


def test_a_sweep_in_a_run_is_its_child_and_leaves_it_active():
    with mlflow.start_run() as outer:
        result = mlflow.sweep(lambda x: x, {"x": "0..3"}, metric="loss", sampler="grid")
        assert mlflow.active_run().info.run_id == outer.info.run_id
    assert mlflow.get_parent_run(result.run_id).info.run_id == outer.info.run_id
    assert len(children(result.run_id)) == 4


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"sampler": "magic"}, "no sampler 'magic': say tpe, random, grid"),
        ({"pruner": "x"}, "no pruner 'x'"),
        ({"n": 0}, "from 1 to 1,000,000, not 0"),
        ({"n": 10**24}, "from 1 to 1,000,000"),
        ({"seed": -1}, "a whole number from 0, not -1"),
        ({"timeout_s": 0}, "above 0 s, not 0"),
        ({"parallel": 0}, "From 1 to 64"),
        ({"metric": "a*b"}, "Invalid metric 'a.b'"),
        ({"function": 5}, "calls a function, and 5 is none"),
        ({"metric": ""}, "which metric decides"),
        ({"metric": "val_acc", "maximize": None}, "Is a greater 'val_acc' better"),
    ],
)
def test_wrong_options_make_no_run(options, complaint):
    with pytest.raises(InvalidParameter, match=complaint):
        mlflow.sweep(**{"function": bowl, "space": SPACE, "metric": "loss", "maximize": False, **options})
    assert len(mlflow.search_runs()) == 0


def test_without_optuna_the_error_names_what_to_install(tmp_path):
    """In a process of its own, in which the package cannot be found."""
    code = (
        "import sys; sys.modules['optuna'] = None\n"
        "import jupyter_mlops as mlflow\n"
        "try: mlflow.sweep(lambda x: x, {'x': '1..2'}, metric='loss')\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "pip install 'jupyter-mlops[sweep]'" in done.stdout


def test_a_sweep_that_another_process_works_on_is_resumed_with_a_warning(caplog):
    first = mlflow.sweep(lambda x: x, {"x": "0..3"}, metric="loss", name="twice", n=2)
    mlflow.MlflowClient().update_run(first.run_id, "RUNNING")
    assert mlflow.sweep(lambda x: x, {"x": "0..3"}, metric="loss", name="twice", resume=True).run_id == first.run_id
    assert "Sweep twice still runs elsewhere" in caplog.text


def test_killed_at_a_trial_the_sweep_is_killed_and_resumes(tmp_path):
    """What a dead process leaves behind: its runs are KILLED by who reads next, and the trial is run again."""
    code = (
        "import os, jupyter_mlops as mlflow\n"
        "def f(x):\n    if x == 3: os.kill(os.getpid(), 9)\n    return x\n"
        "mlflow.sweep(f, {'x': '0..5'}, metric='loss', sampler='grid', name='dies')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -9
    parent = mlflow.search_runs(filter_string="attributes.run_name = 'dies'").iloc[0]
    assert parent["status"] == "KILLED"
    result = mlflow.sweep(lambda x: x, {"x": "0..5"}, metric="loss", sampler="grid", resume=True)
    assert result.run_id == parent["run_id"]
    assert [trial.params["x"] for trial in result.trials] == [0, 1, 2, 3, 4, 5]
    assert [run.info.status for run in children(result.run_id)] == ["FINISHED"] * 3 + ["KILLED"] + ["FINISHED"] * 3
