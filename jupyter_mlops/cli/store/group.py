"""The table of ``jupyter mlops store``."""

from __future__ import annotations

from jupyter_mlops.cli.groups import LazyGroup

__all__ = ["command"]

_TABLE = {
    "info": ("jupyter_mlops.cli.store.info", "Print sizes and counts."),
    "check": ("jupyter_mlops.cli.store.check", "Read all of the store and compare what belongs together; exit code 1 when something is left to mend."),
    "compact": ("jupyter_mlops.cli.store.compact", "Rewrite the file without the room that deleted rows left."),
    "backup": ("jupyter_mlops.cli.store.backup", "Copy the store and its artifacts as of now, while notebooks go on."),
    "restore": ("jupyter_mlops.cli.store.restore", "Go back to a backup: BACKUP is its folder, by default the newest."),
    "export": ("jupyter_mlops.cli.store.export", "Write runs, params, metrics, models … to files of FOLDER, which is made: one file each, as in docs/sql.md."),
    "migrate": ("jupyter_mlops.cli.store.migrate", "Bring the store to this version's schema, after a backup."),
}

command = LazyGroup("store", table=_TABLE, help="""Look at, check, shrink, back up, restore, export and migrate a store.

    \b
      jupyter mlops store info
      jupyter mlops store backup --keep 7""")
