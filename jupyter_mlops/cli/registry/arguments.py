"""Arguments and options that commands of the registry share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops.cli.completions import model_names, versions
from jupyter_mlops.cli.options import COUNT

__all__ = ["comment_options", "description_option", "name_argument", "version_argument"]

Function = Callable[..., Any]


def name_argument(function: Function) -> Function:
    """``NAME`` of a registered model."""
    return click.argument("name", shell_complete=model_names)(function)


def version_argument(function: Function) -> Function:
    """``VERSION``, a number."""
    return click.argument("version", type=COUNT, shell_complete=versions)(function)


def description_option(function: Function) -> Function:
    """``--description``."""
    return click.option("--description", metavar="TEXT", help="Markdown.")(function)


def comment_options(function: Function) -> Function:
    """``--comment`` and ``--force`` of a move."""
    function = click.option("--force", is_flag=True, help="Also where a gate of the model says no; needs --comment.")(function)
    return click.option("--comment", metavar="TEXT", help="Why; it stands in the model's history.")(function)
