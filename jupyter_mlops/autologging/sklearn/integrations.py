"""Autologging of scikit-learn in this process."""

from __future__ import annotations

from jupyter_mlops.tracking.autologs import Integration

__all__ = ["SKLEARN"]

SKLEARN = Integration("sklearn")
