"""``%runs [FILTER]``: the runs of the current experiment."""

from __future__ import annotations

from IPython.core.error import UsageError

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.tracking.settings import current_store, experiment_for_run
from jupyter_mlops.views.run_tables import RunTable

__all__ = ["runs"]


def runs(line: str) -> RunTable:
    """List runs of the current experiment, newest first: ``%runs metrics.acc > 0.9 and params.model = 'forest'``."""
    try:
        found = current_store().search_runs([experiment_for_run()], line.strip(), 1, 1000, None, None)
    except MlflowException as error:
        raise UsageError(str(error)) from None
    return RunTable(found)
