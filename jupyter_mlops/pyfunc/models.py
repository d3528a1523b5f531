"""A loaded model with one ``predict`` for all flavors."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.models.enforcement import enforce_params, enforce_schema
from jupyter_mlops.models.formats import Model

__all__ = ["PyFuncModel"]


class PyFuncModel:
    """A model that predicts.

    Attributes
    ----------
    metadata : Model
        What its ``MLmodel`` says.
    model_config : dict or None
    """

    def __init__(
        self, metadata: Model, model: Any, predict_fn: str, model_config: dict[str, Any] | None = None
    ) -> None:
        self.metadata = metadata
        self.model_config = model_config
        self._model = model
        self._predict = getattr(model, predict_fn)

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predict.

        Parameters
        ----------
        data : DataFrame, array, Series, dict or list
            Checked and put in order by the signature; as it is without one.
        params : dict, optional

        Returns
        -------
        Any
            What the model returns.

        Raises
        ------
        InvalidParameter
            The data is not what the signature says.
        """
        schema = self.metadata.get_input_schema()
        checked = data if schema is None else enforce_schema(data, schema)
        given = enforce_params(params, self.metadata.get_params_schema()) if params else {}
        return self._predict(checked, **given)

    def get_raw_model(self) -> Any:
        """The model itself, such as scikit-learn's estimator."""
        return self._model

    def unwrap_python_model(self) -> Any:
        """The model itself."""
        return self._model

    def __repr__(self) -> str:
        flavors = ", ".join(name for name in self.metadata.flavors if name != "python_function")
        return f"<PyFuncModel: {flavors or 'python_function'}>"
