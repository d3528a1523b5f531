"""``%reproduce RUN``: the notebook that makes a run again."""

from __future__ import annotations

from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.references import RUN_WORDS
from jupyter_mlops.reproduction.environments import KINDS
from jupyter_mlops.reproduction.reproductions import Reproduction
from jupyter_mlops.reproduction.reproductions import reproduce as reproduce_run

__all__ = ["reproduce"]

_USAGE = Usage(
    "%reproduce",
    "Write a notebook that makes a run again: its cells, params, commit, data sets and packages.",
    Words("RUN", RUN_WORDS, least=1, names=("runs",)),
    Option("--execute", "execute it in a fresh environment, and compare the metrics"),
    Option("--environment", f"what makes the environment: {', '.join(KINDS)}", "KIND", names=KINDS),
    Option("--to", "where it is written; the run's name in this folder by default", "PATH"),
)


@command(_USAGE)
def reproduce(given: Given) -> Reproduction:
    """Make a run again."""
    return reproduce_run(given.name or "", execute=given.execute, environment=given.environment, path=given.to)
