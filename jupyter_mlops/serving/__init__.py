"""Serving: models answer by HTTP, by MLflow's protocol; asking such servers, and looking at what they were asked.

A server is `servers` (its socket and processes) around `apps` (the protocol), which asks `served_models` in `turns`; `children` starts one
for Python. `batches` and `predictions` do without one, `images` puts one into a container, `model_environments` has what a model was saved with.
May import `server`, whose guards and sockets it shares, and what is below; called by `sagemaker`, `deployments`, `evaluation`, `magics`, `cli`.
"""

from jupyter_mlops.serving.children import ServedProcess, serve
from jupyter_mlops.serving.clients import ScoringClient, client
from jupyter_mlops.serving.monitors import Monitoring, keep_training_data, monitor

__all__ = ["Monitoring", "ScoringClient", "ServedProcess", "client", "keep_training_data", "monitor", "serve"]
