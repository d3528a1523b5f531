"""Autologging of XGBoost."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from jupyter_mlops.autologging.boosters import (
    Examples,
    Iterations,
    arguments_of,
    log_booster,
    log_datasets,
    log_importances,
    log_params,
    measure_later,
    replaced,
    watch_predictions,
)
from jupyter_mlops.autologging.profiles import data_profile
from jupyter_mlops.autologging.setups import set_up
from jupyter_mlops.autologging.sklearn.training_data import first_rows
from jupyter_mlops.data.digests import hashed, md5_digest
from jupyter_mlops.data.numpy_dataset import from_numpy
from jupyter_mlops.tracking.autologs import Integration, Session, call_logged
from jupyter_mlops.xgboost import log_model

__all__ = ["autolog"]

XGBOOST = Integration("xgboost")
_VERSIONS = ("2.1", "3.2")
_NO_PARAMS = ("dtrain", "evals", "obj", "feval", "evals_result", "xgb_model", "callbacks", "learning_rates")
_DIGESTED = 10_000  # values, as in `numpy_digest`
_examples = Examples()


def autolog(
    importance_types: Sequence[str] | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    model_format: str = "ubj",
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every ``xgboost.train`` and every fit of XGBoost's estimators: params, metrics, importances, data, the model.

    A training becomes a run of its own, or is logged to the active run, as in a tracked cell.

    Parameters
    ----------
    importance_types : list of str, default ``["weight"]``
        Kinds of feature importance, each a JSON file and a chart.
    log_input_examples : bool, default False
        Keep five rows of the training data with the model.
    log_model_signatures : bool, default True
        Describe the model's input and output. A `DMatrix` must be made after this call for that.
    log_models, log_datasets : bool, default True
        Keep the model; say which data it was trained and evaluated on.
    disable : bool, default False
        Put XGBoost back as it was.
    exclusive : bool, default False
        Log nothing while a run is active that was not begun for the training.
    disable_for_unsupported_versions : bool, default False
        Leave an XGBoost alone that was not tested; otherwise there is a warning.
    silent : bool, default False
        No messages or warnings from autologging.
    registered_model_name : str, optional
        Make each model the next version of this registered model.
    model_format : str, default ``"ubj"``
        As in `jupyter_mlops.xgboost.save_model`.
    extra_tags : dict of str to str, optional
        Tags of the runs that are begun for trainings.

    Raises
    ------
    InvalidParameter
        ``extra_tags`` is no dict.

    Notes
    -----
    Metrics are logged as each iteration ends, some 10 µs each. What goes wrong while logging is one warning; the
    training and what it returns or raises are as without. ``xgboost.cv`` is not logged. Metrics of ``sklearn.metrics`` on
    what an estimator predicts afterwards go to its run where scikit-learn is autologged, too.

    Examples
    --------
    >>> import numpy as np
    >>> import xgboost
    >>> import jupyter_mlops as mlflow
    >>> mlflow.xgboost.autolog(log_models=False)
    >>> data = xgboost.DMatrix(np.arange(8.0).reshape(-1, 1), np.arange(8.0))
    >>> with mlflow.start_run() as run:
    ...     model = xgboost.train({"max_depth": 2}, data, 5, evals=[(data, "train")], verbose_eval=False)
    >>> [point.step for point in mlflow.MlflowClient().get_metric_history(run.info.run_id, "train-rmse")]
    [0, 1, 2, 3, 4]
    >>> mlflow.xgboost.autolog(disable=True)
    """
    options = {**locals(), "importance_types": ["weight"] if importance_types is None else list(importance_types)}
    set_up(XGBOOST, options, "xgboost", _install, _VERSIONS)


def _install(xgboost: ModuleType) -> None:
    patches = XGBOOST.patches
    patches.replace(xgboost, "train", _train)
    for kind in (xgboost.DMatrix, xgboost.QuantileDMatrix):
        patches.replace(kind, "__init__", _examples.made)
    estimators = xgboost.sklearn
    patches.replace(estimators, "train", _train_inside)
    for kind in (estimators.XGBModel, estimators.XGBClassifier, estimators.XGBRanker):  # all others call theirs
        patches.replace(kind, "fit", _fit)
    watch_predictions(patches, (estimators.XGBModel, estimators.XGBClassifier, estimators.XGBRegressor))


def _train(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return call_logged(XGBOOST, partial(_log_train, original, True), original, args, kwargs, what="xgboost.train")


def _train_inside(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``train`` as estimators call it: the model is the estimator, which `_fit` logs."""
    return call_logged(XGBOOST, partial(_log_train, original, False), original, args, kwargs, what="xgboost.train")


def _fit(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    what = f"{type(args[0]).__name__}.fit" if args else "fit"
    return call_logged(XGBOOST, _log_fit, original, args, kwargs, what=what, open_to=XGBOOST.name)


def _log_fit(session: Session, estimator: Any, *args: Any, **kwargs: Any) -> Generator[None, Any, None]:
    data = args[0] if args else kwargs.get("X")
    example, profile = first_rows(data), data_profile(session, data)
    yield
    if session.options["log_models"]:
        session.attempt("the model", _log_model, session, estimator, example, estimator.predict, training_data=profile)
    measure_later(session, estimator)


def _log_train(
    original: Callable[..., Any], keeps_model: bool, session: Session, *args: Any, **kwargs: Any
) -> Generator[Any, Any, None]:
    given = arguments_of(original, args, kwargs)
    session.attempt("the params", log_params, session, given, _NO_PARAMS)
    if session.options["log_datasets"]:
        session.attempt("the data sets", _log_datasets, session, given)
    iterations = Iterations(session)
    watch = _watch(iterations)
    callbacks = [watch, *(given["callbacks"] or ())]  # first: one that stops the training keeps later ones from the call
    model = yield replaced(original, args, kwargs, "callbacks", callbacks)
    if _stops_early(given) and iterations.metrics:
        best = model.best_iteration
        last = len(iterations.metrics) - 1
        session.attempt("the early stopping", iterations.stopped, last, best, best - watch.rounds_before)
    kinds = session.options["importance_types"]
    session.attempt(
        "the importances", log_importances, session, kinds, lambda kind: model.get_score(importance_type=kind)
    )
    if keeps_model and session.options["log_models"]:
        example = _examples.of(given["dtrain"])
        session.attempt("the model", _log_model, session, model, example, lambda data: _predict(model, data))


def _stops_early(given: dict[str, Any]) -> bool:
    import xgboost  # it is what trains

    by_callback = any(isinstance(each, xgboost.callback.EarlyStopping) for each in given["callbacks"] or ())
    return bool(given["early_stopping_rounds"]) or by_callback


def _watch(iterations: Iterations) -> Any:
    """A callback that tells of each iteration."""
    import xgboost  # it is what trains

    class Watch(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        rounds_before = 0

        def before_training(self, model: Any) -> Any:
            self.rounds_before = model.num_boosted_rounds()
            return model

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            iterations.note(epoch, ((f"{d}-{m}", v[-1]) for d, rows in evals_log.items() for m, v in rows.items()))
            return False

    return Watch()


def _log_datasets(session: Session, given: dict[str, Any]) -> None:
    used = [(given["dtrain"], None, "train"), *((data, name, "eval") for data, name in given["evals"] or ())]
    log_datasets(session, [(_dataset(matrix, name), context) for matrix, name, context in used])


def _dataset(matrix: Any, name: str | None) -> Any:
    """The data set that its values as an array would be, without making that array."""
    import xgboost  # it is what trains

    rows, columns = matrix.num_row(), matrix.num_col()
    needed = min(rows, -(-_DIGESTED // max(columns, 1)))
    part = matrix if isinstance(matrix, xgboost.QuantileDMatrix) else matrix.slice(range(needed), allow_groups=True)
    head = part.get_data()[:needed].toarray().ravel()[:_DIGESTED]
    digest = md5_digest([hashed(head), np.int64(rows), np.int64(columns)])
    return from_numpy(np.broadcast_to(head.dtype.type(0), (rows, columns)), name=name, digest=digest)


def _predict(model: Any, data: Any) -> Any:
    import xgboost  # it is what trained

    return model.predict(xgboost.DMatrix(data))


def _log_model(session: Session, model: Any, example: Any, predict: Callable[[Any], Any], **given: Any) -> None:
    log_booster(session, log_model, model, example, predict, model_format=session.options["model_format"], **given)
