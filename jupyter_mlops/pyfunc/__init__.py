"""Any model as a function from data to predictions, and models that are Python code.

Imports models and what is below; the flavors are found by name when a model of theirs is loaded.
"""

from __future__ import annotations

from jupyter_mlops.pyfunc.dependencies import get_model_dependencies
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel
from jupyter_mlops.pyfunc.python_models import PythonModel, PythonModelContext
from jupyter_mlops.pyfunc.saving import log_model, save_model

__all__ = [
    "FLAVOR_NAME", "PyFuncModel", "PythonModel", "PythonModelContext", "get_model_dependencies", "load_model", "log_model",
    "save_model",
]  # fmt: skip
