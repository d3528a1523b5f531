"""Predictions for what a scoring server would be asked, without one."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.serving_inputs import read_serving_input

__all__ = ["validate_serving_input"]


def validate_serving_input(
    model_uri: str | os.PathLike[str], serving_input: str | dict[str, Any], trust: bool = False
) -> Any:
    """Predict what a scoring server would be asked, without one.

    Parameters
    ----------
    model_uri : str or path
    serving_input : str or dict
        JSON as a scoring server takes it, see `convert_input_example_to_serving_input`.
    trust : bool, default False
        As in `load_model`.

    Returns
    -------
    Any
        The model's predictions.

    Raises
    ------
    InvalidParameter
        The input cannot be read, or does not fit the model's signature.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("m", python_model=lambda data: data, pip_requirements=["pandas"])
    >>> mlflow.models.validate_serving_input(info.model_uri, {"inputs": [1, 2]})
    [1, 2]
    """
    model = load_model(model_uri, suppress_warnings=True, trust=trust)
    data, params = read_serving_input(serving_input, model.metadata.get_input_schema())
    return model.predict(data, params)
