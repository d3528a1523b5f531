"""What libraries find when they look whether MLflow is installed, and of what version."""

import importlib.metadata
import importlib.util
import json
import pathlib
import sys

from accelerate.utils import is_mlflow_available as accelerate_finds_it
from lightning_utilities.core.imports import RequirementCache, compare_version
from transformers.integrations import is_mlflow_available as transformers_finds_it

found = {
    "accelerate": accelerate_finds_it(),
    "transformers": transformers_finds_it(),
    "lightning": bool(RequirementCache("mlflow>=2.8.0")),
    "lightning, too old": bool(RequirementCache("mlflow<2.0")),
    "lightning, too new": bool(RequirementCache("mlflow>=3")),
    "lightning, compared": compare_version("mlflow", lambda ours, other: ours >= other, "2.8.0"),
    "metadata": importlib.metadata.version("mlflow"),
    "distributions": [d.version for d in importlib.metadata.distributions(name="mlflow")][:1],
    "packages": importlib.metadata.packages_distributions()["mlflow"][:1],
    "requires": importlib.metadata.requires("mlflow"),
    "spec": importlib.util.find_spec("mlflow").origin,
    "submodule": importlib.util.find_spec("mlflow.tracking").origin,
}
import mlflow.entities  # noqa: E402 - after the questions
import mlflow.store.entities.paged_list  # noqa: E402
import mlflow.utils.validation  # noqa: E402

with mlflow.start_run():
    mlflow.log_metric("a", 1.0)
found["version"] = mlflow.__version__
modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "mlflow"}
found["files"] = sorted({getattr(module, "__file__", None) or "" for module in modules.values()})
pathlib.Path("told.json").write_text(json.dumps(found))
