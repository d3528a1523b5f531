"""The table of ``jupyter mlops store``."""

from __future__ import annotations

from jupyter_mlops.cli.groups import LazyGroup

__all__ = ["command"]

_TABLE = {name: f"jupyter_mlops.cli.store.{name}" for name in ("info", "check", "compact", "backup", "restore", "export", "migrate")}

command = LazyGroup("store", table=_TABLE, help="Look at, check, shrink, back up, restore, export and migrate a store.")
