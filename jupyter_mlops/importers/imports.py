"""An import from beginning to end: experiments, runs with their artifacts, models.

Each step reads without the store, copies files without the store, and then writes a batch in one short lease. What was
written is marked in the same transaction, so an import that was broken off goes on where it was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from jupyter_mlops.errors import ServerUnreachable
from jupyter_mlops.importers.models import import_models
from jupyter_mlops.importers.places import Places
from jupyter_mlops.importers.reports import ImportReport
from jupyter_mlops.importers.runs import RunImport
from jupyter_mlops.importers.sources import Source, open_source
from jupyter_mlops.importers.targets import Target
from jupyter_mlops.storage.artifact_stores.transfers import make_bar
from jupyter_mlops.storage.duckdb.imports import PlacedExperiment
from jupyter_mlops.storage.opened import open_store_file

__all__ = ["Progress", "import_store"]

Progress = Callable[[int, int, str], None]


def import_store(
    source: str | os.PathLike[str],
    store: str | os.PathLike[str] | None = None,
    *,
    artifacts: bool = True,
    artifact_root: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring a store of MLflow into ours: everything in it with its ids and times.

    Parameters
    ----------
    source : str or path
        ``sqlite:///mlflow.db``, the path of such a file, an ``mlruns`` folder, or the address of a tracking server, MLflow's
        or one of this package: ``http://host:5000``. It is only read, and may be in use.
    store : str or path, optional
        Where to; by default the current store. Others may go on working with it.
    artifacts : bool, default True
        Copy artifacts that lie on this machine, or that the server sends; else they stay where they are, and the runs say so.
    artifact_root : str or path, optional
        Folder that ``mlflow-artifacts:/`` means; by default ``mlartifacts`` beside the source, and of a server what it sends.
    dry_run : bool, default False
        Write nothing; the report says what would be.
    progress : callable, optional
        Called with the number of runs that are done, of all runs, and the name of the experiment. By default a bar shows
        what takes long, in a notebook and at a terminal.

    Returns
    -------
    ImportReport

    Raises
    ------
    NotFound
        There is nothing at `source`.
    InvalidParameter
        It is no store of MLflow.
    ServerUnreachable
        The server does not answer any more; what arrived before is kept.

    Notes
    -----
    Called again it goes on, or brings up to date what changed. What is in the store from elsewhere is never overwritten.
    A server is told who asks as everywhere: ``MLFLOW_TRACKING_TOKEN``, ``MLFLOW_TRACKING_USERNAME`` and ``…PASSWORD``, or user
    and password in the address, which are kept nowhere. It is known again by its address.

    Examples
    --------
    >>> import_store("mlruns")
    Traceback (most recent call last):
    ...
    jupyter_mlops.errors.NotFound: There is nothing at ...mlruns: name an MLflow database file or an mlruns folder.
    """
    began = time.monotonic()
    origin = open_source(source)
    try:
        target = Target(open_store_file(store, "An import"), origin.name, dry_run)
        report = ImportReport(origin.name, target.store.path, dry_run)
        places = origin.places(None if artifact_root is None else os.fspath(artifact_root))
        with make_bar("", None, shown=progress is None, unit="run") as bar:
            _run(origin, target, places, report, artifacts, progress or partial(_move, bar))
        report.problems += origin.problems
        report.seconds = round(time.monotonic() - began, 3)
        return report
    except ServerUnreachable as error:
        raise ServerUnreachable(f"{error.message} What was brought in so far is whole: the same import goes on from there.") from error
    finally:
        origin.close()


def _move(bar: Any, done: int, total: int, experiment: str) -> None:
    bar.total = total
    bar.set_description_str(experiment, refresh=False)
    bar.update(done - bar.n)


def _run(
    source: Source, target: Target, places: Places, report: ImportReport, artifacts: bool, progress: Progress
) -> None:
    records = source.experiments()
    remote = {r.experiment_id: r.artifact_location for r in records if places.is_remote(r.artifact_location)}
    placed = {p.record.experiment_id: p for p in target.experiments(records, remote)}
    _count_experiments(list(placed.values()), report)
    RunImport(source, target, places, report, placed, artifacts).run(progress)
    import_models(source, target, places, report, placed, artifacts)


def _count_experiments(placed: list[PlacedExperiment], report: ImportReport) -> None:
    for p in placed:
        report.experiments_new += p.change == "new"
        report.experiments_merged += p.change == "merged"
        report.experiments_known += p.change in ("", "updated")
        if str(p.number) != p.record.experiment_id:
            report.renumbered[p.record.experiment_id] = str(p.number)
