"""Whose artifacts lie at a path that clients know."""

from __future__ import annotations

import re

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import NotFound
from jupyter_mlops.server.auth.needs import home_of_run
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.http.addresses import PROXIED

__all__ = ["experiments_of_path"]

_TREE = re.compile(r"(?:^|(?<=/))(?:models/(?P<model>m-[^/]+)|(?P<run>[^/]+))/artifacts(?=/|$)")
_MOST_LOOKED_FOR = 8


def experiments_of_path(store: Store, places: Places, path: str) -> set[str]:
    """Ids of the experiments that a path is of; nothing when it is of none, or of too many.

    Those are the ones of the runs and logged models whose artifacts these are, wherever their experiments keep them, which may
    be inside of another one's; of other paths the one whose id they begin with.
    """
    clean = check_relative_path(path)
    trees = list(_TREE.finditer(clean))
    if len(trees) > _MOST_LOOKED_FOR:
        return set()
    owners = [_owner(store, tree) for tree in trees]
    found = {
        owner[0] for tree, owner in zip(trees, owners, strict=True) if owner and places.shown(owner[1]) == f"{PROXIED}/{clean[: tree.end()]}"
    }
    return found or _by_first_name(store, places.rooted(clean)[1].partition("/")[0])


def _owner(store: Store, tree: re.Match[str]) -> tuple[str, str] | None:
    """Experiment and place of the run or logged model that a part of a path names, if there is one."""
    try:
        if tree["run"]:
            return home_of_run(store, tree["run"])
        model = store.get_logged_model(tree["model"])
    except NotFound:
        return None
    return model.experiment_id, model.artifact_location


def _by_first_name(store: Store, name: str) -> set[str]:
    try:
        return {name} if name.isascii() and name.isdecimal() and store.get_experiment(name).experiment_id == name else set()
    except NotFound:
        return set()
