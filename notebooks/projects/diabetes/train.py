"""A ridge regression."""

import sys

import pandas as pd
from sklearn.linear_model import Ridge

import jupyter_mlops as mlflow

data, alpha = sys.argv[1:]
frame = pd.read_csv(f"{data}/train.csv")
X, y = frame.drop(columns="target"), frame["target"]
with mlflow.start_run():
    model = Ridge(alpha=float(alpha)).fit(X, y)
    mlflow.log_metric("train_r2", round(model.score(X, y), 3))
    mlflow.sklearn.log_model(model, "model")
