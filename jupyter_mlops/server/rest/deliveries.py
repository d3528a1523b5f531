"""``mlops/deliveries``: what clients of this package logged while nobody waited, record by record, each once.

A sender is the segment of a client's outbox, and each record is known by the byte of it at which it ends: what was taken
before is not taken again when a client asks anew after a lost answer. Should the server have died between taking
and answering, the records come again, and are the same: a point, a param, a tag or an end that comes twice is one.
"""

from __future__ import annotations

import base64
import contextlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from typing import Annotated, Any

import msgspec

from jupyter_mlops.entities.datasets import Dataset, DatasetInput
from jupyter_mlops.entities.experiments import NAMED
from jupyter_mlops.entities.names import check_key, tag_text
from jupyter_mlops.entities.pairs import InputTag
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.entities.tags import RUN_NAME_TAG
from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException, NotFound, NotPermitted, StoreError
from jupyter_mlops.server.auth.needs import ANY_USER, EDIT
from jupyter_mlops.server.rest.bodies import Text
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.journal.operations import BATCH, INPUTS, METRIC, PARAM, START, TAG, UPDATE, check
from jupyter_mlops.storage.journal.segments import Damage, scan_frames
from jupyter_mlops.tracking.run_states import new_state, state_of

__all__ = ["ENDPOINTS"]

_MOST_RECORDS, _MOST_SENDERS = 20_000, 10_000
_NONE: list[Any] = []  # stands for bytes that are no record
_NEW_ID = re.compile(r"[0-9a-f]{32}")
_LOGGED = (METRIC, PARAM, TAG, BATCH)
_REFUSALS = (InvalidParameter, InvalidState, NotFound, NotPermitted)
_STATUSES = [RunStatus.to_string(number) for number in RunStatus.all_status()]
Place = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Record = list[Any]


class Delivery(msgspec.Struct, frozen=True):
    """Frames of a sender's segment from byte `start` on, in base64; `final`: nobody else has the beginnings of their runs."""

    sender: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    start: Place
    frames: Text
    final: bool = False


class _Sender:
    """How far one sender's segment was taken, and what of it was refused since it last heard so."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.position = -1
        self.refused: dict[int, str] = {}


_senders: OrderedDict[tuple[str, str], _Sender] = OrderedDict()  # those that were heard last
_lock = threading.Lock()


def _sender(store_key: str, name: str) -> _Sender:
    key = (store_key, name)
    with _lock:
        found = _senders.setdefault(key, _Sender())
        _senders.move_to_end(key)
        while len(_senders) > _MOST_SENDERS:
            _senders.popitem(last=False)
        return found


def deliver(request: Request, body: Delivery) -> dict[str, Any]:
    """Take records in; says up to where, what will never be taken, and where it stopped for want of a run."""
    records = _decoded(body.frames, body.start)
    sender = _sender(request.store.key, f"{request.user}/{body.sender}")
    missing = None
    with sender.turn:
        sender.refused = {end: why for end, why in sender.refused.items() if end > body.start}
        for end, why in _taken(request, [one for one in records if one[0] > sender.position]):
            if isinstance(why, NotFound) and not body.final:
                missing = why.message
                break
            sender.position = end
            if why is not None:
                sender.refused[end] = why.message
        refused = [{"end": end, "why": why} for end, why in sender.refused.items()]
        answer = {"position": max(sender.position, body.start), "refused": refused, "missing": missing}
        return {name: value for name, value in answer.items() if value or name == "position"}


def _decoded(frames: str, start: int) -> list[tuple[int, Record]]:
    """Records, each after the byte of the segment at which it ends."""
    try:
        data = base64.b64decode(frames, validate=True)
    except ValueError as error:
        raise InvalidParameter(f"The frames are no base64: {error}.") from None
    found = [(start + end, _NONE if isinstance(record, Damage) else record) for record, end in islice(scan_frames(data), _MOST_RECORDS + 1)]
    if len(found) > _MOST_RECORDS or not found:
        raise InvalidParameter(f"A delivery has 1 to {_MOST_RECORDS} whole records.")
    return found


def _taken(request: Request, records: list[tuple[int, Record]]) -> Iterator[tuple[int, MlflowException | None]]:
    """Take records in their order, what is logged to one run together; yields how far it got, and why one is refused."""
    for (run_id, is_logged), group in groupby(records, _sort):
        items = list(group)
        if is_logged and len(items) > 1:
            with contextlib.suppress(*_REFUSALS):  # one of them is wrong: which one is found out below
                _log(request, run_id, [record for _, record in items])
                yield items[-1][0], None
                continue
        for end, record in items:
            try:
                _take(request, record)
            except StoreError:  # not the record's fault: the client tries again
                raise
            except MlflowException as error:
                yield end, error
            else:
                yield end, None


def _sort(item: tuple[int, Record]) -> tuple[Any, bool]:
    record = item[1]
    return (record[2] if len(record) > 2 else None), bool(record) and record[0] in _LOGGED and check(record) is None


def _take(request: Request, record: Record) -> None:
    if not record:
        raise InvalidParameter("The checksum of the record does not match.")
    if len(record) < 3 or record[0] not in (*_LOGGED, *_OTHERS):
        raise InvalidParameter("No kind of record that this version of the server takes.")
    if (why := check(record)) is not None:
        raise InvalidParameter(f"The record cannot be one: {why}.")
    if record[0] in _LOGGED:
        _log(request, record[2], [record])
    else:
        _OTHERS[record[0]](request, record)


def _log(request: Request, run_id: str, records: list[Record]) -> None:
    metrics: list[Any] = []
    params: list[Any] = []
    tags: list[Any] = []
    for record in records:
        kind, time = record[0], record[1]
        if kind in (METRIC, BATCH):
            points = [record[3:7]] if kind == METRIC else record[3]
            metrics += [(key, value, time if at is None else at, step) for key, value, at, step in points]
        params += [record[3:5]] if kind == PARAM else record[4] if kind == BATCH else []
        tags += [record[3:5]] if kind == TAG else record[5] if kind == BATCH else []
    request.require_run(run_id, EDIT)
    state_of(request.whole, run_id).log_batch(metrics, params, tags)


def _start(request: Request, record: Record) -> None:
    run_id, experiment_id, name, user, start_time = record[2:7]
    if not _NEW_ID.fullmatch(run_id):
        raise InvalidParameter(f"{run_id!r:.100} is no id of a new run, which has 32 hex digits: another one could name a folder of somebody else's.")
    tags = {check_key(key, "tag name"): tag_text(key, value) for key, value in record[8]}
    try:
        run = request.whole.get_run(run_id)
        request.require_experiment(run.info.experiment_id, EDIT)
    except NotFound:
        run = request.whole.create_run(
            _experiment(request, experiment_id), tag_text(RUN_NAME_TAG, name), user, start_time, tags, owned=False, run_id=run_id
        )
    new_state(request.whole, run)


def _experiment(request: Request, experiment_id: str) -> str:
    """An experiment's id; of one that only its name is known of, which is made when there is none."""
    if experiment_id.startswith(NAMED):
        name = experiment_id.removeprefix(NAMED)
        found = request.whole.get_experiment_by_name(name)
        if found is None:
            experiment_id = request.whole.create_experiment(name, request.places.fresh(), {})
            request.own_experiment(experiment_id)
            return experiment_id
        experiment_id = found.experiment_id
    request.require_experiment(experiment_id, EDIT)
    return experiment_id


def _update(request: Request, record: Record) -> None:
    _, _, run_id, status, end_time, name = record[:6]
    if status is not None and status not in _STATUSES:
        raise InvalidParameter(f"There is no status {status!r:.100}.")
    request.require_run(run_id, EDIT)
    state_of(request.whole, run_id).update(status=status, end_time=end_time, name=name)


def _inputs(request: Request, record: Record) -> None:
    inputs = [DatasetInput(Dataset(*fields[:6]), [InputTag(*tag) for tag in fields[6]]) for fields in record[3]]
    request.require_run(record[2], EDIT)
    state_of(request.whole, record[2]).log_inputs(inputs)


_OTHERS: dict[int, Callable[[Request, Record], None]] = {START: _start, UPDATE: _update, INPUTS: _inputs}

ENDPOINTS = (Endpoint("POST", "deliveries", Delivery, deliver, writes=True, needs=ANY_USER),)  # of each run that it finds, it asks itself
