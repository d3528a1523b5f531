"""``%diff RUN [RUN]``: two runs as a code review shows them."""

from __future__ import annotations

from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Usage, Words
from jupyter_mlops.magics.lines.references import RUN_WORDS
from jupyter_mlops.views.runs.diffs import RunDiff
from jupyter_mlops.views.runs.diffs import diff as diff_runs

__all__ = ["diff"]

_USAGE = Usage(
    "%diff",
    f"""Compare two runs: code, params, metrics, tags, environment and data.

RUN is a {RUN_WORDS}.
One run alone is compared with the one before it of the same cell or name; now as the second is the code and the
packages of this kernel.""",
    Words("RUN [RUN | now]", RUN_WORDS, least=1, names=("runs", "runs")),
)


@command(_USAGE)
def diff(given: Given) -> RunDiff:
    """Compare two runs."""
    if len(given.words) > 2:
        _USAGE.refuse(f"it takes one run or two, not {given.text}")
    return diff_runs(*given.words)
