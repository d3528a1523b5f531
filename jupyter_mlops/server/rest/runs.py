"""``runs/…`` of the protocol."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from jupyter_mlops.entities.datasets import Dataset, DatasetInput
from jupyter_mlops.entities.names import check_key, tag_text
from jupyter_mlops.entities.pairs import InputTag
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.entities.tags import EVALUATED_MODEL_TAG, RUN_NAME_TAG, USER_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.logs import note_model
from jupyter_mlops.server.auth.needs import EDIT, FILTERED, MANAGE, READ, of_experiment, of_run
from jupyter_mlops.server.rest.bodies import Int64, OfRun, Pair, Text, read_view
from jupyter_mlops.server.rest.messages import page_message, run_info_message, run_message
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.tracking.run_names import random_name
from jupyter_mlops.tracking.run_states import RunState, known_state, look_again, new_state, state_of

__all__ = ["ENDPOINTS"]

_MOST = {"metrics": 1000, "params": 100, "tags": 100}
_MOST_IN_ALL = 1000
Value = Annotated[float | bool, "NaN and infinities are texts"]


class Create(msgspec.Struct, frozen=True):
    experiment_id: str = "0"
    user_id: str = ""
    run_name: str = ""
    start_time: Int64 = 0
    tags: list[Pair] = []


class Update(OfRun, frozen=True):
    status: str | int | None = None
    end_time: Int64 | None = None
    run_name: str | None = None


class Search(msgspec.Struct, frozen=True):
    experiment_ids: list[str] = []
    filter: str | None = None
    run_view_type: str | int | None = None
    max_results: int = 1000
    order_by: list[str] = []
    page_token: str | None = None


class LogMetric(OfRun, frozen=True, kw_only=True):
    key: Text
    value: Value
    timestamp: Int64
    step: Int64 = 0


class LogParam(OfRun, frozen=True, kw_only=True):
    key: Text
    value: str = ""


class Tag(OfRun, frozen=True, kw_only=True):
    key: Text
    value: str = ""


class Point(msgspec.Struct, frozen=True):
    key: Text
    value: Value
    timestamp: Int64
    step: Int64 = 0


class Batch(OfRun, frozen=True):
    metrics: list[Point] = msgspec.field(default_factory=list)
    params: list[Pair] = msgspec.field(default_factory=list)
    tags: list[Pair] = msgspec.field(default_factory=list)


class Input(msgspec.Struct, frozen=True):
    dataset: Dataset
    tags: list[Pair] = msgspec.field(default_factory=list)


class ModelInput(msgspec.Struct, frozen=True):
    model_id: Text


class Inputs(OfRun, frozen=True):
    datasets: list[Input] = msgspec.field(default_factory=list)
    models: list[ModelInput] = msgspec.field(default_factory=list)


class LogModel(OfRun, frozen=True, kw_only=True):
    model_json: Text


def create(request: Request, body: Create) -> dict[str, Any]:
    """Make a run."""
    tags = {check_key(tag.key, "tag name"): tag_text(tag.key, tag.value) for tag in body.tags}
    name = body.run_name or tags.get(RUN_NAME_TAG) or random_name()
    tags[RUN_NAME_TAG] = tag_text(RUN_NAME_TAG, name)
    user = body.user_id or tags.get(USER_TAG, "")
    run = request.store.create_run(
        body.experiment_id or "0", tags[RUN_NAME_TAG], user, body.start_time, tags, owned=False
    )
    new_state(request.whole, run)
    return {"run": run_message(run, request.places)}


def update(request: Request, body: Update) -> dict[str, Any]:
    """Change status, end or name."""
    status = None if body.status is None else _status(body.status)
    _state(request, body).update(status=status, end_time=body.end_time, name=body.run_name or None)
    return {"run_info": run_info_message(request.store.get_run(body.run).info, request.places)}


def get(request: Request, body: OfRun) -> dict[str, Any]:
    """A run, deleted ones too."""
    run = request.store.get_run(body.run)
    points = request.store.latest_metrics([body.run])[body.run] if run.data.metrics else ()
    return {"run": run_message(run, request.places, points)}


def delete(request: Request, body: OfRun) -> dict[str, Any]:
    """Set a run to deleted."""
    request.store.delete_run(body.run)
    look_again(request.whole, body.run)
    return {}


def restore(request: Request, body: OfRun) -> dict[str, Any]:
    """Set a run to active."""
    request.store.restore_run(body.run)
    look_again(request.whole, body.run)
    return {}


def log_metric(request: Request, body: LogMetric) -> dict[str, Any]:
    """Add one point."""
    return _add_point(_state(request, body), body)


def log_metric_at_once(request: Request, body: LogMetric) -> dict[str, Any] | None:
    """Add one point if the run is known and the point is only appended to a journal that is open.

    There is none for batches, params and tags: a run's params have a lock, whose holder may wait for the store.
    """
    state = known_state(request.whole, body.run)
    return _add_point(state, body) if state is not None and request.whole.is_journal_open else None


def _add_point(state: RunState, body: LogMetric) -> dict[str, Any]:
    state.log_metric(body.key, float(body.value), body.timestamp, body.step)
    return {}


def log_param(request: Request, body: LogParam) -> dict[str, Any]:
    """Write a param."""
    _state(request, body).log_param(body.key, body.value)
    return {}


def set_tag(request: Request, body: Tag) -> dict[str, Any]:
    """Set a tag."""
    _state(request, body).set_tags({body.key: body.value})
    return {}


def delete_tag(request: Request, body: Tag) -> dict[str, Any]:
    """Remove a tag."""
    request.store.delete_tag(body.run, body.key)
    return {}


def log_batch(request: Request, body: Batch) -> dict[str, Any]:
    """Write all of it or nothing."""
    counts = {name: len(getattr(body, name)) for name in _MOST}
    for name, most in _MOST.items():
        if counts[name] > most:
            raise InvalidParameter(f"A batch can contain at most {most} {name}; this one has {counts[name]}.")
    if sum(counts.values()) > _MOST_IN_ALL:
        raise InvalidParameter(f"A batch can contain at most {_MOST_IN_ALL} metrics, params and tags in all.")
    _state(request, body).log_batch(
        [(point.key, float(point.value), point.timestamp, point.step) for point in body.metrics],
        [(param.key, param.value) for param in body.params],
        [(tag.key, tag.value) for tag in body.tags],
    )
    return {}


def log_inputs(request: Request, body: Inputs) -> dict[str, Any]:
    """Write data sets that went into a run, and which logged model it measures."""
    inputs = [DatasetInput(one.dataset, [InputTag(tag.key, tag.value) for tag in one.tags]) for one in body.datasets]
    state = _state(request, body)
    state.log_inputs(inputs)
    if body.models:
        state.set_tags({EVALUATED_MODEL_TAG: body.models[-1].model_id})
    return {}


def search(request: Request, body: Search) -> dict[str, Any]:
    """One page of runs."""
    page = request.store.search_runs(
        body.experiment_ids, body.filter or None, read_view(body.run_view_type), body.max_results, body.order_by or None,
        body.page_token or None,
    )  # fmt: skip
    points = request.store.latest_metrics([run.info.run_id for run in page])
    return page_message("runs", [run_message(run, request.places, points[run.info.run_id]) for run in page], page)


def log_model(request: Request, body: LogModel) -> dict[str, Any]:
    """Note a model that was logged, in the tag that MLflow keeps such notes in."""
    try:
        model = msgspec.json.decode(body.model_json, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InvalidParameter(f"The parameter 'model_json' is not a JSON object: {error}.") from None
    missing = [name for name in ("artifact_path", "flavors", "utc_time_created", "run_id") if name not in model]
    if missing:
        raise InvalidParameter(f"The parameter 'model_json' lacks {', '.join(missing)}.")
    state = _state(request, body)
    state.refresh(request.store.get_run(body.run))  # others may have noted models meanwhile
    note_model(state, model)
    return {}


def _state(request: Request, body: OfRun) -> RunState:
    return state_of(request.whole, body.run)


def _status(given: str | int) -> str:
    names = {number: RunStatus.to_string(number) for number in RunStatus.all_status()}
    status = names.get(given, "") if isinstance(given, int) else given
    if status not in names.values():
        raise InvalidParameter(f"Invalid value for parameter 'status': {given!r}; statuses are {', '.join(names.values())}.")
    return status


ENDPOINTS = (
    Endpoint("POST", "runs/create", Create, create, writes=True, needs=of_experiment(EDIT, default="0")),
    Endpoint("POST", "runs/update", Update, update, writes=True, needs=of_run(EDIT)),
    Endpoint("GET", "runs/get", OfRun, get, needs=of_run(READ)),
    Endpoint("POST", "runs/delete", OfRun, delete, writes=True, needs=of_run(MANAGE)),
    Endpoint("POST", "runs/restore", OfRun, restore, writes=True, needs=of_run(MANAGE)),
    Endpoint("POST", "runs/log-metric", LogMetric, log_metric, writes=True, needs=of_run(EDIT), at_once=log_metric_at_once),
    Endpoint("POST", "runs/log-parameter", LogParam, log_param, writes=True, needs=of_run(EDIT)),
    Endpoint("POST", "runs/set-tag", Tag, set_tag, writes=True, needs=of_run(EDIT)),
    Endpoint("POST", "runs/delete-tag", Tag, delete_tag, writes=True, needs=of_run(EDIT)),
    Endpoint("POST", "runs/log-batch", Batch, log_batch, writes=True, needs=of_run(EDIT)),
    Endpoint("POST", "runs/log-inputs", Inputs, log_inputs, writes=True, needs=of_run(EDIT)),
    Endpoint("POST", "runs/log-model", LogModel, log_model, writes=True, needs=of_run(EDIT)),
    Endpoint("POST", "runs/search", Search, search, needs=FILTERED),
)
