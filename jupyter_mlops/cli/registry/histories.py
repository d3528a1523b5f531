"""Who did what to a model."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at
from jupyter_mlops.cli.options import json_option, store_option, time_text
from jupyter_mlops.cli.records import print_json_list
from jupyter_mlops.cli.registry.arguments import name_argument
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.storage.opened import get_registry_uri, open_store

__all__ = ["COMMANDS"]


@click.command("history")
@name_argument
@json_option
@store_option
def history(name: str, as_json: bool, store: str | None) -> None:
    """Print what was done to the registered model NAME, the latest first; also of one that was deleted or renamed.

    \b
      jupyter mlops registry history wine
    """
    client_at(store)
    events = open_store(get_registry_uri()).get_model_history(name)
    if as_json:
        return print_json_list(events)
    echo_table(["Date", "User", "What", "Comment"], ([time_text(e.time), e.user, e.text, e.comment or ""] for e in events), "Nothing was done to it.")


COMMANDS = (history,)
