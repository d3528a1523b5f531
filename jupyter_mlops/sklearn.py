"""Models of scikit-learn."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, Unpack

from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import find_origins, packages_of
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.models.serializations import CLOUDPICKLE, PICKLE, SKOPS, deserialize, serialize
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor

__all__ = [
    "FLAVOR_NAME", "SERIALIZATION_FORMAT_CLOUDPICKLE", "SERIALIZATION_FORMAT_PICKLE", "SERIALIZATION_FORMAT_SKOPS",
    "load_model", "log_model", "save_model",
]  # fmt: skip

FLAVOR_NAME = "sklearn"
SERIALIZATION_FORMAT_PICKLE = PICKLE
SERIALIZATION_FORMAT_CLOUDPICKLE = CLOUDPICKLE
SERIALIZATION_FORMAT_SKOPS = SKOPS
# Plain Python classes of scikit-learn that skops does not list yet: making one runs nothing that is in the file.
_PLAIN_TYPES = frozenset(
    [
        "sklearn.metrics._scorer._PassthroughScorer", "sklearn.metrics._scorer._Scorer",
        "sklearn.utils._metadata_requests.MetadataRequest", "sklearn.utils._metadata_requests.MethodMetadataRequest",
    ]
    + [
        f"sklearn.model_selection._split.{name}"
        for name in (
            "GroupKFold", "GroupShuffleSplit", "KFold", "LeaveOneGroupOut", "LeaveOneOut", "LeavePGroupsOut", "LeavePOut",
            "PredefinedSplit", "RepeatedKFold", "RepeatedStratifiedKFold", "ShuffleSplit", "StratifiedGroupKFold",
            "StratifiedKFold", "StratifiedShuffleSplit", "TimeSeriesSplit",
        )
    ]
)  # fmt: skip
# Compiled classes that believe what a file says of their memory: skops rightly asks for trust, so it gains nothing over
# a pickle, which is 40 times faster and a tenth of the size for a forest.
_COMPILED = (
    "sklearn.ensemble._hist_gradient_boosting.predictor.", "sklearn.neighbors._ball_tree.", "sklearn.neighbors._kd_tree.",
    "sklearn.tree._tree.",
)  # fmt: skip
_log = logging.getLogger(__name__)


@spelled_out(Given)
def save_model(
    sk_model: Any,
    path: str | os.PathLike[str],
    *,
    serialization_format: str | None = None,
    pyfunc_predict_fn: str = "predict",
    skops_trusted_types: Sequence[str] | None = None,
    **given: Unpack[Given],
) -> None:
    """Save a scikit-learn model to a folder in MLflow's format, signed for this user.

    Parameters
    ----------
    sk_model : estimator
    path : str or path
        Not there yet, or empty.
    serialization_format : ``"skops"``, ``"cloudpickle"`` or ``"pickle"``, optional
        By default skops when it holds the model without types that need trust, else (forests, nearest neighbors, your
        own classes) cloudpickle.
    pyfunc_predict_fn : str, default ``"predict"``
        Method that `jupyter_mlops.pyfunc` calls.
    skops_trusted_types : list of str, optional
        Types beyond those that skops trusts; by default what the model has.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        No such format, more than one kind of requirements, or a signature that is none.
    """
    origins = find_origins(sk_model)
    is_compiled = any(name.startswith(_COMPILED) for name in origins)
    made = serialize(sk_model, serialization_format, _PLAIN_TYPES, try_skops=not is_compiled)
    form, data_path = made.form, made.file_name
    version = _sklearn_version()
    options: dict[str, Any] = {"pickled_model": data_path, "sklearn_version": version, "serialization_format": form}
    if form == SERIALIZATION_FORMAT_SKOPS:
        options["skops_trusted_types"] = list(skops_trusted_types or made.types)
    predicts = hasattr(sk_model, pyfunc_predict_fn)
    if not predicts:
        _log.warning("Model was missing function: %s. Not logging python_function flavor!", pyfunc_predict_fn)

    def write(folder: str) -> None:
        with open(os.path.join(folder, data_path), "wb") as file:
            file.write(made.content)

    save_flavor(
        path, given, name=FLAVOR_NAME, options=options, write=write, packages=lambda: _packages(form, origins),
        pyfunc={"model_path": data_path, "predict_fn": pyfunc_predict_fn} if predicts else None,
        predict=getattr(sk_model, pyfunc_predict_fn, None),
    )  # fmt: skip


def _packages(form: str, origins: set[str]) -> list[str]:
    formats = [] if form == SERIALIZATION_FORMAT_PICKLE else [form]
    return ["scikit-learn", "numpy", "scipy", *formats, *packages_of(origins)]


@spelled_out(LogGiven)
def log_model(
    sk_model: Any,
    artifact_path: str | None = None,
    *,
    serialization_format: str | None = None,
    pyfunc_predict_fn: str = "predict",
    skops_trusted_types: Sequence[str] | None = None,
    **given: Unpack[LogGiven],
) -> ModelInfo:
    """Keep a scikit-learn model with the active run; one is started when there is none.

    Parameters
    ----------
    sk_model : estimator
    artifact_path : str
        Folder among the run's artifacts.
    serialization_format, pyfunc_predict_fn, skops_trusted_types
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

    Notes
    -----
    Some 50 ms: what the model needs is looked up in this process, none is started.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> from sklearn.linear_model import LinearRegression
    >>> model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(model, "model", registered_model_name="line")
    >>> sorted(info.flavors), info.registered_model_version
    (['python_function', 'sklearn'], 1)
    >>> mlflow.sklearn.load_model("models:/line/1").predict([[2.0]]).round(6)
    array([5.])
    """
    return Model.log(
        artifact_path, sys.modules[__name__], sk_model=sk_model, serialization_format=serialization_format,
        pyfunc_predict_fn=pyfunc_predict_fn, skops_trusted_types=skops_trusted_types, **given,
    )  # fmt: skip


def load_model(model_uri: str | os.PathLike[str], dst_path: str | None = None, trust: bool = False) -> Any:
    """Load a scikit-learn model as itself.

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
        There is no such model, or it is not of scikit-learn.
    UntrustedModel
        Loading would run code that this user has not signed.
    """
    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    return _load(folder, model.flavors[FLAVOR_NAME])


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    """What `jupyter_mlops.pyfunc` calls: the model with the methods that it may have."""
    options, flavor = model.flavors["python_function"], model.flavors.get(FLAVOR_NAME, {})
    path = options.get("model_path") or options.get("data") or flavor.get("pickled_model")
    return _Wrapper(_load(folder, {**flavor, "pickled_model": path}))


class _Wrapper:
    """A scikit-learn model for `PyFuncModel`."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_model"], name)

    def get_raw_model(self) -> Any:
        return self._model


def _sklearn_version() -> str:
    import sklearn  # only when a model is saved

    return str(sklearn.__version__)


def _load(folder: ModelFolder, options: dict[str, Any]) -> Any:
    path = str(options.get("pickled_model", "model.pkl"))
    return deserialize(folder, path, str(options.get("serialization_format", PICKLE)), _PLAIN_TYPES)


def __getattr__(name: str) -> Any:
    if name == "autolog":  # its code stands above this module, which it saves models with
        return importlib.import_module("jupyter_mlops.autologging.sklearn").autolog
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
