"""The model that is evaluated: whatever was given, as something that predicts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from jupyter_mlops.environments.builds import check_manager
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.called_models import CalledModel
from jupyter_mlops.evaluation.endpoint_models import endpoint_model, is_endpoint
from jupyter_mlops.evaluation.environment_models import environment_model
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.pyfunc_models import PyFuncModel
from jupyter_mlops.pyfunc.python_models import PythonModel

__all__ = ["opened_model"]


@contextlib.contextmanager
def opened_model(
    model: Any, env_manager: str | None, model_config: dict[str, Any] | None, inference_params: dict[str, Any] | None = None,
    trust: bool = False,
) -> Iterator[Any]:  # fmt: skip
    """Something with ``predict(data)`` inside of ``with``, or None for None.

    Raises
    ------
    InvalidParameter
        It is nothing that predicts, or a combination that cannot be.
    """
    is_here = check_manager(env_manager) == "local"
    if inference_params is not None and not is_endpoint(model):
        raise InvalidParameter("inference_params go to a deployment: give its name as model='endpoints:/<name>'.")
    if model_config and (is_endpoint(model) or not isinstance(model, str)):
        raise InvalidParameter("model_config is for a model that is loaded by its URI: give it to load_model().")
    if is_endpoint(model):
        yield endpoint_model(model, inference_params)
    elif is_here:
        yield _loaded(model, model_config, trust)
    elif isinstance(model, str):
        with environment_model(model, env_manager, model_config, trust) as opened:
            yield opened
    else:
        raise InvalidParameter(f"A model is given by its URI, to predict in an environment of its own by env_manager={env_manager!r}.")


def _loaded(model: Any, model_config: dict[str, Any] | None, trust: bool) -> Any:
    if isinstance(model, str):
        return load_model(model, model_config=model_config, trust=trust)
    if model is None or isinstance(model, PyFuncModel):
        return model
    if isinstance(model, type):
        raise InvalidParameter(f"model is the class {model.__name__}: give one that was fitted.")
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
