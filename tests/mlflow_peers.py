"""The real MLflow in environments of its own: made once, kept in the user's cache folder, used by tests and benchmarks.

``JUPYTER_MLOPS_TEST_MLFLOW`` names a Python that has it, in place of the newest one here.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

_NEEDS = {"3.17.2": (), "2.22.0": ("sqlalchemy<2.1",)}  # what its own requirements leave open, and breaks it
VERSIONS = tuple(_NEEDS)
_GIVEN = os.environ.get("JUPYTER_MLOPS_TEST_MLFLOW")  # tests run without variables of that name
_CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "jupyter_mlops-tests"


def mlflow_peer(version=VERSIONS[0]):
    """Python of an environment with that version of MLflow and scikit-learn; made when it is not there yet."""
    if _GIVEN and version == VERSIONS[0]:
        return _GIVEN
    _CACHE.mkdir(parents=True, exist_ok=True)
    folder = _CACHE / f"mlflow-{version}"
    with open(_CACHE / f"mlflow-{version}.lock", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        wanted = [f"mlflow=={version}", "scikit-learn", *_NEEDS[version]]
        if not (made := folder / "made").exists() or made.read_text().split() != wanted:
            _make(folder, wanted)
    return str(folder / "bin" / "python")


def _make(folder, wanted):
    shutil.rmtree(folder, ignore_errors=True)  # what an installation that was broken off left
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *wanted], check=True)
    (folder / "made").write_text("\n".join(wanted))


@pytest.fixture(scope="session")
def mlflow_python():
    """Python that has the newest MLflow of `VERSIONS`."""
    return mlflow_peer()


@pytest.fixture(scope="session", params=VERSIONS)
def each_mlflow_python(request):
    """Python that has MLflow, once for each version."""
    return mlflow_peer(request.param)
