"""442 patients, split into those that are learned from and those that are asked about."""

import sys
import tempfile

from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

import jupyter_mlops as mlflow

frames = train_test_split(load_diabetes(as_frame=True).frame, test_size=float(sys.argv[1]), random_state=0)
with mlflow.start_run(), tempfile.TemporaryDirectory() as folder:
    for name, frame in zip(("train", "test"), frames, strict=True):
        frame.to_csv(f"{folder}/{name}.csv", index=False)
        mlflow.log_metric(f"{name}_rows", len(frame))
    mlflow.log_artifacts(folder, "data")
