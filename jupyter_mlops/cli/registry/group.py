"""The group ``jupyter mlops registry``."""

from __future__ import annotations

import click

from jupyter_mlops.cli import list_models
from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.registry import histories, models, moves, tags, versions

__all__ = ["command"]


@click.group("registry", cls=Group)
def command() -> None:
    """Register, move, tag, list and delete models and their versions.

    \b
      jupyter mlops registry register runs:/01a2.../model wine
      jupyter mlops registry set-alias wine champion 3
      jupyter mlops registry move wine 3 Production --archive-existing
    """


for one in (list_models.command, *models.COMMANDS, *versions.COMMANDS, *moves.COMMANDS, *tags.COMMANDS, *histories.COMMANDS):
    command.add_command(one)
