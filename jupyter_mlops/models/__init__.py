"""Models as folders in MLflow's format: signatures, input examples, requirements, saving, logging, trust.

Imports types, tracking, registry and what is below; called by pyfunc and by the flavors.
"""

from __future__ import annotations

from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model, get_model_info
from jupyter_mlops.models.signatures import ModelSignature, infer_signature

__all__ = ["Model", "ModelInfo", "ModelSignature", "get_model_info", "infer_signature"]
