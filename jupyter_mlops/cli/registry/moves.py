"""Stages and aliases: what a version is used for."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.completions import aliases
from jupyter_mlops.cli.options import store_option
from jupyter_mlops.cli.registry.arguments import comment_options, name_argument, version_argument
from jupyter_mlops.entities.registered_models import STAGES
from jupyter_mlops.registry.moves import undo as undo_move

__all__ = ["COMMANDS"]


@click.command("move")
@name_argument
@version_argument
@click.argument("stage", type=click.Choice(STAGES, case_sensitive=False))
@click.option("--archive-existing", is_flag=True, help="What is in that stage now goes to Archived.")
@comment_options
@store_option
def move(name: str, version: int, stage: str, archive_existing: bool, comment: str | None, force: bool, store: str | None) -> None:
    """Move VERSION of the registered model NAME to STAGE.

    \b
      jupyter mlops registry move wine 3 Production --archive-existing --comment "won the test"
    """
    moved = client_at(store).transition_model_version_stage(name, str(version), stage, archive_existing, comment, force)
    click.echo(f"Version {version} of model {name!r} is in {moved.current_stage}.")


@click.command("set-alias")
@name_argument
@click.argument("alias", shell_complete=aliases)
@version_argument
@comment_options
@store_option
def set_alias(name: str, alias: str, version: int, comment: str | None, force: bool, store: str | None) -> None:
    """Point ALIAS of the registered model NAME at VERSION.

    \b
      jupyter mlops registry set-alias wine champion 3
    """
    client_at(store).set_registered_model_alias(name, alias, str(version), comment, force)
    click.echo(f"Alias {alias!r} of model {name!r} points at version {version}.")


@click.command("delete-alias")
@name_argument
@click.argument("alias", shell_complete=aliases)
@store_option
def delete_alias(name: str, alias: str, store: str | None) -> None:
    """Remove ALIAS of the registered model NAME.

    \b
      jupyter mlops registry delete-alias wine champion
    """
    client = client_at(store)
    client.get_model_version_by_alias(name, alias)
    client.delete_registered_model_alias(name, alias)
    click.echo(f"Alias {alias!r} of model {name!r} has been deleted.")


@click.command("undo")
@name_argument
@click.option("--comment", metavar="TEXT", help="Why; it stands in the model's history.")
@store_option
def undo(name: str, comment: str | None, store: str | None) -> None:
    """Take the last move of the registered model NAME back.

    \b
      jupyter mlops registry undo wine --comment "fails on old bottles"
    """
    client_at(store)
    for version in undo_move(name, comment):
        named = f", aliases {', '.join(version.aliases)}" if version.aliases else ""
        click.echo(f"Version {version.version} of model {name!r} is in {version.current_stage}{named}.")


COMMANDS = (move, set_alias, delete_alias, undo)
