"""Predictions of a model by its URI, as a scoring server gives them."""

from __future__ import annotations

import json
import os
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.examples import plain
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.serving_inputs import read_serving_input
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["predict", "validate_serving_input"]


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


def predict(
    model_uri: str | os.PathLike[str],
    input_data: Any = None,
    input_path: str | os.PathLike[str] | None = None,
    content_type: str = "json",
    output_path: str | os.PathLike[str] | None = None,
    trust: bool = False,
) -> None:
    """Predict by a model in this process and write the answer as a scoring server would.

    Parameters
    ----------
    model_uri : str or path
    input_data : Any, optional
        Data as the model takes it, or JSON or CSV text.
    input_path : path, optional
        In place of `input_data`: a file of JSON or CSV.
    content_type : ``"json"`` or ``"csv"``, default ``"json"``
    output_path : path, optional
        File for the answer; printed by default.
    trust : bool, default False
        As in `load_model`.

    Raises
    ------
    InvalidParameter
        Both or neither of the inputs, another `content_type`, or data that do not fit.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("m", python_model=lambda data: data, pip_requirements=["pandas"])
    >>> predict(info.model_uri, '{"inputs": [1, 2]}')
    {"predictions": [1, 2]}
    """
    if content_type not in ("json", "csv"):
        raise InvalidParameter(f"content_type is 'json' or 'csv', not {content_type!r}.")
    if (input_data is None) == (input_path is None):
        raise InvalidParameter("Give either input_data or input_path.")
    model = load_model(model_uri, suppress_warnings=True, trust=trust)
    given = input_data if input_path is None else _read(input_path)
    data, params = _data(given, content_type, model.metadata.get_input_schema())
    answer = json.dumps({"predictions": _plain(model.predict(data, params))})
    if output_path is None:
        print(answer)  # noqa: T201 - that is what it is asked for
        return
    with open(output_path, "w", encoding="utf-8") as file:
        file.write(answer)


def _read(path: str | os.PathLike[str]) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeError) as error:
        raise InvalidParameter(f"The input {os.fspath(path)!r} cannot be read: {error}") from error


def _data(given: Any, content_type: str, schema: Any) -> tuple[Any, dict[str, Any] | None]:
    if not isinstance(given, str):
        return given, None
    if content_type == "json":
        return read_serving_input(given, schema)
    import io

    import pandas as pd  # only for CSV

    return pd.read_csv(io.StringIO(given)), None


def _plain(predictions: Any) -> Any:
    if is_instance_of(predictions, "pandas", "DataFrame"):
        return [plain(row) for row in predictions.to_dict(orient="records")]
    if is_instance_of(predictions, "pandas", "Series"):
        return plain(predictions.tolist())
    return plain(predictions)
