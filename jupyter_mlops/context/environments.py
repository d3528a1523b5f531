"""The Python and the packages that a run was made with."""

from __future__ import annotations

import platform
import sys

__all__ = ["imported_packages", "python_version"]


def python_version() -> str:
    """Version of the running Python, such as ``3.11.7``."""
    return platform.python_version()


def imported_packages() -> dict[str, str]:
    """Distributions with a module that this process has imported, and their versions, by name.

    Notes
    -----
    10-50 ms the first time: asks the metadata of all installed distributions.
    """
    from importlib import metadata  # only when a notebook's run ends

    tops = {name.partition(".")[0] for name in sys.modules}
    owners = metadata.packages_distributions()
    names = {owner for top in tops for owner in owners.get(top, ())}
    return {name: metadata.version(name) for name in sorted(names, key=str.lower)}
