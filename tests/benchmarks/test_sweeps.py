"""What a trial costs beside the work that it does: here a run with params, ten points and a score, there Optuna on SQLite."""

import optuna
import pytest

import jupyter_mlops as mlflow

TRIALS = 40
SPACE = {"rate": "log(1e-4,1)", "depth": "2..8", "kind": "gini|entropy"}


def _score(rate, depth):
    return (depth - 5) ** 2 + rate


def _ours(rate, depth, kind):
    for step in range(10):
        mlflow.log_metric("loss", _score(rate, depth) + 1 / (1 + step), step=step)


def _theirs(trial):
    rate, depth = trial.suggest_float("rate", 1e-4, 1, log=True), trial.suggest_int("depth", 2, 8)
    trial.suggest_categorical("kind", ["gini", "entropy"])
    for step in range(10):
        trial.report(_score(rate, depth) + 1 / (1 + step), step)
    return _score(rate, depth)


def _optuna(sampler, storage):
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    kinds = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}
    optuna.create_study(storage=storage, sampler=kinds[sampler](seed=0)).optimize(_theirs, n_trials=TRIALS)


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_optuna_on_sqlite(benchmark, sampler, tmp_path):
    """The floor: its own way to keep trials."""
    benchmark.extra_info.update(calls=TRIALS)
    benchmark.pedantic(lambda: _optuna(sampler, f"sqlite:///{tmp_path}/study.db"), rounds=1)


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_trial(benchmark, sampler):
    what = f"one trial of a sweep: 3 params, 10 points, a score; {sampler} (floor: Optuna on SQLite)"
    benchmark.extra_info.update(what=what, calls=TRIALS, floor=f"test_optuna_on_sqlite[{sampler}]")
    sweep = {"metric": "loss", "n": TRIALS, "sampler": sampler, "pruner": "none"}
    benchmark.pedantic(lambda: mlflow.sweep(_ours, SPACE, **sweep), rounds=3, warmup_rounds=1)


def test_resume(benchmark):
    """Reading a thousand trials back and telling Optuna of them."""
    mlflow.sweep(lambda depth: depth, {"depth": "1..1000"}, metric="loss", sampler="grid", name="long")
    benchmark.extra_info.update(what="a sweep of 1,000 trials resumed, nothing left to do")
    again = {"metric": "loss", "sampler": "grid", "resume": "long"}
    benchmark.pedantic(lambda: mlflow.sweep(lambda depth: depth, {"depth": "1..1000"}, **again), rounds=3, warmup_rounds=1)
