"""Models from code: a file that makes a model and names it by ``set_model``."""

from __future__ import annotations

import contextvars
import sys
import types
import uuid
from typing import Any

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.models.code_models import code_config, named_model
from jupyter_mlops.pyfunc.mlflow_names import mlflow_is_ours

__all__ = ["run_model_code"]


def run_model_code(source: bytes, path: str, config: dict[str, Any] | None) -> Any:
    """Run a file's code and return the model that it names.

    Parameters
    ----------
    source : bytes
    path : str
        What tracebacks call it.
    config : dict, optional
        What ``ModelConfig`` reads meanwhile.

    Raises
    ------
    InvalidParameter
        The code names no model.
    MlflowException
        It fails.
    """
    module = types.ModuleType(f"code_model_{uuid.uuid4().hex}")
    module.__file__ = path
    sys.modules[module.__name__] = module
    return contextvars.copy_context().run(_run, module, source, path, config)


def _run(module: types.ModuleType, source: bytes, path: str, config: dict[str, Any] | None) -> Any:
    named_model.set(None)
    code_config.set(config or None)
    real = sys.modules.get("mlflow.models.model")
    if real is not None:
        real.__mlflow_model__ = None  # type: ignore[attr-defined]
    try:
        with mlflow_is_ours():
            exec(compile(source, path, "exec"), vars(module))  # noqa: S102 - the folder is trusted, or the user's own file
    except Exception as error:  # the code is the user's
        raise MlflowException(f"The model's code {path!r} fails: {type(error).__name__}: {error}") from error
    real = sys.modules.get("mlflow.models.model")
    found = named_model.get() or getattr(real, "__mlflow_model__", None)
    if found is None:
        raise InvalidParameter(f"The code {path!r} names no model: let it call mlflow.models.set_model(model).")
    return found
