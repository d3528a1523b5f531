"""Explainers of SHAP, kept as models, and what they say of predictions."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any, Unpack

from jupyter_mlops.errors import InvalidState, PackageMissing
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import find_origins, packages_of
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.models.serializations import CLOUDPICKLE, deserialize, serialize
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.tracking.artifacts import get_artifact_uri, log_artifacts
from jupyter_mlops.tracking.autologs import paused

__all__ = ["FLAVOR_NAME", "load_explainer", "log_explainer", "log_explanation", "save_explainer", "save_model"]

FLAVOR_NAME = "shap"
_FILE = "explainer.shap"
_UNDERLYING = "underlying_model"  # where MLflow puts the model that is explained
_MOST_BACKGROUND = 100  # as MLflow has it: each row of the background is predicted for each row that is explained


@spelled_out(Given)
def save_explainer(
    explainer: Any, path: str | os.PathLike[str], serialize_model_using_mlflow: bool = True, **given: Unpack[Given]
) -> None:
    """Save an explainer to a folder in MLflow's format, signed for this user.

    Parameters
    ----------
    explainer : shap.Explainer
        Kept with the model that it explains in SHAP's own format, or by cloudpickle where SHAP cannot read what it writes.
    path : str or path
        Not there yet, or empty.
    serialize_model_using_mlflow : bool, default True
        Taken as MLflow has it: here the model lies in the explainer's own file either way, where MLflow reads it, too.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    """
    shap = _shap()
    content = _own_format(explainer)
    form = {} if content else {"serialization_format": CLOUDPICKLE}
    content = content or serialize(explainer, CLOUDPICKLE, ()).content

    def write(folder: str) -> None:
        with open(os.path.join(folder, _FILE), "wb") as file:
            file.write(content)

    options = {"serialized_explainer": _FILE, "underlying_model_flavor": None, **form}
    save_flavor(
        path, given, name=FLAVOR_NAME, options={"shap_version": shap.__version__, **options}, write=write,
        pyfunc={"model_path": _FILE, "underlying_model_flavor": None}, predict=lambda data: _values(explainer, data),
        packages=lambda: ["shap", "numpy", "pandas", CLOUDPICKLE, *packages_of(find_origins(explainer))],
    )  # fmt: skip


save_model = save_explainer  # as `Model.log` calls it of every flavor


@spelled_out(LogGiven)
def log_explainer(
    explainer: Any, artifact_path: str | None = None, serialize_model_using_mlflow: bool = True, **given: Unpack[LogGiven]
) -> ModelInfo:
    """Keep an explainer with the active run; one is started when there is none.

    Parameters
    ----------
    explainer : shap.Explainer
    artifact_path : str
        Folder among the run's artifacts.
    serialize_model_using_mlflow : bool, default True
        As in `save_explainer`.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.LogGiven`.

    Returns
    -------
    ModelInfo
        ``model_uri`` is ``runs:/<run id>/<path>``. By `jupyter_mlops.pyfunc` it gives the SHAP values of rows.
    """
    return Model.log(artifact_path, sys.modules[__name__], explainer=explainer, **given)


def log_explanation(predict_function: Callable[[Any], Any], features: Any, artifact_path: str | None = None) -> str:
    """Keep with the active run what each feature adds to predictions; a run is started when there is none.

    Parameters
    ----------
    predict_function : callable
        Predictions, or probabilities of each class, of an array of rows.
    features : DataFrame or array of shape (n_rows, n_features)
    artifact_path : str, default ``"model_explanations_shap"``
        Folder among the run's artifacts.

    Returns
    -------
    str
        URI of that folder, with ``base_values.npy``, ``shap_values.npy`` and ``summary_bar_plot.png``.

    Raises
    ------
    PackageMissing
        SHAP is not installed.

    Notes
    -----
    SHAP's ``KernelExplainer`` asks for some thousand predictions a row: give it a sample.

    References
    ----------
    ``mlflow.shap.log_explanation``.

    Examples
    --------
    ::

        mlflow.shap.log_explanation(model.predict, X_test[:50])
    """
    shap, np, path = _shap(), whole_import("numpy"), artifact_path or "model_explanations_shap"
    with paused():
        explainer = shap.KernelExplainer(predict_function, shap.kmeans(features, min(_MOST_BACKGROUND, len(features))))
        values = explainer.shap_values(features)
    with tempfile.TemporaryDirectory() as folder:
        np.save(os.path.join(folder, "base_values.npy"), explainer.expected_value)
        np.save(os.path.join(folder, "shap_values.npy"), values)
        _draw_summary(values, features, os.path.join(folder, "summary_bar_plot.png"))
        log_artifacts(folder, path)
    return get_artifact_uri(path)


def load_explainer(model_uri: str | os.PathLike[str], dst_path: str | None = None, trust: bool = False) -> Any:
    """Load an explainer as itself, also one that MLflow saved.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    dst_path : str, optional
        Folder to copy it to.
    trust : bool, default False
        Load it even if it was not signed by this user: there are pickles in it.

    Raises
    ------
    NotFound
        There is no such model, or it is no explainer.
    UntrustedModel
        This user has not signed it.
    PackageMissing
        SHAP is not installed.
    InvalidState
        SHAP cannot read it: it was written by another version, or is of a kind that SHAP writes and does not read.
    """
    _shap()
    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    return _load(folder, model.flavors[FLAVOR_NAME])


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    """What `jupyter_mlops.pyfunc` calls."""
    return _Wrapper(_load(folder, {**model.flavors["python_function"], **model.flavors.get(FLAVOR_NAME, {})}))


class _Wrapper:
    """An explainer for `PyFuncModel`."""

    def __init__(self, explainer: Any) -> None:
        self._explainer = explainer

    def predict(self, data: Any) -> Any:
        return _values(self._explainer, data)

    def get_raw_model(self) -> Any:
        return self._explainer


def _values(explainer: Any, data: Any) -> Any:
    return explainer(data.to_numpy() if hasattr(data, "to_numpy") else data).values


def _shap() -> Any:
    try:
        import shap  # only for its explainers
    except ImportError as error:
        raise PackageMissing("Explainers need SHAP: pip install 'jupyter-mlops[shap]'.") from error
    return shap


def _draw_summary(values: Any, features: Any, path: str) -> None:
    from matplotlib import pyplot  # SHAP draws with it

    figure = pyplot.figure()
    try:
        _shap().summary_plot(values, features, plot_type="bar", show=False)
        pyplot.gcf().savefig(path, bbox_inches="tight")
    finally:
        pyplot.close(pyplot.gcf())
        pyplot.close(figure)


def _own_format(explainer: Any) -> bytes:
    """The explainer as SHAP writes it, nothing when SHAP does not read that again: it makes some of parts that they do not take."""
    file = io.BytesIO()
    try:
        explainer.save(file)
        _read(file.getvalue())
    except Exception:  # SHAP's, and of the model's code
        return b""
    return file.getvalue()


def _read(content: bytes, model: Any = None) -> Any:
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it reads
        return _shap().Explainer.load(io.BytesIO(content), model_loader=None if model is None else lambda _: model)


def _load(folder: ModelFolder, options: dict[str, Any]) -> Any:
    path = str(options.get("serialized_explainer") or options.get("model_path"))
    if options.get("serialization_format") == CLOUDPICKLE:
        return deserialize(folder, path, CLOUDPICKLE, ())
    folder.need_trust(path, "pickles of SHAP")
    model = None
    if options.get("underlying_model_flavor") in ("sklearn", "pytorch"):
        with folder.trusting():
            model = load_model(folder.path(_UNDERLYING), suppress_warnings=True).get_raw_model()
        model = getattr(model, "predict", model)
    content = folder.read(path)
    try:
        return _read(content, model)
    except Exception as error:  # SHAP's, also of what it wrote itself
        raise InvalidState(f"{path!r} of the model at {folder.root} cannot be read by SHAP: {type(error).__name__}: {error}") from error
