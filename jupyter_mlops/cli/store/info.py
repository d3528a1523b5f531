"""``jupyter mlops store info``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import json_option, size_text, store_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.upkeep.infos import store_info

__all__ = ["command"]


@click.command("info")
@store_option
@json_option
def command(store: str | None, as_json: bool) -> None:
    """Print sizes and counts.

    \b
      jupyter mlops store info --json
    """
    info = store_info(existing_store(store))
    if as_json:
        return print_json(info)
    rows = {
        "store": info.path,
        "schema": f"{info.schema}, change {info.change}",
        "database": size_text(info.size),
        "journal": f"{size_text(info.journal.size)}, {info.writers} writers",
        "artifacts": f"{size_text(info.artifacts.size)} in {info.artifacts.files} files",
        **{name: f"{count:,}" for name, count in info.counts.items()},
    }
    width = max(map(len, rows))
    for name, value in rows.items():
        click.echo(f"{name:<{width}}  {value}")
