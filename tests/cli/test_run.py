"""``jupyter mlops run`` as a user's shell runs it."""

import pathlib

import jupyter_mlops as mlflow

MLPROJECT = """
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.5}
      l1_ratio: {type: float, default: 0.1}
    command: "python train.py {alpha} {l1_ratio}"
  validate:
    parameters: {model_path: path}
    command: "cat {model_path}"
"""
TRAIN = "import sys, jupyter_mlops as m\nprint('trained')\nwith m.start_run(): m.log_metric('sum', sum(map(float, sys.argv[1:])))"


def test_projects_are_run_from_the_shell(mlops):
    pathlib.Path("MLproject").write_text(MLPROJECT)
    pathlib.Path("train.py").write_text(TRAIN)
    done = mlops("run", ".", "-P", "alpha=0.25", "-P", "l1_ratio=0.5", "--experiment-name", "elastic", "--run-name", "one")
    (run,) = mlflow.search_runs(experiment_names=["elastic"], output_format="list")
    assert done.stdout == "trained\n"  # what the program prints, and nothing else
    assert done.stderr == f"Run {run.info.run_id} FINISHED\n"
    assert (run.info.run_name, run.data.metrics, run.data.params) == ("one", {"sum": 0.75}, {"alpha": "0.25", "l1_ratio": "0.5"})
    assert mlops("run", ".", "-e", "validate", "-P", f"model_path={pathlib.Path('train.py').absolute()}").stdout == TRAIN
    assert "no value for model_path" in mlops("run", ".", "-e", "validate", code=1).stderr
    assert "'alpha' is not name=value" in mlops("run", ".", "-P", "alpha", code=2).stderr
    assert "given twice" in mlops("run", ".", "-P", "a=1", "-P", "a=2", code=2).stderr
    assert "not both" in mlops("run", ".", "--experiment-name", "a", "--experiment-id", "1", code=2).stderr
    assert "no JSON" in mlops("run", ".", "-c", "{", code=2).stderr
