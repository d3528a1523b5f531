"""``%compare [FILTER | RUN...]``: runs side by side."""

from __future__ import annotations

import shlex

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import InvalidFilter, NotFound
from jupyter_mlops.magics.experiments import EXPERIMENT, experiment_meant
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.references import RUN_WORDS
from jupyter_mlops.magics.lines.values import comma_list, count
from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.subjects import RUNS
from jupyter_mlops.tracking.run_references import NEWEST, find_run
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.widgets.compare import Compare
from jupyter_mlops.widgets.compare import compare as compare_runs

__all__ = ["compare"]

_USAGE = Usage(
    "%compare",
    f"""Compare runs side by side: those that match a filter, or those that are named, all of the experiment without either.

RUN is a {RUN_WORDS}; in quotes when it has spaces.""",
    Words("[FILTER | RUN...]", "metrics.acc > 0.9, or: forest best:acc last", is_filter=True, names=("runs or filter",)),
    EXPERIMENT,
    Option("-n, --max", "at most N runs of a filter, 1000 by default", "N", count),
    Option("--order", "which of them: such as 'metrics.acc DESC'; the newest by default", "ORDER", comma_list, names="order"),
)


@command(_USAGE)
def compare(given: Given) -> Compare:
    """Compare runs side by side."""
    experiment = experiment_meant(given.experiment)
    return compare_runs(_named(given.text, experiment) or _found(given, experiment))


def _found(given: Given, experiment: str) -> list[Run]:
    runs = list(current_store().search_runs([experiment], given.text, ViewType.ACTIVE_ONLY, given.max or 1000, given.order or NEWEST, None))
    if not runs:
        raise NotFound("No runs match; %runs lists what there is." if given.text else "The experiment has no runs yet.")
    return runs


def _named(text: str, experiment: str) -> list[Run]:
    """The runs that a text names; none when it is a filter."""
    try:
        parse_filter(text, RUNS)
    except InvalidFilter as is_none:
        try:
            return [find_run(word, None, experiment) for word in shlex.split(text)]
        except ValueError:  # no closing quotation
            raise is_none from None
        except NotFound as missing:
            raise (is_none if any(sign in text for sign in "<>!") else missing) from None
    return []
