"""Options that several commands have, and how their answers are printed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import click

__all__ = ["VIEWS", "json_option", "print_json", "size_text", "store_option", "time_text", "view_option", "yes_option"]

VIEWS = {"active_only": 1, "deleted_only": 2, "all": 3}
"""What of deleted things is shown, by MLflow's names and numbers."""


def store_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--store``, given to the command as ``store``: a path or URI, None for the one that is meant here."""
    option = click.option(
        "--store",
        "--backend-store-uri",
        metavar="PATH",
        help="The store; by default as in Python: JUPYTER_MLOPS_TRACKING_URI, MLFLOW_TRACKING_URI, "
        "else the nearest mlops.duckdb upwards.",
    )
    return option(function)


def yes_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--yes``: do not ask."""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--json``, given to the command as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def view_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--view``, a name of `VIEWS`."""
    option = click.option("-v", "--view", type=click.Choice(list(VIEWS)), default="active_only", help="active_only by default.")
    return option(function)


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


def print_json(value: Any, indent: int = 2) -> None:
    """Print a value as JSON, for programs."""
    import msgspec  # only where it is asked for

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=indent).decode())
