"""Runs that load registered models say so, for the lineage of these."""

from __future__ import annotations

import logging
import os

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.registry.lineages import record_use
from jupyter_mlops.tracking import stacks

__all__ = ["note_load"]

_log = logging.getLogger(__name__)


def note_load(model_uri: str | os.PathLike[str]) -> None:
    """Note that the active run, if there is one, loads a registered version; never an error.

    Notes
    -----
    One reading of the store, and one transaction the first time that a run loads a version.
    """
    active = stacks.current()
    uri = os.fspath(model_uri)
    if active is None or not uri.startswith("models:"):
        return
    try:
        record_use(uri, "loaded", run_id=active.run.info.run_id)
    except MlflowException as error:  # a registry that may only be read, a model without a name: it is loaded all the same
        _log.debug("The use of %s is not in its lineage: %s", uri, error)
