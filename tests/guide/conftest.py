"""The guide's blocks, executed twice: in this process, and by a program that says ``import mlflow``."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops
from tests.guide import run_blocks
from tests.guide.blocks import BLOCKS


def ours(code):
    """The code with our name in its imports."""
    code = code.replace("\nimport mlflow\n", "\nimport jupyter_mlops as mlflow\n")
    return re.sub(r"\n(from|import) mlflow\b", r"\n\1 jupyter_mlops", code)


@pytest.fixture(scope="session")
def unedited(tmp_path_factory):
    """What the blocks show, and the folder of their stores, when nobody edits them; away from the repository and its git."""
    folder, scripts = tmp_path_factory.mktemp("guide"), tmp_path_factory.mktemp("scripts")
    for name in ("blocks.py", "run_blocks.py"):
        shutil.copy(pathlib.Path(run_blocks.__file__).with_name(name), scripts)
    command = [sys.executable, "-m", "jupyter_mlops.as_mlflow", str(scripts / "run_blocks.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=scripts)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(params=["here", "unedited"])
def execute(request, sql, tmp_path):
    """Execute a block; returns what it shows and a function that asks its store by SQL."""

    def run(name):
        if request.param == "here":
            return run_blocks.run_block(BLOCKS[name], jupyter_mlops, ours), sql
        folder, shown = request.getfixturevalue("unedited")
        return shown[name], lambda query: sql(query, folder / name / "mlops.duckdb")

    return run
