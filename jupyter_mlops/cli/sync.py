"""``jupyter mlops sync``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import size_text
from jupyter_mlops.upkeep.deliveries import Delivery, deliver, waiting_text

__all__ = ["command"]


@click.command("sync")
@click.argument("server", required=False, metavar="[URL]")
@click.option("--status", "only_look", is_flag=True, help="Only tell what waits.")
def command(server: str | None, only_look: bool) -> int:
    """Deliver what programs logged while a tracking server did not answer.

    URL is the server; all of them by default. What running programs log they deliver themselves.

    \b
      jupyter mlops sync --status
    """
    found = list(deliver(server, only_look=only_look, progress=True))
    for one in found:
        _tell(one, only_look)
    if not any(one.before.records or one.before.files for one in found):
        click.echo("Nothing waits for a server.")
    return int(not only_look and any(one.waiting.records or one.waiting.files for one in found))


def _tell(one: Delivery, only_look: bool) -> None:
    if one.before.records or one.before.files:
        if only_look:
            click.echo(f"{waiting_text(one.before, size_text)} wait for {one.address}.")
        elif one.error is None and not (one.waiting.records or one.waiting.files):
            click.echo(f"{waiting_text(one.before, size_text)} were delivered to {one.address}.")
        else:
            why = f" {one.error}" if one.error else " Programs that still run deliver them."
            click.echo(f"{waiting_text(one.waiting, size_text)} still wait for {one.address}.{why}", err=True)
    if one.waiting.refused:
        click.echo(f"{one.waiting.refused:,} records were refused by {one.address}: see {one.folder}/refused.jsonl.", err=True)
