"""Stands for MLflow in the processes that a program under as_mlflow starts: this folder is on their ``PYTHONPATH``."""

import importlib.util
import os
import sys

del sys.modules[__name__]  # Python takes what is there under that name after this import
if importlib.util.find_spec("jupyter_mlops") is not None:
    from jupyter_mlops import install_as_mlflow

    install_as_mlflow()
else:  # the Python of another environment, whose MLflow is meant
    sys.path[:] = [place for place in sys.path if place != os.path.dirname(__file__)]
    importlib.import_module(__name__)
