"""The link to a server: asked after it has what was logged before, and what is known of it without asking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from jupyter_mlops.entities.authors import ORIGIN, Author
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.gates import Verdict
from jupyter_mlops.errors import GateRefused, InvalidState, NotFound, ServerLacks, ServerUnreachable
from jupyter_mlops.storage.http.addresses import PEERS
from jupyter_mlops.storage.http.clients import Client, client_of
from jupyter_mlops.storage.http.credentials import remember_user
from jupyter_mlops.storage.locate import remember_store
from jupyter_mlops.storage.sync.outboxes import Outbox
from jupyter_mlops.storage.sync.uploaders import OutboxWriter, Uploader

__all__ = ["Linked", "refusal_of", "told_by"]

_OURS, _THEIRS = "jupyter_mlops", "mlflow"  # kinds of servers
_RECENT = 50
T = TypeVar("T")


class Linked:
    """What the parts of a remote store have in common.

    Parameters
    ----------
    uri : str
        Address of the server. User and password in it are kept for this process alone.
    """

    def __init__(self, uri: str) -> None:
        self.uri = remember_user(uri)
        self.key = remember_store(self.uri)
        self.outbox = Outbox(self.uri)
        self.link = client_of(self.uri)
        self.uploader = Uploader(self.outbox, self._carrier, lambda: self.link.heard)
        self.writer = OutboxWriter(self.outbox, self.uploader)  # one for all threads; its segment begins with the first record
        self._kind: str | None = None
        self._seen: dict[str, Experiment] = {}
        if self.outbox.segments():
            self.uploader.start()

    def _carrier(self) -> Any:
        raise NotImplementedError

    @property
    def client(self) -> Client:
        """The link, once the server has what this process logged."""
        self.uploader.flush()
        return self.link

    @property
    def is_ours(self) -> bool:
        """Whether the server is one of this package; asked once, and remembered for a start without it.

        Raises
        ------
        ServerUnreachable
            It does not answer, and never did before.
        """
        if self._kind is None:
            self._kind = self._asked_kind()
        return self._kind == _OURS

    def _asked_kind(self) -> str:
        known = self.outbox.known()
        try:
            told = self.link.call("GET", PEERS + "server", {}, patient=False)
        except (ServerLacks, NotFound):
            kind = _THEIRS
        except ServerUnreachable:
            if "kind" not in known:
                raise
            return str(known["kind"])
        else:
            kind = str(told.get("name", _THEIRS))
        if known.get("kind") != kind:
            self.outbox.make()
            self.outbox.note({**known, "kind": kind})
        return kind

    def peer(self, call: str, kind: type[T], /, *, by: Author | None = None, **arguments: Any) -> T:
        """Ask what only a server of this package knows.

        Raises
        ------
        ServerLacks
            It is another kind of server.
        """
        if not self.is_ours:
            raise ServerLacks(f"{self.uri} is no server of jupyter_mlops, and MLflow's protocol has no {call!r}.")
        try:
            told = self.client.call("POST", f"{PEERS}{call}", msgspec.to_builtins(arguments), headers=told_by(by))
        except InvalidState as error:
            raise refusal_of(error) from None
        return msgspec.convert(told.get("result"), kind, strict=False)

    def remember(self, experiment: Experiment) -> Experiment:
        """Keep what a run needs to know of an experiment, for a start without the server."""
        if self._seen.get(experiment.experiment_id) != experiment:
            self._seen[experiment.experiment_id] = experiment
            others = [one for one in self._noted() if one.experiment_id != experiment.experiment_id]
            self.outbox.make()
            self._kind = self._kind or self._asked_kind()  # noted as well, for the same time without the server
            self.outbox.note({**self.outbox.known(), "experiments": msgspec.to_builtins([*others, experiment][-_RECENT:])})
        return experiment

    def _noted(self) -> list[Experiment]:
        return msgspec.convert(self.outbox.known().get("experiments", []), list[Experiment])

    def known_experiment(self, *, name: str | None = None, experiment_id: str | None = None) -> Experiment | None:
        """An experiment that this process has seen."""
        return _found(self._seen.values(), name, experiment_id)

    def noted_experiment(self, *, name: str | None = None, experiment_id: str | None = None) -> Experiment | None:
        """An experiment that some process of this user has seen, for a time without the server."""
        return _found([*self._noted(), *self._seen.values()], name, experiment_id)


def told_by(by: Author | None) -> dict[str, str]:
    """The header that says from where a change of the registry comes."""
    if by is None:
        return {}
    known = {name: value for name, value in msgspec.to_builtins(by).items() if value is not None and name != "comment"}
    return {ORIGIN: quote(msgspec.json.encode(known))}


def _found(experiments: Iterable[Experiment], name: str | None, experiment_id: str | None) -> Experiment | None:
    for one in experiments:
        if (name, experiment_id) in ((one.name, None), (None, one.experiment_id)) and one.lifecycle_stage == "active":
            return one
    return None


def refusal_of(error: InvalidState) -> InvalidState:
    """A refusal by gates as the error of its class; any other as it is."""
    told = error.json_kwargs
    if "verdicts" not in told:
        return error
    verdicts = [Verdict(one["rule"], bool(one["passed"]), one["reason"]) for one in told["verdicts"]]
    return GateRefused(told.get("name", ""), str(told.get("version", "")), told.get("target", ""), verdicts)
