"""The entry point ``jupyter_mlops.on_run_end``, by packages that are really installed on the path of another process."""

import json
import pathlib

PLUGIN = """
import json, os
import jupyter_mlops

def note(info):
    run = jupyter_mlops.get_run(info.run_id)
    assert run.info.end_time == info.end_time and run.info.status == info.status
    with open("told.jsonl", "a") as file:
        file.write(json.dumps([os.getpid(), info.run_name, info.status, run.data.metrics]) + "\\n")
    jupyter_mlops.MlflowClient().set_tag(info.run_id, "told", "yes")

def fail(info):
    raise ValueError("no network")
"""


def _install(**points):
    """Install a package with these entry points into the folder of the test, which is on the path of its children."""
    folder = pathlib.Path("site") / "some_plugin-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: some-plugin\nVersion: 1.0\n")
    lines = "".join(f"{name} = {target}\n" for name, target in points.items())
    (folder / "entry_points.txt").write_text(f"[jupyter_mlops.on_run_end]\n{lines}")
    (folder.parent / "some_plugin.py").write_text(PLUGIN)


def _told():
    return [json.loads(line) for line in pathlib.Path("told.jsonl").read_text().splitlines()]


SCRIPT = "import sys; sys.path.insert(0, 'site')\nimport os\nimport jupyter_mlops as mlflow\n"


def test_a_plugin_is_told_of_every_end_once(python, sql):
    _install(note="some_plugin:note")
    python(SCRIPT + """
with mlflow.start_run(run_name="with"):
    mlflow.log_metric("loss", 0.5)
    if not os.fork():
        sys.exit()
    os.wait()
try:
    with mlflow.start_run(run_name="outer"):
        mlflow.start_run(run_name="inner", nested=True)
        raise KeyError
except KeyError:
    pass
mlflow.start_run(run_name="asked")
mlflow.end_run("KILLED")
mlflow.start_run(run_name="left open")
""")
    told = _told()
    assert len({pid for pid, *_ in told}) == 1
    assert [rest for _, *rest in told] == [
        ["with", "FINISHED", {"loss": 0.5}], ["inner", "FAILED", {}], ["outer", "FAILED", {}], ["asked", "KILLED", {}],
        ["left open", "FINISHED", {}],
    ]  # fmt: skip
    assert sql("SELECT count(*) FROM tags WHERE key = 'told' AND value = 'yes'") == [(5,)]


def test_what_a_plugin_raises_is_logged_and_the_next_is_told(python):
    _install(broken="some_plugin:nothing_of_this_name", fails="some_plugin:fail", note="some_plugin:note")
    done = python(SCRIPT + "with mlflow.start_run(run_name='r'):\n    pass\nprint('went on')", check=False)
    assert (done.returncode, done.stdout) == (0, "went on\n")
    assert "'broken' cannot be loaded" in done.stderr and "no network" in done.stderr
    assert [name for _, name, *_ in _told()] == ["r"]


def test_a_package_that_is_installed_badly_fails_no_run(python, sql):
    _install(note="some_plugin:note")
    pathlib.Path("site/some_plugin-1.0.dist-info/entry_points.txt").write_text("[jupyter_mlops.on_run_end]\nsome\n")
    done = python(SCRIPT + "with mlflow.start_run():\n    pass\nmlflow.start_run()", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Plugins are left out") == 1
    assert sql("SELECT status FROM runs") == [("FINISHED",)] * 2


def test_an_interrupt_gets_out_of_a_slow_plugin(python, sql):
    _install(slow="some_plugin:slow")
    path = pathlib.Path("site/some_plugin.py")
    path.write_text(PLUGIN + "def slow(info):\n    import signal\n    signal.raise_signal(signal.SIGINT)\n")
    done = python(SCRIPT + """
try:
    with mlflow.start_run():
        pass
except KeyboardInterrupt:
    print("interrupted")
""")
    assert done == "interrupted\n"
    assert sql("SELECT status FROM runs") == [("FINISHED",)]
