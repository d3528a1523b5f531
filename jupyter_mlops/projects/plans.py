"""All that a process needs to run an entry point whose run is there already."""

from __future__ import annotations

import msgspec

from jupyter_mlops.environments.specifications import Specification
from jupyter_mlops.projects.containers import Container

__all__ = ["Plan"]


class Plan(msgspec.Struct, frozen=True):
    """What is to be done, as JSON between processes.

    Attributes
    ----------
    run_id, experiment_id, tracking_uri, registry_uri : str
    folder : str
        The project's.
    goes_on : bool
        Whether the run was there before.
    temporary : tuple of str
        Folders that are removed when all is done.
    entry_point : str
    command : str
        For the shell; empty when the entry point is a notebook.
    notebook : str
        Path of it in the folder.
    values : dict of str to str
        Parameters of the notebook.
    paths : tuple of str
        Files and folders that are among the values.
    manager : str or None
        What makes the environment.
    specification : Specification
    container : Container or None
        What the command runs in instead.
    """

    run_id: str
    experiment_id: str
    tracking_uri: str
    registry_uri: str
    folder: str
    entry_point: str
    goes_on: bool = False
    temporary: tuple[str, ...] = ()
    command: str = ""
    notebook: str = ""
    values: dict[str, str] = {}
    paths: tuple[str, ...] = ()
    manager: str | None = None
    specification: Specification = Specification()
    container: Container | None = None
