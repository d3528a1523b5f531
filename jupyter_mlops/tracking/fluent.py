"""All fluent functions under the name that MLflow's users import them from."""

from jupyter_mlops.storage.opened import (
    get_registry_uri,
    get_tracking_uri,
    is_tracking_uri_set,
    set_registry_uri,
    set_tracking_uri,
)
from jupyter_mlops.tracking.active_runs import ActiveRun, active_run, end_run, last_active_run, start_run
from jupyter_mlops.tracking.artifacts import (
    get_artifact_uri,
    log_artifact,
    log_artifacts,
    log_dict,
    log_figure,
    log_stream,
    log_text,
)
from jupyter_mlops.tracking.experiments import (
    create_experiment,
    delete_experiment,
    delete_experiment_tag,
    get_experiment,
    get_experiment_by_name,
    restore_experiment,
    search_experiments,
    set_experiment_tag,
    set_experiment_tags,
)
from jupyter_mlops.tracking.images import log_image
from jupyter_mlops.tracking.inputs import log_input, log_inputs
from jupyter_mlops.tracking.logs import delete_tag, log_metric, log_metrics, log_param, log_params, set_tag, set_tags
from jupyter_mlops.tracking.mixed_logs import log
from jupyter_mlops.tracking.run_operations import flush_artifact_async_logging, flush_async_logging
from jupyter_mlops.tracking.run_searches import delete_run, get_parent_run, get_run, restore_run, search_runs
from jupyter_mlops.tracking.settings import set_experiment
from jupyter_mlops.tracking.tables import load_table, log_table

__all__ = [
    "ActiveRun",
    "active_run",
    "create_experiment",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_run",
    "delete_tag",
    "end_run",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_parent_run",
    "get_registry_uri",
    "get_run",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "last_active_run",
    "load_table",
    "log",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "restore_experiment",
    "restore_run",
    "search_experiments",
    "search_runs",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_registry_uri",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
]
