"""Autologging of LightGBM."""

from __future__ import annotations

from collections.abc import Callable, Generator
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
from jupyter_mlops.data.numpy_dataset import from_numpy
from jupyter_mlops.data.pandas_dataset import from_pandas
from jupyter_mlops.lightgbm import log_model
from jupyter_mlops.tracking.autologs import Integration, Session, call_logged
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["autolog"]

LIGHTGBM = Integration("lightgbm")
_VERSIONS = ("4.5", "4.7")
_NO_PARAMS = ("train_set", "valid_sets", "valid_names", "fobj", "feval", "init_model", "learning_rates", "callbacks")
_examples = Examples()


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every ``lightgbm.train`` and every fit of LightGBM's estimators: params, metrics, importances, data, the model.

    A training becomes a run of its own, or is logged to the active run, as in a tracked cell.

    Parameters
    ----------
    log_input_examples : bool, default False
        Keep five rows of the training data with the model.
    log_model_signatures : bool, default True
        Describe the model's input and output. A `Dataset` must be made after this call for that.
    log_models, log_datasets : bool, default True
        Keep the model; say which data it was trained and evaluated on.
    disable : bool, default False
        Put LightGBM back as it was.
    exclusive : bool, default False
        Log nothing while a run is active that was not begun for the training.
    disable_for_unsupported_versions : bool, default False
        Leave a LightGBM alone that was not tested; otherwise there is a warning.
    silent : bool, default False
        No messages or warnings from autologging.
    registered_model_name : str, optional
        Make each model the next version of this registered model.
    extra_tags : dict of str to str, optional
        Tags of the runs that are begun for trainings.

    Raises
    ------
    InvalidParameter
        ``extra_tags`` is no dict.

    Notes
    -----
    Metrics are logged as each iteration ends, some 10 µs each. What goes wrong while logging is one warning; the
    training and what it returns or raises are as without. ``lightgbm.cv`` is not logged. Metrics of ``sklearn.metrics`` on
    what an estimator predicts afterwards go to its run where scikit-learn is autologged, too.

    Examples
    --------
    >>> import lightgbm
    >>> import numpy as np
    >>> import jupyter_mlops as mlflow
    >>> mlflow.lightgbm.autolog(log_models=False)
    >>> data = lightgbm.Dataset(np.arange(100.0).reshape(-1, 1), np.arange(100.0))
    >>> with mlflow.start_run() as run:
    ...     model = lightgbm.train({"verbose": -1, "metric": "l2"}, data, 3, valid_sets=[data], valid_names=["train"])
    >>> [point.step for point in mlflow.MlflowClient().get_metric_history(run.info.run_id, "train-l2")]
    [0, 1, 2]
    >>> mlflow.lightgbm.autolog(disable=True)
    """
    set_up(LIGHTGBM, dict(locals()), "lightgbm", _install, _VERSIONS)


def _install(lightgbm: ModuleType) -> None:
    patches = LIGHTGBM.patches
    patches.replace(lightgbm, "train", _train)
    patches.replace(lightgbm.Dataset, "__init__", _examples.made)
    patches.replace(lightgbm.sklearn, "train", _train_inside)
    patches.replace(lightgbm.LGBMModel, "fit", _fit)  # all others call it
    watch_predictions(patches, (lightgbm.LGBMModel, lightgbm.LGBMClassifier, lightgbm.LGBMRegressor))


def _train(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return call_logged(LIGHTGBM, partial(_log_train, original, True), original, args, kwargs, what="lightgbm.train")


def _train_inside(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``train`` as estimators call it: the model is the estimator, which `_fit` logs."""
    return call_logged(LIGHTGBM, partial(_log_train, original, False), original, args, kwargs, what="lightgbm.train")


def _fit(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    what = f"{type(args[0]).__name__}.fit" if args else "fit"
    return call_logged(LIGHTGBM, _log_fit, original, args, kwargs, what=what, open_to=LIGHTGBM.name)


def _log_fit(session: Session, estimator: Any, *args: Any, **kwargs: Any) -> Generator[None, Any, None]:
    data = args[0] if args else kwargs.get("X")
    example, profile = first_rows(data), data_profile(session, data)
    yield
    if session.options["log_models"]:
        session.attempt("the model", log_booster, session, log_model, estimator, example, estimator.predict, training_data=profile)
    measure_later(session, estimator)


def _log_train(
    original: Callable[..., Any], keeps_model: bool, session: Session, *args: Any, **kwargs: Any
) -> Generator[Any, Any, None]:
    given = arguments_of(original, args, kwargs)
    session.attempt("the params", log_params, session, given, _NO_PARAMS)
    if session.options["log_datasets"]:
        session.attempt("the data sets", _log_datasets, session, given)
    iterations = Iterations(session)
    callbacks = [*(given["callbacks"] or ()), _Watch(iterations)]
    model = yield replaced(original, args, kwargs, "callbacks", callbacks)
    if model.best_iteration > 0 and iterations.metrics:
        best, last = model.best_iteration, len(iterations.metrics)
        session.attempt("the early stopping", iterations.stopped, last, best, best - 1)
    session.attempt(
        "the importances", log_importances, session, ("split", "gain"), lambda kind: _importance(model, kind), 2
    )
    if keeps_model and session.options["log_models"]:
        example = _examples.of(given["train_set"])
        session.attempt("the model", log_booster, session, log_model, model, example, model.predict)


class _Watch:
    """A callback that tells of each iteration, before one that may stop the training is called."""

    order = 25
    before_iteration = False

    def __init__(self, iterations: Iterations) -> None:
        self._iterations = iterations

    def __call__(self, env: Any) -> None:
        self._iterations.note(env.iteration, ((f"{row[0]}-{row[1]}", row[2]) for row in env.evaluation_result_list))


def _importance(model: Any, kind: str) -> dict[str, Any]:
    return dict(zip(model.feature_name(), model.feature_importance(importance_type=kind).tolist(), strict=True))


def _log_datasets(session: Session, given: dict[str, Any]) -> None:
    sets, names = given["valid_sets"] or [], given["valid_names"] or []
    sets, names = ([each] if not isinstance(each, (list, tuple)) else each for each in (sets, names))
    evals = [(data, names[index] if index < len(names) else None) for index, data in enumerate(sets)]
    log_datasets(
        session,
        [(_dataset(given["train_set"], None), "train"), *((_dataset(data, name), "eval") for data, name in evals)],
    )


def _dataset(used: Any, name: str | None) -> Any:
    """The data as it was given; None when LightGBM has freed it, or it is of another kind."""
    data, label = used.data, used.label
    if is_instance_of(data, "pandas", "DataFrame"):
        return from_pandas(data, name=name)
    if is_instance_of(data, "scipy.sparse", "spmatrix", "sparray"):
        data = data.toarray()
    if not isinstance(data, np.ndarray):
        return None
    return from_numpy(data, targets=None if label is None else np.asarray(label), name=name)
