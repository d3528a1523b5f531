"""Registered models as commands see them."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.options import output_option, store_option, tags_option, time_text, yes_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.registry.arguments import description_option, name_argument
from jupyter_mlops.cli.tables import echo_facts

__all__ = ["COMMANDS"]


@click.command("create")
@click.argument("name")
@description_option
@tags_option
@store_option
def create(name: str, description: str | None, tags: dict[str, str], store: str | None) -> None:
    """Make a registered model NAME without versions.

    \b
      jupyter mlops registry create wine --description "Grades bottles" -t team=cellar
    """
    client_at(store).create_registered_model(name, tags, description)
    click.echo(f"Registered model {name!r} has been created.")


@click.command("describe")
@name_argument
@output_option
@store_option
def describe(name: str, as_json: bool, store: str | None) -> None:
    """Print what the registered model NAME is.

    \b
      jupyter mlops registry describe wine --json
    """
    model = client_at(store).get_registered_model(name)
    if as_json:
        return print_json(model)
    echo_facts({
        "Name": model.name,
        "Description": model.description or "",
        "Creation Time": time_text(model.creation_timestamp),
        "Last Update Time": time_text(model.last_updated_timestamp),
        "Latest Versions": ", ".join(f"{v.version} ({v.current_stage})" for v in model.latest_versions),
        "Aliases": ", ".join(f"{alias} {version}" for alias, version in sorted(model.aliases.items())),
        "Tags": ", ".join(f"{key}={value}" for key, value in sorted(model.tags.items())),
    })  # fmt: skip


@click.command("update")
@name_argument
@click.option("--description", required=True, metavar="TEXT", help="Markdown.")
@store_option
def update(name: str, description: str, store: str | None) -> None:
    """Give the registered model NAME another description.

    \b
      jupyter mlops registry update wine --description "Grades bottles"
    """
    client_at(store).update_registered_model(name, description)
    click.echo(f"Registered model {name!r} has been described.")


@click.command("rename")
@name_argument
@click.argument("new_name")
@store_option
def rename(name: str, new_name: str, store: str | None) -> None:
    """Give the registered model NAME the name NEW_NAME.

    \b
      jupyter mlops registry rename wine red-wine
    """
    client_at(store).rename_registered_model(name, new_name)
    click.echo(f"Registered model {name!r} has been renamed to {new_name!r}.")


@click.command("delete")
@name_argument
@yes_option
@store_option
def delete(name: str, yes: bool, store: str | None) -> None:
    """Delete the registered model NAME with all its versions; files of runs stay.

    \b
      jupyter mlops registry delete wine --yes
    """
    client = client_at(store)
    client.get_registered_model(name)
    if not yes and not click.confirm(f"Delete registered model {name!r} with all its versions?", err=True):
        raise click.Abort
    client.delete_registered_model(name)
    click.echo(f"Registered model {name!r} has been deleted.")


COMMANDS = (create, describe, update, rename, delete)
