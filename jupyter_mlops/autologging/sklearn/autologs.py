"""``sklearn.autolog()``: the methods of estimators are replaced by ones that log."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any
from weakref import WeakSet

from jupyter_mlops.autologging.import_hooks import when_imported
from jupyter_mlops.autologging.setups import set_up
from jupyter_mlops.autologging.sklearn.estimators import FITS, INFERENCES, loaded_estimators
from jupyter_mlops.autologging.sklearn.fits import log_fit
from jupyter_mlops.autologging.sklearn.integrations import SKLEARN
from jupyter_mlops.autologging.sklearn.predictions import note_prediction, watch_metric, watch_score
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.autologs import call_logged, paused, sessions

__all__ = ["autolog"]

_VERSIONS = ("1.5", "1.9")
# Each fits many times to measure once; and whatever scikit-learn runs in parallel is part of another call.
_PAUSES = (
    "cross_val_predict", "cross_val_score", "cross_validate", "learning_curve", "permutation_test_score", "validation_curve",
)  # fmt: skip
_patched: WeakSet[type] = WeakSet()
_NO_METRICS = ("check_scoring", "get_scorer", "get_scorer_names", "make_scorer")


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    max_tuning_runs: int | None = 5,
    log_post_training_metrics: bool = True,
    serialization_format: str = "cloudpickle",
    registered_model_name: str | None = None,
    pos_label: Any = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every fit of scikit-learn's estimators: params, metrics on the training data, plots, the model, the data.

    A fit becomes a run of its own, or is logged to the active run, as in a tracked cell. A search logs its best
    candidates as child runs. Metrics of ``sklearn.metrics`` on predictions of the model, and ``model.score()``, are
    logged to its run afterwards.

    Parameters
    ----------
    log_input_examples : bool, default False
        Keep five rows of the training data with the model.
    log_model_signatures : bool, default True
        Describe the model's input and output.
    log_models, log_datasets : bool, default True
        Keep the model; say which data it was trained on and what it predicted from. With both, a profile of the data is kept in the
        model (shares of rows, no whole row) for `serving.monitor`.
    disable : bool, default False
        Put scikit-learn back as it was.
    exclusive : bool, default False
        Log nothing while a run is active that was not begun for the fit.
    disable_for_unsupported_versions : bool, default False
        Leave a scikit-learn alone that was not tested; otherwise there is a warning.
    silent : bool, default False
        No messages or warnings from autologging.
    max_tuning_runs : int, default 5
        Child runs of a search; None for all candidates.
    log_post_training_metrics : bool, default True
        Log metrics that are computed after the fit.
    serialization_format : ``"cloudpickle"``, ``"pickle"`` or ``"skops"``, default ``"cloudpickle"``
    registered_model_name : str, optional
        Make each model the next version of this registered model.
    pos_label : int, float, bool or str, optional
        The class that precision, recall and F1 are of; by default their average weighted by class.
    extra_tags : dict of str to str, optional
        Tags of the runs that are begun for fits.

    Raises
    ------
    InvalidParameter
        ``max_tuning_runs`` is below 0, or ``extra_tags`` no dict.

    Notes
    -----
    What goes wrong while logging is one warning; the fit and what it returns or raises are as without. Estimators stay
    as they are: nothing is written to them, and they pickle as ever. Import functions of ``sklearn.metrics`` after this
    call, or call them by module. Some ms for a fit, and what it costs to predict the training data and save the model.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> mlflow.sklearn.autolog(log_models=False)
    >>> X, y = load_iris(return_X_y=True)
    >>> with mlflow.start_run() as run:
    ...     model = LogisticRegression(C=0.5, max_iter=500).fit(X, y)
    >>> data = mlflow.get_run(run.info.run_id).data
    >>> data.params["C"], round(data.metrics["training_accuracy_score"], 2)
    ('0.5', 0.97)
    >>> mlflow.sklearn.autolog(disable=True)
    """
    options = dict(locals())
    if max_tuning_runs is not None and max_tuning_runs < 0:
        raise InvalidParameter(f"max_tuning_runs is a number of runs, or None for all, not {max_tuning_runs}.")
    set_up(SKLEARN, options, "sklearn", _install, _VERSIONS)


def _install(_: ModuleType) -> None:
    _patched.clear()
    _patch_loaded()
    when_imported("sklearn.*", SKLEARN.name, _look_at)


def _look_at(module: ModuleType) -> None:
    if "._" not in module.__name__ and ".tests" not in module.__name__:
        _patch_loaded()


def _patch_loaded() -> None:
    for kind in loaded_estimators():
        if kind not in _patched:
            _patched.add(kind)
            _patch(kind)
    if metrics := sys.modules.get("sklearn.metrics"):
        for name in getattr(metrics, "__all__", ()):
            if name not in _NO_METRICS and not isinstance(getattr(metrics, name, type), type):
                SKLEARN.patches.replace(metrics, name, watch_metric)
    if selection := sys.modules.get("sklearn.model_selection"):
        for name in _PAUSES:
            SKLEARN.patches.replace(selection, name, _call_paused)
    SKLEARN.patches.replace(sys.modules["sklearn.base"].BaseEstimator, "_get_fitted_attr_html", _tell_no_attributes)
    for part in ("fitted_attributes", "params"):
        if drawn := sys.modules.get(f"sklearn.utils._repr_html.{part}"):
            SKLEARN.patches.replace(drawn, "get_docstring", _remember)
    if task := getattr(sys.modules.get("sklearn.utils.parallel"), "_FuncWrapper", None):
        SKLEARN.patches.replace(task, "__call__", _call_paused)


def _patch(kind: type) -> None:
    for name in FITS:
        SKLEARN.patches.replace(kind, name, _fit)
    for name in INFERENCES:
        SKLEARN.patches.replace(kind, name, note_prediction)
    SKLEARN.patches.replace(kind, "score", watch_score)


def _fit(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    what = f"{type(args[0]).__name__}.{original.__name__}" if args else original.__qualname__
    return call_logged(SKLEARN, log_fit, original, args, kwargs, what=what)


def _tell_no_attributes(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``estimator.html`` without the table of what was fitted: for it, each attribute of a forest is computed, twice."""
    return {} if sessions() else original(*args, **kwargs)


@lru_cache(10_000)
def _remember(original: Callable[..., Any], *args: Any) -> Any:
    """scikit-learn reads the whole docstring of a class again for each param in ``estimator.html``: half of its time."""
    return original(*args)


def _call_paused(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with paused():
        return original(*args, **kwargs)
