"""What a notebook would be as a project: all that is found in it, before anything is written."""

from __future__ import annotations

import ast
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import msgspec

from jupyter_mlops.context.magic_calls import python_behind
from jupyter_mlops.context.secrets import is_secret_file, is_secret_name
from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.models.origins import packages_of
from jupyter_mlops.models.requirements import pinned, python_environment
from jupyter_mlops.projects.definitions import Parameter
from jupyter_mlops.projects.notebooks import assigned_literals, read_notebook, source_of, tags_of
from jupyter_mlops.projects.run_places import without_run_places
from jupyter_mlops.pyfunc.own_modules import imported_names

__all__ = ["Draft", "draft_of"]

OURS = "jupyter-mlops"
LARGEST_FILE = 100_000_000  # bytes: more is data that nobody copies by the way
_TYPES = {int: "int", float: "float"}
_AS_IN_YAML = {"int": int, "float": float}
_NOT_OWN = ("jupyter_mlops", "mlflow")
_NO_DATA = (".ipynb", ".duckdb")
_WRITTEN = {"MLproject", "python_env.yaml"}  # the project has its own


class Draft(msgspec.Struct, frozen=True):
    """A project that is not there yet.

    Attributes
    ----------
    folder : str
        Where the notebook lies.
    file : str
        Its name.
    notebook : dict
        As it goes into the project: without outputs, the cell of its parameters tagged.
    parameters : tuple of Parameter
        Numbers, texts and truths of the cell tagged ``parameters``, else of the first one that only assigns literals.
    requirements : tuple of str
        Packages that it imports, in the versions that are installed here.
    missing : tuple of str
        Modules that it imports and no package has here.
    files : tuple of str
        Modules beside it that it imports and files that its code names, relative to `folder`.
    left : tuple of str
        Such files that are not copied: larger than 100 MB.
    """

    folder: str
    file: str
    notebook: dict[str, Any]
    parameters: tuple[Parameter, ...]
    requirements: tuple[str, ...]
    missing: tuple[str, ...]
    files: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def name(self) -> str:
        """The notebook's, without its ending."""
        return os.path.splitext(self.file)[0]

    def mlproject(self, name: str) -> dict[str, Any]:
        """What the file ``MLproject`` says."""
        declared = {
            one.name: {"type": one.type, "default": _AS_IN_YAML.get(one.type, str)(one.default)} for one in self.parameters
        }  # fmt: skip
        point = ({"parameters": declared} if declared else {}) | {"command": shlex.quote(self.file)}
        return {"name": name, "python_env": "python_env.yaml", "entry_points": {"main": point}}

    def environment(self, requirements: Iterable[str] | None = None) -> dict[str, Any]:
        """What the file ``python_env.yaml`` says."""
        return python_environment(list(self.requirements if requirements is None else requirements))


def draft_of(path: str | os.PathLike[str]) -> Draft:
    """What a notebook would be as a project.

    Raises
    ------
    ExecutionException
        It cannot be read, or is of another language than Python.

    Notes
    -----
    Nothing of the notebook is executed. Versions are those of the Python that this is called in.

    Examples
    --------
    >>> import json, pathlib
    >>> cell = {"cell_type": "code", "source": "alpha = 0.1", "metadata": {}, "outputs": [], "execution_count": 1}
    >>> _ = pathlib.Path("wine.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    >>> draft_of("wine.ipynb").parameters
    (Parameter(name='alpha', type='float', default='0.1'),)
    """
    folder, file = os.path.split(os.path.abspath(path))
    notebook = read_notebook(os.path.join(folder, file))
    kernel = notebook["metadata"].get("kernelspec")
    language = (isinstance(kernel, dict) and kernel.get("language")) or "python"
    if str(language).lower() != "python":
        raise ExecutionException(f"{file} is a notebook of {language}; projects are made of those of Python.")
    cells = [_stripped(dict(cell)) for cell in notebook["cells"] if "injected-parameters" not in tags_of(cell)]
    sources = [python_behind(source_of(cell)) for cell in cells if cell["cell_type"] == "code"]
    modules = _own_modules(folder, sources)
    named = sorted(modules.keys() | set(_named_files(folder, sources)) - _WRITTEN)
    left = tuple(one for one in named if os.path.getsize(os.path.join(folder, one)) > LARGEST_FILE)
    code: list[str | bytes] = [*sources, *modules.values()]
    imported = {name.partition(".")[0] for source in code for name in imported_names(source)}
    imported -= {one.partition("/")[0].removesuffix(".py") for one in modules} | {"jupyter_mlops"}
    return Draft(
        folder=folder, file=file, parameters=tuple(_take_parameters(cells, folder, named, left)),
        notebook=notebook | {"cells": cells, "metadata": {k: v for k, v in notebook["metadata"].items() if k != "widgets"}},
        requirements=(*pinned(*packages_of(imported)), OURS), missing=tuple(sorted(_nowhere(imported))),
        files=tuple(one for one in named if one not in left), left=left,
    )  # fmt: skip


def _stripped(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell without what came of it, and without what says where runs go."""
    plain = cell | {"metadata": {key: value for key, value in cell["metadata"].items() if key != "execution"}}
    return plain | {"outputs": [], "execution_count": None, "source": without_run_places(source_of(cell))} if cell["cell_type"] == "code" else plain


def _take_parameters(cells: list[dict[str, Any]], folder: str, files: list[str], left: tuple[str, ...]) -> Iterator[Parameter]:
    """Parameters of the cell that has them; it is tagged when it was not."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    cell = next((cell for cell in code if "parameters" in tags_of(cell)), None)
    if cell is None:
        cell = next((cell for cell in code if _only_assigns(source_of(cell))), None)
        if cell is None:
            return
        cell["metadata"]["tags"] = [*tags_of(cell), "parameters"]
    for name, value in assigned_literals(source_of(cell)).items():
        if not isinstance(value, (bool, int, float, str)) or name.startswith("_") or is_secret_name(name, value):
            continue
        place = os.path.normpath(value) if isinstance(value, str) else ""
        default = os.path.join(folder, place) if place in left else str(value)
        yield Parameter(name, "path" if place in files else _TYPES.get(type(value), "string"), default)


def _only_assigns(source: str) -> bool:
    with suppress(SyntaxError, ValueError):
        return 0 < len(ast.parse(source).body) == len(assigned_literals(source))
    return False


def _nowhere(modules: set[str]) -> set[str]:
    return {one for one in modules - set(sys.stdlib_module_names) if not packages_of({one})}


def _own_modules(folder: str, sources: Iterable[str]) -> dict[str, bytes]:
    """Modules that lie beside the notebook and are imported, by it or by one another: path and source."""
    found: dict[str, bytes] = {}
    unread: list[str | bytes] = list(sources)
    while unread:
        tops = {name.partition(".")[0] for name in imported_names(unread.pop())}.difference(_NOT_OWN)
        for path in (path for top in tops for path in _module_files(folder, top) if path not in found):
            with open(os.path.join(folder, path), "rb") as file:
                found[path] = file.read()
            unread.append(found[path])
    return found


def _module_files(folder: str, top: str) -> Iterator[str]:
    if _goes_along(folder, f"{top}.py"):
        yield f"{top}.py"
    if os.path.isfile(os.path.join(folder, top, "__init__.py")):
        for place, _, names in os.walk(os.path.join(folder, top)):
            paths = (os.path.relpath(os.path.join(place, name), folder) for name in names if name.endswith(".py"))
            yield from (path for path in paths if _goes_along(folder, path))


def _named_files(folder: str, sources: Iterable[str]) -> Iterator[str]:
    """Files that stand as a text in code."""
    for source in sources:
        with suppress(SyntaxError, ValueError):
            texts = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
            yield from (os.path.normpath(text) for text in texts if not text.endswith(_NO_DATA) and _goes_along(folder, text))


def _goes_along(folder: str, path: str) -> bool:
    """Whether it is a file below the folder that is neither hidden nor looks like a secret."""
    inner, real = os.path.normpath(path), os.path.realpath(os.path.join(folder, path))
    is_below = not os.path.isabs(path) and real.startswith(os.path.join(os.path.realpath(folder), "")) and os.path.isfile(real)
    return is_below and not is_secret_file(inner) and not any(part.startswith(".") for part in inner.split(os.sep))
