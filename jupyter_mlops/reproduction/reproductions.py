"""``reproduce()``: a run as a notebook, and the notebook executed as a run that is compared with the first one."""

from __future__ import annotations

import os
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from jupyter_mlops.context.pythons import python_tags
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import PARENT_TAG, PYTHON_TAG, REPRODUCES_TAG
from jupyter_mlops.entities.variables import EXPERIMENT_ID, TRACKING_URI
from jupyter_mlops.errors import InvalidState, MlflowException
from jupyter_mlops.projects.notebooks import execute_notebook, program_variables
from jupyter_mlops.reproduction.agreements import Agreement, agreement_of
from jupyter_mlops.reproduction.environments import python_for
from jupyter_mlops.reproduction.markdowns import in_cell, in_code
from jupyter_mlops.reproduction.notebooks import as_file, file_name, notebook_of
from jupyter_mlops.reproduction.present_states import installed, source_states
from jupyter_mlops.reproduction.recordings import maker_of, recorded_packages
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.tracking.run_references import find_run
from jupyter_mlops.tracking.settings import current_store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Reproduction", "reproduce"]

_MOST_NAMES, _MOST_INSIDE = 1000, 1000


class Reproduction(msgspec.Struct, frozen=True):
    """What came of `reproduce`; it is shown as the table of its metrics.

    Attributes
    ----------
    path : str
        The notebook.
    run : Run
        The old run.
    new_run : Run or None
        The run that its execution made.
    agreement : Agreement or None
        The metrics of both; None when nothing was executed.
    error : str or None
        What ended the execution before its end, one line.
    """

    path: str
    run: Run
    new_run: Run | None = None
    agreement: Agreement | None = None
    error: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether it was executed to its end and came to the same metrics."""
        return self.agreement is not None and self.error is None and self.agreement.agrees

    def to_frame(self) -> pd.DataFrame:
        """One row a metric, see `Agreement`."""
        return (self.agreement or Agreement([])).to_frame()

    def _repr_html_(self) -> str:
        shown = f"<p>{escape(self._said())}</p>"
        return shown + (self.agreement._repr_html_() if self.agreement else "")

    def __repr__(self) -> str:
        return "\n".join([self._said(), *([repr(self.agreement)] if self.agreement else [])])

    def _said(self) -> str:
        name = repr(self.run.info.run_name)[1:-1]  # what others called it must not steer a terminal
        said = f"Notebook {os.path.relpath(self.path)} makes run {name} again."
        return f"{said} It ended with {self.error}" if self.error else said


def reproduce(
    run: str | Run, *, execute: bool = False, environment: Literal["uv", "virtualenv", "current"] | None = None,
    path: str | os.PathLike[str] | None = None, rel_tol: float = 1e-6,
) -> Reproduction:  # fmt: skip
    """Write the notebook that makes a run again, and have it made.

    Parameters
    ----------
    run : str or Run
        A run, or the words that mean one: its id or the start of it, its name, ``last``, ``best:acc``.
    execute : bool
        Execute the notebook in a fresh environment as a new run with the tag ``jupyter_mlops.reproduces``. That installs the
        packages and executes what the cells say, as you: look at the notebook before that when the run is somebody else's.
    environment : {"uv", "virtualenv", "current"}, optional
        What makes the environment; ``current`` for the one that runs now. uv where it is installed by default.
    path : path, optional
        Where the notebook is written, a file or a folder; the run's name and id in the current folder by default. A file that
        is there already is replaced only where it is named.
    rel_tol : float
        How far a metric may be from what it was, relative to itself.

    Returns
    -------
    Reproduction

    Raises
    ------
    NotFound
        There is no such run.
    InvalidState
        It is to be executed, and no cells were captured with it.
    PackageMissing
        nbclient is not installed.
    MlflowException
        The environment cannot be made; the message says why.

    Notes
    -----
    An environment has the packages that the run had imported, and is kept in the user's cache folder for all runs with the same
    packages. Its Python is the one that runs now.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run(run_name="forest"):
    ...     mlflow.log_metric("acc", 0.5)
    >>> mlflow.reproduce("forest", path="forest.ipynb")
    Notebook forest.ipynb makes run forest again.
    """
    store = current_store()
    found = run if isinstance(run, Run) else find_run(run, store)
    maker, recording = maker_of(store, found)
    if execute and not recording.cells:
        raise InvalidState(f"Run {found.info.run_id} has no captured cells that could be executed: it was not made by a cell with %%track.")
    notebook = notebook_of(store, found, _differences(found))
    is_folder = path is None or os.path.isdir(path) or os.fspath(path).endswith("/")
    place = os.path.abspath(_free_name(os.path.join(path or "", file_name(found))) if path is None or is_folder else path)
    _write(place, notebook)
    if not execute:
        return Reproduction(place, found)
    variables = {TRACKING_URI.names[0]: _address(store), EXPERIMENT_ID.names[0]: found.info.experiment_id}
    with python_for(found, environment) as python:
        before = set(_again(store, maker))
        done, error = execute_notebook(notebook, python, os.getcwd(), program_variables(python, variables))
    _write(place, done)
    new = [one for run_id, one in _again(store, maker).items() if run_id not in before]
    if not new:
        raise MlflowException(f"The notebook {place} made no run: {(error or 'its last cell did not begin one').rstrip('.')}.")
    again = _counterpart(store, found, maker, new[0])
    if again is None:
        error = error or f"no run in the place of {found.info.run_name}"
    return Reproduction(place, found, again or new[0], agreement_of(found, again or {}, rel_tol), error)


def _differences(run: Run) -> list[str]:
    """What is other here and now than it was when the run was made, in Markdown."""
    packages = recorded_packages(run)
    then = {**({"Python": run.data.tags[PYTHON_TAG]} if PYTHON_TAG in run.data.tags else {}), **packages}
    now = {"Python": python_tags()[PYTHON_TAG]} | {name: installed(name) for name in packages}
    rows = [f"| {in_cell(name)} | {in_cell(was)} | {in_cell(now[name] or '') or 'not installed'} |" for name, was in then.items() if now[name] != was]
    facts = [f"- Data set {in_code(name)}: its file {state}." for name, state in source_states(run)]
    said = ["**Packages that differ now.**\n\n| package | then | now |\n|---|---|---|\n" + "\n".join(rows)] if rows else []
    return [*(["\n".join(facts)] if facts else []), *(said or (["**Packages** are the same now."] if packages else []))]


def _again(store: TrackingStore, run: Run) -> dict[str, Run]:
    """The newest runs that make `run` again, by id."""
    where = f"tags.`{REPRODUCES_TAG}` = '{run.info.run_id}'"
    found = store.search_runs(None, where, ViewType.ALL, 100, ["start_time DESC"], None)
    return {one.info.run_id: one for one in found}


def _counterpart(store: TrackingStore, run: Run, maker: Run, again: Run) -> Run | None:
    """What stands in `again` where `run` stands in `maker`: of the same name, else at the same place beside the others."""
    if run.info.run_id == maker.info.run_id:
        return again
    above = store.get_runs([run.data.tags[PARENT_TAG]])
    inside = _counterpart(store, above[0], maker, again) if above else None
    if inside is None:
        return None
    then, now = _inside(store, above[0]), _inside(store, inside)
    for names in ([run.info.run_name], {one.info.run_name for one in (*then, *now)}):
        ids = [one.info.run_id for one in then if one.info.run_name in names]
        alike = [one for one in now if one.info.run_name in names]
        if run.info.run_id in ids and (place := ids.index(run.info.run_id)) < len(alike):
            return alike[place]
    return None


def _inside(store: TrackingStore, run: Run) -> list[Run]:
    """The runs right below a run, in the order in which they began."""
    found = store.search_runs(None, f"tags.`{PARENT_TAG}` = '{run.info.run_id}'", ViewType.ALL, _MOST_INSIDE, ["start_time ASC"], None)
    return sorted(found, key=lambda one: (one.info.start_time, one.info.run_id))  # ids are in order within a millisecond too


def _address(store: TrackingStore) -> str:
    return store.uri if is_server(store.uri) else os.path.abspath(store.uri)


def _free_name(name: str) -> str:
    stem = name.removesuffix(".ipynb")
    return next(tried for number in range(1, _MOST_NAMES) if not os.path.exists(tried := f"{stem}-{number}.ipynb" if number > 1 else name))


def _write(path: str, notebook: dict[str, Any]) -> None:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(as_file(notebook))
    except OSError as error:
        raise MlflowException(f"The notebook cannot be written to {path}: {error.strerror}.") from None
