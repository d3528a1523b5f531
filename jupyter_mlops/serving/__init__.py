"""Serving: models answer by HTTP, by MLflow's protocol; asking such servers, and looking at what they were asked."""

from jupyter_mlops.serving.children import ServedProcess, serve
from jupyter_mlops.serving.clients import ScoringClient, client
from jupyter_mlops.serving.monitors import Monitoring, keep_training_data, monitor

__all__ = ["Monitoring", "ScoringClient", "ServedProcess", "client", "keep_training_data", "monitor", "serve"]
