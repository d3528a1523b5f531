"""Tags of registered models and versions."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.completions import versions
from jupyter_mlops.cli.options import COUNT, store_option
from jupyter_mlops.cli.registry.arguments import name_argument

__all__ = ["COMMANDS"]

_version = click.option("--version", type=COUNT, shell_complete=versions, help="Of this version; else of the model.")


@click.command("set-tag")
@name_argument
@click.argument("key")
@click.argument("value")
@_version
@store_option
def set_tag(name: str, key: str, value: str, version: int | None, store: str | None) -> None:
    """Set the tag KEY of the registered model NAME, or of a version, to VALUE.

    \b
      jupyter mlops registry set-tag wine team cellar
      jupyter mlops registry set-tag wine checked yes --version 3
    """
    client = client_at(store)
    if version is None:
        client.set_registered_model_tag(name, key, value)
    else:
        client.set_model_version_tag(name, str(version), key, value)
    click.echo(f"Tag {key!r} of {_what(name, version)} is {value!r}.")


@click.command("delete-tag")
@name_argument
@click.argument("key")
@_version
@store_option
def delete_tag(name: str, key: str, version: int | None, store: str | None) -> None:
    """Remove the tag KEY of the registered model NAME, or of a version, if it is there.

    \b
      jupyter mlops registry delete-tag wine team
    """
    client = client_at(store)
    if version is None:
        client.delete_registered_model_tag(name, key)
    else:
        client.delete_model_version_tag(name, str(version), key)
    click.echo(f"Tag {key!r} of {_what(name, version)} has been deleted.")


def _what(name: str, version: int | None) -> str:
    return f"model {name!r}" if version is None else f"version {version} of model {name!r}"


COMMANDS = (set_tag, delete_tag)
