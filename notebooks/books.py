"""Executing the notebooks as a user would, in a folder of their own."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def clean_environment(folder: Path, *, live: bool) -> None:
    """Let kernels keep their runs in `folder` and nowhere else."""
    for name in list(os.environ):
        if name.startswith(("MLFLOW_", "JUPYTER_MLOPS_", "JPY_SESSION")):
            del os.environ[name]
    os.environ["JUPYTER_MLOPS_DATA_DIR"] = str(folder / "user-data")
    if not live:
        os.environ["JUPYTER_MLOPS_LIVE"] = "0"


def make_kernel(folder: Path, name: str, python: Path) -> str:
    """Let `name` be the kernel of another Python, which gets this package; returns `name`."""
    place = folder / "jupyter" / "kernels" / name
    place.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": command, "display_name": name, "language": "python", "env": {"PYTHONPATH": str(HERE.parent)}}
    (place / "kernel.json").write_text(json.dumps(kernel))
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(folder / "jupyter"), os.environ.get("JUPYTER_PATH", "")])
    return name


def execute(name: str, folder: Path, kernel: str = "python3") -> Path:
    """Copy a notebook into `folder` and execute it there; returns the copy with its outputs."""
    copy = Path(shutil.copy(HERE / name, folder))
    book = nbformat.read(copy, as_version=4)
    NotebookClient(book, timeout=600, kernel_name=kernel, resources={"metadata": {"path": str(folder)}}).execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # times of this execution
    nbformat.write(book, copy)
    return copy
