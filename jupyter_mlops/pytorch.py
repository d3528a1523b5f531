"""Models of PyTorch, their weights alone, and autologging of Lightning."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType
from typing import Any, cast

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.entities.variables import DEFAULT_PREDICTION_DEVICE
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import find_origins, packages_of
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.models.torch_formats import PICKLE, SAFETENSORS, read_module, write_module
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor
from jupyter_mlops.tracking.artifacts import log_artifacts

_LATE = ("MlflowModelCheckpointCallback", "autolog", "load_checkpoint")  # their code stands above this module

__all__ = [
    "FLAVOR_NAME", "MlflowModelCheckpointCallback", "autolog", "load_checkpoint",  # noqa: F822
    "load_model", "load_state_dict", "log_model", "log_state_dict", "save_model", "save_state_dict",
]  # fmt: skip

FLAVOR_NAME = "pytorch"
_DATA = "data"
_STATE_DICT = "state_dict.pth"
_FORMATS = (PICKLE, SAFETENSORS)


@spelled_out(Given)
def save_model(
    pytorch_model: Any,
    path: str | os.PathLike[str],
    *,
    pickle_module: ModuleType | None = None,
    serialization_format: str | None = None,
    **given: Any,
) -> None:
    """Save a module of PyTorch to a folder in MLflow's format, signed for this user.

    Parameters
    ----------
    pytorch_model : torch.nn.Module
        A script (``torch.jit``) is saved as TorchScript.
    path : str or path
        Not there yet, or empty.
    pickle_module : module, optional
        For ``torch.save``; by default one that takes classes of ``__main__`` along, as MLflow's.
    serialization_format : ``"pickle"`` or ``"safetensors"``, default ``"pickle"``
        MLflow reads the pickle. Safetensors can be put into a module of one's own without trust: see `load_model`.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`; anything else is for ``torch.save``.

    Raises
    ------
    TypeError
        No ``torch.nn.Module``, or an argument that neither this nor ``torch.save`` has.
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        No such format, more than one kind of requirements, or a signature that is none.
    """
    import torch

    if not isinstance(pytorch_model, torch.nn.Module):
        raise TypeError(f"pytorch_model is a torch.nn.Module, not {type(pytorch_model).__name__}.")
    form = serialization_format or PICKLE
    if form not in _FORMATS:
        raise InvalidParameter(f"Unknown serialization_format {form!r}: use one of {', '.join(_FORMATS)}.")
    shared = {key: value for key, value in given.items() if key in Given.__annotations__}
    if isinstance(example := shared.get("input_example"), torch.Tensor):
        shared["input_example"] = example.detach().cpu().numpy()
    own = {key: value for key, value in given.items() if key not in shared}
    if unknown := own.keys() - inspect.signature(torch.save).parameters.keys():
        raise TypeError(
            f"save_model() takes no {', '.join(map(repr, sorted(unknown)))}, and neither does torch.save()."
        )
    options = {"model_data": _DATA, "pytorch_version": str(torch.__version__)}
    save_flavor(
        path, cast(Given, shared), name=FLAVOR_NAME,
        options=options if form == PICKLE else {**options, "serialization_format": form},
        pyfunc={"data": _DATA, "pickle_module_name": getattr(pickle_module, "__name__", "mlflow.pytorch.pickle_module"),
                "config": {"device": None}},
        packages=lambda: _packages(pytorch_model, form), predict=_Wrapper(pytorch_model, _device(pytorch_model)).predict,
        write=lambda folder: write_module(pytorch_model, os.path.join(folder, _DATA), form, pickle_module, own),
    )  # fmt: skip


def _device(module: Any) -> Any:
    return next((tensor.device for tensor in module.parameters()), "cpu")


def _packages(module: Any, form: str) -> list[str]:
    """Found in the classes alone: the weights need not be pickled for that."""
    kinds = {type(part) for part in module.modules()}
    origins = {name for kind in kinds for name in (f"{kind.__module__}.{kind.__qualname__}", *find_origins(kind))}
    formats = ["cloudpickle", *(["safetensors"] if form == SAFETENSORS else [])]
    return ["torch", "numpy", *formats, *packages_of(origins)]


@spelled_out(LogGiven)
def log_model(
    pytorch_model: Any,
    artifact_path: str | None = None,
    *,
    pickle_module: ModuleType | None = None,
    serialization_format: str | None = None,
    **given: Any,
) -> ModelInfo:
    """Keep a module of PyTorch with the active run; one is started when there is none.

    Parameters
    ----------
    pytorch_model : torch.nn.Module
    artifact_path : str
        Folder among the run's artifacts.
    pickle_module, serialization_format
        As in `save_model`.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.LogGiven`; anything else is for ``torch.save``.

    Returns
    -------
    ModelInfo
        ``model_uri`` is ``runs:/<run id>/<path>``.

    Raises
    ------
    InvalidParameter
        Both `artifact_path` and `name`, or neither, or as in `save_model`.

    Examples
    --------
    >>> import torch
    >>> import jupyter_mlops as mlflow
    >>> model = torch.nn.Linear(2, 1)
    >>> with mlflow.start_run():
    ...     info = mlflow.pytorch.log_model(model, "model")
    >>> data = torch.ones(3, 2)
    >>> torch.equal(mlflow.pytorch.load_model(info.model_uri)(data), model(data))
    True
    >>> mlflow.pyfunc.load_model(info.model_uri).predict(data.numpy()).shape
    (3, 1)
    """
    return Model.log(
        artifact_path, sys.modules[__name__], pytorch_model=pytorch_model, pickle_module=pickle_module,
        serialization_format=serialization_format, **given,
    )  # fmt: skip


def load_model(
    model_uri: str | os.PathLike[str],
    dst_path: str | None = None,
    trust: bool = False,
    model: Any = None,
    **kwargs: Any,
) -> Any:
    """Load a module of PyTorch, ready to predict (in evaluation mode).

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    dst_path : str, optional
        Folder to copy the model to.
    trust : bool, default False
        Load it even if it runs code and was not signed by this user.
    model : torch.nn.Module, optional
        Put the weights into this one, which is returned. They must have been saved as safetensors; nothing of what
        was saved is run, so no trust is needed.
    **kwargs
        For ``torch.load``, such as ``map_location``.

    Raises
    ------
    NotFound
        There is no such model, or it is not of PyTorch.
    UntrustedModel
        Loading would run code that this user has not signed.

    Examples
    --------
    >>> import torch
    >>> import jupyter_mlops as mlflow
    >>> mlflow.pytorch.save_model(torch.nn.Linear(2, 1), "line", serialization_format="safetensors")
    >>> mlflow.pytorch.load_model("line", model=torch.nn.Linear(2, 1))
    Linear(in_features=2, out_features=1, bias=True)
    """
    folder, found = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    return read_module(folder, str(found.flavors[FLAVOR_NAME].get("model_data", _DATA)), into=model, options=kwargs)


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    """What `jupyter_mlops.pyfunc` calls: a model that takes and gives arrays or frames."""
    import torch

    device = (
        config.get("device") or DEFAULT_PREDICTION_DEVICE.get() or ("cuda:0" if torch.cuda.is_available() else "cpu")
    )
    data = str(model.flavors["python_function"].get("data", _DATA))
    return _Wrapper(read_module(folder, data, device=device), device)


class _Wrapper:
    """A module for `PyFuncModel`."""

    def __init__(self, module: Any, device: Any) -> None:
        self._module, self._device = module, device

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        import numpy as np
        import pandas as pd
        import torch

        if isinstance(data, pd.DataFrame):
            predicted = self.predict(data.to_numpy(dtype=np.float32), params)
            return pd.DataFrame(predicted, index=data.index)
        if not isinstance(data, np.ndarray):
            raise TypeError(f"Models of PyTorch predict for a DataFrame or an ndarray, not for {type(data).__name__}.")
        with torch.no_grad(), _evaluating(self._module):
            output = self._module(torch.tensor(data, device=self._device), **_taken(self._module, params or {}))
        if not isinstance(output, torch.Tensor):
            raise TypeError(f"The model gave {type(output).__name__} where one tensor is expected.")
        return output.cpu().numpy()

    def get_raw_model(self) -> Any:
        return self._module


def _taken(module: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Params of the signature that ``forward`` has, too."""
    if not params:
        return {}
    if (schema := getattr(module.forward, "schema", None)) is not None:  # of a script
        return {argument.name: params[argument.name] for argument in schema.arguments if argument.name in params}
    taken = inspect.signature(module.forward).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in taken.values())
    return {name: value for name, value in params.items() if takes_all or name in taken}


@contextlib.contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """Dropout and its like are off; a module that is still trained goes on as it was."""
    training = [part for part in module.modules() if part.training]
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True


def save_state_dict(state_dict: dict[str, Any], path: str | os.PathLike[str], **kwargs: Any) -> None:
    """Save weights, or a checkpoint of several of them, to ``state_dict.pth`` in a folder.

    Parameters
    ----------
    state_dict : dict
    path : str or path
        The folder, made when it is not there.
    **kwargs
        For ``torch.save``.

    Raises
    ------
    TypeError
        No dict, such as a whole model.
    """
    import torch

    if not isinstance(state_dict, dict):
        raise TypeError(f"state_dict is a dict, as of model.state_dict(), not {type(state_dict).__name__}.")
    os.makedirs(path, exist_ok=True)
    torch.save(state_dict, os.path.join(path, _STATE_DICT), **kwargs)


def log_state_dict(state_dict: dict[str, Any], artifact_path: str | None = None, **kwargs: Any) -> None:
    """Keep weights with the active run; arguments are those of `save_state_dict`, `artifact_path` the folder in the run."""
    with tempfile.TemporaryDirectory(prefix="mlops-state-") as folder:
        save_state_dict(state_dict, folder, **kwargs)
        log_artifacts(folder, artifact_path)


def load_state_dict(state_dict_uri: str | os.PathLike[str], **kwargs: Any) -> dict[str, Any]:
    """Load weights that `save_state_dict` or `log_state_dict` kept.

    Parameters
    ----------
    state_dict_uri : str or path
        The folder, or its URI, such as ``runs:/<run id>/<path>``.
    **kwargs
        For ``torch.load``. ``weights_only=True`` by default: tensors and plain data, no code is run.

    Examples
    --------
    >>> import torch
    >>> import jupyter_mlops as mlflow
    >>> mlflow.pytorch.save_state_dict({"epoch": 3, "w": torch.zeros(2)}, "checkpoint")
    >>> mlflow.pytorch.load_state_dict("checkpoint")
    {'epoch': 3, 'w': tensor([0., 0.])}
    """
    import torch

    folder = download_artifacts(os.fspath(state_dict_uri))
    return cast(dict[str, Any], torch.load(os.path.join(folder, _STATE_DICT), **{"weights_only": True, **kwargs}))


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(importlib.import_module("jupyter_mlops.autologging.lightning"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
