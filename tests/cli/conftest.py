"""The command line, as a user's shell runs it, and in this process where that shows the same."""

import os
import pathlib
import subprocess
import sys
from typing import NamedTuple

import pytest

from jupyter_mlops.cli.main import main
from tests.server_processes import started, token_of


class Done(NamedTuple):
    """What a command printed."""

    stdout: str
    stderr: str


@pytest.fixture
def mlops():
    """Run ``jupyter-mlops …``; returns the finished process."""
    program = pathlib.Path(sys.executable).with_name("jupyter-mlops")

    def run(*arguments, code=0, **keywords):
        keywords = {"env": os.environ, "timeout": 120} | keywords
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False, **keywords)
        assert code in (None, done.returncode), done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def here(capsys):
    """Run a command in this process, as ``jupyter-mlops …`` does; returns what it printed."""

    def run(*arguments, code=0):
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([*map(str, arguments)])
        done = Done(*capsys.readouterr())
        assert code in (None, end.value.code), done
        return done

    return run


@pytest.fixture(scope="module")
def _server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with started(folder) as (_, port):
        yield f"http://127.0.0.1:{port}", token_of(folder)


@pytest.fixture(params=["file", "server"])
def place(request, monkeypatch, tmp_path):
    """Options that name a store: a file, and one behind a server of ours, which several tests share."""
    if request.param == "file":
        return ["--store", str(tmp_path / "mlops.duckdb")]
    address, token = request.getfixturevalue("_server")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
    return ["--store", address]
