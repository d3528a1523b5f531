"""A loaded model of any flavor."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.models.enforcement import fit_input, fit_params
from jupyter_mlops.models.models import Model
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["FLAVOR_NAME", "PyFuncModel", "add_pyfunc"]

FLAVOR_NAME = "python_function"


class PyFuncModel:
    """A model that predicts, whatever made it; `load_model` returns it.

    Parameters
    ----------
    model_meta : Model
    model_impl : Any
        The flavor's wrapper.
    predict_fn : str, default ``"predict"``
        Its method.
    model_config : dict, optional
    predict_stream_fn : str, optional
        Its method that gives predictions piece by piece; None when it has none.
    """

    def __init__(
        self,
        model_meta: Model,
        model_impl: Any,
        predict_fn: str = "predict",
        model_config: Mapping[str, Any] | None = None,
        predict_stream_fn: str | None = None,
    ) -> None:
        if not hasattr(model_impl, predict_fn):
            raise MlflowException(f"The model has no function {predict_fn!r}.")
        self._meta, self._impl = model_meta, model_impl
        self._function = getattr(model_impl, predict_fn)
        self._stream = getattr(model_impl, predict_stream_fn) if predict_stream_fn else None
        self._config = dict(model_config or {})

    @property
    def metadata(self) -> Model:
        """What ``MLmodel`` says."""
        return self._meta

    @property
    def model_config(self) -> dict[str, Any]:
        """Configuration that the model was loaded with."""
        return self._config

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for data that is first made to fit the model's signature.

        Parameters
        ----------
        data : DataFrame, ndarray, dict, list, ...
            As the signature says; anything when there is none.
        params : dict, optional

        Raises
        ------
        InvalidParameter
            Data or params do not fit.
        """
        return self._call(self._function, data, params)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """Predictions for one row, piece by piece, as the model makes them.

        Parameters
        ----------
        data : Any
            One input; the model gets a data frame of one row as a dict, a list of one as what is in it.
        params : dict, optional

        Raises
        ------
        InvalidParameter
            More than one row, or data or params do not fit.
        MlflowException
            The model was not saved as one that does this.
        """
        if self._stream is None:
            raise MlflowException("This model does not stream: save one with predict_stream, or streamable=True.")
        return iter(self._call(self._stream, data, params, _single))

    def _call(self, function: Any, data: Any, params: dict[str, Any] | None, prepare: Any = lambda data: data) -> Any:
        # a model whose type hints made the signature checks its input by them: they say more than a schema can
        by_hints = getattr(self._meta, "is_signature_from_type_hint", False)
        fitted = prepare(data if by_hints else fit_input(data, self._meta.get_input_schema()))
        params = fit_params(params, self._meta.get_params_schema())
        named = inspect.signature(function).parameters.get("params")
        takes_params = named is not None and named.kind is not named.VAR_KEYWORD
        return function(fitted, params=params) if takes_params else function(fitted)

    def get_raw_model(self) -> Any:
        """The model itself, as the library knows it."""
        if not hasattr(self._impl, "get_raw_model"):
            raise MlflowException(f"A {type(self._impl).__name__} has no model to take out.")
        return self._impl.get_raw_model()

    def unwrap_python_model(self) -> Any:
        """The `PythonModel` that was saved.

        Raises
        ------
        InvalidParameter
            The model is none.
        """
        model = getattr(self._impl, "python_model", None)
        if model is None:
            raise InvalidParameter(
                "Only a model that was saved from Python code can be unwrapped: use get_raw_model()."
            )
        return model

    def __repr__(self) -> str:
        options = self._meta.flavors.get(FLAVOR_NAME, {})
        place = "".join(
            f"  {key}: {value}\n"
            for key, value in (("artifact_path", self._meta.artifact_path), ("run_id", self._meta.run_id))
            if value
        )
        return f"mlflow.pyfunc.loaded_model:\n{place}  flavor: {options.get('loader_module')}\n"


def _single(data: Any) -> Any:
    if is_instance_of(data, "pandas", "DataFrame"):
        data = data.iloc[:, 0].tolist() if list(data.columns) == [0] else data.to_dict(orient="records")
    if not isinstance(data, list):
        return data
    if len(data) != 1:
        raise InvalidParameter(f"predict_stream takes one row, not {len(data)}: call it for each.")
    return data[0]


def add_pyfunc(
    model: Model, loader_module: str, *, code: str | None = None, predict_fn: str = "predict", **options: Any
) -> None:
    """Add the flavor that every loader of ``python_function`` understands; options that are None are left out."""
    import platform  # only when a model is saved

    always = {
        "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
        "loader_module": loader_module,
        "python_version": platform.python_version(),
        "predict_fn": predict_fn,
    }
    optional = {k: v for k, v in {"code": code, **options}.items() if v is not None}
    model.add_flavor(FLAVOR_NAME, **always, **optional)
