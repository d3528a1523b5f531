"""A request as the endpoints see it, and an endpoint as the hosts see it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.authors import Author, told_author
from jupyter_mlops.entities.uris import is_local
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.errors import NotPermitted
from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.needs import Needs, experiment_of_run, home_of_run
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.server.rest.artifact_owners import experiments_of_path
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.server.workers.pools import Workers
from jupyter_mlops.storage.artifact_stores.drivers import driver_of
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.http.addresses import PROXIED

__all__ = ["Endpoint", "Request"]


class Request(msgspec.Struct, frozen=True):
    """One call.

    Attributes
    ----------
    store : Store
        The one that the call is about, as the caller sees it.
    arguments : dict
        The JSON body, or the query of a GET: texts there, lists of them where a name is repeated.
    user : str
        Who asks, as the host knows it.
    places : Places
        How places of artifacts are told to whoever asks.
    caller : Caller
        Who asks, with what they may do: all, where the host asks for no permissions.
    origin : str
        What the caller says of where it is, see `entities.authors.ORIGIN`.
    workers : Workers or None
        What runs models; None where the host runs none.
    """

    store: Store
    arguments: dict[str, Any]
    user: str = ""
    places: Places = Places()
    caller: Caller = Caller()
    origin: str = ""
    workers: Workers | None = None

    @property
    def whole(self) -> Store:
        """All of the store, for what the caller may do by the endpoint's needs and for what outlives the request."""
        return getattr(self.store, "whole", self.store)

    def require_experiment(self, experiment_id: str, level: Level) -> None:
        """Go on only if the caller may do that with an experiment; `NotPermitted` else."""
        self.caller.require(EXPERIMENT, experiment_id, level)

    def require_run(self, run_id: str, level: Level) -> None:
        """Go on only if the caller may do that with the experiment of a run, which is there."""
        if not self.caller.is_admin:
            self.require_experiment(experiment_of_run(self.whole, run_id), level)

    def require_artifacts(self, run_id: str, level: Level) -> None:
        """Go on only if the caller may do that with the artifacts of a run; those may lie inside of artifacts of others."""
        self.require_run(run_id, level)
        if not self.caller.is_admin:
            shown = self.places.shown(home_of_run(self.whole, run_id)[1])
            if shown.startswith(PROXIED):
                self.require_path(shown.partition(":/")[2], level)

    def require_model(self, name: str, level: Level) -> None:
        """Go on only if the caller may do that with a registered model."""
        self.caller.require(MODEL, name, level)

    def require_path(self, path: str, level: Level) -> None:
        """Go on only if the caller may do that with artifacts at a path as clients know it; others than admins with those of experiments."""
        if self.caller.is_admin:
            return
        found = experiments_of_path(self.whole, self.places, path)
        if not found:
            raise NotPermitted(f"{path!r:.200} is no path of an experiment's artifacts, which begin with its id; other paths are for admins.")
        for experiment_id in found:
            self.require_experiment(experiment_id, level)

    def require_place(self, uri: str) -> None:
        """Go on only if the caller may have the server look at a place; others than admins at what it serves, folders and buckets.

        It would ask any machine that it reaches, with what it knows itself, and wait for those that do not answer.
        """
        is_plain = is_local(uri) or driver_of(uri).extra is not None or self.places.shown(uri).startswith(PROXIED)
        if not (self.caller.is_admin or is_plain):
            raise NotPermitted(f"{uri!r:.300} is a place that only admins may name: others name a bucket, such as s3://…, or what this server keeps.")

    def own_experiment(self, experiment_id: str) -> None:
        """The caller made this experiment, and may MANAGE it."""
        self.caller.own(EXPERIMENT, experiment_id)

    def author(self, comment: str | None = None) -> Author:
        """Whoever asks, for a model's history.

        A client of this package says its machine, notebook and cell, and its user where the host knows none; of others it is
        this machine, where it may be recorded.
        """
        if told := told_author(self.origin):
            return Author(self.user or told.user, told.host, told.notebook, told.cell, comment)
        host = socket.gethostname() if is_captured("host") else None
        return Author(self.user or user_name(), host, comment=comment)


class Endpoint(NamedTuple):
    """One line of the table of endpoints.

    Attributes
    ----------
    method, path : str
        Such as ``POST`` and ``runs/create``; ``{name}`` in the path is an argument.
    body : type or None
        The `msgspec.Struct` that its arguments are read as, see `bodies`; None for one that takes them as they are.
    answer : callable
        From the request and its body to what is answered: as JSON, or bytes as they are.
    writes : bool
        Whether it changes anything.
    needs : Needs or None
        What it is about, and what the caller must be allowed to do with that; None is for admins alone.
    at_once : callable or None
        Answers as `answer` does where that waits for nothing, and does nothing and returns None where it might: for the store,
        or for a lock that somebody may hold who waits for it. Hosts may call it in their event loop.
    is_slow : bool
        Whether it may take minutes: hosts answer it where it keeps nobody else waiting.
    """

    method: str
    path: str
    body: type[msgspec.Struct] | None
    answer: Callable[[Request, Any], Any]
    writes: bool = False
    needs: Needs | None = None
    at_once: Callable[[Request, Any], Any] | None = None
    is_slow: bool = False
