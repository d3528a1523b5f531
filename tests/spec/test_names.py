"""tracking.md 9: what ``import mlflow`` is expected to have."""

import pathlib
import re

import jupyter_mlops as mlflow

LATER = {"autolog", "run"}  # of parts that not every version has


def test_names_that_users_of_the_guide_expect():
    wanted = {
        "ActiveRun", "Image", "MlflowClient", "MlflowException", "active_run", "artifacts", "autolog", "create_experiment", "data",
        "delete_experiment", "delete_run", "delete_tag", "doctor", "end_run", "entities", "evaluate", "exceptions", "flush_async_logging",
        "get_artifact_uri", "get_experiment", "get_experiment_by_name", "get_parent_run", "get_registry_uri", "get_run", "get_tracking_uri",
        "is_tracking_uri_set", "last_active_run", "load_table", "log_artifact", "log_artifacts", "log_dict", "log_figure", "log_image",
        "log_input", "log_inputs", "log_metric", "log_metrics", "log_param", "log_params", "log_stream", "log_table", "log_text", "models",
        "pyfunc", "register_model", "restore_experiment", "restore_run", "run", "search_experiments", "search_model_versions",
        "search_registered_models", "search_runs", "set_experiment", "set_experiment_tag", "set_experiment_tags", "set_registry_uri",
        "set_system_metrics_node_id", "set_system_metrics_samples_before_logging", "set_system_metrics_sampling_interval", "set_tag",
        "set_tags", "set_tracking_uri", "sklearn", "start_run", "tracking", "types",
    }  # fmt: skip
    assert {name for name in wanted if not hasattr(mlflow, name)} <= LATER


def test_what_the_readme_calls_is_there_whatever_else_was_imported():
    text = (pathlib.Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert {"evaluate", "serving"} < (called := set(re.findall(r"\bmlflow\.([a-z_]+)(?:\.\w+)*\(", text))) <= set(dir(mlflow)), called


def test_the_version_is_one():
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", mlflow.__version__)


def test_flavors_are_lazy_and_load_their_library_when_they_are_used(python):
    shown = python("""
        import sys, jupyter_mlops as mlflow
        print("sklearn" in sys.modules, hasattr(mlflow.sklearn, "log_model"), "sklearn" in sys.modules)
    """)
    assert shown == "False True False\n"


def test_the_client_knows_its_store(tmp_path):
    client = mlflow.MlflowClient("a.duckdb", registry_uri="b.duckdb")
    assert client.tracking_uri == str(tmp_path / "a.duckdb")
    assert mlflow.MlflowClient().tracking_uri == mlflow.get_tracking_uri()


def test_names_that_mlflow_gave_up_are_not_there():
    for holder in (mlflow, mlflow.MlflowClient):
        for name in ("list_experiments", "list_run_infos", "list_registered_models"):
            assert not hasattr(holder, name)
