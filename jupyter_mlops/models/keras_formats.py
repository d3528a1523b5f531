"""Models of Keras 3 as files, and as functions: what the flavors ``keras`` and ``tensorflow`` have in common."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.origins import find_origins, packages_of
from jupyter_mlops.models.saving import Given
from jupyter_mlops.models.signatures import ModelSignature, infer_signature
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.types.columns import TensorSpec
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["PredictingModel", "has_safe_mode", "keras_packages", "read_keras", "with_tensor_signature"]

_SAFE_SINCE = (3, 14)  # before it, safe_mode could be got round: by a `TFSMLayer`, CVE-2026-1462, among others
_log = logging.getLogger(__name__)


def with_tensor_signature(given: Given, predict: Callable[[Any], Any]) -> Given:
    """What the user gave, its signature one of tensors: these models take nothing else.

    Parameters
    ----------
    given : Given
    predict : callable
        For the signature of an input example that is a data frame.

    Raises
    ------
    InvalidParameter
        The signature has columns, or a first dimension that is not -1, the batch.
    """
    signature = given.get("signature")
    example: Any = given.get("input_example")
    if isinstance(signature, ModelSignature):
        _check_tensors(signature)
    elif signature is None and is_instance_of(example, "pandas", "DataFrame"):
        values = example.to_numpy()
        return {**given, "signature": infer_signature(values, predict(values))}
    elif signature is None and example is None:
        _log.warning(
            "The model is saved without a signature: give one, or an input_example, to have its input checked."
        )
    return given


def _check_tensors(signature: ModelSignature) -> None:
    for spec in signature.inputs.inputs if signature.inputs else ():
        if not isinstance(spec, TensorSpec):
            raise InvalidParameter(
                f"The signature of a model of Keras or TensorFlow is of tensors, not of columns such as {spec!r}: "
                "infer it from an array, infer_signature(frame.to_numpy(), …)."
            )
        if not spec.shape or spec.shape[0] != -1:
            raise InvalidParameter(f"The first dimension of a tensor is the batch and must be -1, not as in {spec!r}.")


def read_keras(
    folder: ModelFolder,
    path: str,
    custom_objects: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Load a ``.keras`` or ``.h5`` file.

    Parameters
    ----------
    folder : ModelFolder
    path : str
    custom_objects : mapping, optional
        Classes and functions of the caller's, by name.
    options : mapping, optional
        For ``keras.saving.load_model``.

    Raises
    ------
    UntrustedModel
        It has code in it (a ``Lambda`` layer, say) that nobody vouches for.

    Notes
    -----
    A ``.keras`` file is JSON and arrays; from Keras 3.14 on it is loaded without trust in Keras' own safe mode.
    """
    import keras

    options = {"safe_mode": not folder.allowed, **(options or {})}
    if not options["safe_mode"] or not has_safe_mode(path):
        folder.need_trust(path, "Keras without its safe mode")
    content = folder.read(path)
    with tempfile.TemporaryDirectory(prefix="mlops-keras-") as place:  # what is loaded is what was verified
        copy = os.path.join(place, os.path.basename(path))
        with open(copy, "wb") as file:
            file.write(content)
        try:
            return keras.saving.load_model(copy, custom_objects=custom_objects, **options)
        except (TypeError, ValueError) as error:
            if "safe_mode" in str(error) or "unsafe" in str(error):
                folder.need_trust(path, f"Keras, with code in it: {str(error).splitlines()[0]}")
            raise


def has_safe_mode(path: str) -> bool:
    """Whether this Keras loads a file of this name without running what is in it, when it is told to."""
    import keras

    version = tuple(int(number) for number in re.findall(r"\d+", keras.__version__)[:2])
    return path.endswith(".keras") and version >= _SAFE_SINCE


def keras_packages(model: Any, *more: str) -> list[str]:
    """Packages that a model of Keras needs, found in the classes of its layers, and `more`, by names of modules."""
    kinds = {type(part) for part in (model, *getattr(model, "layers", ()))}
    origins = {name for kind in kinds for name in (f"{kind.__module__}.{kind.__qualname__}", *find_origins(kind))}
    return packages_of({"numpy.", *more, *origins})


class PredictingModel:
    """A model for `PyFuncModel`.

    Parameters
    ----------
    model : Any
    call : callable
        How it predicts for arrays; what it returns may be tensors.
    """

    def __init__(self, model: Any, call: Callable[[Any], Any]) -> None:
        self._model, self._call = model, call

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions: a frame for a frame, else arrays."""
        import numpy as np
        import pandas as pd

        if isinstance(data, pd.DataFrame):
            return pd.DataFrame(_arrays(self._call(data.to_numpy())), index=data.index)
        if not isinstance(data, (np.ndarray, list, tuple, dict)):
            raise InvalidParameter(
                f"The model takes a DataFrame, ndarray, list, tuple or dict, not {type(data).__name__}."
            )
        return _arrays(self._call(data))

    def get_raw_model(self) -> Any:
        """The model itself."""
        return self._model


def _arrays(output: Any) -> Any:
    if isinstance(output, Mapping):
        return {name: _arrays(value) for name, value in output.items()}
    if isinstance(output, (list, tuple)):
        return [_arrays(value) for value in output]
    return output.numpy() if hasattr(output, "numpy") else output
