"""``jupyter mlops models list``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.options import COUNT, output_option, store_option
from jupyter_mlops.cli.records import print_json_list
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.entities.page_walks import each_of_pages
from jupyter_mlops.entities.registered_models import RegisteredModel

__all__ = ["command"]

_PAGE = 1000
_NO_MODELS = "No registered models yet: jupyter mlops registry register MODEL_URI NAME."
_NO_MODEL = "No registered model is like that."


@click.command("list")
@click.option("--filter", "filter_string", default=None, metavar="FILTER", help="Only these: \"name LIKE 'wine%'\".")
@click.option("--max-results", type=COUNT, metavar="N", help="At most so many; all by default.")
@output_option
@store_option
def command(filter_string: str | None, max_results: int | None, as_json: bool, store: str | None) -> None:
    """List registered models by name.

    \b
      jupyter mlops models list --filter "name LIKE 'wine%'"
    """
    client = client_at(store)
    found = each_of_pages(lambda size, token: client.search_registered_models(filter_string, size, ["name ASC"], token), max_results, _PAGE)
    if as_json:
        return print_json_list(found)
    echo_table(["Name", "Latest Version", "Stages", "Aliases", "Description"], map(_row, found), _NO_MODEL if filter_string else _NO_MODELS)


def _row(model: RegisteredModel) -> list[object]:
    latest = max((int(version.version) for version in model.latest_versions), default="")
    stages = ", ".join(f"{v.current_stage} {v.version}" for v in model.latest_versions if v.current_stage != "None")
    aliases = ", ".join(f"{alias} {version}" for alias, version in sorted(model.aliases.items()))
    return [model.name, latest, stages, aliases, (model.description or "").partition("\n")[0]]

