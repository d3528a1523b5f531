"""With SHAP installed, an evaluation has its figures: SHAP and what it is made of lie beside the environment."""

import os
import subprocess
import sys

from tests.environments import ROOT, beside

SHAP = ("shap==0.51.0", "slicer==0.0.8", "numba==0.68.1", "llvmlite==0.50.0")
CODE = """
import numpy as np, pandas as pd, jupyter_mlops as mlflow
from sklearn.linear_model import LinearRegression

x = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 2)), columns=["a", "b"])
model = LinearRegression().fit(x, 3 * x["a"])
for given in ({}, {"explainability_algorithm": "kernel"}, {"log_model_explainability": False}):
    print(*mlflow.evaluate(model, x.assign(y=3 * x["a"]), targets="y", model_type="regressor", evaluator_config=given).artifacts)
"""


def test_figures_of_shap(tmp_path):
    path = os.pathsep.join(map(str, (ROOT, *map(beside, SHAP))))
    command = [sys.executable, "-W", "ignore", "-c", CODE]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0, done.stderr
    figures = "shap_beeswarm_plot shap_summary_plot shap_feature_importance_plot"
    assert done.stdout.splitlines() == [figures, figures, ""]
