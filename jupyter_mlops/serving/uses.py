"""The lineage of registered versions says where they are served."""

from __future__ import annotations

import logging
import socket
import threading

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.registry.lineages import record_use
from jupyter_mlops.registry.uris import names_version

__all__ = ["note_served", "place_of"]

_log = logging.getLogger(__name__)


def place_of(address: str, port: int) -> str:
    """What a lineage calls a server: by its address, or only its machine where the port was any that was free.

    Examples
    --------
    >>> place_of("http://10.0.0.7:5000", 5000)
    'http://10.0.0.7:5000'
    """
    return address if port else socket.gethostname()


def note_served(name: str, place: str) -> None:
    """Note, in a thread, that a version is served at a place; nothing of other models, and never an error."""
    if place and names_version(name):
        threading.Thread(target=_note, args=(name, place), name="mlops-note", daemon=True).start()


def _note(name: str, place: str) -> None:
    try:
        record_use(name, "served", place=place)
    except MlflowException as error:  # a registry that may only be read
        _log.debug("That %s is served is not in its lineage: %s", name, error)
