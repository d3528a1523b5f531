"""A model in the container that SageMaker would run, on this machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import Any

from jupyter_mlops.environments.engines import find_engine
from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.sagemaker.archives import check_flavor, model_files
from jupyter_mlops.sagemaker.resources import DEFAULT_IMAGE_NAME

__all__ = ["run_local"]

_NOT_BEGUN = 125  # of docker and podman


def run_local(
    name: str | None = None, model_uri: str | None = None, flavor: str | None = None, config: dict[str, Any] | None = None,
    *, port: int = 5000, image: str = DEFAULT_IMAGE_NAME,
) -> None:  # fmt: skip
    """Serve a model on this machine, at ``http://127.0.0.1:<port>``, in the container that SageMaker would run, until an interrupt.

    Parameters
    ----------
    name : str, optional
        Of the container; the model's URI when `model_uri` is not given, as in MLflow 1.
    model_uri : str
    flavor : str, optional
        ``python_function``.
    config : dict, optional
        ``port`` and ``image``, as in MLflow 2.
    port : int, default 5000
    image : str, default ``"mlflow-pyfunc"``

    Raises
    ------
    InvalidParameter
        No model is named, or the flavor cannot be served.
    ExecutionException
        No engine of containers is here.
    MlflowException
        The container failed.

    References
    ----------
    ``mlflow.sagemaker.run_local``.
    """
    uri = model_uri or name
    if uri is None:
        raise InvalidParameter("run_local(model_uri=…) needs a model.")
    settings = {"port": port, "image": image, **(config or {})}
    if unknown := sorted(settings.keys() - {"port", "image"}):
        raise InvalidParameter(f"config has port and image, not {', '.join(unknown)}.")
    if str(settings["image"]).startswith("-"):
        raise InvalidParameter(f"{settings['image']!r} is no image.")
    with tempfile.TemporaryDirectory(prefix="mlops-") as folder:
        root = model_files(uri, folder)
        if "," in root:
            raise InvalidParameter(f"{root} cannot be mounted: an engine of containers reads the comma as an end.")
        variables = {"MLFLOW_DEPLOYMENT_FLAVOR_NAME": check_flavor(root, flavor)}
        called = ["--name", name] if name and model_uri else []
        command = [
            find_engine("sagemaker.run_local"), "run", "--rm", *called, "--mount", f"type=bind,source={root},target=/opt/ml/model,readonly",
            "--publish", f"127.0.0.1:{int(settings['port'])}:8080", *(f"--env={key}={value}" for key, value in variables.items()),
            str(settings["image"]), "serve",
        ]  # fmt: skip
        code = subprocess.run(command, env=os.environ, check=False).returncode
    if code == _NOT_BEGUN:
        raise MlflowException(
            f"The engine does not run {settings['image']}; it says why above. `jupyter mlops sagemaker build-and-push-container --no-push` builds {DEFAULT_IMAGE_NAME}."
        )
    if code not in (0, 130, 143):
        raise MlflowException(f"The container of {settings['image']} ended with code {code}.")
