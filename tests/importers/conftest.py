"""Stores that the real MLflow wrote, one for each version and kind, made once a session."""

import functools
import json
import os
import pathlib
import subprocess
from typing import NamedTuple

import pytest

from tests.mlflow_peers import VERSIONS, mlflow_peer

HERE = pathlib.Path(__file__).parent
_URIS = {"database": "sqlite:///mlflow.db", "folder": "./mlruns"}


class Peer(NamedTuple):
    """A store of MLflow: its folder, what to import, and what MLflow's own client reads of it."""

    python: str
    folder: pathlib.Path
    uri: str
    source: str
    dump: dict


def run_mlflow(python, script, *arguments, folder):
    """Run a script by a Python with the real MLflow, in a folder; returns what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "PYTHON"))}
    environment |= {"MLFLOW_ALLOW_FILE_STORE": "true", "GIT_PYTHON_REFRESH": "quiet"}
    done = subprocess.run(
        [python, str(script), *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_store(folder, version, kind):
    """Have the real MLflow write a store with one of everything."""
    python, uri = mlflow_peer(version), _URIS[kind]
    dump = json.loads(run_mlflow(python, HERE / "write_stores.py", uri, folder=folder).splitlines()[-1])
    return Peer(python, folder, uri, str(folder / uri.removeprefix("sqlite:///").removeprefix("./")), dump)


collect_ignore = ["write_stores.py"]  # a script of the real MLflow's Python


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """The store of a version and kind, made when it is first asked for. Tests copy what they change."""
    return functools.cache(lambda version, kind: write_store(tmp_path_factory.mktemp(kind), version, kind))


@pytest.fixture(scope="session", params=[(version, kind) for version in VERSIONS for kind in _URIS], ids=" ".join)
def peer(request, written):
    """Each version's store of each kind."""
    return written(*request.param)


@pytest.fixture(scope="session")
def database(written):
    """A database of the newest version."""
    return written(VERSIONS[0], "database")


@pytest.fixture(scope="session")
def folder(written):
    """An mlruns folder of the newest version."""
    return written(VERSIONS[0], "folder")
