"""Notebooks executed from the first cell to the last, in the Python of an environment."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from jupyter_mlops.errors import PackageMissing
from jupyter_mlops.storage.artifact_stores.transfers import make_bar

__all__ = ["execute_notebook"]

_WITHOUT = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
_OF_RUNS = ("_RUN_ID", "_EXPERIMENT_NAME", "_EXPERIMENT_ID", "_TRACKING_URI", "_SERVER_STORE")
_LONGEST_ERROR = 500


def execute_notebook(notebook: dict[str, Any], python: str, folder: str, variables: dict[str, str]) -> tuple[dict[str, Any], str | None]:
    """Execute a notebook.

    Parameters
    ----------
    notebook : dict
        JSON of nbformat.
    python : str
        The program that its kernel is.
    folder : str
        The current folder of the kernel.
    variables : dict of str to str
        Variables of its environment, which has none of this process that say where runs are kept.

    Returns
    -------
    tuple of dict and str or None
        The notebook with its outputs, and the error that ended it, one line.

    Raises
    ------
    PackageMissing
        nbclient or nbformat is not installed.
    """
    try:
        import nbformat  # only where a notebook is executed
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError:
        raise PackageMissing("A notebook is executed by nbclient: pip install 'jupyter-mlops[reproduce]'.") from None

    book = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    code_cells = sum(cell.cell_type == "code" for cell in book.cells)
    error = None
    with make_bar("executing", code_cells, shown=True, unit=" cells") as bar:
        client = NotebookClient(
            book, timeout=None, km=_kernel_of(python), resources={"metadata": {"path": folder}},
            on_cell_executed=lambda cell, cell_index, execute_reply: bar.update(),
        )  # fmt: skip
        try:
            client.execute(env=_environment(python, variables), cleanup_kc=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except CellExecutionError as raised:
            error = f"{raised.ename}: {raised.evalue}".partition("\n")[0][:_LONGEST_ERROR]
        except RuntimeError as raised:  # the kernel did not start, or died: of want of memory, or of what a cell called
            error = f"{raised}; its kernel was {python} -m ipykernel_launcher"
    return dict(book), error


def _environment(python: str, variables: dict[str, str]) -> dict[str, str]:
    """Of this process, without what says which Python, session, store and run are its own."""
    own = {name for name in os.environ if name.startswith("JPY_") or (name.startswith(("MLFLOW_", "JUPYTER_MLOPS_")) and name.endswith(_OF_RUNS))}
    left_out = own if python == sys.executable else own | _WITHOUT
    return {name: value for name, value in os.environ.items() if name not in left_out} | variables


def _kernel_of(python: str) -> Any:
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class OneKernel(KernelSpecManager):  # type: ignore[misc]
        """Knows the kernel of that Python and no other."""

        def get_kernel_spec(self, kernel_name: str) -> Any:
            command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Python 3", language="python")

    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OneKernel())
