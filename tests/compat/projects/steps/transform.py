import sys
import tempfile

import mlflow
import pandas as pd

with mlflow.start_run(), tempfile.TemporaryDirectory() as folder:
    table = pd.read_csv(sys.argv[1])
    values = table.drop(columns="target")
    scaled = ((values - values.mean()) / values.std()).assign(target=table["target"])
    scaled.to_csv(f"{folder}/scaled.csv", index=False)
    mlflow.log_artifact(f"{folder}/scaled.csv")
    mlflow.log_metric("columns", scaled.shape[1])
