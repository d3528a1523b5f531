"""Models of LightGBM."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, Unpack

from jupyter_mlops.errors import InvalidParameter, InvalidState
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import find_origins, packages_of
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.models.serializations import CLOUDPICKLE, SKOPS, deserialize, serialize
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor

__all__ = ["FLAVOR_NAME", "autolog", "load_model", "log_model", "save_model"]  # noqa: F822 - autolog comes late

FLAVOR_NAME = "lightgbm"
_BOOSTER = "lightgbm.basic.Booster"
# A Booster in a skops file is its own text again; the others are plain Python classes.
_PLAIN_TYPES = frozenset(
    [
        "collections.OrderedDict", "collections.defaultdict", _BOOSTER, "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMModel", "lightgbm.sklearn.LGBMRanker", "lightgbm.sklearn.LGBMRegressor",
    ]
)  # fmt: skip


@spelled_out(Given)
def save_model(
    lgb_model: Any,
    path: str | os.PathLike[str],
    *,
    serialization_format: str | None = None,
    skops_trusted_types: Sequence[str] | None = None,
    **given: Unpack[Given],
) -> None:
    """Save a model of LightGBM to a folder in MLflow's format, signed for this user.

    Parameters
    ----------
    lgb_model : lightgbm.Booster, or estimator of ``lightgbm.sklearn``
        A Booster is kept as its own text.
    path : str or path
        Not there yet, or empty.
    serialization_format : ``"skops"``, ``"cloudpickle"`` or ``"pickle"``, optional
        For an estimator. By default skops when it holds the model without types that need trust, else cloudpickle.
        MLflow 2 does not know skops.
    skops_trusted_types : list of str, optional
        Types beyond those that skops trusts; by default what the model has.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        No model of LightGBM, no such format, more than one kind of requirements, or a signature that is none.
    """
    import lightgbm  # only when a model is saved

    if not isinstance(lgb_model, (lightgbm.Booster, lightgbm.LGBMModel)):
        raise InvalidParameter(f"lgb_model is a Booster or an estimator of LightGBM, not {type(lgb_model).__name__}.")
    form: dict[str, Any] = {}
    if isinstance(lgb_model, lightgbm.Booster):
        kind, packages = _BOOSTER, packages_of({_BOOSTER})
        data_path, content = "model.lgb", lgb_model.model_to_string().encode()
    else:
        kind = f"{type(lgb_model).__module__}.{type(lgb_model).__name__}"
        made = serialize(lgb_model, serialization_format, _PLAIN_TYPES)
        data_path, content = made.file_name, made.content
        form["serialization_format"] = made.form
        if made.form == SKOPS:
            form["skops_trusted_types"] = list(skops_trusted_types or made.types)
        packages = ["scikit-learn", made.form]

    def write(folder: str) -> None:
        with open(os.path.join(folder, data_path), "wb") as file:
            file.write(content)

    save_flavor(
        path, given, name=FLAVOR_NAME, pyfunc={"data": data_path}, write=write, predict=lgb_model.predict,
        packages=lambda: ["numpy", "scipy", *packages, *(packages_of(find_origins(lgb_model)) if form else [])],
        options={"lgb_version": lightgbm.__version__, "data": data_path, "model_class": kind, **form},
    )  # fmt: skip


@spelled_out(LogGiven)
def log_model(
    lgb_model: Any,
    artifact_path: str | None = None,
    *,
    serialization_format: str | None = None,
    skops_trusted_types: Sequence[str] | None = None,
    **given: Unpack[LogGiven],
) -> ModelInfo:
    """Keep a model of LightGBM with the active run; one is started when there is none.

    Parameters
    ----------
    lgb_model : lightgbm.Booster, or estimator of ``lightgbm.sklearn``
    artifact_path : str
        Folder among the run's artifacts.
    serialization_format, skops_trusted_types
        As in `save_model`.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.LogGiven`.

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
    >>> import lightgbm
    >>> import numpy as np
    >>> import jupyter_mlops as mlflow
    >>> x = np.arange(100.0).reshape(-1, 1)
    >>> booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(x, x[:, 0]), 50)
    >>> with mlflow.start_run():
    ...     info = mlflow.lightgbm.log_model(booster, "model")
    >>> bool((mlflow.pyfunc.load_model(info.model_uri).predict(x) == booster.predict(x)).all())
    True
    """
    return Model.log(
        artifact_path, sys.modules[__name__], lgb_model=lgb_model, serialization_format=serialization_format,
        skops_trusted_types=skops_trusted_types, **given,
    )  # fmt: skip


def load_model(model_uri: str | os.PathLike[str], dst_path: str | None = None, trust: bool = False) -> Any:
    """Load a model of LightGBM as what it was: a Booster or an estimator.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    dst_path : str, optional
        Folder to copy the model to.
    trust : bool, default False
        Load it even if it runs code and was not signed by this user.

    Raises
    ------
    NotFound
        There is no such model, or it is not of LightGBM.
    UntrustedModel
        Loading would run code that this user has not signed: a pickle, or code that comes with the model. LightGBM's
        own text holds none.
    """
    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    return _load(folder, model.flavors[FLAVOR_NAME])


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    """What `jupyter_mlops.pyfunc` calls."""
    return _Wrapper(_load(folder, {**model.flavors["python_function"], **model.flavors.get(FLAVOR_NAME, {})}))


def _load(folder: ModelFolder, options: dict[str, Any]) -> Any:
    path = str(options.get("data"))
    if options.get("model_class", _BOOSTER) != _BOOSTER:
        return deserialize(folder, path, str(options.get("serialization_format", CLOUDPICKLE)), _PLAIN_TYPES)
    import lightgbm  # only when a model is loaded

    try:
        text = folder.read(path).decode()
        if "\nend of trees" not in text:
            raise lightgbm.basic.LightGBMError("the file is cut off.")  # LightGBM would predict 0, or end the process
        return lightgbm.Booster(model_str=text)
    except (lightgbm.basic.LightGBMError, UnicodeDecodeError) as error:
        raise InvalidState(f"{path!r} of the model at {folder.root} cannot be read by LightGBM: {error}") from error


class _Wrapper:
    """A model of LightGBM for `PyFuncModel`."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def predict(self, data: Any) -> Any:
        return self._model.predict(data)

    def get_raw_model(self) -> Any:
        return self._model


def __getattr__(name: str) -> Any:
    if name == "autolog":  # its code stands above this module, which it saves models with
        return importlib.import_module("jupyter_mlops.autologging.lightgbm").autolog
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
