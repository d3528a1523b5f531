"""``jupyter mlops store check``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import json_option, store_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.upkeep.checks import Report, check_store

__all__ = ["command"]


@click.command("check")
@store_option
@click.option("--repair", is_flag=True, help="Mend what can be mended, after a backup.")
@json_option
def command(store: str | None, repair: bool, as_json: bool) -> int:
    """Read all of the store and compare what belongs together; exit code 1 when something is left to mend.

    \b
      jupyter mlops store check --repair
    """
    report = check_store(existing_store(store), repair=repair, progress=True)
    if as_json:
        print_json(report)
    else:
        _print(report, repaired=repair)
    return 0 if report.is_whole else 1


def _print(report: Report, *, repaired: bool) -> None:
    click.echo(f"{report.path}: {report.tables} tables read")
    for finding in report.findings:
        state = click.style("mended", fg="green") if finding.mended else click.style("broken", fg="red")
        click.echo(f"{state}  {finding.count} {finding.problem}. {finding.advice}".rstrip())
    for note in report.notes:
        click.echo(f"note    {note}")
    if report.backup:
        click.echo(f"As it was before: {report.backup}")
    if not report.findings:
        click.echo("Everything is in order.")
    elif not repaired:
        click.echo("Say `jupyter mlops store check --repair` to mend what can be mended.")
