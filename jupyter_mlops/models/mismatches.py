"""Other versions here than a model was saved with."""

from __future__ import annotations

import logging
import platform
import re
from importlib import metadata

from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import ModelFolder

__all__ = ["find_mismatches", "warn_of_mismatches"]

_log = logging.getLogger(__name__)
_FILE = "requirements.txt"
_PINNED = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[[^]]*\]\s*)?==\s*([^\s;#,*]+)\s*(?:#.*)?$")
_OURS = {"mlflow", "mlflow-skinny", "jupyter-mlops"}  # what loads the model is this package, whatever saved it


def find_mismatches(requirements: str, python_version: str | None = None) -> list[tuple[str, str, str]]:
    """Packages that are pinned to another version than is installed here: name, version there, version here.

    Parameters
    ----------
    requirements : str
        Text of a requirements file; only ``name==version`` is looked at.
    python_version : str, optional
        Python that the model was saved with; another patch release is none other.

    Examples
    --------
    >>> find_mismatches("no-such-package==1.0\\nnumpy>=1")
    [('no-such-package', '1.0', 'not installed')]
    """
    found = []
    here = platform.python_version()
    if python_version and python_version.split(".")[:2] != here.split(".")[:2]:
        found.append(("python", python_version, here))
    for line in requirements.splitlines():
        match = _PINNED.match(line.strip())
        if match and match[1].lower() not in _OURS and (installed := _installed(match[1])) != match[2]:
            found.append((match[1], match[2], installed))
    return found


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def warn_of_mismatches(folder: ModelFolder, model: Model) -> None:
    """One warning that lists them as a table; none when there are none."""
    text = folder.read(_FILE).decode("utf-8", "replace") if folder.has(_FILE) else ""
    pyfunc = model.flavors.get("python_function")
    python_version = pyfunc.get("python_version") if isinstance(pyfunc, dict) else None
    if found := find_mismatches(text, python_version and str(python_version)):
        rows = [("package", "saved with", "here"), *found]
        widths = [max(len(row[i]) for row in rows) for i in range(2)]
        table = "\n".join(f"  {a:<{widths[0]}}  {b:<{widths[1]}}  {c}" for a, b, c in rows)
        _log.warning(
            "The model was saved with other versions; if it behaves differently here, this may be why:\n%s", table
        )
