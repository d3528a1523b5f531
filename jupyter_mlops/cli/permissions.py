"""``jupyter mlops permissions …``: who may do what with an experiment or a registered model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import json_option, store_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.stores import existing_store
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.cli.users import accounts_at
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.server.auth.levels import Level, read_level
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL

__all__ = ["command"]


def _thing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option("--model", metavar="NAME", help="The registered model.")(function)
    return click.option("--experiment", metavar="ID|NAME", help="The experiment.")(function)


def _thing(store: str | None, experiment: str | None, model: str | None) -> tuple[str, str]:
    """Kind and name of the thing that is meant, which is there."""
    if (experiment is None) == (model is None):
        raise click.UsageError("Say one of --experiment and --model.")
    chosen = existing_store(store)
    if model is not None:
        return MODEL, chosen.get_registered_model(model).name
    found = chosen.get_experiment_by_name(str(experiment))
    if found is not None:
        return EXPERIMENT, found.experiment_id
    try:
        return EXPERIMENT, chosen.get_experiment(str(experiment)).experiment_id
    except InvalidParameter:  # no number
        raise NotFound(f"There is no experiment {experiment!r:.200}.") from None


@click.group("permissions", cls=Group)
def command() -> None:
    """Grant, revoke and list permissions of users.

    \b
      jupyter mlops permissions grant bob EDIT --experiment wine
    """


@command.command("grant")
@click.argument("user")
@click.argument("level", type=click.Choice(list(Level.__members__), case_sensitive=False))
@_thing_options
@store_option
def grant(user: str, level: str, experiment: str | None, model: str | None, store: str | None) -> None:
    """Let USER do what LEVEL allows with one experiment or registered model.

    \b
      jupyter mlops permissions grant bob EDIT --experiment wine
    """
    kind, name = _thing(store, experiment, model)
    accounts_at(store).permissions.grant(user, kind, name, read_level(level.upper()))
    click.echo(f"{user} has {level.upper()} on {kind.replace('_', ' ')} {name}.")


@command.command("revoke")
@click.argument("user")
@_thing_options
@store_option
def revoke(user: str, experiment: str | None, model: str | None, store: str | None) -> None:
    """Take USER's permission on a thing away; what everybody has by default holds again.

    \b
      jupyter mlops permissions revoke bob --model wine
    """
    kind, name = _thing(store, experiment, model)
    accounts_at(store).permissions.revoke(user, kind, name)
    click.echo(f"{user} has no permission of their own on {kind.replace('_', ' ')} {name} any more.")


@command.command("list")
@click.argument("user", required=False)
@json_option
@store_option
def list_permissions(user: str | None, as_json: bool, store: str | None) -> None:
    """Print the permissions of USER, or of all.

    \b
      jupyter mlops permissions list bob
    """
    found = accounts_at(store).permissions.all(user)
    if as_json:
        return print_json([{"user": g.user, "kind": g.kind, "name": g.name, "permission": g.level.name} for g in found])
    rows = [(g.user, g.level.name, g.kind.replace("_", " "), g.name) for g in found]
    echo_table(["User", "Permission", "Kind", "Id or Name"], rows, "No permissions yet: jupyter mlops permissions grant USER LEVEL --experiment NAME.")
