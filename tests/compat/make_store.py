"""Make a golden store of the schema that the package on the path has: ``python make_store.py FOLDER``.

Writes ``tests/compat/schema-NNNN.tar.gz``: a store with something in every table that calls can fill, a segment that is
not folded yet, and ``expected.json``, what the client read from it. Made once by each version that changes the schema,
and never again: later versions must read what that one wrote.
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).parent


def fill():
    from jupyter_mlops import MlflowClient, registry
    from jupyter_mlops.entities import Metric, Param, RunTag

    client = MlflowClient()
    wine = client.create_experiment("wine", tags={"team": "cellar"})
    gone = client.create_experiment("gone")
    for number, status in enumerate(("FINISHED", "FAILED", "KILLED")):
        with_nan = [0.5, math.nan, -math.inf, 1e300]
        run = client.create_run(wine, start_time=1_000 + number, run_name=f"run-{number}", tags={"kind": "golden"})
        run_id = run.info.run_id
        points = [Metric("loss", value, 2_000 + step, step - 1) for step, value in enumerate(with_nan)]
        client.log_batch(run_id, points, [Param("depth", str(number)), Param("text", "naïve ✓")], [RunTag("a.b", "c")])
        client.log_metric(run_id, "acc", number / 3, timestamp=5_000, step=7)
        client.log_text(run_id, f"artifact {number}", "notes/a.txt")
        client.set_terminated(run_id, status, end_time=9_000 + number)
    client.delete_run(run_id)
    client.create_run(gone, start_time=1)
    client.delete_experiment(gone)
    client.create_registered_model("forest", tags={"owner": "ann"}, description="Trees.")
    for _ in range(3):
        client.create_model_version("forest", f"runs:/{run_id}/model", run_id, tags={"checked": "yes"})
    client.delete_model_version("forest", "2")
    client.transition_model_version_stage("forest", "1", "Production")
    client.set_registered_model_alias("forest", "champion", "3", comment="the best")
    registry.require("forest", stage="Production", rule=["metrics.acc > champion", "signature"])
    registry.record_use("models:/forest/3", "served", place="https://host/forest")
    client.copy_model_version("models:/forest@champion", "copy")
    registry.undo("forest")
    model = client._store.create_logged_model(wine, "model", "sklearn", run_id, {"k": "v"}, {"p": "q"})
    client._store.update_logged_model(model.model_id, status="LOGGED_MODEL_READY")


def log_without_folding():
    import socket

    from jupyter_mlops import MlflowClient

    socket.gethostname = lambda: "elsewhere"  # a segment's header names the machine that wrote it
    client = MlflowClient()
    run = client.create_run(client.get_experiment_by_name("wine").experiment_id, run_name="not folded yet")
    client.log_metric(run.info.run_id, "loss", 0.25, step=3)
    client.log_param(run.info.run_id, "depth", 9)
    client.set_terminated(run.info.run_id)


def read():
    """All that the client says of the store, as JSON can keep it."""
    from jupyter_mlops import MlflowClient
    from jupyter_mlops.entities import ViewType

    client = MlflowClient()
    experiments = client.search_experiments(view_type=ViewType.ALL, order_by=["name"])
    runs = client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL, order_by=["run_name"])
    versions = client.search_model_versions("name = 'forest'", order_by=["version_number"])
    return {
        "experiments": [[e.name, e.lifecycle_stage, e.creation_time, e.tags] for e in experiments],
        "runs": [
            [
                *[r.info.run_id, r.info.run_name, r.info.status, r.info.start_time, r.info.end_time],
                *[r.info.lifecycle_stage, r.data.params, {k: repr(v) for k, v in r.data.metrics.items()}],
                r.data.tags,
                [[m.step, m.timestamp, repr(m.value)] for m in client.get_metric_history(r.info.run_id, "loss")],
            ]
            for r in runs
        ],
        "models": [[m.name, m.description, m.tags, m.aliases] for m in client.search_registered_models()],
        "versions": [[v.version, v.current_stage, v.source, v.run_id, v.tags, v.creation_timestamp] for v in versions],
    }


def _without_owner(entry):
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def make():
    folder = pathlib.Path(tempfile.mkdtemp())
    environment = {**os.environ, "JUPYTER_MLOPS_DATA_DIR": str(folder / "data"), "LOGNAME": "ann", "USER": "ann"}
    store = folder / "store"
    store.mkdir()
    for step in ("fill", "read", "log_without_folding"):
        done = subprocess.run(
            [sys.executable, __file__, step], cwd=store, env=environment, check=True, capture_output=True, text=True
        )
        if step == "read":
            before = json.loads(done.stdout)
    (store / "before.json").write_text(json.dumps(before))
    from jupyter_mlops.storage.duckdb.migrations import SCHEMA_VERSION

    target = HERE / f"schema-{SCHEMA_VERSION:04}.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        archive.add(store, "store", filter=_without_owner)
    print(target, target.stat().st_size)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        make()
    elif sys.argv[1] == "read":
        print(json.dumps(read()))
    else:
        globals()[sys.argv[1]]()
