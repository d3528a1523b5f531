"""Autologging of scikit-learn: `autologs` patches, `fits` logs one fit, `predictions` what is measured afterwards.

May import `jupyter_mlops.sklearn` and what is below; scikit-learn itself only where it is loaded already.
"""

from jupyter_mlops.autologging.sklearn.autologs import autolog

__all__ = ["autolog"]
