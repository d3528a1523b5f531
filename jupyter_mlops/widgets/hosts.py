"""Which program shows the notebook, as far as its kernel can know."""

from __future__ import annotations

from jupyter_mlops.context.notebooks import is_open, shell
from jupyter_mlops.entities.variables import SERVER_STORE

__all__ = ["wants_widgets"]


def wants_widgets() -> bool:
    """Whether the page may lack our front end, so that a view must be a widget to be more than HTML there.

    A Jupyter server with our extension tells its kernels; VS Code may use such a server too, and tells its own name. Nobody
    watches where notebooks are executed to be kept: there no widget would be alive.
    """
    running = shell()
    is_vscode = running is not None and "__vsc_ipynb_file__" in running.user_ns
    return is_open() and (is_vscode or SERVER_STORE.get() is None)
