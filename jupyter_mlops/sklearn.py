"""scikit-learn models: saved by skops where it holds the model, else by cloudpickle.

May import `pyfunc` and below; users import it as ``jupyter_mlops.sklearn``, as MLflow's.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from jupyter_mlops.context.environments import python_version
from jupyter_mlops.errors import InvalidParameter, UntrustedModel
from jupyter_mlops.models import logging as model_logging
from jupyter_mlops.models.formats import Model, ModelInfo
from jupyter_mlops.models.requirements import pinned
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.models.trust import read_trusted
from jupyter_mlops.registry.uris import resolve_model_uri

__all__ = ["load_model", "log_model", "save_model"]

FLAVOR = "sklearn"
_FILES = {"skops": "model.skops", "cloudpickle": "model.pkl", "pickle": "model.pkl"}
_log = logging.getLogger(__name__)


def save_model(
    sk_model: Any,
    path: str | os.PathLike[str],
    conda_env: dict[str, Any] | str | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    serialization_format: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
) -> Model:
    """Save a scikit-learn model as a folder that MLflow loads too.

    Parameters
    ----------
    sk_model : estimator
    path : str
        A folder that is not there yet, or empty.
    serialization_format : {"skops", "cloudpickle", "pickle"}, optional
        By default skops when it holds the model (loading it runs no code), else cloudpickle.
    signature : ModelSignature, optional
        Read off `input_example` by default; False for none.
    input_example : DataFrame, array, …, optional
    conda_env, pip_requirements, extra_pip_requirements : optional
        At most one of them; by default the packages that the model needs, with their versions.
    pyfunc_predict_fn : str, default "predict"
        Method that `pyfunc` calls.

    Returns
    -------
    Model

    Raises
    ------
    AlreadyExists
        The folder holds something.
    InvalidParameter
        A format that is not known, or that cannot hold the model.
    """

    def write(folder: str, model: Model) -> list[str]:
        return _write(folder, model, sk_model, serialization_format, pyfunc_predict_fn, bool(code_paths))

    return model_logging.save_model(
        path, write, mlflow_model=mlflow_model, signature=signature, input_example=input_example,
        predict=getattr(sk_model, pyfunc_predict_fn, None), conda_env=conda_env, pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements, code_paths=code_paths, metadata=metadata,
    )  # fmt: skip


def _write(folder: str, model: Model, sk_model: Any, wish: str | None, predict_fn: str, has_code: bool) -> list[str]:
    import sklearn

    form, data = _serialized(sk_model, wish)
    with open(os.path.join(folder, _FILES[form]), "wb") as file:
        file.write(data)
    code = "code" if has_code else None
    if hasattr(sk_model, predict_fn):
        model.add_flavor(
            "python_function", loader_module="mlflow.sklearn", model_path=_FILES[form], predict_fn=predict_fn,
            python_version=python_version(), env={"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
        )  # fmt: skip
    else:
        _log.warning(
            "%s has no %s(): it is saved without the python_function flavor.", type(sk_model).__name__, predict_fn
        )
    trusted: dict[str, list[str]] = {"skops_trusted_types": []} if form == "skops" else {}
    model.add_flavor(
        FLAVOR,
        pickled_model=_FILES[form],
        sklearn_version=sklearn.__version__,
        serialization_format=form,
        code=code,
        **trusted,
    )
    return pinned("scikit-learn", "numpy", "scipy", "pandas", *(["skops"] if form == "skops" else ["cloudpickle"]))


def _serialized(sk_model: Any, wish: str | None) -> tuple[str, bytes]:
    """The format and the bytes."""
    if wish is not None and wish not in _FILES:
        raise InvalidParameter(f"serialization_format is 'skops', 'cloudpickle' or 'pickle', not {wish!r}.")
    if wish in (None, "skops"):
        data = _by_skops(sk_model)
        if data is not None:
            return "skops", data
        if wish == "skops":
            raise InvalidParameter(
                "skops does not hold this model without types that must be trusted; use 'cloudpickle'."
            )
    if wish == "pickle":
        import pickle

        return "pickle", pickle.dumps(sk_model)
    import cloudpickle

    return "cloudpickle", cloudpickle.dumps(sk_model)


def _by_skops(sk_model: Any) -> bytes | None:
    """The model as skops writes it; None when it cannot, or when loading would need trust."""
    import skops.io

    try:
        data = skops.io.dumps(sk_model)
        return None if skops.io.get_untrusted_types(data=data) else data
    except Exception:  # whatever an estimator's own state makes of it
        return None


def log_model(
    sk_model: Any,
    artifact_path: str | None = None,
    conda_env: dict[str, Any] | str | None = None,
    code_paths: list[str] | None = None,
    serialization_format: str | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int = 300,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
    name: str | None = None,
) -> ModelInfo:
    """Save a scikit-learn model into the active run.

    Parameters
    ----------
    sk_model : estimator
    artifact_path, name : str
        One of them: where the model lies among the run's artifacts.
    registered_model_name : str, optional
        Make it the next version of this registered model.

    Other parameters are those of `save_model`.

    Returns
    -------
    ModelInfo
        ``.model_uri`` loads it again.

    Examples
    --------
    >>> import jupyter_mlops as mlflow, numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0]), "model")
    >>> float(mlflow.sklearn.load_model(info.model_uri).predict([[3.0]])[0].round(2))
    6.0
    """
    return model_logging.log_model(
        lambda folder, **options: save_model(sk_model, folder, **options), artifact_path, name, registered_model_name,
        conda_env=conda_env, code_paths=code_paths, serialization_format=serialization_format, signature=signature,
        input_example=input_example, pip_requirements=pip_requirements, extra_pip_requirements=extra_pip_requirements,
        pyfunc_predict_fn=pyfunc_predict_fn, metadata=metadata,
    )  # fmt: skip


def load_model(model_uri: str | os.PathLike[str], dst_path: str | None = None, trust: bool = False) -> Any:
    """Load a scikit-learn model.

    Parameters
    ----------
    model_uri : str
        ``runs:/…``, ``models:/…`` or a path.
    dst_path : str, optional
        Folder to copy the model to first.
    trust : bool, default False
        Load a pickled model although this user did not save it here.

    Returns
    -------
    estimator

    Raises
    ------
    NotFound
        No such model, or it is none of scikit-learn's.
    UntrustedModel
        Loading would run code that this user has not signed.
    """
    folder = resolve_model_uri(model_uri, dst_path)
    return load_folder(folder, Model.load(folder), trust=trust)


def load_folder(folder: str, model: Model, *, trust: bool) -> Any:
    """Load the estimator from a model's folder, for `load_model` and `pyfunc`."""
    options = model.flavor(FLAVOR)
    name, form = str(options["pickled_model"]), str(options.get("serialization_format", "cloudpickle"))
    if form != "skops":
        data = read_trusted(folder, name, form, trust=trust)
        import pickle

        return pickle.loads(data)  # noqa: S301
    import skops.io

    data = read_trusted(folder, name, form, trust=True)  # runs no code unless types are trusted, which is asked below
    untrusted = skops.io.get_untrusted_types(data=data)
    if untrusted and not trust:
        raise UntrustedModel(
            f"The model in {folder} holds types that can run code: {', '.join(untrusted)}. "
            "If you trust where it comes from, load it with trust=True."
        )
    return skops.io.loads(data, trusted=untrusted)
