"""``jupyter mlops doctor``."""

from __future__ import annotations

import os

import click

from jupyter_mlops.cli.options import json_option, store_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.entities.variables import VARIABLES
from jupyter_mlops.upkeep.doctors import examine, findings_text

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
    findings = examine(store)
    variables = {name: "***" if mask_envs or name.endswith(_SECRET) else without_secrets(os.environ[name]) for name in _given()}
    if as_json:
        print_json({"findings": findings, "variables": variables})
    else:
        click.echo(findings_text(findings))
        for name, value in variables.items():
            click.echo(f"env   {name}={value}")
    return int(any(finding.advice for finding in findings))


_SECRET = ("TOKEN", "PASSWORD", "USERNAME", "EXTRA_ARGS", "RUN_CONTEXT")


def _given() -> list[str]:
    return [name for variable in VARIABLES for name in variable.names if os.environ.get(name)]
