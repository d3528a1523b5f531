"""The line of ``%%sweep``: dimensions as ``NAME=VALUES``, and options."""

from __future__ import annotations

import re

from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.values import count, duration, pair
from jupyter_mlops.sweeps.studies import PRUNERS, SAMPLERS

__all__ = ["SWEEP", "dimensions_of", "name_of"]

_WORD = re.compile(r"""(?:[^\s()\[\]"']|\([^)]*\)|\[[^\]]*\]|"[^"]*"|'[^']*'|["'\[\]()])+""")


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("a whole number")
    return int(text)


SWEEP = Usage(
    "%%sweep",
    """Run this cell once per trial, with variables bound to values that a sampler draws; each trial is a child of the sweep's run.

  lr=log(1e-4,1e-1)             numbers, every order of magnitude alike; whole ones between whole numbers
  depth=2..8 depth=2..8..2      whole numbers from 2 to 8, by 2
  share=0.1..0.9                numbers
  share=steps(0,1,0.1)          numbers with a step
  kernel=rbf|poly n=[1,10]      one of these

A trial sees a copy of the notebook's variables: what it assigns does not reach the next trial, but lists and arrays are the
same objects, and functions of other cells see the notebook's variables. A line such as `lr = 0.1` at the top of the cell says
what the cell means without %%sweep, and is left out. What trials print is kept with their runs. At the end the variables of
the best trial are the notebook's, and the result is the value of the cell and _sweep: _sweep.best_run, .best_params,
.to_frame(). An interrupt keeps what is done, and stops "Run All".""",
    Words("[NAME] VARIABLE=VALUES...", "name of the sweep's run, and what it searches", names=("run_names",), is_free=True),
    Option("--metric", "what a trial logs, else the variable of that name at its end", "METRIC", names="metrics"),
    Option("--maximize", "a greater one is better"),
    Option("--minimize", "a smaller one is better; so it is by default, but not for what is usually maximized"),
    Option("-n, --n", "trials in all; 20 by default, or the whole grid", "N", count),
    Option("--sampler", "how points are drawn: by default all of a small grid, else tpe, which learns from the trials", "|".join(SAMPLERS), names=SAMPLERS),
    Option(
        "--pruner", "ends trials that log METRIC step by step and are worse than others were there; median by default",
        "|".join(PRUNERS), names=PRUNERS,
    ),
    Option(
        "--parallel", "trials at a time, in threads: of use where numpy, scikit-learn, torch or a server do the work, as Python\n"
        "                                itself runs in one thread at a time (its global lock). Which points are drawn then\n"
        "                                depends on who is faster", "N", count,
    ),
    Option("--timeout", "no trial begins later: 90s, 10m, 2h", "TIME", duration),
    Option("--seed", "0 by default: one seed is one sequence of points", "N", _seed),
    Option("--resume", "go on with the last sweep of these variables and this metric, or with that of NAME or whose id NAME is"),
    Option("--stop-on-error", "end with the first trial that fails; else it is FAILED and the sweep goes on"),
    Option("--name", "name of the sweep's run, as NAME", "NAME", names="run_names"),
    Option("-e, --experiment", "experiment of all its runs; made when it is not there", "EXPERIMENT", names="experiments"),
    Option("-t, --tag", "a tag of the sweep's run", "KEY=VALUE", pair, many=True, names="tags="),
)  # fmt: skip


def dimensions_of(given: Given) -> dict[str, str]:
    """The text of each dimension.

    Examples
    --------
    >>> dimensions_of(SWEEP.read("forest lr=log(1e-4, 1e-1) kernel=[rbf, 'a b'] --n 40 --metric acc"))
    {'lr': 'log(1e-4, 1e-1)', 'kernel': "[rbf, 'a b']"}
    """
    found: dict[str, str] = {}
    for word in _WORD.findall(given.text):
        name, equals, text = word.partition("=")
        if equals and not name:
            SWEEP.refuse("no spaces stand round =: x=2..8")
        if equals and name in found:
            SWEEP.refuse(f"{name} is there twice")
        if word.startswith("-"):
            SWEEP.refuse(f"there is no option {name!r}")
        if equals:
            found[name] = text
    return found


def name_of(given: Given) -> str | None:
    """The name of the sweep: the words that are no dimension.

    Examples
    --------
    >>> name_of(SWEEP.read("big forest depth=2..8 --n 4")), name_of(SWEEP.read("depth=2..8 --resume forest")), name_of(SWEEP.read("a=1..2"))
    ('big forest', 'forest', None)
    """
    words = [word.strip("'\"") for word in _WORD.findall(given.text) if "=" not in word]
    option = vars(given)["name"]  # `given.name` is all words
    if words and option:
        SWEEP.refuse(f"it has two names, {' '.join(words)} and {option}")
    return option or " ".join(words) or None
