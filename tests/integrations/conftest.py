"""Real libraries, unedited, in an environment of their own: what they log to MLflow goes to us."""

import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

import pytest

from tests.environments import ROOT, environment

collect_ignore_glob = ["train_*.py"]  # scripts of that environment's Python
HERE = pathlib.Path(__file__).parent


@dataclass
class Trained:
    """What a script left: its folder, and what it printed."""

    folder: pathlib.Path
    returncode: int
    stdout: str
    stderr: str

    @property
    def store(self):
        """Path of the one store that it made; its database may be made by whoever reads it first."""
        (journal,) = self.folder.glob("*.duckdb.journal")
        return str(journal).removesuffix(".journal")


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    """Run a script of this folder with us as ``mlflow`` in a folder of its own, with these variables."""

    def run(script, *arguments, **variables):
        folder = tmp_path_factory.mktemp(script.removesuffix(".py"))
        shutil.copy(HERE / script, folder)  # away from our repository, whose state would go into the run
        outer = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "JUPYTER_MLOPS_", "HF_"))}
        ours = {"PYTHONPATH": str(ROOT), "JUPYTER_MLOPS_DATA_DIR": str(folder / "data"), "HF_HUB_OFFLINE": "1"}
        command = [environment("integrations"), "-m", "jupyter_mlops.as_mlflow", script, *arguments]
        done = subprocess.run(
            command,
            cwd=folder,
            env={**outer, **ours, **variables},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Trained(folder, done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def histories(sql):
    """Every point of a run: key, step and value."""

    def read(trained, run_id):
        query = f"SELECT key, step, value FROM metrics JOIN runs USING (rid) WHERE run_id = '{run_id}'"
        return sorted(sql(query, trained.store))

    return read


@pytest.fixture
def pairs(sql):
    """Params or tags of a run."""

    def read(trained, run_id, table):
        query = f"SELECT key, value FROM {table} JOIN runs USING (rid) WHERE run_id = '{run_id}'"
        return dict(sql(query, trained.store))

    return read


@pytest.fixture
def artifacts(value):
    """Folder of a run's artifacts."""

    def read(trained, run_id):
        place = value(f"SELECT artifact_uri FROM runs WHERE run_id = '{run_id}'", trained.store)
        return trained.folder / place

    return read
