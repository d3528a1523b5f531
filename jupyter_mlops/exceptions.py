"""MLflow's names of the errors, for code that imports them from ``mlflow.exceptions``."""

from jupyter_mlops.errors import MlflowException

__all__ = ["MlflowException"]
