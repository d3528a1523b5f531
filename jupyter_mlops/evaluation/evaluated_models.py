"""The model that is evaluated: whatever was given, as something that predicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel
from jupyter_mlops.pyfunc.python_models import PythonModel

__all__ = ["CalledModel", "as_model", "estimator_of"]

_ESTIMATORS = frozenset({"catboost", "lightgbm", "sklearn", "xgboost"})


class CalledModel:
    """A function or an estimator, to be called as a loaded model is.

    Examples
    --------
    >>> CalledModel(lambda rows: [len(rows)]).predict([1, 2, 3])
    [3]
    """

    metadata = None

    def __init__(self, function: Callable[[Any], Any], estimator: Any = None) -> None:
        self._function = function
        self.estimator = estimator

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What it says of the data."""
        return self._function(data)


def as_model(model: Any, env_manager: str, model_config: dict[str, Any] | None) -> Any:
    """Something with ``predict(data)``, or None for None.

    Raises
    ------
    InvalidParameter
        It is nothing that predicts, or a combination that cannot be.
    """
    if env_manager not in ("local", "virtualenv", "conda", "uv"):
        raise InvalidParameter(f"env_manager={env_manager!r} is none: it is 'local', 'virtualenv', 'uv' or 'conda'.")
    if env_manager != "local":
        raise InvalidParameter(
            f"evaluate() runs a model in this environment, not with env_manager={env_manager!r}: have it predict in its own by "
            f"`jupyter mlops models predict --env-manager {env_manager}`, and evaluate data with its predictions by predictions='column' without a model."
        )
    if isinstance(model, str):
        if model.startswith("endpoints:"):
            raise InvalidParameter(
                f"{model!r} is no model that can be loaded: evaluate a function that asks the endpoint."
            )
        return load_model(model, model_config=model_config)
    if model_config:
        raise InvalidParameter("model_config is for a model that is loaded here, by its URI: give it to load_model().")
    if model is None or isinstance(model, PyFuncModel):
        return model
    if isinstance(model, PythonModel):
        raise InvalidParameter(
            "A PythonModel is evaluated as it is loaded: save it by pyfunc.log_model() and give its URI."
        )
    if callable(getattr(model, "predict", None)):
        return CalledModel(model.predict, model)
    if callable(model):
        return CalledModel(model)
    raise InvalidParameter(
        f"model is the URI of a model, a loaded one, a function, an estimator or None, not {type(model).__name__}."
    )


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
