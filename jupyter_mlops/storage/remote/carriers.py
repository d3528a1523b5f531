"""How a kind of server is told what was logged: ours takes records as they are, MLflow's takes batches of its protocol."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from jupyter_mlops.errors import MlflowException, ServerError
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.http.addresses import API, PEERS, served_place
from jupyter_mlops.storage.http.clients import Client
from jupyter_mlops.storage.journal.segments import Damage
from jupyter_mlops.storage.remote.batches import Record, batches
from jupyter_mlops.storage.sync.outboxes import Outbox, Parcel
from jupyter_mlops.storage.sync.uploaders import TooEarly, is_passing

__all__ = ["OurCarrier", "TheirCarrier"]

_DELIVERIES = PEERS + "deliveries"
Done = Callable[[int], None]
Refused = Callable[[Record | Damage, str], None]


class Files:
    """Files of the outbox on their way to where a run's artifacts lie."""

    def __init__(self, link: Client, outbox: Outbox) -> None:
        self._link, self._outbox = link, outbox
        self._places: dict[str, str] = {}

    def carry(self, record: Record) -> None:
        """Put one file there, or remove a path.

        Raises
        ------
        MlflowException
            It does not get there.
        """
        run_id, path, kept, holding = record[2], record[3], record[4], record[7]
        store = artifact_store(self._place(run_id))
        if kept is None:
            if holding is None:
                store.delete(path)
            else:
                store.delete_if_holding(path, holding)
        else:
            store.put_file(self._outbox.file(kept), path)

    def drop(self, record: Record) -> None:
        """Forget the file, which is delivered or refused."""
        if record[4] is not None:
            self._outbox.drop(record[4])

    def _place(self, run_id: str) -> str:
        if run_id not in self._places:
            told = self._link.call("GET", API + "runs/get", {"run_id": run_id}, patient=False)
            self._places = {run_id: served_place(self._link.address, told["run"]["info"]["artifact_uri"])}
        return self._places[run_id]


class _Carrier:
    """What both have in common: files go by themselves, other records together."""

    def __init__(self, link: Client, outbox: Outbox) -> None:
        self._link = link
        self._outbox = outbox
        self._files = Files(link, outbox)

    def carry(self, sender: str, parcel: Parcel, done: Done, refused: Refused) -> None:
        """Deliver records in their order."""
        if not parcel.is_file:
            return self._records(sender, parcel, done, refused)
        for record, end in parcel.records():
            if isinstance(record, Damage):
                refused(record, record.reason)
            else:
                self._file(record, refused)
            done(end)
            if isinstance(record, list):
                self._files.drop(record)
        return None

    def _file(self, record: Record, refused: Refused) -> None:
        try:
            self._files.carry(record)
        except FileNotFoundError as error:
            if isinstance(error, MlflowException):
                raise
            refused(record, f"the file is no longer in the outbox ({error.filename}).")
        except MlflowException as error:
            if is_passing(error):
                raise
            refused(record, error.message)

    def _records(self, sender: str, parcel: Parcel, done: Done, refused: Refused) -> None:
        raise NotImplementedError


class OurCarrier(_Carrier):
    """For a server of this package, which takes records as they are: what is sent twice is known by its place in the segment."""

    def _records(self, sender: str, parcel: Parcel, done: Done, refused: Refused) -> None:
        told = self._told(sender, parcel)
        if "refused" in told:
            by_end = {end: record for record, end in parcel.records()}
            for one in told["refused"]:
                refused(by_end[int(one["end"])], one["why"])
        position = min(int(told["position"]), parcel.end)  # nothing counts as taken that was not sent
        done(position)
        if "missing" in told:
            raise TooEarly(told["missing"])
        if position < parcel.end:
            raise ServerError(f"{self._link.address} took a part of what was sent, and does not say why.")

    def _told(self, sender: str, parcel: Parcel) -> dict[str, Any]:
        """The answer to one delivery. A run that is not there is waited for while others have something to deliver."""
        body = {"sender": sender, "start": parcel.start, "frames": base64.b64encode(parcel.frames).decode()}
        told = self._link.call("POST", _DELIVERIES, body, patient=False)
        if "missing" in told and not self._outbox.others_wait(sender):
            return self._link.call("POST", _DELIVERIES, {**body, "final": True}, patient=False)
        return told


class TheirCarrier(_Carrier):
    """For MLflow's servers, to which a batch that comes twice is one: points, params and tags are what they were."""

    def _records(self, sender: str, parcel: Parcel, done: Done, refused: Refused) -> None:
        items = []
        for record, end in parcel.records():
            if isinstance(record, Damage):
                refused(record, record.reason)
            else:
                items.append((record, end))
        for batch, records, end in batches(items):
            try:
                self._post(*batch)
            except MlflowException as error:
                if is_passing(error):
                    raise
                self._one_by_one(records, error, refused)
            done(end)
        done(parcel.end)  # a batch of nothing is no request

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self._link.call("POST", f"{API}runs/{path}", body, patient=False)

    def _one_by_one(self, records: list[Record], error: MlflowException, refused: Refused) -> None:
        if len(records) == 1:
            refused(records[0], error.message)
            return
        for record in records:
            for batch, _, _ in batches([(record, 0)]):
                try:
                    self._post(*batch)
                except MlflowException as one:
                    if is_passing(one):
                        raise
                    refused(record, one.message)
