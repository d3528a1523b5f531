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
    "artifacts": "jupyter_mlops.cli.artifacts",
    "experiments": "jupyter_mlops.cli.experiments",
    "gc": "jupyter_mlops.cli.gc",
    "import": "jupyter_mlops.cli.import_command",
    "models": "jupyter_mlops.cli.models",
    "permissions": "jupyter_mlops.cli.permissions",
    "run": "jupyter_mlops.cli.run",
    "runs": "jupyter_mlops.cli.runs",
    "server": "jupyter_mlops.cli.server",
    "store": "jupyter_mlops.cli.store.group",
    "sync": "jupyter_mlops.cli.sync",
    "tokens": "jupyter_mlops.cli.tokens",
    "ui": "jupyter_mlops.cli.ui",
    "users": "jupyter_mlops.cli.users",
}

run = LazyGroup(
    "jupyter mlops",
    table=_TABLE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
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
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
