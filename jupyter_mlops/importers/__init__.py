"""Stores of other trackers, brought into ours: MLflow's SQLite databases and ``mlruns`` folders, and tracking servers.

May import tracking and what is below it; the command line calls it.
"""

from jupyter_mlops.importers.imports import import_store
from jupyter_mlops.importers.reports import ImportReport

__all__ = ["ImportReport", "import_store"]
