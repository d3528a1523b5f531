"""A project made of a notebook."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Iterable
from typing import Any

from jupyter_mlops.context.notebooks import notebook_path
from jupyter_mlops.errors import AlreadyExists, ExecutionException, InvalidParameter
from jupyter_mlops.projects.definitions import Project, read_project
from jupyter_mlops.projects.drafts import Draft, draft_of

__all__ = ["new_project", "notebook_in_front", "project_text", "write_project"]


def new_project(
    notebook: str | os.PathLike[str] | None = None,
    folder: str | os.PathLike[str] | None = None,
    *,
    name: str | None = None,
    requirements: Iterable[str] | None = None,
    overwrite: bool = False,
) -> Project:
    """Make a project of a notebook, with its parameters and the packages that it imports.

    Parameters
    ----------
    notebook : str or path, optional
        As it is saved; by default the one whose kernel this is called in.
    folder : str or path, optional
        The project's; by default one beside the notebook that is called like it.
    name : str, optional
        The project's; the notebook's by default.
    requirements : iterable of str, optional
        Lines of a requirements file in place of those that are found.
    overwrite : bool, default False
        Replace files that are there already.

    Returns
    -------
    Project

    Raises
    ------
    AlreadyExists
        A file is there already; the message names all of them, and nothing was written.
    ExecutionException
        The notebook cannot be read, or is of another language than Python, or the folder cannot be written to.
    InvalidParameter
        The folder is the notebook's own or has a link that leads out of it, or nobody tells which notebook is in front.

    Notes
    -----
    The folder gets ``MLproject``, ``python_env.yaml`` and the notebook without outputs. Parameters are the numbers, texts and
    truths of the cell tagged ``parameters``, else of the first cell that assigns nothing but literals, which is tagged. Modules beside the notebook
    and files that its code names go along, if they lie below its folder, are not hidden and have at most 100 MB.
    Lines that say where runs go, such as ``mlflow.set_experiment("wine")``, become comments: whoever runs the project says that.
    Nothing of the notebook is executed.

    Examples
    --------
    >>> import json, pathlib
    >>> cell = {"cell_type": "code", "source": "alpha = 0.1", "metadata": {}, "outputs": [], "execution_count": 1}
    >>> _ = pathlib.Path("beer.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    >>> new_project("beer.ipynb").entry_points["main"].parameters
    (Parameter(name='alpha', type='float', default='0.1'),)
    """
    draft = draft_of(notebook if notebook is not None else notebook_in_front())
    return write_project(draft, folder, name=name, requirements=requirements, overwrite=overwrite)


def notebook_in_front() -> str:
    """Path of the notebook whose kernel this is called in."""
    path = notebook_path()
    if path is None or not os.path.isfile(path):
        raise InvalidParameter("Which notebook this is called in, nobody tells here: say its path, such as train.ipynb.")
    return path


def write_project(
    draft: Draft,
    folder: str | os.PathLike[str] | None = None,
    *,
    name: str | None = None,
    requirements: Iterable[str] | None = None,
    overwrite: bool = False,
) -> Project:
    """Write a draft to a folder, as `new_project` says."""
    target = os.path.abspath(folder if folder is not None else os.path.join(draft.folder, draft.name))
    if os.path.realpath(target) == os.path.realpath(draft.folder):
        raise InvalidParameter(f"{target} is the notebook's own folder: give one for the project, such as {draft.name!r}.")
    texts = {
        draft.file: json.dumps(draft.notebook, indent=1, ensure_ascii=False) + "\n",
        "python_env.yaml": _yaml(draft.environment(requirements)),
        "MLproject": _yaml(draft.mlproject(name or draft.name)),
    }
    if away := [one for one in (*texts, *draft.files) if not _is_below(target, os.path.dirname(os.path.join(target, one)))]:
        raise InvalidParameter(f"A link in {target} leads elsewhere, where {', '.join(away)} would be written. Give another folder, or remove it.")
    there = [one for one in (*texts, *draft.files) if os.path.lexists(os.path.join(target, one))]
    if there and not overwrite:
        raise AlreadyExists(f"In {target} there is already {', '.join(there)}. Give another folder, or say overwrite=True.")
    try:
        for one in there:
            os.remove(os.path.join(target, one))  # and not what a link leads to
        _write(target, draft, texts)
    except (OSError, UnicodeEncodeError) as error:
        raise ExecutionException(f"The project cannot be written to {target}: {error}") from None
    return read_project(target)


def _write(target: str, draft: Draft, texts: dict[str, str]) -> None:
    for one in draft.files:
        place = os.path.join(target, one)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copyfile(os.path.join(draft.folder, one), place)
    os.makedirs(target, exist_ok=True)
    for one, text in texts.items():
        with open(os.path.join(target, one), "x", encoding="utf-8") as file:
            file.write(text)


def _is_below(folder: str, path: str) -> bool:
    real = os.path.realpath(folder)
    return os.path.commonpath((real, os.path.realpath(path))) == real


def project_text(draft: Draft, project: Project) -> str:
    """What was made of a draft, and how it is run, for people."""
    folder = os.path.relpath(project.folder)
    lines = [f"Project {project.name} in {folder}: {', '.join(('MLproject', 'python_env.yaml', draft.file, *draft.files))}"]
    facts = {
        "parameters": ", ".join(f"{one.name}: {one.type} = {one.default}" for one in draft.parameters),
        "packages": ", ".join(draft.requirements),
        "not found": draft.missing and f"{', '.join(draft.missing)}: no package here has it; add what has it to python_env.yaml",
        "too large": draft.left and f"{', '.join(draft.left)}: not copied",
    }
    lines += [f"  {title:<10}  {fact}" for title, fact in facts.items() if fact]
    given = "".join(f" -P {shlex.quote(f'{one.name}={one.default}')}" for one in draft.parameters[:1])
    return "\n".join([*lines, f"Run it: jupyter mlops run {shlex.quote(folder)}{given}"])


def _yaml(content: dict[str, Any]) -> str:
    import yaml  # only when a project is made

    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
