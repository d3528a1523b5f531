"""Whose artifacts lie at a path that clients know."""

from __future__ import annotations

import re

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import NotFound
from jupyter_mlops.server.auth.needs import home_of_run
from jupyter_mlops.server.rest.places import SCHEME, Places
from jupyter_mlops.storage.base import Store

__all__ = ["experiment_of_path"]

_TREE = re.compile(r"(?:.*?/)??(?:models/(?P<model>m-[^/]+)|(?P<run>[^/]+))/artifacts(?=/|$)", re.DOTALL)


def experiment_of_path(store: Store, places: Places, path: str) -> str | None:
    """Id of the experiment that a path is of; None when it is of none, or of several.

    That is the one of the run or logged model whose artifacts these are, wherever its experiment keeps them; of other paths
    the one whose id they begin with.
    """
    clean = check_relative_path(path)
    tree = _TREE.match(clean)
    if tree is not None:
        try:
            owner = _of_model(store, tree["model"]) if tree["model"] else home_of_run(store, tree["run"])
        except NotFound:
            owner = ("", "")
        if places.shown(owner[1]) == f"{SCHEME}/{tree[0]}":
            return owner[0]
    first = places.rooted(clean)[1].partition("/")[0]
    try:
        return first if first.isascii() and first.isdecimal() and store.get_experiment(first).experiment_id == first else None
    except NotFound:
        return None


def _of_model(store: Store, model_id: str) -> tuple[str, str]:
    model = store.get_logged_model(model_id)
    return model.experiment_id, model.artifact_location
