"""Versions of registered models as commands see them."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.options import (
    COUNT,
    json_option,
    output_option,
    store_option,
    tags_option,
    time_text,
    yes_option,
)
from jupyter_mlops.cli.records import print_json, print_json_list
from jupyter_mlops.cli.registry.arguments import description_option, name_argument, version_argument
from jupyter_mlops.cli.tables import echo_facts, echo_table
from jupyter_mlops.entities.page_walks import each_of_pages
from jupyter_mlops.registry.registrations import register_model

__all__ = ["COMMANDS"]

_PAGE = 1000


@click.command("register")
@click.argument("model_uri")
@click.argument("name")
@description_option
@tags_option
@json_option
@store_option
def register(model_uri: str, name: str, description: str | None, tags: dict[str, str], as_json: bool, store: str | None) -> None:
    """Register the model at MODEL_URI as the next version of NAME, which is made when it is not there.

    \b
      jupyter mlops registry register runs:/01a2.../model wine
    """
    client = client_at(store)
    version = register_model(model_uri, name, tags=tags)
    if description:
        version = client.update_model_version(name, version.version, description)
    if as_json:
        return print_json(version)
    click.echo(f"Created version {version.version} of model {name!r}.")


@click.command("copy")
@click.argument("model_uri")
@name_argument
@store_option
def copy(model_uri: str, name: str, store: str | None) -> None:
    """Make a version of one model, such as models:/wine@champion, the next one of the model NAME.

    \b
      jupyter mlops registry copy models:/wine@champion wine-prod
    """
    version = client_at(store).copy_model_version(model_uri, name)
    click.echo(f"Created version {version.version} of model {name!r}.")


@click.command("versions")
@click.argument("name", required=False)
@click.option("--filter", "filter_string", metavar="FILTER", help="Only these: \"run_id = '01a2...'\".")
@click.option("--max-results", type=COUNT, metavar="N", help="At most so many; all by default.")
@json_option
@store_option
def list_versions(name: str | None, filter_string: str | None, max_results: int | None, as_json: bool, store: str | None) -> None:
    """List versions of NAME, or of all models, the newest first.

    \b
      jupyter mlops registry versions wine
    """
    client = client_at(store)
    parts = [filter_string] if filter_string else []
    if name is not None:
        client.get_registered_model(name)
        parts.append("name = '{}'".format(name.replace("'", "''")))
    meant, order = " AND ".join(parts), ["name ASC", "version_number DESC"]
    found = each_of_pages(lambda size, token: client.search_model_versions(meant, size, order, token), max_results, _PAGE)
    if as_json:
        return print_json_list(found)
    header = ["Name", "Version", "Stage", "Aliases", "Created", "Run ID"]
    echo_table(
        header,
        ([v.name, v.version, v.current_stage, ", ".join(v.aliases), time_text(v.creation_timestamp), v.run_id or ""] for v in found),
        "No version is like that." if filter_string else "No versions yet: jupyter mlops registry register MODEL_URI NAME.",
    )


@click.command("describe-version")
@name_argument
@version_argument
@output_option
@store_option
def describe_version(name: str, version: int, as_json: bool, store: str | None) -> None:
    """Print what VERSION of the registered model NAME is.

    \b
      jupyter mlops registry describe-version wine 3
    """
    found = client_at(store).get_model_version(name, str(version))
    if as_json:
        return print_json(found)
    echo_facts({
        "Name": found.name,
        "Version": found.version,
        "Stage": found.current_stage,
        "Status": found.status,
        "Aliases": ", ".join(found.aliases),
        "Description": found.description or "",
        "Source": found.source or "",
        "Run ID": found.run_id or "",
        "Creation Time": time_text(found.creation_timestamp),
        "Last Update Time": time_text(found.last_updated_timestamp),
        "Tags": ", ".join(f"{key}={value}" for key, value in sorted(found.tags.items())),
    })  # fmt: skip


@click.command("update-version")
@name_argument
@version_argument
@click.option("--description", required=True, metavar="TEXT", help="Markdown.")
@store_option
def update_version(name: str, version: int, description: str, store: str | None) -> None:
    """Give VERSION of the registered model NAME another description.

    \b
      jupyter mlops registry update-version wine 3 --description "Trained on 2026"
    """
    client_at(store).update_model_version(name, str(version), description)
    click.echo(f"Version {version} of model {name!r} has been described.")


@click.command("delete-version")
@name_argument
@version_argument
@yes_option
@store_option
def delete_version(name: str, version: int, yes: bool, store: str | None) -> None:
    """Delete VERSION of the registered model NAME; files of its run stay.

    \b
      jupyter mlops registry delete-version wine 3 --yes
    """
    client = client_at(store)
    client.get_model_version(name, str(version))
    if not yes and not click.confirm(f"Delete version {version} of {name!r}?", err=True):
        raise click.Abort
    client.delete_model_version(name, str(version))
    click.echo(f"Version {version} of model {name!r} has been deleted.")


COMMANDS = (register, copy, list_versions, describe_version, update_version, delete_version)
