"""``jupyter mlops completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from jupyter_mlops.cli.main import run

__all__ = ["command"]

_PROGRAMS = ("mlops", "jupyter-mlops")  # `jupyter mlops` is completed by whoever completes jupyter


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what makes a shell complete commands, options, ids and names of `mlops` and `jupyter-mlops`.

    \b
      mlops completion bash >> ~/.bashrc
      mlops completion zsh >> ~/.zshrc
      mlops completion fish > ~/.config/fish/completions/mlops.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    for program in _PROGRAMS:
        complete = kind(run, {}, program, "_MLOPS_COMPLETE")
        click.echo(complete.source_template % complete.source_vars())
