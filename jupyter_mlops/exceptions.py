"""MLflow's names of the errors, for code that imports them from ``mlflow.exceptions``."""

from jupyter_mlops.errors import ExecutionException, MlflowException

__all__ = ["ExecutionException", "MlflowException", "RestException"]

RestException = MlflowException  # what a tracking server answered: here nothing stands between, and any error may be it
