"""Stands for MLflow in the processes that a program under as_mlflow starts: this folder is on their path."""

import sys

from jupyter_mlops import install_as_mlflow

if __name__ == "mlflow":
    del sys.modules[__name__]  # Python takes what is there under that name after this import
    install_as_mlflow()
