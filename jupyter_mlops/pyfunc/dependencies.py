"""The file that says what a model needs."""

from __future__ import annotations

import os
import tempfile

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.registry.uris import MLMODEL_FILE, resolve_model_uri
from jupyter_mlops.types.yaml_texts import read_yaml

__all__ = ["get_model_dependencies"]


def get_model_dependencies(model_uri: str | os.PathLike[str], format: str = "pip") -> str:
    """Path of a model's requirements file or conda environment.

    Parameters
    ----------
    model_uri : str or path
    format : ``"pip"`` or ``"conda"``, default ``"pip"``
        Of a model without ``requirements.txt``, the pip part of its conda environment is written to a temporary file.

    Raises
    ------
    InvalidParameter
        Another format.
    NotFound
        There is no such model, or it does not say.

    Examples
    --------
    >>> import pathlib
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("m", python_model=lambda data: data, pip_requirements=["pandas"])
    >>> print(pathlib.Path(get_model_dependencies(info.model_uri)).read_text())
    mlflow
    pandas
    """
    if format not in ("pip", "conda"):
        raise InvalidParameter(f"format is 'pip' or 'conda', not {format!r}.")
    folder = ModelFolder(resolve_model_uri(model_uri))
    if format == "pip" and folder.has("requirements.txt"):
        return os.path.join(folder.root, "requirements.txt")
    conda = _conda_file(folder)
    if format == "pip":
        return _pip_part(folder.read(conda))
    folder.within(conda)
    return os.path.join(folder.root, conda)


def _conda_file(folder: ModelFolder) -> str:
    env = Model.from_yaml(folder.read(MLMODEL_FILE)).flavors.get("python_function", {}).get("env", "conda.yaml")
    return str(env.get("conda", "conda.yaml") if isinstance(env, dict) else env)  # a plain string in older files


def _pip_part(text: bytes) -> str:
    dependencies = read_yaml(text, "conda.yaml").get("dependencies") or []
    pip = next((d["pip"] for d in dependencies if isinstance(d, dict) and "pip" in d), None)
    if pip is None:
        raise NotFound("The model's conda environment has no pip part: use format='conda'.")
    path = os.path.join(tempfile.mkdtemp(prefix="mlops-"), "requirements.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(map(str, pip)) + "\n")
    return path
