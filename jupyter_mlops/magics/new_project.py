"""``%new_project``: the notebook in front as a project."""

from __future__ import annotations

from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.projects.drafts import draft_of
from jupyter_mlops.projects.new_projects import notebook_in_front, project_text, write_project
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["new_project"]

_USAGE = Usage(
    "%new_project",
    """Make a project of this notebook, as it was saved last: a folder with MLproject, python_env.yaml and a copy without outputs.

Numbers, texts and truths of the cell tagged "parameters", else of the first cell that assigns nothing but literals, become the
project's parameters; what the notebook imports, in the versions that are here, its packages.""",
    Words("[FOLDER]", "the project's; by default one beside the notebook that is called like it", most=1, names=("paths",)),
    Option("--name", "the project's; the notebook's by default", "NAME"),
    Option("--notebook", "another notebook", "PATH", names="paths"),
    Option("--overwrite", "replace files that are there already"),
)


@command(_USAGE)
def new_project(given: Given) -> None:
    """Make a project."""
    draft = draft_of(given.notebook or notebook_in_front())
    folder = given.words[0] if given.words else None
    project = write_project(draft, folder, name=vars(given)["name"], overwrite=given.overwrite)
    print(harmless(project_text(draft, project)))  # noqa: T201 - the answer
