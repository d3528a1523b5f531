"""``jupyter mlops tokens …``: what programs log in by in place of a password."""

from __future__ import annotations

import click

from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import SPAN, json_option, store_option, time_text
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.cli.users import accounts_at

__all__ = ["command"]


@click.group("tokens", cls=Group)
def command() -> None:
    """Make, list and revoke tokens of users.

    \b
      jupyter mlops tokens create bob ci --days 90
    """


@command.command("create")
@click.argument("user")
@click.argument("name")
@click.option("--days", type=SPAN, help="After which it is not valid any more; by default it stays so.")
@store_option
def create(user: str, name: str, days: float | None, store: str | None) -> None:
    """Make a token of USER and print it, this once; NAME tells what it is for.

    \b
      jupyter mlops tokens create bob ci --days 90
    """
    click.echo(accounts_at(store).tokens.create(user, name, days))
    click.echo("It is not shown again. Clients take it from MLFLOW_TRACKING_TOKEN.", err=True)


@command.command("list")
@click.argument("user", required=False)
@json_option
@store_option
def list_tokens(user: str | None, as_json: bool, store: str | None) -> None:
    """Print the tokens of USER, or of all; not what they are.

    \b
      jupyter mlops tokens list bob
    """
    found = accounts_at(store).tokens.all(user)
    if as_json:
        return print_json(found)
    rows = [(t.user, t.name, time_text(t.created_ms), time_text(t.expires_ms), time_text(t.used_ms)) for t in found]
    echo_table(["User", "Name", "Created", "Expires", "Last Used"], rows, "No tokens yet: jupyter mlops tokens create USER NAME.")


@command.command("revoke")
@click.argument("user")
@click.argument("name")
@store_option
def revoke(user: str, name: str, store: str | None) -> None:
    """Make the token NAME of USER invalid at once.

    \b
      jupyter mlops tokens revoke bob ci
    """
    accounts_at(store).tokens.revoke(user, name)
    click.echo(f"Token {name} of {user} has been revoked.")
