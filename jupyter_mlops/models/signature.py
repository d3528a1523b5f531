"""Signatures under the name that MLflow's users import them from."""

from jupyter_mlops.models.signatures import ModelSignature, infer_signature

__all__ = ["ModelSignature", "infer_signature"]
