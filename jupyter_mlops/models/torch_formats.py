"""Modules of PyTorch as files: pickles and TorchScript as MLflow has them, safetensors, exported programs of MLflow 3."""

from __future__ import annotations

import importlib
import io
import os
import pickle
import posixpath
import zipfile
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound, PackageMissing
from jupyter_mlops.models.trust import ModelFolder

__all__ = ["PICKLE", "SAFETENSORS", "read_module", "write_module"]

PICKLE, SAFETENSORS = "pickle", "safetensors"
_PICKLED, _EXPORTED, _WEIGHTS, _STRUCTURE = "model.pth", "model.pt2", "model.safetensors", "structure.pkl"
_PICKLE_MODULE_FILE = "pickle_module_info.txt"
_MLFLOWS = "mlflow.pytorch.pickle_module"


def _by_value() -> Any:
    """What MLflow's module of that name is: cloudpickle, in the form that ``torch.save`` takes."""
    import cloudpickle  # only when a model is saved or loaded

    return SimpleNamespace(
        __name__=_MLFLOWS, Pickler=cloudpickle.Pickler, Unpickler=pickle.Unpickler,
        dump=cloudpickle.dump, dumps=cloudpickle.dumps, load=pickle.load, loads=pickle.loads,
    )  # fmt: skip


def write_module(module: Any, folder: str, form: str, pickle_module: Any, options: Mapping[str, Any]) -> None:
    """Write a module to a folder that is made for it.

    Parameters
    ----------
    module : torch.nn.Module
        Written as TorchScript when it is a script.
    folder : str
    form : ``"pickle"`` or ``"safetensors"``
    pickle_module : module or None
        For pickles; by default one that takes classes of notebooks along.
    options : mapping
        For ``torch.save``.
    """
    import torch

    os.makedirs(folder)
    if form == SAFETENSORS:
        _write_tensors(module, folder)
        return
    pickles = pickle_module or _by_value()
    with open(os.path.join(folder, _PICKLE_MODULE_FILE), "w", encoding="utf-8") as file:
        file.write(pickles.__name__)
    path = os.path.join(folder, _PICKLED)
    if isinstance(module, torch.jit.ScriptModule):
        module.save(path)
    else:
        torch.save(module, path, pickle_module=pickles, **options)


def _write_tensors(module: Any, folder: str) -> None:
    """All tensors as safetensors; beside them the module without them, as a pickle that names them."""
    import cloudpickle
    import torch

    if isinstance(module, torch.jit.ScriptModule):
        raise InvalidParameter("TorchScript cannot be saved as safetensors: leave serialization_format out.")
    named = module.state_dict(keep_vars=True)
    first = {id(tensor): name for name, tensor in reversed(named.items())}  # tied weights are one tensor of many names
    tensors = {name: t.detach().clone().contiguous() for name, t in named.items() if first[id(t)] == name}
    aliases = {name: first[id(t)] for name, t in named.items() if first[id(t)] != name}
    _safetensors().save_file(tensors, os.path.join(folder, _WEIGHTS), metadata=aliases)

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        def persistent_id(self, value: Any) -> Any:
            name = first.get(id(value)) if isinstance(value, torch.Tensor) else None
            return None if name is None else (name, isinstance(value, torch.nn.Parameter), value.requires_grad)

    with open(os.path.join(folder, _STRUCTURE), "wb") as file:
        Pickler(file, protocol=pickle.DEFAULT_PROTOCOL).dump(module)


def _safetensors() -> Any:
    try:
        return importlib.import_module("safetensors.torch")
    except ImportError as error:
        raise PackageMissing(
            "Models as safetensors need a package that is not installed: pip install safetensors"
        ) from error


def read_module(
    folder: ModelFolder, data: str, *, device: Any = None, into: Any = None, options: Mapping[str, Any] | None = None
) -> Any:
    """Make a module of the files that are in a folder; it is in evaluation mode.

    Parameters
    ----------
    folder : ModelFolder
    data : str
        Folder in it, or the file itself in old models.
    device : str or torch.device, optional
        Where to put it; where it was by default.
    into : torch.nn.Module, optional
        Module to put the tensors into: nothing of the folder is run then, so it needs no trust.
    options : mapping, optional
        For ``torch.load``.

    Raises
    ------
    UntrustedModel
        Code would run that nobody vouches for.
    InvalidParameter
        There are no safetensors to put `into`, or others than it has.
    InvalidState
        The safetensors are damaged.
    """
    options = dict(options or {})
    device = options.setdefault("map_location", device)
    weights = posixpath.join(data, _WEIGHTS)
    if folder.has(weights):
        module = _read_tensors(folder, data, into, device)
    elif into is not None:
        raise InvalidParameter(f"The model at {folder.root} has no safetensors to put into a module: leave model= out.")
    elif folder.has(exported := posixpath.join(data, _EXPORTED)):
        return _read_exported(folder, exported)
    else:
        path = data if folder.has(data) else posixpath.join(data, _PICKLED)
        module = _read_pickle(folder, path, posixpath.join(data, _PICKLE_MODULE_FILE), options)
    module.eval()
    return module if device is None or not hasattr(module, "to") else module.to(device)


def _read_tensors(folder: ModelFolder, data: str, into: Any, device: Any) -> Any:
    path = posixpath.join(data, _WEIGHTS)
    content = folder.read(path)
    try:
        tensors = {name: t if device is None else t.to(device) for name, t in _safetensors().load(content).items()}
    except Exception as error:  # of safetensors' own kind, for a damaged file
        raise InvalidState(f"{path!r} of the model at {folder.root} cannot be read as safetensors: {error}") from error
    if into is not None:
        return _fill(into, tensors, _aliases(content), path)
    import torch

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, pid: Any) -> Any:
            name, is_parameter, requires_grad = pid
            tensor = tensors[name]
            if is_parameter and not isinstance(tensor, torch.nn.Parameter):
                tensor = tensors[name] = torch.nn.Parameter(tensor, requires_grad)
            return tensor

    structure = posixpath.join(data, _STRUCTURE)
    folder.need_trust(structure, "pickle; its weights load without trust by load_model(..., model=<a module of yours>)")
    return Unpickler(io.BytesIO(folder.read(structure))).load()


def _fill(module: Any, tensors: dict[str, Any], aliases: dict[str, str], path: str) -> Any:
    try:
        module.load_state_dict({**tensors, **{name: tensors[first] for name, first in aliases.items()}})
    except (KeyError, RuntimeError) as error:
        raise InvalidParameter(f"{path!r} does not fit into this {type(module).__name__}: {error}") from error
    return module


def _aliases(content: bytes) -> dict[str, str]:
    """Further names of tensors; safetensors begin with the size of their header, 8 bytes, and the header as JSON."""
    import json

    size = int.from_bytes(content[:8], "little")
    return dict(json.loads(content[8 : 8 + size]).get("__metadata__") or {})


def _read_exported(folder: ModelFolder, path: str) -> Any:
    import torch

    folder.need_trust(path, "exported program, with pickles in it")
    return torch.export.load(io.BytesIO(folder.read(path))).module()


def _read_pickle(folder: ModelFolder, path: str, pickle_file: str, options: dict[str, Any]) -> Any:
    import torch

    if not options.setdefault("weights_only", False):
        folder.need_trust(path, "pickle or TorchScript")
    content = io.BytesIO(folder.read(path))
    if _is_script(content):
        folder.need_trust(path, "TorchScript")
        return torch.jit.load(content, map_location=options["map_location"])
    if not options["weights_only"] and "pickle_module" not in options:
        options["pickle_module"] = _pickle_module(folder, pickle_file)
    return torch.load(content, **options)


def _is_script(content: io.BytesIO) -> bool:
    if not zipfile.is_zipfile(content):
        return False
    with zipfile.ZipFile(content) as archive:
        found = any(name.endswith("/constants.pkl") for name in archive.namelist())
    content.seek(0)
    return found


def _pickle_module(folder: ModelFolder, path: str) -> Any:
    name = folder.read(path).decode().strip() if folder.has(path) else _MLFLOWS
    if name in (_MLFLOWS, "pickle", "cloudpickle"):
        return _by_value()
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise NotFound(f"The model was pickled by the module {name!r}, which is not installed here.") from error
