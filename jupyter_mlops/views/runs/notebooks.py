"""A run as a notebook, for "Open as notebook" wherever a run is shown."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.reproduction.notebooks import file_name, notebook_of
from jupyter_mlops.storage.base import TrackingStore

__all__ = ["run_notebook"]


def run_notebook(store: TrackingStore, run_id: str) -> dict[str, Any]:
    """The notebook that makes a run again.

    Returns
    -------
    dict
        ``name`` of its file, and ``notebook``, its JSON.

    Raises
    ------
    NotFound
        There is no such run.
    """
    run = store.get_run(run_id)
    return {"name": file_name(run), "notebook": notebook_of(store, run)}
