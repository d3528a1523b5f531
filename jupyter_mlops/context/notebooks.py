"""The notebook and cell that run now, where the front end tells."""

from __future__ import annotations

import os
import sys
from typing import Any

from jupyter_mlops.entities.tags import CELL_ID_TAG, NOTEBOOK_TAG
from jupyter_mlops.entities.uris import without_secrets

__all__ = ["cell_id", "is_notebook", "is_open", "notebook_path", "notebook_tags", "shell", "tell_page"]


def shell() -> Any | None:
    """IPython's shell if this process has one; never imports IPython."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def is_notebook() -> bool:
    """Whether code runs in a kernel, not in a terminal or script."""
    running = shell()
    return running is not None and hasattr(running, "kernel")


def is_open() -> bool:
    """Whether a page shows the notebook while it runs: Jupyter with a session, VS Code, Colab."""
    return is_notebook() and (notebook_path() is not None or "google.colab" in sys.modules)


def tell_page(what: str, facts: dict[str, str]) -> None:
    """Let the page know something with the reply to the cell that runs; pages that know nothing of it ignore it.

    A comm would be one more that somebody has to close, and an error in pages without our extension.
    """
    payloads = getattr(shell(), "payload_manager", None)
    if payloads is not None:
        payloads.write_payload({"source": f"jupyter_mlops.{what}", **facts})


def notebook_path() -> str | None:
    """Path of the running notebook, None where nobody tells.

    VS Code sets a variable in the user's namespace, Jupyter's servers one in the environment; nbclient and papermill
    tell nothing, and their kernels inherit the server's variable, which is why its owner is asked for.
    """
    running = shell()
    if running is None:
        return None
    if path := running.user_ns.get("__vsc_ipynb_file__"):
        return str(path)
    name = os.environ.get("JPY_SESSION_NAME")
    return name if name and not _is_inherited("JPY_SESSION_NAME", name) else running.user_ns.get("__session__")


def _is_inherited(variable: str, value: str) -> bool:
    """Whether the parent process has the same value: then it was set for that one, not for us."""
    parent = os.environ.get("JPY_PARENT_PID", "")
    try:
        with open(f"/proc/{int(parent)}/environ", "rb") as file:
            return f"{variable}={value}".encode() in file.read().split(b"\0")
    except (OSError, ValueError):
        return False


def cell_id() -> str | None:
    """Id of the running cell as the front end sent it, else None."""
    running = shell()
    parent = getattr(running, "parent_header", None) or {}
    found = parent.get("metadata", {}).get("cellId") if isinstance(parent, dict) else None
    return str(found) if found else None


def notebook_tags() -> dict[str, str]:
    """Path of the running notebook and id of its cell, where somebody tells."""
    if not is_notebook():
        return {}
    path, cell = notebook_path(), cell_id()
    found = {NOTEBOOK_TAG: path and without_secrets(path), CELL_ID_TAG: cell}
    return {key: value for key, value in found.items() if value}
