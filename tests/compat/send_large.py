"""A file in parts past the server and back, by an unchanged MLflow: ``send_large.py FILE FOLDER``."""

import sys

import mlflow

with mlflow.start_run() as run:
    mlflow.log_artifact(sys.argv[1], "models")
print(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="models", dst_path=sys.argv[2]))
