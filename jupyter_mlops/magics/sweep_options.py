"""The line of ``%%sweep``: dimensions as ``NAME=VALUES``, and options."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jupyter_mlops.errors import InvalidParameter

__all__ = ["SWEEP_HELP", "SweepOptions", "read_sweep_options"]

SWEEP_HELP = """%%sweep NAME=VALUES... --metric METRIC [--maximize] [options]

Run this cell once per trial, with NAME bound to a value that the sampler draws; each trial is a child run of the sweep's run.

  lr=log(1e-4,1e-1)           numbers, every order of magnitude alike; whole ones between whole numbers
  depth=2..8  depth=2..8..2   whole numbers from 2 to 8, by 2
  share=0.1..0.9              numbers
  share=steps(0,1,0.1)        numbers with a step
  kernel=rbf|poly  n=[1,10]   one of these

  --metric METRIC             what the trial logs by log_metric, else the variable of that name at its end
  --maximize, --minimize      which is better; minimize by default
  --n N                       trials in all, 20 by default, or the whole grid
  --sampler tpe|random|grid   how points are drawn; tpe learns from the trials so far
  --pruner median|hyperband|none
                              ends trials that log METRIC step by step and are worse than others were there
  --parallel N                trials at a time, in threads. Python itself runs in one thread at a time (its global lock): of use
                              where numpy, scikit-learn, torch or a server do the work. The order then depends on who is faster
  --timeout TIME              90, 90s, 10m, 2h: no trial begins later
  --seed N                    0 by default: the same seed draws the same points
  --resume [RUN]              go on with the last sweep of these dimensions, or with RUN, until there are N trials
  --stop-on-error             end with the first trial that fails
  --name NAME                 of the sweep's run
  -e, --experiment EXPERIMENT of all its runs; created when it is not there

A trial sees a copy of the notebook's variables: what it assigns does not reach the next trial, but lists and arrays are the same
objects, and functions of other cells see the notebook's variables. A line such as `lr = 0.1` at the top of the cell is what
the cell means without %%sweep, and is left out. What trials print is kept with their runs. At the end the variables of the best
trial are those of the notebook, and the result is the value of the cell and _sweep: _sweep.best_run, .best_params, .to_frame().
"""
_WORD = re.compile(r"""(?:[^\s()\[\]"']|\([^)]*\)|\[[^\]]*\]|"[^"]*"|'[^']*')+""")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


@dataclass
class SweepOptions:
    """What the line asks for."""

    space: dict[str, str] = field(default_factory=dict)
    metric: str = ""
    maximize: bool | None = None
    n: int | None = None
    sampler: str = "tpe"
    pruner: str = "median"
    parallel: int = 1
    timeout: float | None = None
    seed: int = 0
    resume: bool | str = False
    stop_on_error: bool = False
    name: str | None = None
    experiment: str | None = None
    help: bool = False


def _count(text: str) -> int:
    if not re.fullmatch(r"\d+", text):
        raise ValueError("a whole number")
    return int(text)


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|min|h|)", text)
    if found is None or not float(found[1]):
        raise ValueError("a time such as 90, 90s, 10m or 2h")
    return float(found[1]) * _UNITS[found[2]]


_VALUED: dict[str, Callable[[str], Any]] = {
    "--experiment": str, "--metric": str, "--n": _count, "--name": str, "--parallel": _count, "--pruner": str, "--sampler": str,
    "--seed": _count, "--timeout": _seconds,
}  # fmt: skip
_FLAGS: dict[str, tuple[str, bool]] = {
    "--help": ("help", True), "--maximize": ("maximize", True), "--minimize": ("maximize", False), "--stop-on-error": ("stop_on_error", True),
}  # fmt: skip
_SHORT = {"-e": "--experiment", "-h": "--help", "-n": "--n", "-?": "--help"}


def read_sweep_options(line: str) -> SweepOptions:
    """Read the line.

    Raises
    ------
    InvalidParameter
        A word that is not understood; the message points at it.

    Examples
    --------
    >>> options = read_sweep_options("lr=log(1e-4, 1e-1) kernel=[rbf, poly] --n 40 --metric=acc --maximize --resume")
    >>> options.space, options.n, options.metric, options.maximize, options.resume
    ({'lr': 'log(1e-4, 1e-1)', 'kernel': '[rbf, poly]'}, 40, 'acc', True, True)
    >>> read_sweep_options("depth=2..8 --n many")
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: --n takes a whole number, not 'many'.
      %%sweep depth=2..8 --n many
                             ^
    """
    options = SweepOptions()
    words = [(found[0], found.start()) for found in _WORD.finditer(line)]
    while words:
        word, at = words.pop(0)
        option, equals, value = word.partition("=")
        option = _SHORT.get(option, option)
        if option in _FLAGS and not equals:
            setattr(options, *_FLAGS[option])
        elif option == "--resume":
            options.resume = _unquoted(value) if equals else _resumed(words)
        elif option in _VALUED:
            if not equals and not words:
                raise _refusal(f"{option} needs a value", line, at)
            text, place = (value, at + len(option) + 1) if equals else words.pop(0)
            _set(options, option, _unquoted(text), line, place)
        elif equals and option.isidentifier():
            if option in options.space:
                raise _refusal(f"{option} is there twice", line, at)
            options.space[option] = value
        else:
            raise _refusal(f"{word!r} is neither NAME=VALUES nor an option; %sweep --help lists them", line, at)
    return options


def _set(options: SweepOptions, option: str, text: str, line: str, at: int) -> None:
    try:
        setattr(options, option[2:], _VALUED[option](text))
    except ValueError as error:
        raise _refusal(f"{option} takes {error}, not {text!r}", line, at) from None


def _resumed(words: list[tuple[str, int]]) -> bool | str:
    """A run that is named behind ``--resume``: what follows and is neither an option nor a dimension."""
    if not words or words[0][0].startswith("-") or re.match(r"\w+=", words[0][0]):
        return True
    return _unquoted(words.pop(0)[0])


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _refusal(message: str, line: str, at: int) -> InvalidParameter:
    return InvalidParameter(f"{message}.\n  %%sweep {line}\n  {' ' * (at + len('%%sweep '))}^")
