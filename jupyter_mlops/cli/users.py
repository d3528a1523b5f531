"""``jupyter mlops users …``: who may log in to a server with ``--auth users``."""

from __future__ import annotations

import sys

import click

from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import json_option, store_option, time_text, yes_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.auth.accounts import Accounts
from jupyter_mlops.storage.opened import open_store_file

__all__ = ["accounts_at", "command"]

_password_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


def accounts_at(uri: str | None) -> Accounts:
    """The users of the store at `uri`, or of the one that is meant here; a store that is still to come may have some."""
    return Accounts(open_store_file(uri, "This command").path)


def _password(from_stdin: bool) -> str:
    """A password, which never stands in a command's line: others could see it there."""
    if not from_stdin:
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InvalidParameter("There is no password on standard input.")
    return line


@click.group("users", cls=Group)
def command() -> None:
    """Make, list and remove the users of a server.

    \b
      jupyter mlops users create ann --admin
    """


@command.command("create")
@click.argument("name")
@click.option("--admin", is_flag=True, help="They may do all.")
@_password_option
@store_option
def create(name: str, admin: bool, password_stdin: bool, store: str | None) -> None:
    """Make a user NAME; the password is asked for.

    \b
      jupyter mlops users create ann --admin
    """
    accounts = accounts_at(store)
    accounts.users.create(name, _password(password_stdin), admin)
    click.echo(f"{'Admin' if admin else 'User'} {name} may log in. Users are kept in {accounts.database.path}.")


@command.command("list")
@json_option
@store_option
def list_users(as_json: bool, store: str | None) -> None:
    """Print who may log in.

    \b
      jupyter mlops users list --json
    """
    found = accounts_at(store).users.all()
    if as_json:
        return print_json([{"name": user.name, "is_admin": user.is_admin, "created_ms": user.created_ms} for user in found])
    echo_table(["User", "Admin", "Created"], [(u.name, "yes" if u.is_admin else "", time_text(u.created_ms)) for u in found], "No users yet: jupyter mlops users create NAME.")


@command.command("delete")
@click.argument("name")
@yes_option
@store_option
def delete(name: str, yes: bool, store: str | None) -> None:
    """Remove user NAME with their tokens and permissions.

    \b
      jupyter mlops users delete bob --yes
    """
    users = accounts_at(store).users
    users.get(name)
    if not yes and not click.confirm(f"Remove {name} with their tokens and permissions?", err=True):
        raise click.Abort
    users.delete(name)
    click.echo(f"User {name} has been deleted.")


@command.command("passwd")
@click.argument("name")
@_password_option
@store_option
def passwd(name: str, password_stdin: bool, store: str | None) -> None:
    """Give user NAME another password; their sessions are over.

    \b
      jupyter mlops users passwd bob
    """
    users = accounts_at(store).users
    users.get(name)
    users.set_password(name, _password(password_stdin))
    click.echo(f"{name} has another password.")


@command.command("set-admin")
@click.argument("name")
@click.option("--no", "no", is_flag=True, help="They are none any more.")
@store_option
def set_admin(name: str, no: bool, store: str | None) -> None:
    """Make user NAME an admin, who may do all.

    \b
      jupyter mlops users set-admin bob
    """
    accounts_at(store).users.set_admin(name, not no)
    click.echo(f"{name} is {'no admin any more' if no else 'an admin'}.")
