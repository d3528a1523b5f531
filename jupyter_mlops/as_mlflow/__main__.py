"""Run ``script.py [arguments]`` or ``-m module [arguments]`` with our package as ``mlflow``."""

from __future__ import annotations

import os
import runpy
import sys

from jupyter_mlops.as_mlflow import install_as_mlflow
from jupyter_mlops.as_mlflow.finders import CHILDREN


def main() -> None:
    """Run what the command line says, as Python would."""
    arguments = sys.argv[1:]
    if not arguments or arguments == ["-m"] or arguments[0] in ("-h", "--help"):
        sys.exit("usage: python -m jupyter_mlops.as_mlflow [-m MODULE | SCRIPT] [ARGUMENT]...")
    install_as_mlflow()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [CHILDREN, os.environ.get("PYTHONPATH")]))
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))  # as Python does for a script
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
