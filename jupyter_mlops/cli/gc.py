"""``jupyter mlops gc``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.options import size_text, store_option
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.environments.builds import Kept, is_in_use, kept_environments, remove_environment
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.upkeep.bars import count_bar
from jupyter_mlops.upkeep.garbage import Garbage, age_ms, find_garbage, remove_garbage

__all__ = ["command"]


def _ids(_context: click.Context, _parameter: click.Parameter, text: str | None) -> list[str]:
    ids = [part.strip() for part in (text or "").split(",") if part.strip()]
    if text is not None and not ids:  # such as an empty variable of a script: none is not all
        raise click.BadParameter("it names none. Give ids with commas between them, or leave the option out for all.")
    return ids


def _age(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    if text is not None:
        try:
            age_ms(text)
        except InvalidParameter as error:
            raise click.BadParameter(error.message) from None
    return text


@click.command("gc")
@store_option
@click.option("--older-than", metavar="AGE", callback=_age, help="Deleted so long ago, such as 30d or 1d2h3m4.5s.")
@click.option("--run-ids", metavar="ID,…", callback=_ids, help="These runs.")
@click.option("--experiment-ids", metavar="ID,…", callback=_ids, help="These experiments and their deleted runs.")
@click.option("-y", "--yes", "--delete", "really", is_flag=True, help="Remove it; without this, only tell.")
@click.option("--dry-run", is_flag=True, help="Only tell, as without --yes.")
@click.option("--force", is_flag=True, help="Also runs whose artifacts a model version is made of.")
@click.option("--envs", is_flag=True, help="Instead: environments of projects and models that were not used for --older-than, in no store.")
def command(
    store: str | None, older_than: str | None, run_ids: list[str], experiment_ids: list[str], really: bool, dry_run: bool, force: bool, envs: bool
) -> None:
    """Remove deleted runs and experiments for good, with their artifacts.

    Without --yes it only tells what would go.

    \b
      jupyter mlops gc --older-than 30d --yes
    """
    really = really and not dry_run
    if envs:
        if store or run_ids or experiment_ids or force:
            raise click.UsageError("--envs goes with --older-than, --dry-run and --yes alone.")
        return _environments(older_than, really)
    found = existing_store(store)
    garbage = find_garbage(found, older_than=older_than, run_ids=run_ids, experiment_ids=experiment_ids, force=force, progress=True)
    for line in garbage.kept:
        click.echo(line, err=True)
    if not garbage.runs and not garbage.experiments and not garbage.leftovers:
        return click.echo("There is nothing to remove.", err=True)
    if not really:
        return _tell(garbage)
    for line in remove_garbage(found, garbage, force=force, progress=True):
        click.echo(line)


def _tell(garbage: Garbage) -> None:
    for run in garbage.runs:
        click.echo(f"Run with ID {run.run_id} would be permanently deleted.")
    for experiment in garbage.experiments:
        click.echo(f"Experiment with ID {experiment.experiment_id} would be permanently deleted.")
    if garbage.leftovers:
        click.echo(f"Artifacts of {len(garbage.leftovers)} runs that were removed before would go, too.")
    points = sum(run.points for run in garbage.runs)
    click.echo(
        f"In all {len(garbage.runs)} runs with {points:,} metric points, {len(garbage.experiments)} experiments, "
        f"{size_text(garbage.size.size)} of artifacts in {garbage.size.files} files. Nothing was removed: add --yes."
    )


def _environments(older_than: str | None, really: bool) -> None:
    """A line for each; one that somebody uses stays."""
    age_s = age_ms(older_than) / 1000 if older_than else 0.0
    found = [kept for kept in kept_environments(progress=True) if kept.age_s >= age_s]
    size = number = 0
    with count_bar("removing environments", shown=really, total=len(found)) as bar:
        for kept in found:
            is_free = remove_environment(kept.folder) if really else not is_in_use(kept.folder)
            bar.clear()
            _tell_of(kept, is_free, really)
            bar.update()
            size, number = size + is_free * kept.size, number + is_free
    click.echo(f"In all {number} environments, {size_text(size)}." + ("" if really else " Nothing was removed: add --yes."))


def _tell_of(kept: Kept, is_free: bool, really: bool) -> None:
    said = ("removed" if really else "would be removed") if is_free else "is in use, and stays"
    click.echo(f"{kept.folder}  {size_text(kept.size)}  not used for {kept.age_s / 86400:.1f} days: {said}")
