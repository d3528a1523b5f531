"""What is measured after a fit: metrics of predictions that an autologged model made go to the model's run."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from numbers import Real
from types import FrameType
from typing import Any

from jupyter_mlops.autologging.sklearn.integrations import SKLEARN
from jupyter_mlops.autologging.sklearn.measured_runs import Known, MeasuredRun
from jupyter_mlops.autologging.sklearn.training_data import log_dataset
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.tracking.autologs import paused
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["note_model", "note_prediction", "watch_metric", "watch_score"]

_NAMELESS = "unknown_dataset"
_TEXT = 32
_models: Known[MeasuredRun] = Known()
_predictions: Known[tuple[MeasuredRun, str]] = Known()


def note_model(model: Any, state: RunState, run: Run) -> None:
    """Metrics of what this model predicts belong to this run from now on."""
    _models.put(model, MeasuredRun.of(state, run))


def note_prediction(original: Callable[..., Any], model: Any, *args: Any, **kwargs: Any) -> Any:
    """Stands in the place of ``predict`` and its like: remembers what was predicted from what."""
    measured = _measured(model)
    if measured is None:
        return original(model, *args, **kwargs)
    with paused():
        predicted = original(model, *args, **kwargs)
    SKLEARN.guard("the prediction", _note, measured, predicted, _first(args, kwargs))
    return predicted


def _measured(model: Any) -> MeasuredRun | None:
    return _models.get(model) if SKLEARN.may_log() else None


def _first(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[0] if args else next(iter(kwargs.values()), None)


def _note(measured: MeasuredRun, predicted: Any, data: Any) -> None:
    name = measured.dataset(data, _name_of(data) or _NAMELESS)
    if SKLEARN.options["log_post_training_metrics"]:
        _predictions.put(predicted, (measured, name))
    if SKLEARN.options["log_datasets"] and measured.is_to_log(data):
        log_dataset(measured.state, data, None, "eval")


def watch_metric(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Stands in the place of a function of ``sklearn.metrics``."""
    if not SKLEARN.may_log() or not SKLEARN.options["log_post_training_metrics"]:
        return original(*args, **kwargs)
    with paused():
        value = original(*args, **kwargs)
    found = next(filter(None, map(_predictions.get, [*args, *kwargs.values()])), None)
    if found is not None and _is_number(value):
        measured, dataset = found
        call = lambda: _call_text(original.__name__, original, args, kwargs)  # noqa: E731 - asked for only if it goes well
        SKLEARN.guard("the metric", measured.log, original.__name__, dataset, value, call)
    return value


def watch_score(original: Callable[..., Any], model: Any, *args: Any, **kwargs: Any) -> Any:
    """Stands in the place of an estimator's ``score``."""
    measured = _measured(model) if SKLEARN.options.get("log_post_training_metrics") else None
    if measured is None:
        return original(model, *args, **kwargs)
    with paused():
        value = original(model, *args, **kwargs)
    if _is_number(value):
        SKLEARN.guard("the score", _log_score, measured, original, model, args, kwargs, value)
    return value


def _log_score(
    measured: MeasuredRun, original: Callable[..., Any], model: Any, args: tuple[Any, ...], kwargs: dict[str, Any], value: Any
) -> None:
    data, kind = _first(args, kwargs), type(model).__name__
    dataset = measured.dataset(data, _name_of(data) or _NAMELESS)
    call = lambda: _call_text(f"{kind}.{original.__name__}", original, (model, *args), kwargs, skip=1)  # noqa: E731
    measured.log(f"{kind}_score", dataset, value, call)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _call_text(name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], skip: int = 0) -> str:
    names = list(inspect.signature(function).parameters)
    given = [*list(zip(names, args, strict=False))[skip:], *kwargs.items()]
    return f"{name}({', '.join(f'{key}={_value_text(value)}' for key, value in given)})"


def _value_text(value: Any) -> str:
    if isinstance(value, str) and len(value) > _TEXT:
        return repr(value[:_TEXT] + "...")
    if value is None or isinstance(value, (str, bytes, Real)):
        return repr(value)
    return _name_of(value) or f"<{type(value).__name__}>"


def _name_of(value: Any) -> str | None:
    """The name of the variable that the user's code passes on, looked for through functions that just hand it down."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (_is_ours(frame) or _is_handed_down(frame, value)):
        frame = frame.f_back
    names = frame.f_locals.items() if frame is not None and value is not None else ()
    return next((name for name, known in names if known is value), None)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("jupyter_mlops.")


def _is_handed_down(frame: FrameType, value: Any) -> bool:
    info = inspect.getargvalues(frame)
    held = [info.locals.get(name) for name in info.args]
    held += list(info.locals.get(info.varargs) or ()) if info.varargs else []
    held += list((info.locals.get(info.keywords) or {}).values()) if info.keywords else []
    return any(known is value for known in held)
