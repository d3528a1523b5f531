"""Any model behind one ``predict``: loading, and the data that goes in checked against the signature.

May import `models` and below; the flavors build on it.
"""

from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.models import PyFuncModel

__all__ = ["PyFuncModel", "load_model"]
