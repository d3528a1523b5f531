"""Models of ONNX as a flavor of its own, in MLflow's layout: what either saves, the other loads.

Needs ``onnx`` and ``onnxruntime``; ``docs/flavors.md`` says how such a module is written and found.
"""

import os
import posixpath
import sys
from typing import Unpack

import numpy as np
import pandas as pd

from jupyter_mlops.errors import InvalidParameter, InvalidState
from jupyter_mlops.models import Model
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor

FLAVOR_NAME = "onnx"  # so that loader_module is MLflow's: mlflow.onnx
_FILE = "model.onnx"
_PROVIDERS = ["CUDAExecutionProvider", "CPUExecutionProvider"]


@spelled_out(Given)
def save_model(onnx_model, path, *, onnx_execution_providers=None, save_as_external_data=True, **given: Unpack[Given]):
    """Save an `onnx.ModelProto`; large tensors to a file of their own, as there is a limit of 2 GiB to one with all."""
    import onnx

    if not isinstance(onnx_model, onnx.ModelProto):
        raise InvalidParameter(f"onnx_model is an onnx.ModelProto, not {type(onnx_model).__name__}.")

    def write(folder):
        copy = onnx.ModelProto()
        copy.CopyFrom(onnx_model)  # external tensors are taken out of what is saved
        place = os.path.join(folder, _FILE)
        onnx.save_model(copy, place, save_as_external_data=save_as_external_data, location=f"{_FILE}.data")

    providers = onnx_execution_providers or _PROVIDERS
    save_flavor(
        path, given, name=FLAVOR_NAME, write=write, pyfunc={"data": _FILE}, packages=lambda: ["onnx", "onnxruntime"],
        options={"onnx_version": onnx.__version__, "data": _FILE, "providers": providers},
        predict=lambda data: _Wrapper(onnx_model.SerializeToString(), providers).predict(data),
    )  # fmt: skip


@spelled_out(LogGiven)
def log_model(onnx_model, artifact_path=None, **given: Unpack[LogGiven]):
    """Keep it with the active run; takes what `save_model` takes."""
    return Model.log(artifact_path, sys.modules[__name__], onnx_model=onnx_model, **given)


def load_model(model_uri, dst_path=None, trust=False):
    """Load it as an `onnx.ModelProto`; ONNX runs no code, so no trust is needed unless code comes along."""
    import onnx

    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    place = _place(folder, model.flavors[FLAVOR_NAME])
    onnx.checker.check_model(place)
    return onnx.load(place)


def load_pyfunc(folder, model, config):
    """What `pyfunc.load_model` calls by the entry point ``mlflow.onnx``."""
    options = {**model.flavors["python_function"], **model.flavors.get(FLAVOR_NAME, {})}
    return _Wrapper(_place(folder, options), options.get("providers"))


def _place(folder, options):
    """Path of the model, once it is known that its tensors lie in the folder too."""
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import external_data_helper as external

    path = str(options.get("data"))
    try:
        graph = onnx.load_model_from_string(folder.read(path))
    except DecodeError as error:
        raise InvalidState(f"{path!r} of the model at {folder.root} is no ONNX: {error}.") from error
    for tensor in external._get_all_tensors(graph):
        if external.uses_external_data(tensor):
            folder.within(posixpath.join(posixpath.dirname(path), external.ExternalDataInfo(tensor).location))
    return os.path.join(folder.path(), path)


class _Wrapper:
    """A model as MLflow calls it: frames give frames, arrays and dicts of arrays give dicts."""

    def __init__(self, model, providers=None):
        import onnxruntime

        there = onnxruntime.get_available_providers()  # names alone: options of providers can name libraries to load
        usable = [name for name in providers or _PROVIDERS if name in there] or ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(model, providers=usable)

    def predict(self, data, params=None):
        inputs = {each.name: each.type for each in self._session.get_inputs()}
        if isinstance(data, pd.DataFrame) and len(inputs) > 1:
            feed = {name: data[name].to_numpy() for name in inputs}
        elif isinstance(data, dict):
            feed = dict(data)
        elif len(inputs) == 1:
            feed = dict.fromkeys(inputs, np.asarray(data))
        else:
            raise InvalidParameter(f"The model has several inputs: give a dict or a DataFrame of {sorted(inputs)}.")
        for name, value in feed.items():
            if inputs.get(name) == "tensor(float)" and value.dtype == np.float64:
                feed[name] = value.astype(np.float32)
        outputs = [each.name for each in self._session.get_outputs()]
        found = dict(zip(outputs, self._session.run(outputs, feed), strict=True))
        if isinstance(data, pd.DataFrame):
            return pd.DataFrame({name: np.asarray(value).reshape(-1) for name, value in found.items()})
        return found

    def get_raw_model(self):
        return self._session
