"""What the trainings of XGBoost and LightGBM have in common: a metric for each iteration, data sets, a model."""

from __future__ import annotations

import copy
import inspect
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_mlops.autologging.importances import write_importance
from jupyter_mlops.autologging.sklearn.integrations import SKLEARN
from jupyter_mlops.autologging.sklearn.predictions import note_model, note_prediction, watch_score
from jupyter_mlops.autologging.sklearn.training_data import first_rows
from jupyter_mlops.models.signatures import infer_signature
from jupyter_mlops.tracking.artifacts import put_folder
from jupyter_mlops.tracking.autologs import Session
from jupyter_mlops.tracking.inputs import dataset_input
from jupyter_mlops.tracking.patches import Patches

__all__ = [
    "Examples", "Iterations", "arguments_of", "log_booster", "log_datasets", "log_importances", "log_params", "measure_later",
    "replaced", "watch_predictions",
]  # fmt: skip


class Iterations:
    """Metrics of a training, logged as they come.

    Attributes
    ----------
    metrics : list of dict
        Of each iteration.
    """

    def __init__(self, session: Session) -> None:
        self.metrics: list[dict[str, Any]] = []
        self._session, self._works = session, True

    def note(self, step: int, metrics: Iterable[tuple[str, Any]]) -> None:
        """Log what one iteration came to; when that fails, the training goes on without."""
        if self._works:
            self._works = self._session.attempt("the metrics of an iteration", self._log, step, metrics) is True

    def _log(self, step: int, metrics: Iterable[tuple[str, Any]]) -> bool:
        self.metrics.append({name.replace("@", "_at_"): value for name, value in metrics})  # as MLflow: no @ in a name
        self._session.log(metrics=self.metrics[-1], step=step)
        return True

    def stopped(self, stopped_iteration: int, best_iteration: int, best_index: int) -> None:
        """Log where an early stopping came to its end, and the best iteration's metrics once more, behind the last."""
        self._session.log(metrics={"stopped_iteration": stopped_iteration, "best_iteration": best_iteration})
        self._session.log(metrics=self.metrics[best_index], step=len(self.metrics))


class Examples:
    """First rows of the data that a library's data sets were made of, as long as those live."""

    def __init__(self) -> None:
        self._rows: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def made(self, original: Callable[..., Any], dataset: Any, *args: Any, **kwargs: Any) -> None:
        """Stands in the place of a data set's ``__init__``."""
        rows = first_rows(args[0] if args else kwargs.get("data"))
        original(dataset, *args, **kwargs)
        if rows is not None:
            self._rows[dataset] = rows

    def of(self, dataset: Any) -> Any:
        """The rows, None when they are not known."""
        return self._rows.get(dataset)


def arguments_of(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What a function is called with, by name, with the defaults."""
    known = inspect.signature(function).parameters
    return {**{p.name: p.default for p in known.values()}, **dict(zip(known, args, strict=False)), **kwargs}


def replaced(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], name: str, value: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call with another value for one of them.

    Examples
    --------
    >>> replaced(sorted, ([2, 1],), {}, "reverse", True)
    (([2, 1],), {'reverse': True})
    """
    place = list(inspect.signature(function).parameters).index(name)
    if place < len(args):
        return (*args[:place], value, *args[place + 1 :]), dict(kwargs)
    return args, {**kwargs, name: value}


def log_params(session: Session, given: Mapping[str, Any], left_out: Collection[str]) -> None:
    """Log a booster's params and the other arguments of its training."""
    others = {name: value for name, value in given.items() if name not in left_out and name != "params"}
    session.log(params={**dict(given["params"]), **others})


def log_datasets(session: Session, datasets: Iterable[tuple[Any, str]]) -> None:
    """Say which data sets went in, with their contexts; None among them is of a kind that is not known."""
    inputs = [dataset_input(dataset, context) for dataset, context in datasets if dataset is not None]
    if inputs and session.goes_on:
        session.state.log_inputs(inputs)


def log_importances(
    session: Session, kinds: Iterable[str], importance_of: Callable[[str], Mapping[str, Any]], indent: int | None = None
) -> None:
    """Log the importance of features, of each kind that can be had."""
    with tempfile.TemporaryDirectory(prefix="mlops-importance-") as folder:
        for kind in kinds:
            session.attempt(
                f"the importance by {kind}", lambda kind=kind: write_importance(folder, kind, importance_of(kind), indent)
            )
        if session.goes_on:
            put_folder(session.target, folder, None)


def log_booster(
    session: Session, log_model: Callable[..., Any], model: Any, example: Any, predict: Callable[[Any], Any], **given: Any
) -> None:
    """Log the model, with signature and example as far as they are wanted and can be had."""
    options = session.options
    signature: Any = False
    if options["log_model_signatures"]:
        signature = session.attempt("the signature", _signature, example, predict) or False
    if session.goes_on:
        log_model(
            model, "model", run_id=session.run.info.run_id, signature=signature,
            input_example=example if options["log_input_examples"] else None,
            registered_model_name=options["registered_model_name"], **given,
        )  # fmt: skip


def _signature(example: Any, predict: Callable[[Any], Any]) -> Any:
    if example is None:
        raise ValueError("the first rows are not known: call autolog() before you make the data set, and not from a file.")
    return infer_signature(example, predict(copy.deepcopy(example)))


def watch_predictions(patches: Patches, estimators: Iterable[type]) -> None:
    """See what estimators predict, for `measure_later`."""
    for kind in estimators:
        for name in ("predict", "predict_proba"):
            if name in vars(kind):
                patches.replace(kind, name, note_prediction)
        patches.replace(kind, "score", watch_score)


def measure_later(session: Session, estimator: Any) -> None:
    """Have metrics of scikit-learn on what the estimator predicts go to its run, if scikit-learn is autologged too."""
    if SKLEARN.is_on and SKLEARN.options["log_post_training_metrics"]:
        note_model(estimator, session.state, session.run)
