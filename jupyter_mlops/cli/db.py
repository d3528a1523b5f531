"""``jupyter mlops db upgrade``, as MLflow's users spell ``store migrate``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.store.migrate import command as migrate

__all__ = ["command"]


@click.group("db", cls=Group)
def command() -> None:
    """Bring the schema of a store up to date.

    \b
      jupyter mlops db upgrade mlops.duckdb
    """


@command.command("upgrade")
@click.argument("url")
@click.pass_context
def upgrade(context: click.Context, url: str) -> None:
    """Bring the store at URL to this version's schema, after a backup.

    \b
      jupyter mlops db upgrade duckdb:///mlops.duckdb
    """
    context.invoke(migrate, store=url)
