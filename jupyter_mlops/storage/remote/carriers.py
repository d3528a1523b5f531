"""How a kind of server is told what was logged: ours takes records as they are, MLflow's takes batches of its protocol."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.http.addresses import API, PEERS, served_place
from jupyter_mlops.storage.http.clients import Client
from jupyter_mlops.storage.journal.operations import BATCH, INPUTS, METRIC, PARAM, TAG, UPDATE
from jupyter_mlops.storage.journal.segments import Damage
from jupyter_mlops.storage.sync.outboxes import Outbox, Parcel
from jupyter_mlops.storage.sync.uploaders import TooEarly, is_passing

__all__ = ["OurCarrier", "TheirCarrier"]

_DELIVERIES = PEERS + "deliveries"
_MOST = {"metrics": 1000, "params": 100, "tags": 100}
_DATASET = ("name", "digest", "source_type", "source", "schema", "profile")
Record = list[Any]
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
        done(int(told["position"]))
        if "missing" in told:
            raise TooEarly(told["missing"])

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
        for batch, records, end in _batches(items):
            try:
                self._post(*_without_twins(batch))
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
            for batch, _, _ in _batches([(record, 0)]):
                try:
                    self._post(*_without_twins(batch))
                except MlflowException as one:
                    if is_passing(one):
                        raise
                    refused(record, one.message)


Batch = tuple[str, dict[str, Any]]


def _batches(items: Sequence[tuple[Record, int]]) -> Iterator[tuple[Batch, list[Record], int]]:
    """Requests, each with the records that it is made of and the offset behind them."""
    open_batch: dict[str, Any] | None = None
    records: list[Record] = []
    last = 0
    for record, end in items:
        kind, run_id = record[0], record[2]
        rows = _rows(record)
        if open_batch is not None and (open_batch["run_id"] != run_id or rows is None or not _fits(open_batch, rows)):
            yield ("log-batch", open_batch), records, last
            open_batch, records = None, []
        if rows is None:
            yield _single(kind, run_id, record), [record], end
        else:
            for piece in _pieces(rows):
                if open_batch is not None and not _fits(open_batch, piece):
                    yield ("log-batch", open_batch), [record], last
                    open_batch = None
                if open_batch is None:
                    open_batch = {"run_id": run_id, "run_uuid": run_id, "metrics": [], "params": [], "tags": []}
                for name in _MOST:
                    open_batch[name] += piece[name]
            records.append(record)
        last = end
    if open_batch is not None:
        yield ("log-batch", open_batch), records, last


def _without_twins(batch: Batch) -> Batch:
    """A batch with identical points once: of two NaN at one place, MLflow 2 refuses both."""
    path, body = batch
    if "metrics" not in body:
        return batch
    return path, {**body, "metrics": list({tuple(point.values()): point for point in body["metrics"]}.values())}


def _fits(batch: dict[str, Any], rows: dict[str, list[Any]]) -> bool:
    counts = {name: len(batch[name]) + len(rows[name]) for name in _MOST}
    return all(counts[name] <= most for name, most in _MOST.items()) and sum(counts.values()) <= _MOST["metrics"]


def _pieces(rows: dict[str, list[Any]]) -> Iterator[dict[str, list[Any]]]:
    """What one batch may hold of a large record."""
    while any(rows.values()):
        piece = {name: rows[name][: most // (1 if name != "metrics" else 2)] for name, most in _MOST.items()}
        rows = {name: rows[name][len(piece[name]) :] for name in _MOST}
        yield piece


def _rows(record: Record) -> dict[str, list[Any]] | None:
    """A record as rows of a batch; None for one that is no batch."""
    kind, time = record[0], record[1]
    if kind not in (METRIC, PARAM, TAG, BATCH):
        return None
    metrics, params, tags = record[3:6] if kind == BATCH else [[record[3:]] if kind == one else [] for one in (METRIC, PARAM, TAG)]
    return {
        "metrics": [
            {"key": key, "value": _number(value), "timestamp": time if timestamp is None else timestamp, "step": step}
            for key, value, timestamp, step in metrics
        ],
        "params": [{"key": key, "value": value} for key, value in params],
        "tags": [{"key": key, "value": value} for key, value in tags],
    }  # fmt: skip


def _number(value: float) -> float | str:
    """JSON has no NaN and no infinities."""
    if math.isnan(value):
        return "NaN"
    return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def _single(kind: int, run_id: str, record: Record) -> Batch:
    body: dict[str, Any] = {"run_id": run_id, "run_uuid": run_id}
    if kind == UPDATE:
        known = {"status": record[3], "end_time": record[4], "run_name": record[5]}
        return "update", body | {name: value for name, value in known.items() if value is not None}
    if kind == INPUTS:
        datasets = [
            {"dataset": dict(zip(_DATASET, fields[:6], strict=True)), "tags": [{"key": key, "value": value} for key, value in fields[6]]}
            for fields in record[3]
        ]
        return "log-inputs", body | {"datasets": datasets}
    raise NotFound(f"records of kind {kind} are for servers of jupyter_mlops only.")
