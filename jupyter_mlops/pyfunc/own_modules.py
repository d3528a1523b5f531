"""Modules of the user's own that a model uses: neither Python's nor an installed package's."""

from __future__ import annotations

import ast
import functools
import importlib.util
import os
import site
import sys
import sysconfig
from collections.abc import Iterable

__all__ = ["code_files", "copy_modules", "find_own_modules", "imported_names", "imports_of"]


def imported_names(source: str | bytes, package: str = "") -> set[str]:
    """Dotted names that a file imports, wherever in it; none when it is no Python.

    Parameters
    ----------
    source : str or bytes
    package : str, optional
        What its relative imports start from; they are left out when it is not given.

    Examples
    --------
    >>> sorted(imported_names("import a.b as c; from d import e; from . import f", "p.q"))
    ['a.b', 'd', 'd.e', 'p.q', 'p.q.f']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (base := _base(node, package)):
            found.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return found


def _base(node: ast.ImportFrom, package: str) -> str:
    """The module that names are imported from; empty for a relative one that starts nowhere."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    parent = parts[: len(parts) - node.level + 1]
    return ".".join([*parent, *([node.module] if node.module else [])]) if parent else ""


def find_own_modules(origins: Iterable[str]) -> dict[str, str]:
    """Modules of the user's own among these names and what they import in turn: name and file.

    Parameters
    ----------
    origins : iterable of str
        Dotted names of modules, or of what is in them.
    """
    found: dict[str, str] = {}
    open_names = list(origins)
    while open_names:
        name = open_names.pop()
        if not _is_own(name.partition(".")[0]):
            continue
        for prefix in _prefixes(name):
            if prefix not in found and (path := _file_of(prefix)) is not None:
                found[prefix] = path
                open_names += _module_imports(prefix, path)
    return found


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def _module_imports(module: str, path: str) -> set[str]:
    """What a module imports, by relative imports too."""
    with open(path, "rb") as file:
        source = file.read()
    package = module if os.path.basename(path) == "__init__.py" else module.rpartition(".")[0]
    return imported_names(source, package)


@functools.cache
def _is_own(top: str) -> bool:
    """Whether a module or package is the user's; looking only at the top, for what is below would import it."""
    if top in sys.stdlib_module_names or top in ("__main__", "jupyter_mlops", "mlflow", ""):
        return False
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, AttributeError, ValueError):  # a module without a spec
        return False
    places = [spec.origin, *(spec.submodule_search_locations or ())] if spec else []
    paths = [os.path.realpath(place) for place in places if place and os.path.exists(place)]
    return bool(paths) and not any((path + os.sep).startswith(_installed()) for path in paths)


def _file_of(name: str) -> str | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, ValueError):  # what it is in is no package
        return None
    path = spec.origin if spec is not None else None
    return path if path and path.endswith(".py") and os.path.isfile(path) else None


def _installed() -> tuple[str, ...]:
    paths = [*sysconfig.get_paths().values(), *site.getsitepackages(), site.getusersitepackages()]
    return tuple(
        {
            os.path.realpath(path) + os.sep
            for path in paths
            if os.path.basename(path) in ("site-packages", "dist-packages")
        }
    )


def copy_modules(modules: dict[str, str], folder: str) -> list[str]:
    """Copy modules to a folder, so that they are imported from it by the same names; returns what is now in it."""
    for name, path in modules.items():
        parts = name.split(".")
        inside = (
            [*parts, "__init__.py"] if os.path.basename(path) == "__init__.py" else [*parts[:-1], parts[-1] + ".py"]
        )
        target = os.path.join(folder, *inside)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(path, "rb") as source, open(target, "wb") as copy:
            copy.write(source.read())
    return [os.path.join(folder, entry) for entry in sorted(os.listdir(folder))]


def code_files(code_paths: Iterable[str | os.PathLike[str]] | None) -> list[str]:
    """Files among the paths of code that a user gave."""
    return [os.fspath(source) for source in code_paths or () if os.path.isfile(source)]


def imports_of(files: Iterable[str]) -> set[str]:
    """Dotted names that files of Python import."""
    found: set[str] = set()
    for path in files:
        with open(path, "rb") as file:
            found |= imported_names(file.read())
    return found
