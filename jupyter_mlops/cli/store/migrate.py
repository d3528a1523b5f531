"""``jupyter mlops store migrate``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import store_option
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.upkeep.migrations import migrate_store

__all__ = ["command"]


@click.command("migrate")
@store_option
def command(store: str | None) -> None:
    """Bring the store to this version's schema, after a backup. Older versions may not be able to use it afterwards.

    \b
      jupyter mlops store migrate
    """
    before, after, backup = migrate_store(existing_store(store))
    if backup is None:
        click.echo(f"The store has schema {after}: nothing to do.")
    else:
        click.echo(f"Schema {before} is now {after}. As it was before: {backup}")
