"""With SHAP installed, an evaluation has its figures, and keeps its explainer when asked to: SHAP and what it is made of lie beside the environment."""

import os
import subprocess
import sys

from tests.environments import ROOT, beside

SHAP = ("shap==0.51.0", "slicer==0.0.8", "numba==0.68.1", "llvmlite==0.50.0")
CODE = """
import os, sys, numpy as np, pandas as pd, jupyter_mlops as mlflow
from sklearn.linear_model import LinearRegression

x = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 2)), columns=["a", "b"])
model = LinearRegression().fit(x, 3 * x["a"])
for given in ({}, {"explainability_algorithm": "kernel"}, {"log_model_explainability": False}):
    print(*mlflow.evaluate(model, x.assign(y=3 * x["a"]), targets="y", model_type="regressor", evaluator_config=given).artifacts)

from sklearn.ensemble import RandomForestRegressor

for made, algorithm in ((model, None), (model, "kernel"), (RandomForestRegressor(3, random_state=0).fit(x, 3 * x["a"]), None)):
    given = {"log_explainer": True, "explainability_algorithm": algorithm}
    run_id = mlflow.evaluate(made, x.assign(y=3 * x["a"]), targets="y", model_type="regressor", evaluator_config=given).run_id
    uri = f"runs:/{run_id}/explainer"
    found = mlflow.pyfunc.load_model(uri).predict(x)
    sums = found.sum(axis=1) + np.mean(made.predict(x))
    print(type(mlflow.shap.load_explainer(uri)).__name__, bool(np.abs(sums - made.predict(x)).max() < 0.5))

mlflow.shap.save_explainer(mlflow.shap.load_explainer(uri), "kept", serialize_model_using_mlflow=False)

with mlflow.start_run():
    folder = mlflow.artifacts.download_artifacts(mlflow.shap.log_explanation(model.predict, x))
found = np.load(f"{folder}/shap_values.npy").sum(axis=1) + np.load(f"{folder}/base_values.npy")
print(sorted(os.listdir(folder)), np.allclose(found, model.predict(x)))

sys.modules["shap"] = None  # as where it is not installed
for function in (lambda: mlflow.shap.load_explainer(uri), lambda: mlflow.shap.log_explanation(model.predict, x)):
    try:
        function()
    except mlflow.exceptions.MlflowException as error:
        print(error)
"""


def test_figures_and_explainers_of_shap(tmp_path):
    path = os.pathsep.join(map(str, (ROOT, *map(beside, SHAP))))
    command = [sys.executable, "-W", "ignore", "-c", CODE]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0, done.stderr
    figures = "shap_beeswarm_plot shap_summary_plot shap_feature_importance_plot"
    explained = [f"{name} True" for name in ("LinearExplainer", "KernelExplainer", "TreeExplainer")]
    kept = "['base_values.npy', 'shap_values.npy', 'summary_bar_plot.png'] True"
    assert done.stdout.splitlines() == [figures, figures, "", *explained, kept, *["Explainers need SHAP: pip install 'jupyter-mlops[shap]'."] * 2]
