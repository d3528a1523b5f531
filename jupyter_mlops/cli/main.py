"""``jupyter mlops``: the table of commands, and what an error looks like."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import click

from jupyter_mlops.cli.groups import LazyGroup
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.version import __version__

__all__ = ["main", "run"]

_TABLE = {
    "artifacts": ("jupyter_mlops.cli.artifacts", "Add, list and fetch artifacts of runs."),
    "db": ("jupyter_mlops.cli.db", "Bring the schema of a store up to date."),
    "doctor": ("jupyter_mlops.cli.doctor", "Look whether all is in order, and say what to do where it is not."),
    "experiments": ("jupyter_mlops.cli.experiments", "Make, list, rename, delete and restore experiments."),
    "gc": ("jupyter_mlops.cli.gc", "Remove deleted runs and experiments for good, with their artifacts."),
    "import": ("jupyter_mlops.cli.import_command", "Bring in the runs and models of MLflow."),
    "models": ("jupyter_mlops.cli.models", "List registered models."),
    "permissions": ("jupyter_mlops.cli.permissions", "Grant, revoke and list permissions of users."),
    "projects": ("jupyter_mlops.cli.projects", "Make a project of a notebook."),
    "run": ("jupyter_mlops.cli.run", "Run a project: a folder, a Git repository or a .zip."),
    "runs": ("jupyter_mlops.cli.runs", "List, describe, make, delete and restore runs."),
    "server": ("jupyter_mlops.cli.server", "Let clients use a store from elsewhere, and browsers its page."),
    "store": ("jupyter_mlops.cli.store.group", "Look at, check, shrink, back up, restore, export and migrate a store."),
    "sync": ("jupyter_mlops.cli.sync", "Deliver what programs logged while a tracking server did not answer."),
    "tokens": ("jupyter_mlops.cli.tokens", "Make, list and revoke tokens of users."),
    "ui": ("jupyter_mlops.cli.ui", "Start a server, and open its page in a browser."),
    "users": ("jupyter_mlops.cli.users", "Make, list and remove the users of a server."),
}



def _note_debug(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    global _is_debugged
    _is_debugged = value


_is_debugged = False
run = LazyGroup(
    "jupyter mlops",
    table=_TABLE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[click.Option(["--debug"], is_flag=True, expose_value=False, callback=_note_debug, help="Show tracebacks of errors.")],
    help="Track, register and serve models on one plain file.",
)
run = click.version_option(__version__, prog_name="jupyter mlops", message="%(prog)s, version %(version)s")(run)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 an error (one line on stderr), 2 a command that cannot be read, 130 interrupted."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        code = run.main(arguments, prog_name="jupyter mlops", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (MlflowException, OSError) as error:  # a file of the user's that cannot be read or written is no fault of ours
        if _is_debugged:
            raise
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
