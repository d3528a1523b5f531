"""``jupyter mlops export``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.completions import experiment_ids as experiment_completions
from jupyter_mlops.cli.options import json_option, store_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.exporters.mlruns import ExportReport, export_mlruns
from jupyter_mlops.upkeep.exports import export_store

__all__ = ["command"]

_LISTED = 20


@click.command("export")
@click.argument("folder")
@store_option
@click.option("--format", "format_", type=click.Choice(["mlruns", "parquet", "csv"]), default="mlruns", show_default=True, help="MLflow's files, or a table for each of runs, params, metrics, ….")
@click.option("-x", "--experiment-id", "experiment_ids", multiple=True, metavar="ID", shell_complete=experiment_completions, help="mlruns: this experiment, and no models; may be given often.")
@click.option("--no-artifacts", is_flag=True, help="mlruns: leave artifacts where they are.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@json_option
def command(
    folder: str, store: str | None, format_: str, experiment_ids: tuple[str, ...], no_artifacts: bool, quiet: bool, as_json: bool
) -> int:
    """Write runs and models to FOLDER, which is made: for MLflow as an mlruns folder, for others as tables.

    It is the way back of `jupyter mlops import`, which reads an mlruns folder, too. MLflow 3 reads one with
    MLFLOW_ALLOW_FILE_STORE=true, or takes it into a database with mlflow migrate-filestore.

    \b
      jupyter mlops export mlruns
      jupyter mlops export tables --format parquet
    """
    if format_ != "mlruns":
        if experiment_ids or no_artifacts:
            raise click.UsageError(f"--experiment-id and --no-artifacts go with --format mlruns, not with {format_}.")
        rows = export_store(existing_store(store), folder, format_, progress=not quiet)
        if as_json:
            print_json(rows)
        for name, count in {} if as_json else rows.items():
            click.echo(f"{count:>12,}  {name}.{format_}")
        return 0
    report = export_mlruns(folder, store, experiment_ids=experiment_ids, artifacts=not no_artifacts, progress=not quiet)
    print_json(report) if as_json else _print(report)
    return 1 if report.problems else 0


def _print(report: ExportReport) -> None:
    click.echo(
        f"{report.folder}: {report.experiments} experiments, {report.runs:,} runs with {report.points:,} metric points, artifacts of "
        f"{report.artifact_runs:,} of them, {report.models} models with {report.versions} versions"
    )
    for problem in report.problems[:_LISTED]:
        click.echo(f"  {shown(problem, 400)}", err=True)
    if len(report.problems) > _LISTED:
        click.echo(f"  and {len(report.problems) - _LISTED} more: --json lists them all.", err=True)
