"""What an endpoint is about, and what whoever asks must be allowed to do with that.

Each line of the tables in `server/rest` says it as ``needs=``; one that says nothing is for admins alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from jupyter_mlops.errors import NotPermitted
from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.storage.base import Store

__all__ = [
    "ADMIN", "ANY_USER", "EDIT", "FILTERED", "MANAGE", "READ", "Need", "Needs", "experiment_of_run", "home_of_run", "of_experiment", "of_experiment_named",
    "of_logged_model", "of_model", "of_run", "of_runs", "require",
]  # fmt: skip

READ, EDIT, MANAGE = Level.READ, Level.EDIT, Level.MANAGE


class Need(msgspec.Struct, frozen=True):
    """One thing that a request is about.

    Attributes
    ----------
    kind : {"experiment", "registered_model", "admin"}
        ``admin``: it is about the server itself.
    level : Level
    names : callable
        From the store and what is asked to ids of experiments or names of models.
    """

    kind: str
    level: Level
    names: Callable[[Store, Any], Iterable[str]]


Needs = tuple[Need, ...]
ANY_USER: Needs = ()  # whoever is logged in
FILTERED: Needs = ()  # whoever is logged in, who is shown what they may read, see `seen_stores`
ADMIN: Needs = (Need("admin", MANAGE, lambda store, asked: ()),)


def of_experiment(level: Level, field: str = "experiment_id", default: str = "") -> Needs:
    """The experiment whose id the request says."""
    return (Need(EXPERIMENT, level, lambda store, asked: [_value(asked, field) or default]),)


def of_experiment_named(level: Level, field: str = "experiment_name") -> Needs:
    """The experiment of that name; one that is not there is nobody's."""

    def names(store: Store, asked: Any) -> list[str]:
        found = store.get_experiment_by_name(_value(asked, field))
        return [found.experiment_id] if found else []

    return (Need(EXPERIMENT, level, names),)


def of_run(level: Level, field: str = "run") -> Needs:
    """The experiment of the run that the request is about; without a run in an optional field there is none."""
    return (Need(EXPERIMENT, level, lambda store, asked: [experiment_of_run(store, one) for one in [_value(asked, field)] if one]),)


def of_runs(level: Level, field: str = "run_ids") -> Needs:
    """The experiments of all runs that the request is about."""
    return (Need(EXPERIMENT, level, lambda store, asked: {experiment_of_run(store, one) for one in _values(asked, field)}),)


def of_logged_model(level: Level, field: str = "model_id") -> Needs:
    """The experiment of the logged model that the request is about, if it is about one."""
    return (
        Need(EXPERIMENT, level, lambda store, asked: [store.get_logged_model(one).experiment_id for one in [_value(asked, field)] if one]),
    )


def of_model(level: Level, field: str = "name") -> Needs:
    """The registered model that the request names."""
    return (Need(MODEL, level, lambda store, asked: [_value(asked, field)]),)


def require(needs: Needs | None, caller: Caller, store: Store, asked: Any) -> None:
    """Go on only if whoever asks may.

    Parameters
    ----------
    needs : Needs or None
        None is for admins.
    store : Store
        All of it, not what the caller sees.
    asked : Struct or mapping
        The body of the request.

    Raises
    ------
    NotPermitted
    NotFound
        There is no such run, or no such logged model.
    """
    if caller.is_admin:
        return
    for need in (ADMIN if needs is None else needs):
        if need.kind == "admin":
            caller.require_admin()
        for name in need.names(store, asked):
            caller.require(need.kind, name, need.level)


def experiment_of_run(store: Store, run_id: str) -> str:
    """Id of a run's experiment.

    Raises
    ------
    NotFound
        There is no such run.
    """
    return home_of_run(store, run_id)[0]


def home_of_run(store: Store, run_id: str) -> tuple[str, str]:
    """Id of a run's experiment and place of its artifacts, which never change: they are looked up once."""
    return _home_of_run(_Keyed(store), run_id)


class _Keyed:
    """A store that is the same as any other object of it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.store.key == self.store.key

    def __hash__(self) -> int:
        return hash(self.store.key)


@functools.lru_cache(10_000)
def _home_of_run(keyed: _Keyed, run_id: str) -> tuple[str, str]:
    info = keyed.store.get_run(run_id).info
    return info.experiment_id, info.artifact_uri


def _value(asked: Any, field: str) -> str:
    found = asked.get(field) if isinstance(asked, dict) else getattr(asked, field)
    if found is not None and not isinstance(found, str):
        raise NotPermitted(f"{field} is a text, so that it can be told what it is about.")
    return found or ""


def _values(asked: Any, field: str) -> list[str]:
    found = asked.get(field) if isinstance(asked, dict) else getattr(asked, field)
    if found is not None and not (isinstance(found, (list, tuple)) and all(isinstance(one, str) for one in found)):
        raise NotPermitted(f"{field} is a list of texts, so that it can be told what they are about.")
    return list(found or ())
