"""The whole ML lifecycle in the notebook: ``import jupyter_mlops as mlflow``.

Public names are resolved when they are first used; importing this package loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from jupyter_mlops.version import __version__

if TYPE_CHECKING:  # for editors and type checkers, which do not follow `__getattr__`
    # isort: off
    from jupyter_mlops.as_mlflow import install_as_mlflow as install_as_mlflow
    from jupyter_mlops.autologging.autologs import autolog as autolog
    from jupyter_mlops.errors import MlflowException as MlflowException
    from jupyter_mlops.evaluation.calls import evaluate as evaluate
    from jupyter_mlops.evaluation.thresholds import validate_evaluation_results as validate_evaluation_results
    from jupyter_mlops.magics.extension import (
        load_ipython_extension as load_ipython_extension,
        unload_ipython_extension as unload_ipython_extension,
    )
    from jupyter_mlops.projects.launches import run as run
    from jupyter_mlops.registry.registrations import (
        register_model as register_model, search_model_versions as search_model_versions,
        search_registered_models as search_registered_models, set_model_version_tag as set_model_version_tag,
    )
    from jupyter_mlops.storage.opened import (
        flush as flush, get_registry_uri as get_registry_uri, get_tracking_uri as get_tracking_uri,
        is_tracking_uri_set as is_tracking_uri_set, set_registry_uri as set_registry_uri,
        set_tracking_uri as set_tracking_uri,
    )
    from jupyter_mlops.sweeps.sweeps import sweep as sweep
    from jupyter_mlops.reproduction.reproductions import reproduce as reproduce
    from jupyter_mlops.tracking.active_runs import (
        ActiveRun as ActiveRun, active_run as active_run, end_run as end_run,
        last_active_run as last_active_run, start_run as start_run,
    )
    from jupyter_mlops.tracking.alerts import alert as alert, get_alerts as get_alerts
    from jupyter_mlops.tracking.artifacts import (
        get_artifact_uri as get_artifact_uri, log_artifact as log_artifact, log_artifacts as log_artifacts,
        log_dict as log_dict, log_figure as log_figure, log_stream as log_stream, log_text as log_text,
    )
    from jupyter_mlops.tracking.client import MlflowClient as MlflowClient
    from jupyter_mlops.tracking.experiments import (
        create_experiment as create_experiment, delete_experiment as delete_experiment,
        delete_experiment_tag as delete_experiment_tag, get_experiment as get_experiment,
        get_experiment_by_name as get_experiment_by_name, restore_experiment as restore_experiment,
        search_experiments as search_experiments, set_experiment_tag as set_experiment_tag,
        set_experiment_tags as set_experiment_tags,
    )
    from jupyter_mlops.tracking.history_frames import metric_history_frame as metric_history_frame
    from jupyter_mlops.tracking.images import Image as Image, log_image as log_image
    from jupyter_mlops.tracking.inputs import log_input as log_input, log_inputs as log_inputs
    from jupyter_mlops.tracking.logs import (
        delete_tag as delete_tag, log_metric as log_metric, log_metrics as log_metrics,
        log_param as log_param, log_params as log_params, set_tag as set_tag, set_tags as set_tags,
    )
    from jupyter_mlops.tracking.mixed_logs import log as log
    from jupyter_mlops.tracking.queries import sql as sql
    from jupyter_mlops.tracking.run_operations import (
        RunOperations as RunOperations, flush_artifact_async_logging as flush_artifact_async_logging,
        flush_async_logging as flush_async_logging,
    )
    from jupyter_mlops.tracking.run_searches import (
        delete_run as delete_run, get_parent_run as get_parent_run, get_run as get_run,
        restore_run as restore_run, search_runs as search_runs,
    )
    from jupyter_mlops.tracking.settings import set_experiment as set_experiment
    from jupyter_mlops.tracking.system_metrics import (
        disable_system_metrics_logging as disable_system_metrics_logging,
        enable_system_metrics_logging as enable_system_metrics_logging,
        set_system_metrics_node_id as set_system_metrics_node_id,
        set_system_metrics_samples_before_logging as set_system_metrics_samples_before_logging,
        set_system_metrics_sampling_interval as set_system_metrics_sampling_interval,
    )
    from jupyter_mlops.tracking.tables import load_table as load_table, log_table as log_table
    from jupyter_mlops.views.doctors import doctor as doctor
    from jupyter_mlops.views.runs.diffs import diff as diff
    from jupyter_mlops.widgets.browse_models import browse_models as browse_models
    from jupyter_mlops.widgets.compare import compare as compare
    from jupyter_mlops.widgets.playground import playground as playground
    from jupyter_mlops.widgets.saved_views import delete_saved_view as delete_saved_view, saved_views as saved_views
    # isort: on

_HOMES = {
    "ActiveRun": "tracking.active_runs",
    "Image": "tracking.images",
    "MlflowClient": "tracking.client",
    "MlflowException": "errors",
    "RunOperations": "tracking.run_operations",
    "active_run": "tracking.active_runs",
    "alert": "tracking.alerts",
    "autolog": "autologging.autologs",
    "browse_models": "widgets.browse_models",
    "compare": "widgets.compare",
    "create_experiment": "tracking.experiments",
    "delete_experiment": "tracking.experiments",
    "delete_experiment_tag": "tracking.experiments",
    "delete_run": "tracking.run_searches",
    "delete_saved_view": "widgets.saved_views",
    "delete_tag": "tracking.logs",
    "diff": "views.runs.diffs",
    "disable_system_metrics_logging": "tracking.system_metrics",
    "doctor": "views.doctors",
    "enable_system_metrics_logging": "tracking.system_metrics",
    "end_run": "tracking.active_runs",
    "evaluate": "evaluation.calls",
    "flush": "storage.opened",
    "flush_artifact_async_logging": "tracking.run_operations",
    "flush_async_logging": "tracking.run_operations",
    "get_alerts": "tracking.alerts",
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
    "reproduce": "reproduction.reproductions",
    "restore_experiment": "tracking.experiments",
    "restore_run": "tracking.run_searches",
    "run": "projects.launches",
    "saved_views": "widgets.saved_views",
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
    "sweep": "sweeps.sweeps",
    "unload_ipython_extension": "magics.extension",
    "validate_evaluation_results": "evaluation.thresholds",
}
_MODULES = {
    "artifacts", "azureml", "charts", "data", "deployments", "entities", "errors", "exceptions", "keras", "lightgbm", "metrics", "models", "projects",
    "pyfunc", "pytorch", "registry", "sagemaker", "serving", "shap", "sklearn", "tensorflow", "tracking", "types", "xgboost",
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
