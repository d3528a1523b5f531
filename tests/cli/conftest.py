"""The command line, as a user's shell runs it."""

import os
import pathlib
import subprocess
import sys

import pytest


@pytest.fixture
def mlops():
    """Run ``jupyter-mlops …``; returns the finished process."""
    program = pathlib.Path(sys.executable).with_name("jupyter-mlops")

    def run(*arguments, code=0, **keywords):
        done = subprocess.run(
            [program, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False, env=os.environ, **keywords
        )
        assert code in (None, done.returncode), done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run
