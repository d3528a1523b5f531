"""Section 4 of the guide: projects."""

import os
import pathlib
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow
from tests.guide.blocks import PROJECT, REPOSITORY

COMMANDS = """
# Run project
mlflow run . -P alpha=0.5 -P l1_ratio=0.1

# Run from Git
mlflow run https://github.com/user/repo -v main

# Run specific entry point
mlflow run . -e validate -P model_path=/path/to/model
"""


@pytest.fixture(autouse=True)
def _settings_of_git_go():
    yield
    for name in ("COUNT", "KEY_0", "VALUE_0"):
        os.environ.pop(f"GIT_CONFIG_{name}", None)


def test_running_projects(execute):
    shown, ask = execute("4.2")
    assert [text.partition(" /")[0] for text in shown] == ["--alpha 0.5 --l1-ratio 0.1", "--model-path"]
    assert ask("SELECT name, status FROM runs JOIN experiments USING (experiment_id) ORDER BY start_time") == [
        ("my_experiment", "FINISHED"), ("Default", "FINISHED"), ("Default", "FINISHED")
    ]  # fmt: skip
    assert sorted(ask("SELECT key, value FROM params")) == [
        ("alpha", "0.5"), ("l1_ratio", "0.1"), ("model_path", "path"), ("param", "value")
    ]  # fmt: skip
    tags = ask("SELECT key, value FROM tags WHERE key IN ('mlflow.source.git.branch', 'mlflow.source.git.repoURL')")
    assert sorted(tags) == [("mlflow.source.git.branch", "main"), ("mlflow.source.git.repoURL", "https://github.com/user/repo")]


def test_commands():
    exec(PROJECT + REPOSITORY, {})  # in a folder of its own
    model = pathlib.Path("model").absolute()
    model.write_text("a model")
    program = str(pathlib.Path(sys.executable).with_name("mlops"))
    for line in COMMANDS.splitlines():
        if line.startswith("mlflow "):
            words = line.replace("/path/to/model", str(model)).split()
            subprocess.run([program, *words[1:]], check=True, capture_output=True)
    runs = mlflow.search_runs(output_format="list", order_by=["start_time ASC"])
    assert [run.data.params for run in runs] == [{"alpha": "0.5", "l1_ratio": "0.1"}, {}, {"model_path": str(model)}]
    assert {run.info.status for run in runs} == {"FINISHED"}
