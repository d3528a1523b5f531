"""What predicts, whatever it is: a function, an estimator, a process or a server, to be called as a loaded model is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_mlops.models.models import Model
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel

__all__ = ["CalledModel", "estimator_of"]

_ESTIMATORS = frozenset({"catboost", "lightgbm", "sklearn", "xgboost"})


class CalledModel:
    """A function to be called as a loaded model is.

    Parameters
    ----------
    function : callable
        Predictions of data.
    estimator : object, optional
        What scikit-learn would call one, behind the function.
    metadata : Model, optional
    is_elsewhere : bool, default False
        Whether another process predicts, which is asked for what is needed and not for what could be looked at, too.

    Examples
    --------
    >>> CalledModel(lambda rows: [len(rows)]).predict([1, 2, 3])
    [3]
    """

    def __init__(
        self, function: Callable[[Any], Any], estimator: Any = None, metadata: Model | None = None, *, is_elsewhere: bool = False
    ) -> None:
        self._function = function
        self.estimator = estimator
        self.metadata = metadata
        self.is_elsewhere = is_elsewhere

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What it says of the data."""
        return self._function(data)


def estimator_of(model: Any) -> Any:
    """What scikit-learn would call an estimator, inside a model of it or of a library alike; None when there is none."""
    if isinstance(model, CalledModel):
        return model.estimator
    if not isinstance(model, PyFuncModel):
        return None
    package, _, flavor = str(model.metadata.flavors.get(FLAVOR_NAME, {}).get("loader_module")).rpartition(".")
    if package not in ("mlflow", "jupyter_mlops") or flavor not in _ESTIMATORS:
        return None
    raw = model.get_raw_model()
    return raw if hasattr(raw, "fit") else None  # a Booster is none
