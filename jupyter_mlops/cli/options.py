"""Options that several commands have, and how their answers are worded."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops.cli.completions import Completer, experiment_ids, run_ids

__all__ = [
    "COUNT", "SHARE", "SPAN", "VIEWS", "Function", "by_name", "combined", "experiment_option", "json_option", "output_option", "run_option", "size_text", "store_option", "tags_option",
    "time_text", "view_option", "yes_option",
]  # fmt: skip

VIEWS = {"active_only": 1, "deleted_only": 2, "all": 3}
"""What of deleted things is shown, by MLflow's names and numbers."""
Function = Callable[..., Any]


class _Count(click.IntRange):
    """A whole number that everything which counts can take; help need not say how large it may be."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if number <= _MOST else self.fail(f"{value} is larger than {_MOST}.", param, ctx)


class _Span(click.FloatRange):
    """A time or a share: no NaN, which is in every range, and nothing that no clock counts to."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if number <= _LONGEST else self.fail(f"{value} is no number up to {_LONGEST:.0f}.", param, ctx)


_MOST, _LONGEST = 2**31 - 1, 1e9
COUNT, SPAN, SHARE = _Count(1), _Span(0, min_open=True), _Span(0, 1, min_open=True)
"""Types of options and arguments: how many of something, or which of them; seconds or days; a share."""


def combined(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Several options as one decorator, in the order in which help shows them."""

    def with_them(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return with_them


def store_option(function: Function) -> Function:
    """``--store``, given to the command as ``store``: a path or URI, None for the one that is meant here."""
    option = click.option(
        "--store",
        "--tracking-uri",
        "--backend-store-uri",
        metavar="PATH|URL",
        help="The store; by default as in Python: JUPYTER_MLOPS_TRACKING_URI, MLFLOW_TRACKING_URI, "
        "else the nearest mlops.duckdb upwards.",
    )
    return option(function)


def yes_option(function: Function) -> Function:
    """``--yes``: do not ask."""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(function)


def json_option(function: Function) -> Function:
    """``--json``, given to the command as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def output_option(function: Function) -> Function:
    """``--json``, and ``--output json`` as some commands of MLflow spell it."""

    @functools.wraps(function)
    def chosen(output: str, as_json: bool, **given: Any) -> Any:
        return function(as_json=as_json or output == "json", **given)

    option = click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print it.")
    return json_option(option(chosen))


def view_option(function: Function) -> Function:
    """``--view``, a name of `VIEWS`."""
    return click.option("-v", "--view", type=click.Choice(list(VIEWS)), default="active_only", show_default=True, help="Which of them.")(function)


def experiment_option(function: Function) -> Function:
    """``--experiment-id``, as MLflow has it, or the id as argument; given to the command as ``experiment_id``."""
    return _identity(function, "experiment_id", ("-x", "--experiment-id"), experiment_ids)


def run_option(function: Function) -> Function:
    """``--run-id``, as MLflow has it, or the id as argument; given to the command as ``run_id``."""
    return _identity(function, "run_id", ("-r", "--run-id"), run_ids)


def _identity(function: Function, name: str, spellings: tuple[str, ...], complete: Completer) -> Function:
    @functools.wraps(function)
    def chosen(argument: str | None, **given: Any) -> Any:
        option = given[name]
        if argument and option and argument != option:
            raise click.UsageError(f"Two are named: {argument} and {option}.")
        if not argument and not option and "experiment_name" not in given:
            raise click.UsageError(f"Missing option {' / '.join(map(repr, spellings))}.")
        return function(**given | {name: argument or option})

    option = click.option(*spellings, metavar="ID", help="Its id.", shell_complete=complete)
    return click.argument("argument", metavar="[ID]", required=False, shell_complete=complete)(option(chosen))


def tags_option(function: Function) -> Function:
    """``--tags key=value``, given to the command as the dict ``tags``."""
    return click.option("-t", "--tags", multiple=True, metavar="KEY=VALUE", callback=by_name, help="A tag; may be given often.")(function)


def by_name(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """``name=value`` by name, as a click callback."""
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{text!r} is not name=value.")
        if name in pairs:
            raise click.BadParameter(f"{name!r} is given twice.")
        pairs[name] = value
    return pairs


def size_text(size: float) -> str:
    """Bytes for people.

    Examples
    --------
    >>> size_text(532), size_text(27_900_000)
    ('532 B', '26.6 MiB')
    """
    units = iter(("B", "KiB", "MiB", "GiB", "TiB"))
    unit = next(units)
    while size >= 1024 and unit != "TiB":
        size, unit = size / 1024, next(units)
    return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"


def time_text(time_ms: int | None) -> str:
    """Milliseconds since the epoch as a date and time of this place.

    Examples
    --------
    >>> time_text(None)
    '-'
    """
    if time_ms is None:
        return "-"
    return datetime.datetime.fromtimestamp(time_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")
