"""Modules of the user's own that a model uses: neither Python's nor an installed package's."""

from __future__ import annotations

import ast
import importlib.util
import os
import site
import sys
import sysconfig
from collections.abc import Iterable

__all__ = ["copy_modules", "find_own_modules", "imported_names"]


def imported_names(source: str | bytes) -> set[str]:
    """Dotted names that a file imports, wherever in it; none when it is no Python.

    Examples
    --------
    >>> sorted(imported_names("import a.b as c\\nfrom d import e"))
    ['a.b', 'd', 'd.e']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return found


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
        for name in _prefixes(open_names.pop()):
            if name in found or (path := _own_file(name)) is None:
                continue
            found[name] = path
            with open(path, "rb") as file:
                package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
                open_names += _absolute(file.read(), package)
    return found


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def _absolute(source: bytes, package: str) -> set[str]:
    """What a module imports, relative imports too."""
    found = imported_names(source)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            parent = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parent, *([node.module] if node.module else [])])
            found.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return found


def _own_file(name: str) -> str | None:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in ("__main__", "jupyter_mlops", "mlflow", ""):
        return None
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, ValueError):  # what it is in is no package, or has no spec
        return None
    path = spec.origin if spec is not None else None
    if not path or not path.endswith(".py") or not os.path.isfile(path):
        return None
    return None if os.path.realpath(path).startswith(_installed()) else path


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
