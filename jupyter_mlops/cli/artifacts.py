"""``jupyter mlops artifacts …``."""

from __future__ import annotations

import click

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.completions import run_ids
from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import json_option, store_option
from jupyter_mlops.cli.records import print_json

__all__ = ["command"]


@click.group("artifacts", cls=Group)
def command() -> None:
    """Add, list and fetch artifacts of runs.

    \b
      jupyter mlops artifacts list -r 01a2...
      jupyter mlops artifacts download -u runs:/01a2.../model -d .
    """


_run_id = click.option("-r", "--run-id", required=True, metavar="ID", shell_complete=run_ids, help="The run.")
_inside = click.option("-a", "--artifact-path", metavar="FOLDER", help="A folder in the run's artifacts.")


@command.command("log-artifact")
@click.option("-l", "--local-file", required=True, type=click.Path(exists=True, dir_okay=False), help="The file.")
@_run_id
@_inside
@store_option
def log_artifact(local_file: str, run_id: str, artifact_path: str | None, store: str | None) -> None:
    """Add a file to a run.

    \b
      jupyter mlops artifacts log-artifact -l notes.txt -r 01a2... -a texts
    """
    client_at(store).log_artifact(run_id, local_file, artifact_path)
    click.echo(f"Logged {local_file} to run {run_id}" + (f", {artifact_path}" if artifact_path else ""), err=True)


@command.command("log-artifacts")
@click.option("-l", "--local-dir", required=True, type=click.Path(exists=True, file_okay=False), help="The folder.")
@_run_id
@_inside
@store_option
def log_artifacts(local_dir: str, run_id: str, artifact_path: str | None, store: str | None) -> None:
    """Add all files of a folder to a run.

    \b
      jupyter mlops artifacts log-artifacts -l plots -r 01a2... -a plots
    """
    client_at(store).log_artifacts(run_id, local_dir, artifact_path)
    click.echo(f"Logged {local_dir} to run {run_id}" + (f", {artifact_path}" if artifact_path else ""), err=True)


@command.command("list")
@_run_id
@_inside
@json_option
@store_option
def list_artifacts(run_id: str, artifact_path: str | None, as_json: bool, store: str | None) -> None:
    """Print files and folders of a run, as JSON with or without --json.

    \b
      jupyter mlops artifacts list -r 01a2... -a plots
    """
    files = client_at(store).list_artifacts(run_id, artifact_path)
    print_json([{"path": f.path, "is_dir": f.is_dir} | ({} if f.is_dir else {"file_size": f.file_size}) for f in files])


@command.command("download")
@click.option("-r", "--run-id", metavar="ID", shell_complete=run_ids, help="The run.")
@click.option("-a", "--artifact-path", metavar="PATH", default="", help="A file or folder of it; all of them by default.")
@click.option("-u", "--artifact-uri", metavar="URI", help="Instead: where it is, also runs:/… and models:/….")
@click.option("-d", "--dst-path", metavar="FOLDER", help="Where to; a temporary folder by default.")
@store_option
def download(run_id: str | None, artifact_path: str, artifact_uri: str | None, dst_path: str | None, store: str | None) -> None:
    """Fetch a file or folder, and print where it is now.

    \b
      jupyter mlops artifacts download -r 01a2... -a plots -d .
      jupyter mlops artifacts download -u models:/wine@champion
    """
    if (run_id is None) == (artifact_uri is None):
        raise click.ClickException("Give either --run-id, with --artifact-path, or --artifact-uri.")
    client_at(store)
    if artifact_uri is not None:
        return click.echo(download_artifacts(artifact_uri, dst_path=dst_path))
    click.echo(download_artifacts(run_id=run_id, artifact_path=artifact_path, dst_path=dst_path))
