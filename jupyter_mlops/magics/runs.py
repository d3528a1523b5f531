"""``%runs [FILTER]``: the runs of an experiment."""

from __future__ import annotations

from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.magics.experiments import EXPERIMENT, experiment_meant
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.values import comma_list, count
from jupyter_mlops.magics.settings import settings
from jupyter_mlops.tracking.run_references import NEWEST
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.runs.tables import RunTable

__all__ = ["runs"]

_USAGE = Usage(
    "%runs",
    "List runs of an experiment, newest first.",
    Words("[FILTER]", "such as metrics.acc > 0.9 and params.model = 'forest'", is_filter=True, names=("filter",)),
    EXPERIMENT,
    Option("-n, --max", "at most N runs, 1000 by default", "N", count),
    Option("--order", "such as 'metrics.acc DESC, start_time'", "ORDER", comma_list, names="order"),
)


@command(_USAGE)
def runs(given: Given) -> RunTable:
    """List runs of an experiment."""
    ids = [experiment_meant(given.experiment)]
    found = current_store().search_runs(ids, given.text, ViewType.ACTIVE_ONLY, given.max or 1000, given.order or NEWEST, None)
    return RunTable(found, settings().max_rows)
