"""``jupyter mlops ui``."""

from __future__ import annotations

import threading
import webbrowser
from typing import Any

import click

from jupyter_mlops.cli.server import options, start
from jupyter_mlops.storage.http.addresses import LOOPBACK

__all__ = ["command"]


@click.command("ui")
@options
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
def command(browser: bool, **given: Any) -> None:
    """Start a server as `jupyter mlops server` does, and open its page in a browser.

    \b
      jupyter mlops ui --port 5001
    """
    if given["predict"] is None and given["auth"] == "token" and given["host"] in LOOPBACK:
        given["predict"] = "trust"  # this user's own page, with what this user could run anyhow
    start(**given, open_page=_open if browser else _say)


def _say(address: str) -> None:
    click.echo(f"Open {address}{' (works once, within two minutes)' if 'once=' in address else ''}")


def _open(address: str) -> None:
    """In a browser, some of which do not return before they are closed."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
