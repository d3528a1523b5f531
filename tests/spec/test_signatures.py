"""Every function of the classic surface is called as in MLflow: names, kinds, defaults and order of its parameters."""

import fnmatch
import inspect
import json
import pathlib
import subprocess

import pytest

import jupyter_mlops as mlflow
from tests.spec import print_signatures

SPEC = """
set_tracking_uri(uri)
get_tracking_uri()
is_tracking_uri_set()
set_registry_uri(uri)
get_registry_uri()
start_run(run_id=None, experiment_id=None, run_name=None, nested=False, parent_run_id=None, tags=None, description=None, log_system_metrics=None)
end_run(status="FINISHED")
active_run()
last_active_run()
get_run(run_id)
get_parent_run(run_id)
delete_run(run_id)
restore_run(run_id)
log_param(key, value, synchronous=None)
log_params(params, synchronous=None, run_id=None)
log_metric(key, value, step=None, synchronous=None, timestamp=None, run_id=None, model_id=None, dataset=None)
log_metrics(metrics, step=None, synchronous=None, run_id=None, timestamp=None)
set_tag(key, value, synchronous=None)
set_tags(tags, synchronous=None)
delete_tag(key)
set_experiment_tag(key, value)
set_experiment_tags(tags)
delete_experiment_tag(key)
flush_async_logging()
create_experiment(name, artifact_location=None, tags=None)
get_experiment(experiment_id)
get_experiment_by_name(name)
set_experiment(experiment_name=None, experiment_id=None)
delete_experiment(experiment_id)
restore_experiment(experiment_id)
search_experiments(view_type=1, max_results=None, filter_string=None, order_by=None)
log_artifact(local_path, artifact_path=None, run_id=None)
log_artifacts(local_dir, artifact_path=None, run_id=None)
log_text(text, artifact_file, run_id=None)
log_dict(dictionary, artifact_file, run_id=None)
log_figure(figure, artifact_file, *, save_kwargs=None)
log_image(image, artifact_file=None, key=None, step=None, timestamp=None, synchronous=False)
log_table(data, artifact_file, run_id=None)
load_table(artifact_file, run_ids=None, extra_columns=None)
log_stream(stream, artifact_file, run_id=None)
get_artifact_uri(artifact_path=None)
artifacts.download_artifacts(artifact_uri=None, run_id=None, artifact_path=None, dst_path=None, tracking_uri=None)
artifacts.list_artifacts(artifact_uri=None, run_id=None, artifact_path=None, tracking_uri=None)
artifacts.load_text(artifact_uri)
artifacts.load_dict(artifact_uri)
artifacts.load_image(artifact_uri)
search_runs(experiment_ids=None, filter_string="", run_view_type=1, max_results=100000, order_by=None, output_format="pandas", search_all_experiments=False, experiment_names=None)
log_input(dataset=None, context=None, tags=None, model=None)
log_inputs(datasets=None, contexts=None, tags_list=None, models=None)
data.from_pandas(df, source=None, targets=None, name=None, digest=None, predictions=None)
data.from_numpy(features, source=None, targets=None, name=None, digest=None)
data.from_tensorflow(features, source=None, targets=None, name=None, digest=None)
data.from_polars(df, source=None, targets=None, name=None, digest=None, predictions=None)
data.get_source(dataset)
data.get_dataset_source_from_json(source_json, source_type)
data.get_registered_sources()
data.MetaDataset(source, name=None, digest=None, schema=None)
enable_system_metrics_logging()
disable_system_metrics_logging()
set_system_metrics_sampling_interval(interval)
set_system_metrics_samples_before_logging(samples)
set_system_metrics_node_id(node_id)
MlflowClient(tracking_uri=None, registry_uri=None)
MlflowClient.create_run(experiment_id, start_time=None, tags=None, run_name=None)
MlflowClient.get_run(run_id)
MlflowClient.update_run(run_id, status=None, name=None)
MlflowClient.set_terminated(run_id, status=None, end_time=None)
MlflowClient.delete_run(run_id)
MlflowClient.restore_run(run_id)
MlflowClient.search_runs(experiment_ids, filter_string="", run_view_type=1, max_results=1000, order_by=None, page_token=None)
MlflowClient.get_metric_history(run_id, key)
MlflowClient.get_parent_run(run_id)
MlflowClient.log_param(run_id, key, value, synchronous=None)
MlflowClient.log_metric(run_id, key, value, timestamp=None, step=None, synchronous=None)
MlflowClient.log_batch(run_id, metrics=(), params=(), tags=(), synchronous=None)
MlflowClient.set_tag(run_id, key, value, synchronous=None)
MlflowClient.delete_tag(run_id, key)
MlflowClient.set_experiment_tag(experiment_id, key, value)
MlflowClient.delete_experiment_tag(experiment_id, key)
MlflowClient.create_experiment(name, artifact_location=None, tags=None)
MlflowClient.get_experiment(experiment_id)
MlflowClient.get_experiment_by_name(name)
MlflowClient.delete_experiment(experiment_id)
MlflowClient.restore_experiment(experiment_id)
MlflowClient.rename_experiment(experiment_id, new_name)
MlflowClient.search_experiments(view_type=1, max_results=1000, filter_string=None, order_by=None, page_token=None)
MlflowClient.log_artifact(run_id, local_path, artifact_path=None)
MlflowClient.log_artifacts(run_id, local_dir, artifact_path=None)
MlflowClient.log_text(run_id, text, artifact_file)
MlflowClient.log_dict(run_id, dictionary, artifact_file)
MlflowClient.log_figure(run_id, figure, artifact_file, *, save_kwargs=None)
MlflowClient.log_image(run_id, image, artifact_file=None, key=None, step=None, timestamp=None, synchronous=None)
MlflowClient.log_table(run_id, data, artifact_file)
MlflowClient.load_table(experiment_id, artifact_file, run_ids=None, extra_columns=None)
MlflowClient.log_stream(run_id, stream, artifact_file)
MlflowClient.list_artifacts(run_id, path=None)
MlflowClient.download_artifacts(run_id, path, dst_path=None)
MlflowClient.log_inputs(run_id, datasets=None)
register_model(model_uri, name, await_registration_for=300, *, tags=None)
search_registered_models(max_results=None, filter_string=None, order_by=None)
search_model_versions(max_results=None, filter_string=None, order_by=None)
set_model_version_tag(name, version=None, key=None, value=None)
MlflowClient.create_registered_model(name, tags=None, description=None)
MlflowClient.get_registered_model(name)
MlflowClient.update_registered_model(name, description=None)
MlflowClient.rename_registered_model(name, new_name)
MlflowClient.delete_registered_model(name)
MlflowClient.search_registered_models(filter_string=None, max_results=100, order_by=None, page_token=None)
MlflowClient.create_model_version(name, source, run_id=None, tags=None, run_link=None, description=None, await_creation_for=300)
MlflowClient.get_model_version(name, version)
MlflowClient.update_model_version(name, version, description=None)
MlflowClient.delete_model_version(name, version)
MlflowClient.search_model_versions(filter_string=None, max_results=10000, order_by=None, page_token=None)
MlflowClient.get_model_version_download_uri(name, version)
MlflowClient.get_model_version_stages(name, version)
MlflowClient.get_latest_versions(name, stages=None)
MlflowClient.transition_model_version_stage(name, version, stage, archive_existing_versions=False)
MlflowClient.set_registered_model_tag(name, key, value)
MlflowClient.delete_registered_model_tag(name, key)
MlflowClient.set_model_version_tag(name, version=None, key=None, value=None, stage=None)
MlflowClient.delete_model_version_tag(name, version=None, key=None, stage=None)
MlflowClient.set_registered_model_alias(name, alias, version)
MlflowClient.delete_registered_model_alias(name, alias)
MlflowClient.get_model_version_by_alias(name, alias)
MlflowClient.copy_model_version(src_model_uri, dst_name)
""".strip().splitlines()
OMITTED = {  # parameters of MLflow that ours lack
    "create_experiment(trace_location)": "traces",
    "set_experiment(trace_location)": "traces",
    "client(workspace_store_uri)": "of servers",
    "client.create_registered_model(deployment_job_id)": "of Databricks",
    "client.update_registered_model(deployment_job_id)": "of Databricks",
    "register_model(env_pack)": "of Databricks",
}
LATER = "of parts that not every version of the package has"
ABSENT = {  # functions of MLflow that ours lack, by pattern
    **dict.fromkeys(("*trace*", "*span*", "*assessment*", "*feedback*", "*expectation*", "log_issue", "context"), "traces"),
    **dict.fromkeys(("*prompt*", "*mcp*", "search_sessions", "maybe_hint_tracing_skill"), "language models"),
    **dict.fromkeys(("client.*dataset*",), "data sets of language models' evaluation; ours are in `data`"),
    **dict.fromkeys(("*logged_model*", "*log_model_*", "*_active_model*", "create_external_model", "*log_outputs", "import_checkpoints"),
                    "models of MLflow 3 beside those of runs"),
    **dict.fromkeys(("*workspace*", "login", "*webhook*", "set_telemetry_client", "test", "*databricks*"), "of servers and Databricks"),
    **dict.fromkeys(("artifacts.get_artifact_repository",), "no public name"),
    **dict.fromkeys(("autolog", "run"), LATER),
    **dict.fromkeys(("data.from_huggingface", "data.from_spark", "data.load_delta"), "of libraries that are no part of it"),
}  # fmt: skip


def wanted(line):
    name, _, parameters = line.removesuffix(")").partition("(")
    return name, list(inspect.signature(eval(f"lambda {parameters}: 0")).parameters.values())


@pytest.mark.parametrize("line", SPEC, ids=lambda line: line.partition("(")[0])
def test_a_function_is_called_as_the_specification_says(line):
    name, parameters = wanted(line)
    function = mlflow
    for part in name.split("."):
        function = getattr(function, part)
    ours = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
    shown = [[(p.name, p.kind, p.default) for p in given] for given in (ours, parameters)]
    assert shown[0][: len(parameters)] == shown[1]
    for extra in ours[len(parameters) :]:
        assert extra.default is not extra.empty
        assert extra.kind in (extra.KEYWORD_ONLY, extra.POSITIONAL_OR_KEYWORD)


@pytest.fixture(scope="module")
def theirs(each_mlflow_python):
    command = [each_mlflow_python, str(pathlib.Path(print_signatures.__file__)), "mlflow"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=300, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_every_parameter_of_mlflow_is_taken(theirs):
    ours = print_signatures.signatures("jupyter_mlops")
    for name, parameters in theirs.items():
        known = {p[0]: p for p in ours.get(name, ())}
        left_out = {p[0] for p in parameters if f"{name}({p[0]})" in OMITTED}
        expected = [p for p in parameters if p[0] not in left_out]
        if name not in ours:
            continue
        if name == "log_input":  # MLflow 2 asks for a data set, MLflow 3 takes none
            expected[0][2] = "None"
        of_name = [p for p in expected if p[1] == "KEYWORD_ONLY" and not p[0].startswith("_")]  # their order says nothing
        assert [p for p in of_name if p not in ours[name]] == [], name
        expected = [p for p in expected if p[1] != "KEYWORD_ONLY"]
        assert ours[name][: len(expected)] == expected, name
        assert not left_out & set(known), name


def test_functions_that_we_lack_are_known_with_the_reason(theirs):
    ours = print_signatures.signatures("jupyter_mlops")
    lacking = {name for name in theirs if name not in ours}
    assert [name for name in lacking if not any(fnmatch.fnmatch(name, pattern) for pattern in ABSENT)] == []
    assert [pattern for pattern, why in ABSENT.items() if why != LATER and fnmatch.filter(ours, pattern)] == []
