"""Versions of one model side by side: what differs comes first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.views.registry.folders import ModelFolder, read_folder
from jupyter_mlops.views.registry.versions import version_rows

__all__ = ["compare_versions"]

_MOST = 20
_PACKAGE = re.compile(r"\s*([A-Za-z0-9][\w.\-]*)(.*)", re.DOTALL)


def compare_versions(store: Store, name: str, versions: Sequence[str]) -> dict[str, Any]:
    """Compare versions of a model, in the order given.

    Parameters
    ----------
    store : Store
    name : str
    versions : list of str
        Two to 20 numbers.

    Returns
    -------
    dict
        ``versions`` as in the view of them, each with the ``problem`` of its folder, and ``sections``: params, metrics,
        signature, requirements and tags, each with rows of ``key``, ``values`` (None if missing) and ``differs``.

    Raises
    ------
    NotFound
        There is no such version.
    InvalidParameter
        Fewer or more versions.

    Notes
    -----
    Two sessions, and two small files of each model's folder.
    """
    wanted = list(dict.fromkeys(versions))
    if not 2 <= len(wanted) <= _MOST:
        raise InvalidParameter(f"2 to {_MOST} different versions can be compared, not {len(wanted)}.")
    page = store.versions_named([(name, version) for version in wanted])
    if missing := set(wanted) - {version.version for version in page.versions}:
        raise NotFound(f"Registered model {name!r} has no version {', '.join(sorted(missing))}.")
    folders = [read_folder(store, version) for version in page.versions]
    rows = [{**row, "problem": folder.problem} for row, folder in zip(version_rows(page), folders, strict=True)]
    return {"versions": rows, "sections": _sections(store, page.versions, folders)}


def _sections(store: Store, versions: list[ModelVersion], folders: list[ModelFolder]) -> list[dict[str, Any]]:
    runs = {run.info.run_id: run.data for run in store.get_runs([v.run_id for v in versions if v.run_id])}
    data = [runs.get(version.run_id or "") for version in versions]
    parts: dict[str, list[Mapping[str, Any]]] = {
        "params": [one.params if one else {} for one in data],
        "metrics": [{key: as_json(value) for key, value in one.metrics.items()} if one else {} for one in data],
        "signature": [_columns(folder) for folder in folders],
        "requirements": [_packages(folder) for folder in folders],
        "tags": [version.tags for version in versions],
    }
    return [{"id": name, "rows": _rows(values)} for name, values in parts.items()]


def _rows(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row a key, those that differ first, else in the order in which keys are met."""
    keys = dict.fromkeys(key for part in parts for key in part)
    rows = []
    for key in keys:
        values = [part.get(key) for part in parts]
        rows.append({"key": key, "values": values, "differs": any(value != values[0] for value in values)})
    return sorted(rows, key=lambda row: not row["differs"])


def _columns(folder: ModelFolder) -> dict[str, str]:
    """Inputs, outputs and params as texts."""
    return {
        f"{part}.{column['name']}": column["type"]
        + (f" = {column['default']}" if "default" in column else "" if column["required"] else " (optional)")
        for part, columns in (folder.signature or {}).items()
        for column in columns
    }


def _packages(folder: ModelFolder) -> dict[str, str]:
    """Requirements by package: ``{"numpy": "==2.1"}``.

    Examples
    --------
    >>> _packages(ModelFolder(requirements=["numpy==2.1", "mlflow", "-c constraints.txt"]))
    {'numpy': '==2.1', 'mlflow': 'any', '-c constraints.txt': 'yes'}
    """
    found = {}
    for line in folder.requirements or ():
        named = _PACKAGE.fullmatch(line)
        found[named[1] if named else line] = (named[2].strip() or "any") if named else "yes"
    return found
