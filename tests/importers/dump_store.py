"""Everything that a client reads of a store: imported by a Python with the real MLflow, and by ours."""

import base64
import os
import tempfile


def dump(client):
    """By kind and id what there is; floats as text, artifact files as base64."""
    experiments = client.search_experiments(view_type=3)
    runs = [run for e in experiments for run in client.search_runs([e.experiment_id], run_view_type=3)]
    return {
        "experiments": {e.experiment_id: _experiment(e) for e in experiments},
        "runs": {run.info.run_id: _run(client, run) for run in runs},
        "models": {m.name: _model(client, m) for m in client.search_registered_models()},
    }


def _experiment(e):
    return {"name": e.name, "stage": e.lifecycle_stage, "tags": e.tags, "times": [e.creation_time, e.last_update_time]}


def _run(client, run):
    info = run.info
    data = [
        {
            "name": d.dataset.name,
            "digest": d.dataset.digest,
            "source": [d.dataset.source_type, d.dataset.source],
            "schema": d.dataset.schema,
            "profile": d.dataset.profile,
            "tags": _pairs(d.tags),
        }
        for d in run.inputs.dataset_inputs
    ]
    histories = {
        key: sorted([repr(float(m.value)), m.timestamp, m.step] for m in client.get_metric_history(info.run_id, key))
        for key in run.data.metrics
    }
    return {
        "experiment": info.experiment_id,
        "name": info.run_name,
        "user": info.user_id,
        "status": info.status,
        "times": [info.start_time, info.end_time],
        "stage": info.lifecycle_stage,
        "params": run.data.params,
        "tags": run.data.tags,
        "latest": {key: repr(float(value)) for key, value in run.data.metrics.items()},
        "histories": histories,
        "inputs": data,
        "artifacts": _files(client, info) if info.lifecycle_stage == "active" else {},
    }


def _pairs(tags):
    return dict(tags) if isinstance(tags, dict) else {tag.key: tag.value for tag in tags}


def _files(client, info):
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for item in client.list_artifacts(info.run_id):
            client.download_artifacts(info.run_id, item.path, folder)
        for parent, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(parent, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = base64.b64encode(file.read()).decode()
    return found


def _model(client, model):
    numbers = [v.version for v in client.search_model_versions(f"name = '{model.name}'")]
    versions = {number: client.get_model_version(model.name, str(number)) for number in numbers}
    return {
        "description": model.description,
        "times": [model.creation_timestamp, model.last_updated_timestamp],
        "tags": model.tags,
        "aliases": {alias: str(version) for alias, version in model.aliases.items()},
        "versions": {str(number): _version(v) for number, v in versions.items()},
    }


def _version(v):
    return {
        "times": [v.creation_timestamp, v.last_updated_timestamp],
        "description": v.description,
        "stage": v.current_stage,
        "user": v.user_id,
        "source": v.source,
        "run_id": v.run_id,
        "run_link": v.run_link,
        "status": v.status,
        "status_message": v.status_message,
        "tags": v.tags,
        "aliases": sorted(v.aliases),
    }
