"""``jupyter mlops projects``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.groups import Group
from jupyter_mlops.projects.drafts import draft_of
from jupyter_mlops.projects.new_projects import project_text, write_project
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["command"]


@click.group("projects", cls=Group)
def command() -> None:
    """Make a project of a notebook.

    \b
      jupyter mlops projects new train.ipynb
    """


@command.command("new")
@click.argument("notebook")
@click.argument("folder", required=False)
@click.option("--name", metavar="NAME", help="The project's; the notebook's by default.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there already.")
def new(notebook: str, folder: str | None, name: str | None, overwrite: bool) -> None:
    """Make a project of NOTEBOOK in FOLDER, by default one beside it that is called like it.

    Numbers, texts and truths of the cell tagged "parameters", else of the first cell that assigns nothing but literals, become its
    parameters; what the notebook imports, in the versions that are here, its packages.

    \b
      jupyter mlops projects new train.ipynb wine --name wine
    """
    draft = draft_of(notebook)
    click.echo(harmless(project_text(draft, write_project(draft, folder, name=name, overwrite=overwrite))))
