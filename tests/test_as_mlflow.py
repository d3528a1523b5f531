"""Unedited scripts and libraries that ``import mlflow`` log to us."""

import pathlib
import subprocess
import sys
import venv

import jupyter_mlops as mlflow

SCRIPT = """
import sys
import venv
import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.store.entities import PagedList
from mlflow.tracking import MlflowClient as Again
from mlflow.tracking.context.registry import resolve_tags
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NAME
import importlib.util

assert importlib.util.find_spec("mlflow") is not None
assert mlflow.__spec__ is not None
assert Again is MlflowClient
assert mlflow.utils.validation.MAX_METRICS_PER_BATCH == 1000
mlflow.set_experiment("unedited")
with mlflow.start_run(run_name=sys.argv[1]):
    mlflow.log_metric("acc", 0.5)
try:
    MlflowClient().get_run("0" * 32)
except MlflowException as error:
    assert error.error_code == "RESOURCE_DOES_NOT_EXIST"
found = MlflowClient().search_runs([mlflow.get_experiment_by_name("unedited").experiment_id])
assert isinstance(found, PagedList)
assert resolve_tags({MLFLOW_RUN_NAME: "x"})[MLFLOW_RUN_NAME] == "x"
print(mlflow.__file__, sys.argv, __name__)
"""


def _run(*arguments, given=None):
    command = [sys.executable, "-m", "jupyter_mlops.as_mlflow", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, input=given)


def test_an_unedited_script_logs_to_us(tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "train.py").write_text("import beside\n" + SCRIPT)
    (folder / "beside.py").write_text("")
    done = _run("scripts/train.py", "first", "--lr", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{mlflow.__file__} ['scripts/train.py', 'first', '--lr', '1'] __main__\n"
    runs = mlflow.search_runs(experiment_names=["unedited"])
    assert list(runs["tags.mlflow.runName"]) == ["first"]
    assert list(runs["tags.mlflow.source.name"]) == ["scripts/train.py"]


def test_a_module_is_run_too(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    done = _run("-m", "train", "second")
    assert done.returncode == 0, done.stderr
    assert list(mlflow.search_runs(experiment_names=["unedited"])["tags.mlflow.runName"]) == ["second"]


def test_its_exit_code_and_errors_are_the_scripts_own(tmp_path):
    (tmp_path / "ends.py").write_text("import sys; sys.exit(7)")
    assert _run("ends.py").returncode == 7
    (tmp_path / "fails.py").write_text("import mlflow.nothing_of_that_name")
    done = _run("fails.py")
    assert done.returncode == 1
    assert "No module named 'mlflow.nothing_of_that_name'" in done.stderr
    assert "usage" in _run().stderr
    assert "usage" in _run("-u", "fails.py").stderr
    done = _run("none.py")
    assert (done.returncode, done.stderr) == (1, f"{tmp_path / 'none.py'} cannot be opened: No such file or directory.\n")
    assert "No module named none" in _run("-m", "none").stderr


def test_code_and_standard_input_are_run_too():
    shown = "import mlflow, sys; print(mlflow.__version__, sys.argv, __name__)"
    assert _run("-c", shown, "-x").stdout == "2.22.0 ['-c', '-x'] __main__\n"
    assert _run("-", "y", given=shown).stdout == "2.22.0 ['-', 'y'] __main__\n"


LATE = """
import atexit, os, pickle, threading, time, typing

class Net:
    depth: int = 3

def keep(how):
    print(how, pickle.loads(pickle.dumps(Net())).depth)

def keep_later():
    while threading.main_thread().is_alive():
        time.sleep(0.01)
    keep("thread")

os.chdir("/")
print(os.path.abspath(__file__), Net.__annotations__)
atexit.register(keep, "exit")
threading.Thread(target=keep_later).start()
"""


def test_the_script_is_main_until_the_process_ends(tmp_path):
    (tmp_path / "late.py").write_text(LATE)
    for how in (["late.py"], ["-m", "late"]):
        done = _run(*how)
        assert done.stdout.splitlines() == [f"{tmp_path / 'late.py'} {{'depth': <class 'int'>}}", "thread 3", "exit 3"], done.stderr
    (tmp_path / "late.py").rename(tmp_path / "__main__.py")
    done = _run(".")
    assert done.stdout.splitlines()[1:] == ["thread 3", "exit 3"], done.stderr


def test_processes_that_the_script_starts_log_to_us_too(tmp_path):
    (tmp_path / "train.py").write_text("""
import importlib.metadata, multiprocessing, subprocess, sys
from concurrent.futures import ProcessPoolExecutor
import mlflow, mlflow.entities

def log(number):
    with mlflow.start_run(run_name=f"{number}"):
        mlflow.log_metric("a", number)
    return mlflow.__file__, importlib.metadata.version("mlflow")

if __name__ == "__main__":
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(log, range(3))) == [(mlflow.__file__, "2.22.0")] * 3
    asked = "import importlib.metadata as m; print(m.version('mlflow')); import mlflow.tracking; print(mlflow.__version__)"
    print(subprocess.check_output([sys.executable, "-c", asked], text=True))
""")
    done = _run("train.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2.22.0", "2.22.0"]
    assert sorted(mlflow.search_runs()["tags.mlflow.runName"]) == ["0", "1", "2"]


def test_our_own_modules_stay_what_they_are(python):
    shown = python("""
        import importlib.metadata, jupyter_mlops, pickle
        jupyter_mlops.install_as_mlflow()
        jupyter_mlops.install_as_mlflow()
        import mlflow, mlflow.entities
        assert mlflow is jupyter_mlops and mlflow.entities is jupyter_mlops.entities
        assert importlib.metadata.version("mlflow") == mlflow.__version__ == "2.22.0"
        print(jupyter_mlops.__name__, jupyter_mlops.__spec__.name, mlflow.entities.__spec__.name)
        run = mlflow.start_run()
        mlflow.end_run()
        print(pickle.loads(pickle.dumps(mlflow.entities.Param("a", "b"))))
    """)
    assert shown.splitlines()[0] == "jupyter_mlops jupyter_mlops jupyter_mlops.entities"


def test_it_comes_before_the_real_one(python, tmp_path):
    (tmp_path / "mlflow.py").write_text("raise SystemExit('the wrong one')")
    assert python("import sys; sys.path.insert(0, ''); import jupyter_mlops as m; m.install_as_mlflow(); import mlflow; print(mlflow is m)") == "True\n"
    done = python("import sys, types; sys.modules['mlflow'] = types.ModuleType('mlflow'); import jupyter_mlops as m; m.install_as_mlflow()", check=False)
    assert "mlflow is imported already" in done.stderr


def test_optunas_callback_logs_to_us(tmp_path):
    (tmp_path / "study.py").write_text("""
import warnings
import optuna
from optuna_integration import MLflowCallback
warnings.simplefilter("ignore")
callback = MLflowCallback(metric_name="loss")
study = optuna.create_study(study_name="parabola")
study.optimize(lambda trial: trial.suggest_float("x", -1, 1) ** 2, n_trials=5, callbacks=[callback])
""")
    done = _run("study.py")
    assert done.returncode == 0, done.stderr
    runs = mlflow.search_runs(experiment_names=["parabola"])
    assert len(runs) == 5
    assert ((runs["params.x"].astype(float) ** 2 - runs["metrics.loss"]).abs() < 1e-12).all()
    assert pathlib.Path("mlops.duckdb").exists()


def test_another_environments_python_has_its_own_mlflow(tmp_path):
    venv.create(tmp_path / "other", with_pip=False)
    (tmp_path / "train.py").write_text(
        "import subprocess; subprocess.run(['other/bin/python', '-c', 'import mlflow; print(mlflow.__file__)'])"
    )
    assert "No module named 'mlflow'" in _run("train.py").stderr
    (site,) = (tmp_path / "other").glob("lib/python*/site-packages")
    (site / "mlflow.py").write_text("")
    assert _run("train.py").stdout == f"{site / 'mlflow.py'}\n"
