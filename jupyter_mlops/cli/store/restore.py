"""``jupyter mlops store restore``."""

from __future__ import annotations

import os

import click

from jupyter_mlops.cli.options import size_text, store_option, time_text, yes_option
from jupyter_mlops.cli.stores import must_be_a_store
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.duckdb.backups import newest_backup, read_manifest
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.opened import open_store_file
from jupyter_mlops.upkeep.backups import list_backups, restore

__all__ = ["command"]


@click.command("restore")
@click.argument("backup", required=False, metavar="[BACKUP]", type=click.Path(file_okay=False))
@store_option
@click.option("--list", "only_list", is_flag=True, help="List the backups of the store.")
@click.option("--force", is_flag=True, help="Also where it is a backup of another store.")
@yes_option
def command(backup: str | None, store: str | None, only_list: bool, force: bool, yes: bool) -> None:
    """Go back to a backup: BACKUP is its folder, by default the newest.

    The present database is set aside, never deleted; what living notebooks logged since then is brought in; artifacts
    that are missing are copied back.

    \b
      jupyter mlops store restore --list
    """
    chosen = open_store_file(store, "A restore")
    must_be_a_store(chosen)
    if only_list:
        return _list(chosen)
    folder = os.path.abspath(backup) if backup else newest_backup(chosen.path)
    if folder is None:
        raise NotFound(f"There is no backup of {chosen.path}. Name the folder of one.")
    manifest = read_manifest(folder)
    whose = "" if manifest.store == chosen.path else f", a backup of {manifest.store}"
    question = f"Bring {chosen.path} back to {time_text(manifest.time)} ({folder}{whose})?"
    if not yes and not click.confirm(question, err=True):
        raise click.Abort
    restored = restore(chosen, folder, force=force, progress=True)
    click.echo(f"{chosen.path} is as of {time_text(manifest.time)}; {restored.artifacts} artifacts were put back.")
    if restored.aside:
        click.echo(f"The database as it was is {restored.aside}.")


def _list(store: DuckDBStore) -> None:
    for folder, manifest in list_backups(store):
        kept = "with artifacts" if manifest.artifacts else "database"
        click.echo(f"{time_text(manifest.time)}  {size_text(manifest.size):>10}  {kept:<14}  {manifest.why}  {folder}")
