"""``metrics/…`` of the protocol."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.auth.needs import READ, of_run, of_runs
from jupyter_mlops.server.rest.bodies import Int64, OfRun, Text
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.search.pages import offset_of, token_of

if TYPE_CHECKING:
    from jupyter_mlops.storage.columns import Array

__all__ = ["ENDPOINTS"]

_MOST_RUNS, _MOST_POINTS, _MOST_SAMPLED = 100, 25_000, 2500
Count = Annotated[int, msgspec.Meta(ge=1)]


class History(OfRun, frozen=True, kw_only=True):
    metric_key: Text
    page_token: str | None = None
    max_results: Count | None = None


class Bulk(msgspec.Struct, frozen=True):
    metric_key: Text
    run_id: list[str] = []
    max_results: Count = _MOST_POINTS


class Interval(msgspec.Struct, frozen=True):
    metric_key: Text
    run_ids: list[str] = []
    start_step: Int64 | None = None
    end_step: Int64 | None = None
    max_results: Count = _MOST_SAMPLED


def history(request: Request, body: History) -> dict[str, Any]:
    """All points of a metric, or one page of them."""
    columns = request.store.metric_columns(body.run, body.metric_key)
    count = len(columns["value"])
    start = 0 if body.max_results is None else offset_of(body.page_token or None)
    stop = count if body.max_results is None else start + body.max_results
    page = _told(columns, body.metric_key, start, stop)
    return ({"metrics": page} if page else {}) | ({"next_page_token": token_of(stop)} if stop < count else {})


def bulk(request: Request, body: Bulk) -> dict[str, Any]:
    """Points of one metric of several runs, the first ones when there are too many."""
    runs = _checked(body.run_id, "run_id")
    most = min(body.max_results, _MOST_POINTS)
    found = [{**point, "run_id": run_id} for run_id in runs for point in _points(request, run_id, body.metric_key)]
    return {"metrics": found[:most]}


def interval(request: Request, body: Interval) -> dict[str, Any]:
    """Points of one metric of several runs between two steps, evenly chosen with the first and the last of each run."""
    if (body.start_step is None) != (body.end_step is None):
        raise InvalidParameter("Give both start_step and end_step, or none of them.")
    if body.max_results > _MOST_SAMPLED:
        raise InvalidParameter(f"max_results must be at most {_MOST_SAMPLED}, not {body.max_results}.")
    found = []
    for run_id in _checked(body.run_ids, "run_ids"):
        points = _points(request, run_id, body.metric_key)
        if body.start_step is not None and body.end_step is not None:
            points = [point for point in points if body.start_step <= point["step"] <= body.end_step]
        found += [{**point, "run_id": run_id} for point in _sampled(points, body.max_results)]
    return {"metrics": found} if found else {}


def _sampled(points: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    if len(points) <= most:
        return points
    if most == 1:
        return points[:1]
    return [points[index * (len(points) - 1) // (most - 1)] for index in range(most)]


def _checked(runs: list[str], name: str) -> list[str]:
    if not 1 <= len(runs) <= _MOST_RUNS:
        raise InvalidParameter(f"Say 1 to {_MOST_RUNS} {name}, not {len(runs)}.")
    return runs


def _points(request: Request, run_id: str, key: str) -> list[dict[str, Any]]:
    columns = request.store.metric_columns(run_id, key)
    return _told(columns, key, 0, len(columns["value"]))


def _told(columns: dict[str, Array], key: str, start: int, stop: int) -> list[dict[str, Any]]:
    """Points from `start` to before `stop` as they are sent; most histories have no value that JSON has not."""
    values, times, steps = (columns[name][start:stop].tolist() for name in ("value", "timestamp", "step"))
    if not all(map(math.isfinite, values)):
        values = list(map(as_json, values))
    return [{"key": key, "value": value, "timestamp": time, "step": step} for value, time, step in zip(values, times, steps, strict=True)]


ENDPOINTS = (
    Endpoint("GET", "metrics/get-history", History, history, needs=of_run(READ)),
    Endpoint("GET", "metrics/get-history-bulk", Bulk, bulk, needs=of_runs(READ, "run_id")),
    Endpoint("GET", "metrics/get-history-bulk-interval", Interval, interval, needs=of_runs(READ)),
)
