"""``jupyter mlops models …``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.options import json_option, print_json, store_option
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.entities.registered_models import RegisteredModel

__all__ = ["command"]

_MOST = 1000


@click.group("models")
def command() -> None:
    """Registered models."""


@command.command("list")
@click.option("--filter", "filter_string", default=None, metavar="FILTER", help="Only these: \"name LIKE 'wine%'\".")
@click.option("--max-results", type=click.IntRange(1, _MOST), default=_MOST, metavar="N", help="At most so many.")
@json_option
@click.option("--output", type=click.Choice(["table", "json"]), default="table", help="table by default.")
@store_option
def list_models(filter_string: str | None, max_results: int, as_json: bool, output: str, store: str | None) -> None:
    """List registered models by name."""
    found = client_at(store).search_registered_models(filter_string, max_results=max_results, order_by=["name ASC"])
    if as_json or output == "json":
        return print_json(found)
    echo_table(["Name", "Latest Version", "Stages", "Aliases", "Description"], [_row(model) for model in found])


def _row(model: RegisteredModel) -> list[object]:
    versions = model.latest_versions or []
    latest = max((int(version.version) for version in versions), default="")
    stages = ", ".join(f"{v.current_stage} {v.version}" for v in versions if v.current_stage not in (None, "None"))
    aliases = ", ".join(f"{alias} {version}" for alias, version in sorted((model.aliases or {}).items()))
    return [model.name, latest, stages, aliases, (model.description or "").partition("\n")[0]]
