import sys
import tempfile

import mlflow
from sklearn.datasets import load_iris

with mlflow.start_run(), tempfile.TemporaryDirectory() as folder:
    table = load_iris(as_frame=True).frame.sample(int(sys.argv[1]), random_state=7)
    table.to_csv(f"{folder}/table.csv", index=False)
    mlflow.log_artifact(f"{folder}/table.csv")
    mlflow.log_metric("rows", len(table))
