"""Pickles of Python models that both this package and MLflow load.

A class of a notebook is pickled as a whole, but its base is a reference, and so is each module and function of ours that it
uses. A reference to ``jupyter_mlops`` would not load where only MLflow is installed; one to ``mlflow`` cannot be written
by plain pickle, which imports the name that it writes to see that it is the same object. So `dump_pickle` reduces what has
a counterpart in MLflow to a call that fetches it there: ``getattr(subimport("mlflow.pyfunc.model"), "PythonModel")``, with
``subimport`` of cloudpickle, which the loader has in any case. And `load_pickle` takes each name of MLflow's, in such calls
and in MLflow's own pickles, for ours. Nothing is put into ``sys.modules`` for it, and no class bears a wrong name.
"""

from __future__ import annotations

import importlib
import io
import pickle
import sys
from types import FunctionType, ModuleType
from typing import Any

from jupyter_mlops.pyfunc.mlflow_names import our_module, our_name, their_module, their_name

__all__ = ["dump_pickle", "load_pickle"]

_OURS = "jupyter_mlops"


class _Theirs:
    """Stands for a module of MLflow's in a pickle."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __reduce__(self) -> Any:
        from cloudpickle.cloudpickle import subimport  # only when a model is saved

        return subimport, (self._name,)


def _reduce_ours(thing: Any) -> Any:
    """How a thing of ours is fetched from MLflow; None when it is not ours, or MLflow has none."""
    if isinstance(thing, ModuleType) and thing.__name__.partition(".")[0] == _OURS:
        theirs = their_module(thing.__name__)
        return None if theirs is None else _Theirs(theirs).__reduce__()
    if isinstance(thing, (type, FunctionType)) and str(thing.__module__).partition(".")[0] == _OURS:
        place = their_name(thing)
        return None if place is None else (getattr, (_Theirs(place[0]), place[1]))
    return None


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "mlflow":
            return our_name(module, name)
        if name == "subimport" and module.partition(".")[0] == "cloudpickle":
            return _subimport
        return super().find_class(module, name)


def _subimport(name: str) -> Any:
    if name.partition(".")[0] == "mlflow":
        return our_module(name)
    importlib.import_module(name)
    return sys.modules[name]


def dump_pickle(model: Any) -> bytes:
    """A model as bytes.

    Raises
    ------
    Exception
        Whatever the objects in it raise that cannot be pickled.
    """
    import cloudpickle  # only when a model is saved

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, thing: Any) -> Any:
            return _reduce_ours(thing) or super().reducer_override(thing)

    file = io.BytesIO()
    Pickler(file).dump(model)
    return file.getvalue()


def load_pickle(content: bytes) -> Any:
    """A model from bytes that are trusted: this runs whatever they say."""
    return _Unpickler(io.BytesIO(content)).load()
