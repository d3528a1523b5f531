"""What a package answers to many calls of tracking: run by MLflow's Python and by ours, in an empty folder.

Prints one JSON object: by the text of the call, the result or the error's class and code.
"""

import contextlib
import importlib
import json
import logging
import sys
import warnings

import numpy as np

KEYS = ["", ".", "..", "/a", "a//b", "a/", "a/../b", "a b", "a:b", "é", "a#", "x" * 251, None, 5]
VALUES = [
    "True", "'0.5'", "'x'", "None", "np.float32(1)", "np.array(2.0)", "np.array([3])", "np.array([1, 2])",
    "float('nan')", "float('inf')", "10**400", "[1]",
]  # fmt: skip
CALLS = """
m.start_run(experiment_id=0).info.experiment_id
m.start_run(experiment_id=1.5)
m.start_run(experiment_id="77")
[m.start_run(), m.start_run()]
m.start_run(description="a", tags={"mlflow.note.content": "b"})
m.get_run(run(description="a")).data.tags["mlflow.note.content"]
m.start_run(run_name="a", tags={"mlflow.runName": "b"}) and None
m.start_run("f" * 32)
m.start_run("a b")
m.start_run(deleted())
m.get_run(deleted()).info.lifecycle_stage
m.delete_run(deleted())
m.delete_run("f" * 32)
m.restore_run("f" * 32)
c.log_metric(deleted(), "a", 1)
c.log_param(deleted(), "a", 1)
c.set_tag(deleted(), "a", 1)
c.log_inputs(deleted(), [e.DatasetInput(e.Dataset("a", "b", "c", "d"), [])])
c.log_metric("f" * 32, "a", 1)
[m.start_run(), m.end_run("X")]
m.get_parent_run(run())
m.get_run(None)
[m.log_param("a", 1), m.log_param("a", "1")]
[m.log_param("a", 1), m.log_param("a", 2)]
[m.log_param("a", 1), failing(lambda: m.log_params({"b": 1, "a": 2})), sorted(now().params)]
c.log_batch(run(), params=[e.Param("a", "1"), e.Param("a", "2")])
m.log_params({f"p{n}": n for n in range(250)}) and None
[m.log_param("a", "x" * 7000) and None, len(now().params["a"])]
[m.set_tag("a", "x" * 9000), len(now().tags["a"])]
m.log_metrics({"a": "x"})
m.log_metric("a", 1, timestamp=-1)
m.log_metric("a", 1, step=1.0)
history((1, 0, 5), (2, 2, 5), (3, 1, 5), (3, 1, 5), (0, 2, 4))
history((1, -1, 5), (2, -2, 5))
c.get_metric_history(run(), "zz")
[m.start_run() and None, m.delete_tag("zz")]
[m.set_tag("mlflow.runName", "new"), m.last_active_run().info.run_name and m.get_run(m.active_run().info.run_id).info.run_name]
[c.update_run(m.start_run().info.run_id, name="z"), now().tags["mlflow.runName"]]
c.update_run(run())
[c.update_run(id_ := run(), status="KILLED"), m.get_run(id_).info.status]
c.update_run(run(), status="X")
[c.set_terminated(id_ := c.create_run("0").info.run_id, "FAILED", 5), m.get_run(id_).info.end_time, m.get_run(id_).info.status]
c.create_run("0").info.user_id
[m.create_experiment("a") and None, m.create_experiment("a")]
m.create_experiment("b", "runs:/x")
m.create_experiment("")
m.create_experiment(None)
m.create_experiment("x" * 501)
m.get_experiment("99")
m.get_experiment_by_name("nope")
m.set_experiment()
m.set_experiment("a", experiment_id="1")
m.set_experiment(experiment_id="99")
m.set_experiment(experiment_id="0").name
m.set_experiment(experiment_id=deleted_experiment())
m.delete_experiment(deleted_experiment())
c.create_run(deleted_experiment())
c.rename_experiment(deleted_experiment(), "zz")
c.restore_experiment("0")
c.set_experiment_tag(deleted_experiment(), "a", 1)
c.set_experiment_tag("0", "a", "x" * 20001)
c.delete_experiment_tag("0", "a")
m.search_runs(output_format="x")
m.search_runs(["0"], experiment_names=["a"])
list(m.search_runs(["99"]).columns)
len(m.search_runs(experiment_names=["nope"]))
c.search_runs(["0"], max_results=50001)
c.search_experiments(max_results=None)
m.log_artifact("nope.txt")
m.log_text("a", "/etc/x")
m.log_text("a", "../x")
m.log_figure(5, "a.png")
m.log_image(np.zeros((2, 2)))
m.log_image(np.zeros((2, 2)), "a.png", step=1)
m.log_image(np.zeros((2, 2)), key="a#")
m.log_image(np.full((2, 2), 300), "a.png")
m.log_image(np.zeros((2, 2, 5)), "a.png")
m.log_image("x", "a.png")
m.log_table({"a": [1]}, "a.csv")
m.log_table({"a": 1}, "a.json")
m.load_table("zz.json")
c.list_artifacts(run(), "zz")
c.download_artifacts(run(), "zz")
m.log_inputs([None], ["a"])
"""


def calls():
    for key in KEYS:
        for function in ("log_metric", "log_param", "set_tag"):
            yield f"m.{function}({key!r}, 1)"
    for value in VALUES:
        yield f"[m.log_metric('a', {value}), now().metrics]"
    yield from CALLS.strip().splitlines()


def answers(package):
    m = importlib.import_module(package)
    e = importlib.import_module(f"{package}.entities")
    if package == "mlflow":
        m.set_tracking_uri("sqlite:///mlflow.db")
    c = m.MlflowClient()

    def run(**given):
        with m.start_run(**given) as started:
            return started.info.run_id

    def deleted():
        m.delete_run(run_id := run())
        return run_id

    def deleted_experiment():
        m.delete_experiment(number := m.create_experiment(f"e{len(found)}"))
        return number

    def now():
        return m.get_run(m.active_run().info.run_id).data

    def failing(call):
        with contextlib.suppress(Exception):
            return call()

    def history(*points):
        run_id = m.start_run().info.run_id
        for value, step, time in points:
            c.log_metric(run_id, "a", value, time, step)
        return [[p.value, p.step, p.timestamp] for p in c.get_metric_history(run_id, "a")], now().metrics

    found, names = {}, {**locals(), "np": np}
    for call in calls():
        while m.active_run():
            m.end_run()
        try:
            found[call] = repr(eval(call, names))
        except Exception as error:
            found[call] = error.error_code if hasattr(error, "error_code") else type(error).__name__
    while m.active_run():
        m.end_run()
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    print("\n" + json.dumps(answers(sys.argv[1])))
