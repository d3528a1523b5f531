"""``jupyter mlops models monitor``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.model_options import model_option
from jupyter_mlops.cli.options import SPAN, json_option
from jupyter_mlops.cli.records import print_json

__all__ = ["command"]


@click.command("monitor")
@model_option
@click.option("--days", default=7.0, show_default=True, type=SPAN, help="How many, up to the last request.")
@json_option
def command(model_uri: str, days: float, as_json: bool) -> None:
    """Say what a model that is served with --log was asked: how many requests, how fast, errors, and how far data have drifted.

    \b
      jupyter mlops models serve -m models:/wine@champion --log
      jupyter mlops models monitor -m models:/wine@champion
    """
    from jupyter_mlops.serving.monitors import monitor

    found = monitor(model_uri, days)
    if as_json:
        return print_json({**found.report, "place": found.place})
    click.echo(repr(found))
