"""``jupyter mlops doctor``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import json_option, store_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.views.doctors import doctor

__all__ = ["command"]


@click.command("doctor")
@store_option
@click.option("--mask-envs", is_flag=True, help="Show names of variables alone.")
@json_option
def command(store: str | None, mask_envs: bool, as_json: bool) -> int:
    """Look whether all is in order, and say what to do where it is not.

    Exits with 1 when something is not. Variables of the environment that hold are listed, secrets never.

    \b
      jupyter mlops doctor --mask-envs
    """
    found = doctor(mask_envs, uri=store)
    if as_json:
        print_json({"findings": found.findings, "variables": found.variables})
    else:
        click.echo(repr(found))
    return int(not found.is_healthy)
