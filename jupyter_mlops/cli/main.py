"""``jupyter mlops``: the table of commands, and what an error looks like."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from jupyter_mlops.cli.groups import LazyGroup
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.version import __version__

__all__ = ["main", "run"]

_TABLE = {
    "artifacts": ("jupyter_mlops.cli.artifacts", "Add, list and fetch artifacts of runs."),
    "completion": ("jupyter_mlops.cli.completion", "Print what makes a shell complete commands, options and ids."),
    "db": ("jupyter_mlops.cli.db", "Bring the schema of a store up to date."),
    "deployments": ("jupyter_mlops.cli.deployments", "Deploy models to this machine, SageMaker, Azure ML, and where plugins take them."),
    "doctor": ("jupyter_mlops.cli.doctor", "Look whether all is in order, and say what to do where it is not."),
    "experiments": ("jupyter_mlops.cli.experiments", "Make, list, rename, delete and restore experiments."),
    "export": ("jupyter_mlops.cli.export_command", "Write runs and models to an mlruns folder of MLflow, or to tables."),
    "gc": ("jupyter_mlops.cli.gc", "Remove deleted runs and experiments for good, with their artifacts."),
    "import": ("jupyter_mlops.cli.import_command", "Bring in the runs and models of MLflow."),
    "models": ("jupyter_mlops.cli.models", "List registered models, predict for files, serve models by HTTP, make images of them."),
    "permissions": ("jupyter_mlops.cli.permissions", "Grant, revoke and list permissions of users."),
    "projects": ("jupyter_mlops.cli.projects", "Make a project of a notebook."),
    "registry": ("jupyter_mlops.cli.registry.group", "Register, move, tag, list and delete models and their versions."),
    "run": ("jupyter_mlops.cli.run", "Run a project: a folder, a Git repository or a .zip."),
    "runs": ("jupyter_mlops.cli.runs", "List, describe, make, delete and restore runs."),
    "sagemaker": ("jupyter_mlops.cli.sagemaker", "Deploy models to Amazon SageMaker."),
    "server": ("jupyter_mlops.cli.server", "Let clients use a store from elsewhere, and browsers its page."),
    "store": ("jupyter_mlops.cli.store.group", "Look at, check, shrink, back up, restore, export and migrate a store."),
    "sync": ("jupyter_mlops.cli.sync", "Deliver what programs logged while a tracking server did not answer."),
    "tokens": ("jupyter_mlops.cli.tokens", "Make, list and revoke tokens of users."),
    "ui": ("jupyter_mlops.cli.ui", "Start a server, and open its page in a browser."),
    "users": ("jupyter_mlops.cli.users", "Make, list and remove the users of a server."),
}


def _note_debug(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    global _is_debugged
    _is_debugged = value


def _load_variables(_context: click.Context, _parameter: click.Parameter, path: str | None) -> None:
    """Variables of a file, but for those that are set."""
    if path is None:
        return
    import dotenv  # only for those who ask

    try:
        dotenv.load_dotenv(path)
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path} is no text in UTF-8.") from None
    except ValueError as error:  # such as NUL, which no variable may have
        raise click.BadParameter(f"{path} cannot be used: {error}.") from None


_is_debugged = False
run = LazyGroup(
    "jupyter mlops",
    table=_TABLE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[
        click.Option(
            ["--env-file"], type=click.Path(exists=True, dir_okay=False), expose_value=False, is_eager=True, callback=_load_variables,
            help="Set variables from a file of NAME=value; those of the environment win.",
        ),
        click.Option(["--debug"], is_flag=True, expose_value=False, callback=_note_debug, help="Show tracebacks of errors."),
    ],
    help="""Track, register and serve models on one plain file.

    \b
      jupyter mlops experiments list
      jupyter mlops runs list --experiment-id 0 --json""",
)  # fmt: skip
run = click.version_option(__version__, prog_name="jupyter mlops", message="%(prog)s, version %(version)s")(run)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 an error (one line on stderr), 2 a command that cannot be read, 130 interrupted."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # names have letters that this place's encoding may lack
    try:
        code = run.main(arguments, prog_name="jupyter mlops", complete_var="_MLOPS_COMPLETE", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:  # whoever read, such as head, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains when it flushes at the end
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except Exception as error:
        if _is_debugged:
            raise
        click.echo(f"Error: {_told(error)}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _told(error: Exception) -> str:
    from jupyter_mlops.entities.plain_texts import shown  # not for a list of commands

    if isinstance(error, (MlflowException, OSError)):  # a file of the user's that cannot be read or written is no fault of ours
        return "\n".join(shown(line, None) for line in str(error).splitlines())
    return f"{type(error).__name__}: {shown(error, 300)}. Say `jupyter mlops --debug …` to see where."
