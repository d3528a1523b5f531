"""Any model as a function from a data frame or array to predictions.

Imports models and what is below; the flavors are found by name when a model of theirs is loaded.
"""

from __future__ import annotations

from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel

__all__ = ["FLAVOR_NAME", "PyFuncModel", "load_model"]
