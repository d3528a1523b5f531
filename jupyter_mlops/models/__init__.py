"""The MLmodel format, signatures and their enforcement, trust, and what all flavors share of saving and logging.

May import `tracking` and below; used by the flavors and `pyfunc`. Loads neither numpy nor any framework by itself.
"""

from jupyter_mlops.models.formats import Model, ModelInfo
from jupyter_mlops.models.inference import infer_signature
from jupyter_mlops.models.signatures import ModelSignature

__all__ = ["Model", "ModelInfo", "ModelSignature", "infer_signature"]
