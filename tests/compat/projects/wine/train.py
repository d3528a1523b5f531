"""A linear model of a built-in data set, tracked by MLflow's own client."""

import argparse

import mlflow
import mlflow.sklearn
from sklearn.datasets import load_wine
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float)
parser.add_argument("--l1-ratio", type=float)
parser.add_argument("--note")
parser.add_argument("--seed", type=int, default=7)
given = parser.parse_args()
values, target = load_wine(return_X_y=True, as_frame=True)
train_x, test_x, train_y, test_y = train_test_split(values, target, random_state=given.seed)

with mlflow.start_run() as run:
    model = ElasticNet(alpha=given.alpha, l1_ratio=given.l1_ratio, random_state=given.seed).fit(train_x, train_y)
    predicted = model.predict(test_x)
    mlflow.log_metrics({"mae": mean_absolute_error(test_y, predicted), "r2": r2_score(test_y, predicted)})
    for step in range(3):
        mlflow.log_metric("curve", step / 2, step=step)
    mlflow.set_tag("note", given.note)
    mlflow.log_text(given.note, "notes/note.txt")
    mlflow.sklearn.log_model(model, "model")
    print("trained in run", run.info.run_id)
