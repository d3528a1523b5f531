"""The same projects, whose programs use MLflow's own client, run by us and by MLflow 2 and 3: the same runs, but for a few with a reason."""

import json
import os
import pathlib
import shutil
import subprocess
import zipfile

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from tests.mlflow_peers import VERSIONS, mlflow_peer

PROJECTS = pathlib.Path(__file__).with_name("projects")
THEIRS = """
import json, os, sys, mlflow
mlflow.set_tracking_uri(f"sqlite:///{os.getcwd()}/theirs.db")
calls = json.loads(sys.argv[1])
for call in calls:
    try:
        mlflow.run(env_manager="local", **call)
    except mlflow.exceptions.ExecutionException:
        pass
runs = mlflow.search_runs(search_all_experiments=True, output_format="list", order_by=["start_time"])
print(json.dumps([[run.info.run_id, run.info.status, run.data.params, run.data.metrics, run.data.tags] for run in runs]))
"""
# Tags that differ by their nature, or that only one has: ours says with what the environment was made and why a run failed; MLflow 2 keeps a
# list of models among the tags; who runs the tests is somebody.
OTHER_TAGS = {"jupyter_mlops.error", "mlflow.project.env", "mlflow.log-model.history", "mlflow.runName", "mlflow.parentRunId"}
# Each takes seconds to import MLflow: its versions share the work.
CALLS = {
    VERSIONS[0]: [
        {"uri": "wine", "parameters": {"alpha": 0.25, "seed": 3}, "run_name": "wine"},
        {"uri": "wine", "entry_point": "fail", "run_name": "fail"},
    ],
    VERSIONS[1]: [{"uri": "steps", "parameters": {"rows": 80}, "run_name": "steps"}],
}


@pytest.fixture
def peer(request, tmp_path, monkeypatch):
    """Python of MLflow, and beside each project a wheel that lets an environment import what that Python has."""
    python = mlflow_peer(request.param)
    places = subprocess.run([python, "-c", "import site, sys; print(*(p for p in sys.path if p.endswith('site-packages')), sep='\\n')"], check=True, capture_output=True, text=True).stdout
    for name in ("wine", "steps"):
        shutil.copytree(PROJECTS / name, tmp_path / name)
        with zipfile.ZipFile(tmp_path / name / "peer-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("peer.pth", places)
            wheel.writestr("peer-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: peer\nVersion: 1.0\n")
            wheel.writestr("peer-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr("peer-1.0.dist-info/RECORD", "peer.pth,,\npeer-1.0.dist-info/METADATA,,\npeer-1.0.dist-info/WHEEL,,\npeer-1.0.dist-info/RECORD,,\n")
        (tmp_path / name / "python_env.yaml").write_text("dependencies: [./peer-1.0-py3-none-any.whl]")
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(tmp_path / "environments"))
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("GIT_PYTHON_REFRESH", "quiet")
    return python


def _theirs(python, calls, folder):
    folder.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_TRACKING", "JUPYTER_MLOPS_"))}
    env["PATH"] = os.pathsep.join((os.path.dirname(python), env["PATH"]))
    done = subprocess.run([python, "-c", THEIRS, json.dumps(calls)], cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def _ours(calls):
    for call in calls:
        try:
            projects.run(env_manager="uv", **call)
        except projects.launches.ExecutionException:
            assert call.get("entry_point") == "fail"
    runs = mlflow.search_runs(search_all_experiments=True, output_format="list", order_by=["start_time"])
    return [[run.info.run_id, run.info.status, run.data.params, run.data.metrics, run.data.tags] for run in runs]


def _compared(runs):
    """What must be the same: of each run by its entry point, with those above it."""
    points = {run_id: tags["mlflow.project.entryPoint"] for run_id, _, _, _, tags in runs}
    found = []
    for _run_id, status, params, metrics, tags in runs:
        texts = {key: value.strip("'") for key, value in params.items()}  # MLflow logs them as the shell gets them
        texts |= {key: os.path.basename(value) for key, value in texts.items() if key == "table"}
        same = {key: value for key, value in tags.items() if key not in OTHER_TAGS}
        found.append([same.pop("mlflow.project.entryPoint"), points.get(tags.get("mlflow.parentRunId")), status, texts, metrics, same])
    return sorted(found, key=str)


def _both(version, python, folder):
    calls = [{**call, "uri": str(folder / call["uri"])} for call in CALLS[version]]
    return _ours(calls), _theirs(python, calls, folder / "theirs")


@pytest.mark.parametrize("peer", VERSIONS[:1], indirect=True)
def test_a_program_makes_the_same_run(peer, tmp_path):
    ours, theirs = _both(VERSIONS[0], peer, tmp_path)
    assert len(ours) == 2
    assert _compared(ours) == _compared(theirs)
    wine = ours[0]
    assert wine[2]["note"] == "of two words"  # and not in quotes
    assert mlflow.artifacts.load_text(f"runs:/{wine[0]}/notes/note.txt") == "of two words"
    assert f"trained in run {wine[0]}" in mlflow.artifacts.load_text(f"runs:/{wine[0]}/output.log")
    assert not [*tmp_path.joinpath("wine").rglob("mlruns")]


@pytest.mark.parametrize("peer", VERSIONS[1:], indirect=True)
def test_steps_make_the_same_runs_below_one(peer, tmp_path):
    ours, theirs = _both(VERSIONS[1], peer, tmp_path)
    assert len(ours) == 4
    assert _compared(ours) == _compared(theirs)
