"""Which runs ``compare`` is asked for: a list, a filter, experiments, a DataFrame, or all there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidFilter, InvalidParameter, MlflowException, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.run_tables import MOST_LISTED, RunQuery
from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.subjects import RUNS
from jupyter_mlops.tracking.run_references import find_run
from jupyter_mlops.tracking.settings import experiment_for_run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Asked", "experiment_id_of", "home_experiment", "query_of"]

_One: TypeAlias = "str | Run | Experiment"
Asked: TypeAlias = "_One | Iterable[_One] | pd.DataFrame | None"


def query_of(store: Store, asked: Asked, experiment: str | Experiment | Sequence[str | Experiment] | None) -> RunQuery:
    """The runs that are meant.

    Raises
    ------
    NotFound
        A run or an experiment that is not there.
    InvalidFilter
        A text that is neither a filter nor the name of an experiment or a run.
    InvalidParameter
        More than 100,000 runs are listed.
    """
    if experiment is not None:
        given = [experiment] if isinstance(experiment, str | Experiment | int) else list(experiment)
        ids: list[str] | None = [experiment_id_of(store, one) for one in given]
    else:
        ids = None
    if asked is None:
        return RunQuery(ids if ids is not None else [experiment_for_run()])
    if isinstance(asked, Experiment):
        return RunQuery([*(ids or ()), asked.experiment_id])
    if isinstance(asked, str):
        return _of_text(store, asked, ids)
    return _of_list(store, asked, ids)


def _of_text(store: Store, text: str, ids: list[str] | None) -> RunQuery:
    try:
        parse_filter(text, RUNS)
    except InvalidFilter as error:
        if (found := store.get_experiment_by_name(text)) is not None:
            return RunQuery([found.experiment_id])
        try:
            return RunQuery(run_ids=[find_run(text, store, ids[0] if ids else None).info.run_id])
        except MlflowException:
            raise error from None
    return RunQuery(ids if ids is not None else [experiment_for_run()], filters=[text])


def _of_list(store: Store, asked: Any, ids: list[str] | None) -> RunQuery:
    if isinstance(asked, Run):
        asked = [asked]
    if not hasattr(asked, "__iter__"):
        raise InvalidParameter(f"Compared are runs, their ids, a filter, experiments or a DataFrame of search_runs, not {asked!r}.")
    listed = list(asked["run_id"]) if hasattr(asked, "columns") else list(asked)
    if listed and all(isinstance(one, Experiment) for one in listed):
        return RunQuery([one.experiment_id for one in listed])
    if len(listed) > MOST_LISTED:
        raise InvalidParameter(f"At most {MOST_LISTED:,} runs can be listed, not {len(listed):,}. A filter has no such bound.")
    run_ids = list(dict.fromkeys(one.info.run_id if isinstance(one, Run) else str(one) for one in listed))
    found = RunQuery(ids, run_ids)
    there = store.run_facts(found).total
    if there < len(run_ids):
        found = RunQuery(ids, _found(store, run_ids, ids))
    return found


def _found(store: Store, run_ids: list[str], ids: list[str] | None) -> list[str]:
    """Those that are there, others by name; `NotFound` when one is neither."""
    known = set(store.run_part(RunQuery(ids, run_ids), [], 0, len(run_ids)).info["run_id"])
    missing = [one for one in run_ids if one not in known]
    try:
        names = {one: find_run(one, store, ids[0] if ids else None).info.run_id for one in missing[:100]}
    except MlflowException as error:
        raise NotFound(f"{error.message} A filter such as 'metrics.acc > 0.9' works too.") from None
    if len(missing) > len(names):
        raise NotFound(f"{len(missing)} of {len(run_ids)} runs are not in this store, {missing[0]!r} for one.")
    return list(dict.fromkeys(names.get(one, one) for one in run_ids))


def home_experiment(store: Store, experiment: str | Experiment | Sequence[str | Experiment] | None) -> str:
    """Id of the experiment where a saved view is looked for first."""
    if experiment is None:
        return experiment_for_run()
    if isinstance(experiment, str | Experiment) or not isinstance(experiment, Sequence):
        return experiment_id_of(store, experiment)
    return experiment_id_of(store, experiment[0]) if experiment else experiment_for_run()


def experiment_id_of(store: Store, given: str | Experiment) -> str:
    """Id of an experiment that is said by name, by id or as such."""
    if isinstance(given, Experiment):
        return given.experiment_id
    if not isinstance(given, str):
        raise InvalidParameter(f"An experiment is said by its name, or by its id as text: {str(given)!r}, not {given!r}.")
    found = store.get_experiment_by_name(given)
    if found is None and given.isdigit():
        found = store.get_experiment(given)
    if found is None:
        raise NotFound(f"There is no experiment {given!r}.")
    return found.experiment_id
