"""Serving: models answer by HTTP, by MLflow's protocol; asking such servers."""

from jupyter_mlops.serving.children import ServedProcess, serve
from jupyter_mlops.serving.clients import ScoringClient, client

__all__ = ["ScoringClient", "ServedProcess", "client", "serve"]
