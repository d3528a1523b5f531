"""``jupyter mlops store export``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import store_option
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.upkeep.exports import export_store

__all__ = ["command"]


@click.command("export")
@click.argument("folder")
@store_option
@click.option("--format", "format_", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True, help="Of which kind.")
def command(folder: str, store: str | None, format_: str) -> None:
    """Write runs, params, metrics, models … to files of FOLDER, which is made: one file each, as in docs/sql.md.

    \b
      jupyter mlops store export tables --format csv
    """
    rows = export_store(existing_store(store), folder, format_, progress=True)
    for name, count in rows.items():
        click.echo(f"{count:>12,}  {name}.{format_}")
