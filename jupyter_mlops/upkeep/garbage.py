"""Deleted runs and experiments, and how they go for good."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_ID
from jupyter_mlops.entities.uris import is_local, local_path, without_credentials
from jupyter_mlops.errors import InvalidParameter, InvalidState
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.duckdb import removals
from jupyter_mlops.storage.duckdb.removals import DeadExperiment, DeadRun, Leftover
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT
from jupyter_mlops.upkeep.bars import count_bar
from jupyter_mlops.upkeep.infos import FolderSize, folder_size

__all__ = ["Garbage", "age_ms", "find_garbage", "remove_garbage"]

_AT_ONCE = 300  # runs in one lease
_ASIDE = ".gone"  # behind the name of a folder that is being removed
_MOST_S = 86_400 * 366_000  # a thousand years
_AGE = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


class Garbage(msgspec.Struct, frozen=True):
    """What can go for good, and what stays.

    Attributes
    ----------
    runs : list of DeadRun
    experiments : list of DeadExperiment
        Those that have no other runs than `runs`.
    folders : dict of Leftover to str
        By the artifacts of `runs` the local folder that goes with them.
    leftovers : dict of Leftover to str
        The same of runs whose removal was broken off.
    size : FolderSize
        Files in all these folders.
    kept : list of str
        What stays and why, one line each.
    """

    runs: list[DeadRun]
    experiments: list[DeadExperiment]
    folders: dict[Leftover, str]
    leftovers: dict[Leftover, str]
    size: FolderSize
    kept: list[str]


def age_ms(text: str) -> int:
    """Milliseconds of an age as MLflow writes it.

    Raises
    ------
    InvalidParameter

    Examples
    --------
    >>> age_ms("1d2h3m4.5s"), age_ms("30d")
    (93784500, 2592000000)
    """
    found = _AGE.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise InvalidParameter(f"An age is written like 30d, 12h or 1d2h3m4.5s, not {text[:40]!r}.")
    units = zip(found.groups(), (86_400, 3_600, 60, 1), strict=True)
    age = sum(float(number or 0) * seconds for number, seconds in units)
    if age > _MOST_S:
        raise InvalidParameter(f"Nothing is as old as {text[:40]!r}: give an age below a thousand years, such as 30d.")
    return round(1000 * age)


def find_garbage(
    store: DuckDBStore,
    *,
    older_than: str | None = None,
    run_ids: Collection[str] = (),
    experiment_ids: Collection[str] = (),
    force: bool = False,
    progress: bool = False,
) -> Garbage:
    """Deleted runs and experiments that can go for good; changes nothing.

    Parameters
    ----------
    older_than : str, optional
        How long ago they must have been deleted, such as ``"30d"``.
    run_ids, experiment_ids : collection of str
        These alone, and the runs of these experiments; by default all that are deleted.
    force : bool
        Whether runs also go whose artifacts a model version is made of.
    progress : bool
        Whether to show a bar.

    Raises
    ------
    InvalidState
        One that was named is not deleted, or not for so long.
    NotFound
        One that was named is not there.
    """
    before = None if older_than is None else now_ms() - age_ms(older_than)
    _check_stages({f"Experiment {i}": store.get_experiment(i).lifecycle_stage for i in experiment_ids})
    _check_stages({f"Run {i}": store.get_run(i).info.lifecycle_stage for i in run_ids})
    with store.files.reading("look for garbage") as session:
        runs, experiments = removals.dead_runs(session), removals.dead_experiments(session)
        left, places = removals.leftovers(session), removals.experiment_places(session)
    if run_ids or experiment_ids:
        runs = [run for run in runs if run.run_id in run_ids or run.experiment_id in experiment_ids]
        experiments = [experiment for experiment in experiments if experiment.experiment_id in experiment_ids]
    if before is not None:
        _check_ages({run.run_id: run.deleted_time for run in runs}, run_ids, before)
        _check_ages({e.experiment_id: e.deleted_time for e in experiments}, experiment_ids, before)
        runs = [run for run in runs if run.deleted_time < before]
        experiments = [experiment for experiment in experiments if experiment.deleted_time < before]
    kept: list[str] = []
    runs = [run for run in runs if force or not _is_used(run, kept)]
    going = {run.run_id for run in runs}
    experiments = [experiment for experiment in experiments if not _is_needed(experiment, going, kept)]
    folders = _folders(store, runs, kept)
    leftovers = {item: folder for item in left if (folder := _folder(store, item, places)) is not None}
    asides = [folder + _ASIDE for folder in leftovers.values()]
    places_of_files = (*folders.values(), *leftovers.values(), *asides)
    sizes = []
    with count_bar("measuring artifacts", shown=progress, total=len(places_of_files)) as bar:
        for place in places_of_files:
            sizes.append(folder_size(place))
            bar.update()
    size = FolderSize(sum(s.files for s in sizes), sum(s.size for s in sizes))
    return Garbage(runs, experiments, folders, leftovers, size, kept)


def _check_stages(stages: dict[str, str]) -> None:
    for which, stage in stages.items():
        if stage != "deleted":
            raise InvalidState(f"{which} is {stage}: only what is deleted goes for good. Delete it first.")


def _check_ages(times: dict[str, int], named: Collection[str], before: int) -> None:
    for which in named:
        if times.get(which, 0) >= before:
            raise InvalidState(f"{which} was deleted more recently than that: leave it out, or ask for another age.")


def _is_used(run: DeadRun, kept: list[str]) -> bool:
    if run.users:
        users = ", ".join(run.users)
        kept.append(f"Run {run.run_id} stays: {users} is made of its artifacts. Delete the version, or use --force.")
    return bool(run.users)


def _is_needed(experiment: DeadExperiment, going: set[str], kept: list[str]) -> bool:
    which, others = experiment.experiment_id, len(set(experiment.run_ids) - going)
    if which == DEFAULT_EXPERIMENT_ID:
        kept.append(f"Experiment {which} stays: runs that name no experiment belong to it.")
    elif others:
        kept.append(f"Experiment {which} stays: {others} of its runs stay.")
    return which == DEFAULT_EXPERIMENT_ID or others > 0


def _folders(store: DuckDBStore, runs: list[DeadRun], kept: list[str]) -> dict[Leftover, str]:
    folders = {}
    for run in runs:
        item = Leftover(run.run_id, run.artifact_uri)
        if (folder := _folder(store, item, [run.experiment_place])) is not None:
            folders[item] = folder
        else:
            kept.append(
                f"Artifacts of run {run.run_id} stay: {without_credentials(run.artifact_uri)} is no folder of its own "
                "below the store's artifacts or its experiment's location."
            )
    return folders


def _folder(store: DuckDBStore, item: Leftover, places: Sequence[str]) -> str | None:
    """The local folder that holds a run's artifacts and nothing else, None when that cannot be known.

    It lies below the store's artifact root or one of `places`, and on the way there is a folder named like the run;
    both is judged after symbolic links.
    """
    if not is_local(item.place):
        return None
    folder = os.path.realpath(local_path(item.place))
    roots = [os.path.join(store.files.root, ARTIFACT_ROOT), *(local_path(place) for place in places if is_local(place))]
    for root in map(os.path.realpath, roots):
        inside = os.path.relpath(folder, root).split(os.sep)
        if item.run_id in inside and os.pardir not in inside:
            return folder
    return None


def remove_garbage(store: DuckDBStore, garbage: Garbage, *, force: bool = False, progress: bool = False) -> Iterator[str]:
    """Remove what was found for good; yields a line for each thing that is gone.

    Parameters
    ----------
    garbage : Garbage
        As `find_garbage` returned it. What was restored meanwhile stays.
    force : bool
        As it was given to `find_garbage`.
    progress : bool
        Whether to show a bar, which is out of the way while a line is printed.

    Notes
    -----
    Nobody waits for it: a lease removes 300 runs and takes 0.1 s. When it is stopped or killed, each run is there whole or
    gone, and the next removal takes away the files that were left.
    """
    with count_bar("removing artifacts", shown=progress, total=len(garbage.leftovers) + len(garbage.folders)) as bar:
        for line in _removals(store, garbage, force, bar):
            bar.clear()
            yield line


def _removals(store: DuckDBStore, garbage: Garbage, force: bool, bar: Any) -> Iterator[str]:
    left = list(garbage.leftovers.items())
    for start in range(0, len(left), _AT_ONCE):
        yield from _remove_files(store, dict(left[start : start + _AT_ONCE]), bar)
    for start in range(0, len(garbage.runs), _AT_ONCE):
        part = garbage.runs[start : start + _AT_ONCE]
        with store.files.session("gc") as session:
            gone = set(removals.remove_runs(session, part, garbage.folders, force=force))
        yield from _remove_files(store, {item: f for item, f in garbage.folders.items() if item.run_id in gone}, bar)
        for run in part:
            if run.run_id in gone:
                yield f"Run with ID {run.run_id} has been permanently deleted."
    if garbage.experiments:
        with store.files.session("gc") as session:
            ids = removals.remove_experiments(session, [e.experiment_id for e in garbage.experiments])
        for experiment_id in ids:
            with contextlib.suppress(OSError):  # not there, or something else lies in it
                os.rmdir(os.path.join(store.files.root, ARTIFACT_ROOT, experiment_id))
            yield f"Experiment with ID {experiment_id} has been permanently deleted."


def _remove_files(store: DuckDBStore, folders: dict[Leftover, str], bar: Any) -> Iterator[str]:
    gone = []
    for item, folder, problem in _set_aside(store, folders) if folders else ():
        bar.update()
        try:
            if problem:
                raise problem
            _remove(folder + _ASIDE)
            parent = os.path.dirname(folder)
            if os.path.basename(parent) == item.run_id:
                with contextlib.suppress(OSError):  # something else lies in it
                    os.rmdir(parent)
            gone.append(item)
        except OSError as error:
            yield f"Artifacts of run {item.run_id} are not all gone ({error}); the next gc tries again."
    if gone:
        with store.files.session("gc") as session:
            removals.forget(session, gone)


def _remove(folder: str) -> None:
    LocalArtifactStore(folder).delete("")  # follows no links


def _set_aside(store: DuckDBStore, folders: dict[Leftover, str]) -> list[tuple[Leftover, str, OSError | None]]:
    """Rename folders whose runs are gone still; afterwards an import can bring the runs back while files are removed."""
    done = []
    for folder in folders.values():
        with contextlib.suppress(OSError):  # told when the folder cannot have that name
            _remove(folder + _ASIDE)  # of a removal that was killed
    with store.files.session("gc") as session:
        still = {item.run_id for item in removals.leftovers(session)}
        for item, folder in folders.items():
            if item.run_id in still:
                done.append((item, folder, _rename(folder)))
    return done


def _rename(folder: str) -> OSError | None:
    try:
        for end in ("", ".sha256"):
            with contextlib.suppress(FileNotFoundError):
                os.rename(folder + end, folder + _ASIDE + end)
    except OSError as error:
        return error
    return None
