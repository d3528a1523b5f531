"""Stores that the real MLflow wrote, one for each version and kind, made once a session."""

import contextlib
import functools
import json
import os
import pathlib
import subprocess
from typing import NamedTuple

import pytest

from tests.mlflow_peers import VERSIONS, mlflow_peer
from tests.mlflow_servers import mlflow_server

HERE = pathlib.Path(__file__).parent
_URIS = {"database": "sqlite:///mlflow.db", "folder": "./mlruns"}


class Peer(NamedTuple):
    """A store of MLflow: its folder, what to import, and what MLflow's own client reads of it, from the disk or by a server."""

    python: str
    folder: pathlib.Path
    uri: str
    source: str
    dump: dict

    @property
    def is_served(self):
        return self.source.startswith("http")


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


def write_store(folder, version, kind, stack):
    """Have the real MLflow write a store with one of everything; a server of it runs until the stack is closed."""
    python, uri = mlflow_peer(version), _URIS.get(kind)
    if kind == "server":
        uri = f"http://127.0.0.1:{stack.enter_context(mlflow_server(folder, version))[1]}"
    dump = json.loads(run_mlflow(python, HERE / "write_stores.py", uri, folder=folder).splitlines()[-1])
    return Peer(python, folder, uri, uri if kind == "server" else str(folder / uri.removeprefix("sqlite:///").removeprefix("./")), dump)


collect_ignore = ["write_stores.py"]  # a script of the real MLflow's Python


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """The store of a version and kind, made when it is first asked for. Tests copy what they change."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda version, kind: write_store(tmp_path_factory.mktemp(kind), version, kind, stack))


@pytest.fixture(scope="session", params=[(version, kind) for version in VERSIONS for kind in (*_URIS, "server")], ids=" ".join)
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
