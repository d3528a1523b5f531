"""``%run_info RUN`` and ``%best METRIC``: one run, all of it."""

from __future__ import annotations

from jupyter_mlops.magics.experiments import EXPERIMENT, experiment_meant
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.references import RUN_WORDS, run_at_hand
from jupyter_mlops.tracking.run_references import best_run
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.runs.infos import RunInfoView

__all__ = ["best", "run_info"]

_INFO = Usage("%run_info", "Show a run: the open or last one without RUN.", Words("[RUN]", RUN_WORDS, names=("runs",)))
_BEST = Usage(
    "%best",
    "Show the run with the greatest value of a metric; run = %best acc keeps it: run.run_id, run.params, run.metrics.",
    Words("METRIC [FILTER]", "a metric, and such as params.model = 'forest'", least=1, names=("metrics", "filter"), is_filter=True),
    Option("--min, --minimize", "the least value instead"),
    EXPERIMENT,
)


@command(_INFO)
def run_info(given: Given) -> RunInfoView:
    """Show a run."""
    return RunInfoView(current_store(), run_at_hand(given.name).info.run_id)


@command(_BEST)
def best(given: Given) -> RunInfoView:
    """Show the best run."""
    metric, *where = given.words
    ids = [experiment_meant(given.experiment)]
    run = best_run(metric.strip("`\"'").removeprefix("metrics."), given.minimize, current_store(), ids, " ".join(where))
    return RunInfoView(current_store(), run.info.run_id)
