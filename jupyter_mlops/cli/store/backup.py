"""``jupyter mlops store backup``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import COUNT, size_text, store_option
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.upkeep.backups import back_up, prune

__all__ = ["command"]


@click.command("backup")
@store_option
@click.option("--to", metavar="FOLDER", help="Where to make it; by default <store>.backups beside the store.")
@click.option("--artifacts/--no-artifacts", default=True, help="Whether to copy the artifacts too.", show_default=True)
@click.option("--keep", metavar="N", type=COUNT, help="Remove the oldest backups made by this command, all but N.")
def command(store: str | None, to: str | None, artifacts: bool, keep: int | None) -> None:
    """Copy the store and its artifacts as of now, while notebooks go on.

    \b
      jupyter mlops store backup --keep 7
    """
    chosen = existing_store(store)
    backup = back_up(chosen, to, artifacts=artifacts, progress=True)
    click.echo(f"{backup.folder}  ({size_text(backup.manifest.size)}{', with artifacts' if artifacts else ''})")
    for folder in prune(chosen, keep, to) if keep else ():
        click.echo(f"removed {folder}")
