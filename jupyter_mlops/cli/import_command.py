"""``jupyter mlops import``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import size_text, store_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.importers.imports import import_store
from jupyter_mlops.importers.reports import ImportReport

__all__ = ["command"]

_LISTED = 20


@click.command("import")
@click.argument("source")
@store_option
@click.option("--artifacts", "artifact_root", metavar="PATH", help="The folder that mlflow-artifacts:/ means; by default "
              "mlartifacts beside SOURCE, and of a server what it sends. Artifacts that were moved are looked for there too.")  # fmt: skip
@click.option("--no-artifacts", is_flag=True, help="Leave artifacts where they are.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(
    source: str,
    store: str | None,
    artifact_root: str | None,
    no_artifacts: bool,
    dry_run: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Bring in the runs and models of MLflow.

    SOURCE is sqlite:///mlflow.db, the path of such a file, an mlruns folder, or the address of a tracking server:
    http://host:5000. It is only read. Others go on working with the store meanwhile. Called again, the command goes on where
    it was, and brings in what is new.

    \b
      jupyter mlops import sqlite:///mlflow.db
      MLFLOW_TRACKING_TOKEN=... jupyter mlops import https://mlflow.example.org --store team.duckdb
    """
    try:
        report = import_store(
            source,
            store,
            artifacts=not no_artifacts,
            artifact_root=artifact_root,
            dry_run=dry_run,
            progress=(lambda *_: None) if quiet else None,
        )
    except KeyboardInterrupt:
        click.echo("\nWhat was brought in so far is whole. The same command goes on from there.", err=True)
        raise
    if as_json:
        print_json(report)
    else:
        _print(report)
    return 1 if report.read_nothing else 0


def _print(report: ImportReport) -> None:
    click.echo(f"{report.source} -> {report.store}" + (" (dry run: nothing was written)" if report.dry_run else ""))
    rows = {
        "experiments": f"{report.experiments_new} new, {report.experiments_merged} merged into ones that were here, "
        f"{report.experiments_known} known",
        "runs": f"{report.runs_new:,} new, {report.runs_updated:,} updated, {report.runs_unchanged:,} unchanged",
        "metric points": f"{report.points:,}",
        "artifacts": f"{size_text(report.artifact_bytes)} in {report.artifact_files:,} files",
        "models": f"{report.models_new} new, {report.models_updated} updated, {report.models_unchanged} unchanged",
        "versions": f"{report.versions}",
        "seconds": f"{report.seconds:.1f}",
    }
    for name, value in rows.items():
        click.echo(f"{name:<13}  {value}")
    if report.remote:
        click.echo(f"{report.remote} runs have artifacts on no disk of this machine; they stay where they are.")
    _print_list("experiments have another id here", [f"{old} -> {new}" for old, new in report.renumbered.items()])
    _print_list("were here already, from elsewhere, and were left alone", report.conflicts)
    _print_list("problems", report.problems)


def _print_list(what: str, lines: list[str]) -> None:
    if not lines:
        return
    click.echo(f"{len(lines)} {what}:", err=True)
    for line in lines[:_LISTED]:
        click.echo(f"  {shown(line, 400)}", err=True)
    if len(lines) > _LISTED:
        click.echo(f"  and {len(lines) - _LISTED} more: --json lists them all.", err=True)
