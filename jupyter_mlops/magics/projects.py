"""``%mlrun``: a project run as a run of its own. ``%%project``: a cell run so, in an environment of its own."""

from __future__ import annotations

import json
import keyword
import os
import re
import sys
import tempfile
import zipfile
from typing import Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython

from jupyter_mlops.context.notebooks import cell_id, notebook_path
from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.tags import CELL_ID_TAG, ERROR_TAG, NOTEBOOK_TAG, SOURCE_NAME_TAG, TRACKED_CELL_TAG
from jupyter_mlops.magics.cells.programs import Program
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given
from jupyter_mlops.magics.lines.project_options import MLRUN, PROJECT, run_options
from jupyter_mlops.magics.literals import literal_or_text
from jupyter_mlops.magics.settings import settings
from jupyter_mlops.projects.launches import run
from jupyter_mlops.projects.submitted_runs import SubmittedRun
from jupyter_mlops.reproduction.recordings import SOURCE
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["mlrun", "project"]

_SCRIPT = "main.py"


@command(MLRUN)
def mlrun(given: Given) -> SubmittedRun:
    """Run a project and follow it."""
    if given.experiment_name and given.experiment_id:
        MLRUN.refuse("give either --experiment-name or --experiment-id, not both")
    arguments = {name: value if equals else True for name, equals, value in (text.partition("=") for text in given.docker_args)}
    options = {
        "uri": given.words[0], "entry_point": given.entry_point or "main", "version": given.version, "docker_args": arguments,
        "experiment_id": given.experiment_id, "storage_dir": given.storage_dir, "run_id": given.run_id, "build_image": given.build_image,
        "backend": given.backend or "local", "backend_config": given.backend_config,
    }  # fmt: skip
    submitted, program = _begun(given, options | run_options(given, MLRUN))
    return _followed(submitted, program)


@command(PROJECT, "cell", expands=False)
def project(given: Given) -> SubmittedRun:
    """Run the cell as a program of its own."""
    options = run_options(given, PROJECT) | ({"run_name": given.name} if given.words else {})
    source = str(given.cell)
    _check(source, options["parameters"])
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "cell.zip")  # unpacked into a folder that is removed when the program has ended
        _write(place, given, source, options["parameters"])
        submitted, program = _begun(given, {"uri": place, "entry_point": _SCRIPT} | options)
    _keep(submitted, source)
    return _followed(submitted, program)


def _begun(given: Given, options: dict[str, Any]) -> tuple[SubmittedRun, Program]:
    with tempfile.NamedTemporaryFile("wb") as output:
        if options.get("backend", "local") == "local":
            local = {"attached": not given.background, "output": output}
            options["backend_config"] = (options.get("backend_config") or {}) | local
        submitted = run(**options, synchronous=False)
        return submitted, Program(submitted, options["run_name"], open(output.name, "rb"), apart=given.background)


def _followed(submitted: SubmittedRun, program: Program) -> SubmittedRun:
    """The run, when all went well.

    Raises
    ------
    UsageError
        It did not, in one line; "Run All" stops there.
    """
    try:
        if program.follow():
            return submitted
    except KeyboardInterrupt:
        raise UsageError("Interrupted: the program was ended with all that it started, and its run is KILLED.") from None
    ended = MlflowClient(submitted.tracking_uri).get_run(submitted.run_id)
    why = ended.data.tags.get(ERROR_TAG) or f"The run {ended.info.run_name} is {ended.info.status}."
    raise UsageError(f"{why} What it printed stands above.")


def _check(source: str, parameters: dict[str, str]) -> None:
    """What would go wrong only when the environment is there."""
    if wrong := [name for name in parameters if not name.isidentifier() or keyword.iskeyword(name)]:
        PROJECT.refuse(f"{wrong[0]!r} is no name of a variable")
    try:
        compile(f"0\n{source}", _SCRIPT, "exec", dont_inherit=True)  # as `_write` has a line before it
    except SyntaxError as error:
        PROJECT.refuse(f"line {error.lineno} of the cell: {error.msg}; it is a Python script, without magics and top-level await")


def _write(place: str, given: Given, source: str, parameters: dict[str, str]) -> None:
    """The cell as a project; its first line stands for that of the magic, so that lines are counted as in the notebook."""
    here = repr(os.getcwd())
    begin = [f"import os, sys; sys.path.insert(0, {here}); os.chdir({here}); del os, sys"]
    begin += [f"{name} = {literal_or_text(value)!r}" for name, value in parameters.items()]
    with zipfile.ZipFile(place, "w") as file:
        file.writestr(_SCRIPT, f"{'; '.join(begin)}\n{source}")
        if given.dependencies or given.python or given.env_manager not in (None, "local"):
            dependencies = [*given.dependencies, *(["jupyter-mlops"] if re.search(r"^\s*(import|from)\s+jupyter_mlops\b", source, re.MULTILINE) else [])]
            python = given.python or ".".join(map(str, sys.version_info[:2]))
            file.writestr("python_env.yaml", json.dumps({"python": python, "dependencies": dependencies}))


def _keep(submitted: SubmittedRun, source: str) -> None:
    """Where the program comes from, and what it is."""
    shell: Any = get_ipython()
    client = MlflowClient(submitted.tracking_uri)
    notebook, cell = notebook_path(), cell_id()
    tags = {SOURCE_NAME_TAG: notebook or "%%project"}
    if is_captured("notebook"):
        tags |= ({NOTEBOOK_TAG: notebook} if notebook else {}) | ({CELL_ID_TAG: cell, TRACKED_CELL_TAG: cell} if cell else {})
    for key, value in tags.items():
        client.set_tag(submitted.run_id, key, value)
    if settings().capture_source and is_captured("notebook"):
        parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
        text = str((parent.get("content") or {}).get("code") or source)
        put_text((open_store(submitted.tracking_uri), submitted.run_id), mask_secrets(text), SOURCE)
