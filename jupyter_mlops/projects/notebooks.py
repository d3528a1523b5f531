"""Notebooks executed from the first cell to the last, in the Python of an environment."""

from __future__ import annotations

import ast
import keyword
import os
import subprocess
import sys
from contextlib import suppress
from typing import Any

from jupyter_mlops.context.magic_calls import python_behind
from jupyter_mlops.errors import ExecutionException, PackageMissing
from jupyter_mlops.storage.artifact_stores.transfers import make_bar

__all__ = ["assigned_literals", "execute_notebook", "program_variables", "read_notebook", "source_of", "tags_of", "with_parameters"]

_WITHOUT = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX"}
_OF_RUNS = ("_RUN_ID", "_EXPERIMENT_NAME", "_EXPERIMENT_ID", "_TRACKING_URI", "_REGISTRY_URI", "_SERVER_STORE")
_LONGEST_ERROR = 500
_MISSING = "A notebook is executed by nbclient: pip install 'jupyter-mlops[reproduce]'."


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
        Variables of its environment, see `program_variables`.

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
        raise PackageMissing(_MISSING) from None

    book = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    code_cells = sum(cell.cell_type == "code" for cell in book.cells)
    error = None
    with make_bar("executing", code_cells, shown=True, unit=" cells") as bar:
        client = NotebookClient(
            book, timeout=None, km=_kernel_of(python), resources={"metadata": {"path": folder}},
            on_cell_executed=lambda cell, cell_index, execute_reply: bar.update(),
        )  # fmt: skip
        try:
            client.execute(env=variables, cleanup_kc=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except CellExecutionError as raised:
            error = f"{raised.ename}: {raised.evalue}".partition("\n")[0][:_LONGEST_ERROR]
        except AssertionError:
            if client.km is None:  # nbclient ends the kernel when it is interrupted, and stumbles over that
                raise KeyboardInterrupt from None
            raise
        except RuntimeError as raised:  # the kernel did not start, or died: of want of memory, or of what a cell called
            error = f"{raised}; its kernel was {python} -m ipykernel_launcher"
    return dict(book), error


def read_notebook(path: str) -> dict[str, Any]:
    """A notebook's JSON, in the newest minor version of format 4.

    Raises
    ------
    ExecutionException
        It is none, or cannot be read.
    PackageMissing
        nbformat is not installed.
    """
    try:
        import nbformat  # only where a notebook is executed
    except ImportError:
        raise PackageMissing(_MISSING) from None
    try:
        return dict(nbformat.read(path, 4))  # type: ignore[no-untyped-call]
    except FileNotFoundError:
        raise ExecutionException(f"There is no notebook {path}.") from None
    except Exception as error:  # it says of files that are none whatever it meets in them
        raise ExecutionException(f"{path} is no notebook that can be read: {type(error).__name__}: {error}") from None


def with_parameters(notebook: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The notebook with a cell that assigns values, behind the one that is tagged ``parameters``, else first.

    A text becomes a number or truth where it reads as one and the tagged cell gives the name such a value; names that are no
    identifiers, or are words of Python such as ``lambda``, cannot be assigned and are left out.

    References
    ----------
    papermill, whose tags ``parameters`` and ``injected-parameters`` these are.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "alpha = 0.1", "metadata": {"tags": ["parameters"]}}
    >>> with_parameters({"cells": [cell]}, {"alpha": "0.5"})["cells"][1]["source"]
    'alpha = 0.5'
    """
    cells = [cell for cell in notebook["cells"] if "injected-parameters" not in tags_of(cell)]
    place = next((number for number, cell in enumerate(cells) if "parameters" in tags_of(cell)), -1)
    if not values:
        return notebook | {"cells": cells}
    defaults = assigned_literals(source_of(cells[place])) if place >= 0 else {}
    lines = [f"{name} = {_typed(value, defaults.get(name))!r}" for name, value in values.items() if name.isidentifier() and not keyword.iskeyword(name)]
    injected: dict[str, Any] = {
        "cell_type": "code", "id": "injected-parameters", "metadata": {"tags": ["injected-parameters"]},
        "source": "\n".join(lines), "outputs": [], "execution_count": None,
    }  # fmt: skip
    return notebook | {"cells": [*cells[: place + 1], injected, *cells[place + 1 :]]}


def tags_of(cell: dict[str, Any]) -> list[str]:
    """Tags of a cell."""
    return list((cell.get("metadata") or {}).get("tags") or [])


def source_of(cell: dict[str, Any]) -> str:
    """What stands in a cell."""
    source = cell.get("source") or ""
    return source if isinstance(source, str) else "".join(source)


def assigned_literals(source: str) -> dict[str, Any]:
    """Names that a cell gives a literal.

    Examples
    --------
    >>> assigned_literals("%matplotlib inline\\nalpha: float = 0.1\\nepochs = 5\\nrows = load()")
    {'alpha': 0.1, 'epochs': 5}
    """
    found = {}
    with suppress(SyntaxError, ValueError):
        for statement in ast.parse(python_behind(source)).body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
            if len(targets) == 1 and isinstance(targets[0], ast.Name) and (value := statement.value):  # type: ignore[attr-defined]
                with suppress(ValueError):
                    found[targets[0].id] = ast.literal_eval(value)
    return found


def _typed(value: Any, default: Any) -> Any:
    if not isinstance(value, str) or isinstance(default, str):
        return value
    with suppress(ValueError, SyntaxError):
        read = ast.literal_eval(value)
        if isinstance(read, (bool, int, float)) or type(read) is type(default):
            return read
    return value


def program_variables(python: str, variables: dict[str, str]) -> dict[str, str]:
    """Variables for a program: of this process, without what says which Python, session, store and run are its own."""
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
