"""``jupyter mlops store compact``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import size_text, store_option
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.storage.duckdb.rewrites import compact

__all__ = ["command"]


@click.command("compact")
@store_option
def command(store: str | None) -> None:
    """Rewrite the file without the room that deleted rows left. Others wait while it runs; logging goes on.

    \b
      jupyter mlops store compact
    """
    chosen = existing_store(store)
    click.echo(f"Rewriting {chosen.path}; this cannot be interrupted.", err=True)
    before, after = compact(chosen.files)
    click.echo(f"{size_text(before)} before, {size_text(after)} now.")
