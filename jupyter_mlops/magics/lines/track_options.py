"""The line of ``%%track`` and that of ``%track on``."""

from __future__ import annotations

from jupyter_mlops.entities.tags import NOTE_TAG
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.values import comma_list, duration, pair, pairs, python_pair

__all__ = ["SWITCH", "TRACK", "tags_of"]

_RUN = (
    Option("-e, --experiment", "experiment of the run; made when it is not there", "EXPERIMENT", names="experiments"),
    Option("-p, --param", "a param of the run", "KEY=VALUE", python_pair, many=True, names="params="),
    Option("-t, --tag", "a tag of the run", "KEY=VALUE", pair, many=True, names="tags="),
    Option("--tags", "several of them", "K=V,K=V", pairs, names="tags="),
    Option("--description", "what it is about, Markdown", "TEXT"),
    Option("--autolog", "log what libraries train, as %autolog does for all cells"),
    Option("--no-params", "do not record the numbers, texts and booleans assigned at the top of the cell"),
)
TRACK = Usage(
    "%%track",
    "Record this cell as a run: its source, output, params, metrics, git commit, packages and duration.",
    Words("[NAME]", "name of the run; a random one by default", names=("run_names",)),
    *_RUN,
    Option("--params", "variables that are params, as they are when the cell ends", "NAME,NAME", comma_list, names="variables"),
    Option("--metrics", "variables that are metrics, a list one point after the other", "NAME,NAME", comma_list, names="variables"),
    Option("--resume", "go on with the last run of this cell, or with that of NAME or whose id NAME is"),
    Option("--replace", "delete the run that this cell or NAME had, and failed ones since, when this one has finished; restore_run() undoes it"),
    Option("--nested", "only as a child of a run that is open; a cell under one is its child in any case"),
    Option("--time-limit", "interrupt the cell after that time: 30s, 5m, 2h", "TIME", duration),
    Option("--no-live", "one output at the end instead of a card that follows the cell"),
)
SWITCH = Usage(
    "%track",
    """Record every following cell as a step of one run: a child run with its source, output, params, duration and status.

Cells of nothing but imports and magics make no step. %track off ends the run, as does the end of the kernel.""",
    Words("on [NAME] | off", "name of the run", least=1, names=(("on", "off"), "run_names")),
    *_RUN,
)


def tags_of(given: Given) -> dict[str, str]:
    """The tags that a line asks for."""
    described = {} if given.description is None else {NOTE_TAG: given.description}
    return {**described, **(given.tags or {}), **dict(given.tag)}
