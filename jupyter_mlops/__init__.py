"""The whole ML lifecycle in the notebook: ``import jupyter_mlops as mlflow``.

Public names are resolved when they are first used; importing this package loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import Any

from jupyter_mlops.version import __version__

_HOMES = {
    "ActiveRun": "tracking.active_runs",
    "Image": "tracking.images",
    "MlflowClient": "tracking.client",
    "MlflowException": "errors",
    "RunOperations": "tracking.run_operations",
    "active_run": "tracking.active_runs",
    "autolog": "autologging.autologs",
    "browse_models": "widgets.browse_models",
    "compare": "widgets.compare",
    "create_experiment": "tracking.experiments",
    "delete_experiment": "tracking.experiments",
    "delete_experiment_tag": "tracking.experiments",
    "delete_run": "tracking.run_searches",
    "delete_tag": "tracking.logs",
    "disable_system_metrics_logging": "tracking.system_metrics",
    "enable_system_metrics_logging": "tracking.system_metrics",
    "end_run": "tracking.active_runs",
    "flush_artifact_async_logging": "tracking.run_operations",
    "flush_async_logging": "tracking.run_operations",
    "get_artifact_uri": "tracking.artifacts",
    "get_experiment": "tracking.experiments",
    "get_experiment_by_name": "tracking.experiments",
    "get_parent_run": "tracking.run_searches",
    "get_registry_uri": "storage.opened",
    "get_run": "tracking.run_searches",
    "get_tracking_uri": "storage.opened",
    "is_tracking_uri_set": "storage.opened",
    "install_as_mlflow": "as_mlflow",
    "last_active_run": "tracking.active_runs",
    "load_ipython_extension": "magics.extension",
    "log": "tracking.mixed_logs",
    "log_artifact": "tracking.artifacts",
    "log_artifacts": "tracking.artifacts",
    "log_dict": "tracking.artifacts",
    "log_figure": "tracking.artifacts",
    "load_table": "tracking.tables",
    "log_image": "tracking.images",
    "log_input": "tracking.inputs",
    "log_inputs": "tracking.inputs",
    "log_metric": "tracking.logs",
    "log_metrics": "tracking.logs",
    "log_param": "tracking.logs",
    "log_params": "tracking.logs",
    "log_stream": "tracking.artifacts",
    "log_table": "tracking.tables",
    "log_text": "tracking.artifacts",
    "metric_history_frame": "tracking.history_frames",
    "playground": "widgets.playground",
    "register_model": "registry.registrations",
    "restore_experiment": "tracking.experiments",
    "restore_run": "tracking.run_searches",
    "search_experiments": "tracking.experiments",
    "search_model_versions": "registry.registrations",
    "search_registered_models": "registry.registrations",
    "search_runs": "tracking.run_searches",
    "set_experiment": "tracking.settings",
    "set_experiment_tag": "tracking.experiments",
    "set_experiment_tags": "tracking.experiments",
    "set_model_version_tag": "registry.registrations",
    "set_registry_uri": "storage.opened",
    "set_system_metrics_node_id": "tracking.system_metrics",
    "set_system_metrics_samples_before_logging": "tracking.system_metrics",
    "set_system_metrics_sampling_interval": "tracking.system_metrics",
    "set_tag": "tracking.logs",
    "set_tags": "tracking.logs",
    "set_tracking_uri": "storage.opened",
    "sql": "tracking.queries",
    "start_run": "tracking.active_runs",
    "unload_ipython_extension": "magics.extension",
}
_MODULES = {
    "artifacts", "charts", "data", "entities", "errors", "exceptions", "keras", "lightgbm", "models", "pyfunc", "pytorch", "registry",
    "sklearn", "tensorflow", "tracking", "types", "xgboost",
}  # fmt: skip

__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(f"jupyter_mlops.{_HOMES[name]}"), name)
        globals()[name] = value  # the next look-up does not come here
        return value
    if name in _MODULES:
        return importlib.import_module(f"jupyter_mlops.{name}")
    raise AttributeError(f"module 'jupyter_mlops' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-mlops"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_mlops.server.jupyter"}]
