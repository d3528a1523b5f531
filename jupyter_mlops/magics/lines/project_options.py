"""The lines of ``%mlrun`` and ``%%project``."""

from __future__ import annotations

import json
import os
from typing import Any

from jupyter_mlops.environments.managers import MANAGERS
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.values import pair

__all__ = ["MLRUN", "PROJECT", "run_options"]


def _config(text: str) -> Any:
    """What is in a JSON file, or JSON itself."""
    try:
        if os.path.exists(text):
            with open(text, encoding="utf-8") as file:
                text = file.read()
        read = json.loads(text)
    except (OSError, ValueError):
        raise ValueError("a JSON file or a JSON object") from None
    if not isinstance(read, dict):
        raise ValueError("a JSON object")
    return read


_MANAGER = Option("--env-manager", "what makes the environment; by default the best that is installed", "|".join(MANAGERS), names=(*MANAGERS,))
_RUN = (
    Option("-e, --experiment-name", "experiment of the run; made when it is not there", "NAME", names="experiments"),
    Option("--run-name", "name of the run; a random one by default", "NAME", names="run_names"),
    Option("--background", "give the cell back at once; the program goes on, also when this kernel ends, and the card follows it"),
)
MLRUN = Usage(
    "%mlrun",
    """Run a project as a run of its own, in its own environment, and follow it: its metrics, its steps, what it prints.

  %mlrun . -P alpha=0.5
  %mlrun https://github.com/user/repo -v main -e validate -P model_path=m

An interrupt, the card's Stop button and the end of this kernel end the program with all that it started.""",
    Words("URI", "a folder, a Git repository or a .zip; URI#FOLDER is one inside", least=1, most=1),
    Option("-e, --entry-point", "an entry point of MLproject, or a script or notebook; main by default", "NAME", names="entry_points"),
    Option("-v, --version", "branch, tag or commit of a Git project", "VERSION"),
    Option("-P, --param-list", "a parameter; may be given often", "NAME=VALUE", pair, many=True),
    Option("-A, --docker-args", "an argument of docker run, a flag without a value; may be given often", "NAME[=VALUE]", many=True),
    Option("-b, --backend", "where it runs; local by default", "NAME"),
    Option("-c, --backend-config", "settings of the backend", "FILE|JSON", _config),
    _MANAGER,
    Option("--experiment-name", _RUN[0].doc, "NAME", names="experiments"),
    Option("--experiment-id", "experiment of the run", "ID"),
    Option("--storage-dir", "where temporary folders are made", "FOLDER"),
    Option("--run-id", "go on with this run", "ID", names="runs"),
    Option("--build-image", "of a docker project: build an image with the project in it"),
    *_RUN[1:],
)  # fmt: skip
PROJECT = Usage(
    "%%project",
    """Run this cell as a program of its own, in a process and an environment of its own, as a run.

  %%project -d scikit-learn==1.5 -d "pandas>=2,<3" -P alpha=0.1

The cell is a Python script: it sees no variable of the notebook, and leaves none. Parameters are variables in it, set
before its first line, and options of its command line (sys.argv). It runs in the notebook's folder, and what it logs
without `start_run` goes to this run too. Without -d, --python and --env-manager it runs in the environment of this kernel.""",
    Words("[NAME]", "name of the run; a random one by default", names=("run_names",)),
    Option("-d, --dependencies", "packages of its environment, as for pip; may be given often", "PACKAGE", many=True),
    Option("--python", "version of Python of its environment", "VERSION"),
    _MANAGER,
    Option("-P, --param-list", "a parameter; a number, a truth or a text", "NAME=VALUE", pair, many=True),
    *_RUN,
)


def run_options(given: Given, usage: Usage) -> dict[str, Any]:
    """What the line says, as `run` takes it.

    Raises
    ------
    InvalidParameter
        A parameter is given twice.
    """
    parameters = dict(given.param_list)
    if len(parameters) < len(given.param_list):
        names = [name for name, _ in given.param_list]
        usage.refuse(f"{next(name for name in names if names.count(name) > 1)!r} is given twice")
    return {"parameters": parameters, "env_manager": given.env_manager, "experiment_name": given.experiment_name, "run_name": given.run_name}
