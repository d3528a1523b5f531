"""``%experiment [NAME]``: the experiment of runs to come, and all there are."""

from __future__ import annotations

import difflib

from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import NotFound
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.tracking.settings import current_store, experiment_for_run, set_experiment
from jupyter_mlops.views.runs.experiment_tables import ExperimentTable

__all__ = ["EXPERIMENT", "experiment", "experiment_meant"]

EXPERIMENT = Option("-e, --experiment", "an experiment, the current one by default", "EXPERIMENT", names="experiments")
_USAGE = Usage(
    "%experiment",
    "Switch to an experiment, which is made when it is not there; without NAME, say which one is the current and list all.",
    Words("[NAME]", names=("experiments",)),
)


@command(_USAGE)
def experiment(given: Given) -> ExperimentTable | None:
    """Switch to an experiment, or list them."""
    if given.name is None:
        store = current_store()
        found = every_page(lambda n, t: store.search_experiments(None, ViewType.ACTIVE_ONLY, n, None, t), 1000, 1000)
        return ExperimentTable(store, found, experiment_for_run())
    is_there = current_store().get_experiment_by_name(given.name) is not None
    set_experiment(given.name)
    print(f"Runs belong to {given.name!r} from now on{'' if is_there else ', which is made for them'}.")  # noqa: T201
    return None


def experiment_meant(name: str | None) -> str:
    """Id of the experiment of that name, the current one for None; it is not made when there is none."""
    if name is None:
        return experiment_for_run()
    store = current_store()
    found = store.get_experiment_by_name(name)
    if found is None:
        names = [one.name for one in store.search_experiments(None, ViewType.ACTIVE_ONLY, 1000, None, None)]
        near = difflib.get_close_matches(name, names, 3, 0.5)
        raise NotFound(f"There is no experiment {name!r}. " + (f"Names like it: {', '.join(map(repr, near))}." if near else "%experiment lists them."))
    return found.experiment_id
