"""What was logged as requests of MLflow's protocol: batches as large as its servers take, and what is no batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.journal.operations import BATCH, INPUTS, METRIC, PARAM, TAG, UPDATE

__all__ = ["Record", "batches"]

_MOST = {"metrics": 1000, "params": 100, "tags": 100}
_PIECE = {**_MOST, "metrics": 500}  # all of them together are no more than a batch may hold
_DATASET = ("name", "digest", "source_type", "source", "schema", "profile")
Record = list[Any]
Batch = tuple[str, dict[str, Any]]


def batches(items: Sequence[tuple[Record, int]]) -> Iterator[tuple[Batch, list[Record], int]]:
    """Requests below ``runs/``, each with the records that it is made of and the offset behind them.

    Examples
    --------
    >>> records = [([PARAM, 0, "a", "lr", "0.1"], 40), ([TAG, 0, "a", "by", "ann"], 80), ([UPDATE, 0, "a", "FINISHED", 9, None], 120)]
    >>> [(path, len(made_of), end) for (path, _), made_of, end in batches(records)]
    [('log-batch', 2, 80), ('update', 1, 120)]
    """
    for batch, records, end in _batches(items):
        yield _without_twins(batch), records, end


def _batches(items: Sequence[tuple[Record, int]]) -> Iterator[tuple[Batch, list[Record], int]]:
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
        piece = {name: rows[name][:most] for name, most in _PIECE.items()}
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
            {"key": key, "value": as_json(value), "timestamp": time if timestamp is None else timestamp, "step": step}
            for key, value, timestamp, step in metrics
        ],
        "params": [{"key": key, "value": value} for key, value in params],
        "tags": [{"key": key, "value": value} for key, value in tags],
    }  # fmt: skip


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
