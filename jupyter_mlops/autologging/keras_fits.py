"""One ``Model.fit`` of Keras, logged for the flavor ``keras`` or ``tensorflow``."""

from __future__ import annotations

import inspect
import shutil
import tempfile
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any

from jupyter_mlops.autologging.checkpoints import checkpoint_options
from jupyter_mlops.autologging.keras_data import batch_size_of, first_rows, log_datasets, signature_of
from jupyter_mlops.autologging.profiles import data_profile
from jupyter_mlops.data.profiles import Profile
from jupyter_mlops.tracking.artifacts import put_folder
from jupyter_mlops.tracking.autologs import Integration, Session, call_logged
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["patch_fit"]

_NO_PARAMS = ("self", "x", "y", "callbacks", "validation_data", "verbose")
_STOPPING = ("monitor", "min_delta", "patience", "baseline", "restore_best_weights")


def patch_fit(integration: Integration, log_model: Callable[..., Any], keras: ModuleType) -> None:
    """Have ``Model.fit`` logged.

    Parameters
    ----------
    integration : Integration
    log_model : callable
        Takes the session, the model and ``signature``, ``input_example``, ``training_data``, ``run_id``, ``registered_model_name``.
    keras : module
    """

    def advice(session: Session, model: Any, *args: Any, **kwargs: Any) -> Any:
        return _log_fit(session, log_model, model, args, kwargs)

    def fit(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return call_logged(integration, advice, original, args, kwargs, what="Model.fit")

    integration.patches.replace(keras.Model, "fit", fit)


def _log_fit(
    session: Session, log_model: Callable[..., Any], model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Generator[tuple[tuple[Any, ...], dict[str, Any]], Any, None]:
    import keras

    bound = inspect.signature(keras.Model.fit).bind(model, *args, **kwargs)  # a subclass may have a fit of its own
    given = dict(list(bound.arguments.items())[1:])
    bound.apply_defaults()
    x, y, validation = (bound.arguments.get(name) for name in ("x", "y", "validation_data"))
    session.attempt("the params", session.log, _params(bound.arguments))
    if session.options["log_datasets"]:
        session.attempt("the data sets", log_datasets, session.state, x, y, validation)
    callbacks, board, folder = _callbacks(session, given.get("callbacks"))
    stopping = _first(callbacks, "EarlyStopping") if session.integration.name == "tensorflow" else None
    if stopping is not None:
        session.attempt("the early stopping", session.log, {name: getattr(stopping, name) for name in _STOPPING})
    example = session.attempt("the input example", first_rows, x) if session.options["log_models"] else None
    profile = data_profile(session, x) if is_instance_of(x, "pandas", "DataFrame") or is_instance_of(x, "numpy", "ndarray") else None
    try:
        history = yield (model,), {**given, "callbacks": callbacks}
        if session.options["log_models"]:
            session.attempt("the model", _log_model, session, log_model, model, example, profile)
        if stopping is not None:
            session.attempt("the early stopping", _log_stopping, session, stopping, history)
        if board is not None:
            session.attempt("tensorboard_logs", put_folder, session.target, board.log_dir, "tensorboard_logs")
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _params(arguments: dict[str, Any]) -> dict[str, Any]:
    params = {n: v for n, v in arguments.items() if n not in _NO_PARAMS and not hasattr(v, "shape")}
    if params.get("batch_size") is None:
        params["batch_size"] = batch_size_of(arguments.get("x"))
    return params


def _first(callbacks: list[Any], kind: str) -> Any:
    import keras

    return next((callback for callback in callbacks if isinstance(callback, getattr(keras.callbacks, kind))), None)


def _callbacks(session: Session, given: Any) -> tuple[list[Any], Any, str | None]:
    """The user's callbacks and ours; the one for TensorBoard, and its folder when it is ours to delete."""
    import keras

    from jupyter_mlops.autologging import keras_callbacks as ours

    options = session.options
    callbacks = list(given) if isinstance(given, (list, tuple)) else [given] if given is not None else []
    is_tensorflow = session.integration.name == "tensorflow"
    board, folder = _first(callbacks, "TensorBoard") if is_tensorflow else None, None
    if is_tensorflow and board is None:
        folder = tempfile.mkdtemp(prefix="mlops-tensorboard-")
        callbacks.append(board := keras.callbacks.TensorBoard(folder))
    if not any(isinstance(callback, ours.MlflowCallback) for callback in callbacks):
        kind = ours.TensorflowCallback if is_tensorflow else ours.MlflowCallback
        callbacks.append(kind(options["log_every_epoch"], options["log_every_n_steps"], session))
    kept_by_user = any(isinstance(callback, ours.MlflowModelCheckpointCallback) for callback in callbacks)
    if options.get("checkpoint") and not kept_by_user:
        callbacks.append(ours.MlflowModelCheckpointCallback(**checkpoint_options(options), session=session))
    return callbacks, board, folder


def _log_model(session: Session, log_model: Callable[..., Any], model: Any, example: Any, profile: Profile | None) -> None:
    if not session.goes_on:
        return
    options = session.options
    signature: Any = False
    if options["log_model_signatures"]:
        signature = session.attempt("the signature", signature_of, model, example) or False
    log_model(
        session, model, signature=signature, input_example=example if options["log_input_examples"] else None,
        run_id=session.run.info.run_id, registered_model_name=options["registered_model_name"], training_data=profile,
    )  # fmt: skip


def _log_stopping(session: Session, stopping: Any, history: Any) -> None:
    """Where it stopped, which epoch's weights were restored, and that epoch's metrics once more."""
    if not stopping.stopped_epoch:
        return
    session.log(metrics={"stopped_epoch": stopping.stopped_epoch})
    if stopping.restore_best_weights and stopping.best_weights is not None:
        restored = stopping.best_epoch
        session.log(metrics={"restored_epoch": restored})
        place = history.epoch.index(restored)
        metrics = {name: float(values[place]) for name, values in history.history.items()}
        session.log(metrics=metrics, step=stopping.stopped_epoch + 1)
