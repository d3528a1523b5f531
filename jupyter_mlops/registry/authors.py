"""Who makes a change here: user, host, notebook and cell, as far as they are recorded at all."""

from __future__ import annotations

import logging
import socket

from jupyter_mlops.context.notebooks import notebook_tags
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.tags import CELL_ID_TAG, NOTEBOOK_TAG
from jupyter_mlops.entities.users import user_name

__all__ = ["author"]

_log = logging.getLogger(__name__)


def author(comment: str | None = None) -> Author:
    """The author of a change that is made in this process, for the model's history.

    The switches ``JUPYTER_MLOPS_CAPTURE_HOST`` and ``…_NOTEBOOK`` hold here too; the user is always named.
    """
    host = socket.gethostname() if is_captured("host") else None
    return Author(user_name(), host, *_notebook(), comment=comment)


def _notebook() -> tuple[str | None, str | None]:
    try:
        tags = notebook_tags() if is_captured("notebook") else {}
    except Exception as error:  # a change is never lost for want of its circumstances
        _log.warning("The notebook is left out of the model's history: %s", error)
        tags = {}
    return tags.get(NOTEBOOK_TAG), tags.get(CELL_ID_TAG)
