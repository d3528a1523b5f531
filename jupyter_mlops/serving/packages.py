"""What a scoring server needs beyond the package itself: the extra ``server``."""

from __future__ import annotations

import importlib.util
import os

from jupyter_mlops.errors import PackageMissing

__all__ = ["require_server"]

_NEEDED = ("httptools", "prometheus_client", "starlette", "uvicorn", *(() if os.name == "nt" else ("uvloop",)))


def require_server() -> None:
    """Nothing, where a scoring server can run in this environment.

    Raises
    ------
    PackageMissing
        It cannot; what to install.

    Examples
    --------
    >>> require_server()
    """
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise PackageMissing(f"Serving needs {', '.join(missing)}: pip install 'jupyter-mlops[server]'.")
