"""Models on Azure Machine Learning: managed online endpoints. Needs the extra ``azureml``.

May import `serving` and what is below it; called by `deployments`, which has the client of the target ``azureml``.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.entities.undoings import undoing
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.environments.specifications import read_entries
from jupyter_mlops.errors import InvalidParameter, NotAuthenticated, PackageMissing, ServerError
from jupyter_mlops.models.digests import digest_files
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import SIGNATURE_FILE, ModelFolder

__all__ = ["build_image", "deploy"]

BASE_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest"
DEPLOYMENT = "default"
"""Of an endpoint, which has one."""
_NAME = re.compile(r"[a-z](?:[a-z0-9-]{1,30}[a-z0-9])", re.ASCII)
_CONDA = {"name": "mlflow-env", "channels": ["conda-forge"], "dependencies": ["python", "pip", {"pip": ["mlflow"]}]}
_SCRIPT = '''"""Answers requests for predictions of a model, by MLflow's scoring protocol."""

import json
import os

import pandas as pd

try:
    from jupyter_mlops import pyfunc

    options = {"trust": True}  # whoever deployed the model vouches for it
except ImportError:
    from mlflow import pyfunc

    options = {}


def init():
    global model
    model = pyfunc.load_model(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model"), **options)


def run(text):
    body = json.loads(text)
    found = model.predict(rows_of(body), params=body.get("params"))
    if isinstance(found, pd.DataFrame):
        found = json.loads(found.to_json(orient="records"))
    return {"predictions": found.tolist() if hasattr(found, "tolist") else found}


def rows_of(body):
    split = body.get("dataframe_split") or body.get("input_data") or (body if "columns" in body else None)
    if isinstance(split, dict) and "data" in split:
        return pd.DataFrame(split["data"], columns=split.get("columns"))
    if "dataframe_records" in body:
        return pd.DataFrame(body["dataframe_records"])
    return pd.DataFrame(body.get("inputs", body.get("instances", split)))
'''


class _Prepared(NamedTuple):
    """A model with what Azure needs beside it: folders of the model and of the script, and the conda environment."""

    model: str
    code: str
    conda: dict[str, Any]
    python_version: str


def deploy(
    model_uri: str, workspace: Any, deployment_config: dict[str, Any] | None = None, service_name: str | None = None,
    model_name: str | None = None, tags: dict[str, str] | None = None, mlflow_home: str | None = None, synchronous: bool = True,
    *, deployment_name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Let a model answer at a managed online endpoint of Azure ML: a new one, or one of that name.

    Parameters
    ----------
    model_uri : str
        ``runs:/…``, ``models:/…``, a path or a URI.
    workspace : azure.ai.ml.MLClient
    deployment_config : dict, optional
        Arguments of ``azure.ai.ml.entities.ManagedOnlineDeployment``; one ``Standard_DS3_v2`` by default.
    service_name, deployment_name : str, optional
        Of the endpoint, either of them: 3 to 32 small letters, digits and hyphens. A unique one by default.
    model_name : str, optional
        Of the registered model; the endpoint's by default.
    tags : dict of str to str, optional
        More than the model's URI and Python version.
    mlflow_home
        Not used any more.
    synchronous : bool, default True
        Wait until it answers, and lead the endpoint's traffic to it; without, traffic is led nowhere yet.

    Returns
    -------
    tuple
        ``ManagedOnlineEndpoint`` and ``Model`` of Azure's SDK.

    Raises
    ------
    PackageMissing
        azure-ai-ml is not installed.
    NotAuthenticated
        Azure does not know who asks; nothing was sent.
    InvalidParameter
        An argument cannot be, or the model has no flavor ``python_function``.
    ServerError
        Azure fails; what was made is removed.

    References
    ----------
    ``mlflow.azureml.deploy`` of MLflow 1, which had web services.

    Examples
    --------
    ::

        workspace = MLClient(DefaultAzureCredential(), subscription_id, resource_group, workspace_name)
        mlflow.azureml.deploy("models:/wine@champion", workspace, deployment_name="wine")
    """
    if service_name and deployment_name and service_name != deployment_name:
        raise InvalidParameter(f"service_name and deployment_name mean the same: give one of {service_name!r} and {deployment_name!r}.")
    name = service_name or deployment_name or f"mlflow-{uuid.uuid4().hex[:20]}"
    if not _NAME.fullmatch(name):
        raise InvalidParameter(f"An endpoint is called by 3 to 32 small letters, digits and hyphens, a letter first, not {name!r}.")
    sdk = _sdk(workspace)
    with azure_errors(), _prepared(model_uri) as prepared, contextlib.ExitStack() as undo:
        endpoint = find_endpoint(workspace, name)
        model = _registered(sdk, workspace, prepared, model_name or name, model_uri, tags, undo)
        if endpoint is None:
            endpoint = workspace.online_endpoints.begin_create_or_update(sdk.ManagedOnlineEndpoint(name=name, auth_mode="key", tags=tags or {})).result()
            undo.callback(undoing, f"Endpoint {name}", lambda: workspace.online_endpoints.begin_delete(name=name).result())
        deployment = sdk.ManagedOnlineDeployment(**{
            "name": DEPLOYMENT, "endpoint_name": name, "model": model, "environment": _environment(sdk, prepared),
            "code_configuration": sdk.CodeConfiguration(code=prepared.code, scoring_script="score.py"),
            "instance_type": "Standard_DS3_v2", "instance_count": 1, **(deployment_config or {}),
        })  # fmt: skip
        begun = workspace.online_deployments.begin_create_or_update(deployment)
        if synchronous:
            begun.result()
            endpoint.traffic = {DEPLOYMENT: 100}
            endpoint = workspace.online_endpoints.begin_create_or_update(endpoint).result()
        undo.pop_all()
    return endpoint, model


def build_image(
    model_uri: str, workspace: Any, image_name: str | None = None, model_name: str | None = None, mlflow_home: str | None = None,
    description: str | None = None, tags: dict[str, str] | None = None, synchronous: bool = True,
) -> tuple[Any, Any]:  # fmt: skip
    """Register a model and its environment, of which Azure builds the image when it is first used.

    Parameters
    ----------
    model_uri, workspace, model_name, tags, mlflow_home
        As in `deploy`.
    image_name : str, optional
        Of the environment; a unique one by default.
    description : str, optional
    synchronous
        Nothing is waited for.

    Returns
    -------
    tuple
        ``Environment`` and ``Model`` of Azure's SDK.

    Raises
    ------
    PackageMissing, NotAuthenticated, InvalidParameter, ServerError
        As in `deploy`.

    References
    ----------
    ``mlflow.azureml.build_image`` of MLflow 1.
    """
    sdk = _sdk(workspace)
    name = image_name or f"mlflow-{uuid.uuid4().hex[:20]}"
    with azure_errors(), _prepared(model_uri) as prepared, contextlib.ExitStack() as undo:
        model = _registered(sdk, workspace, prepared, model_name or name, model_uri, tags, undo)
        environment = workspace.environments.create_or_update(_environment(sdk, prepared, name=name, description=description, tags=tags or {}))
        undo.pop_all()
    return environment, model


@contextlib.contextmanager
def azure_errors() -> Iterator[None]:
    """Refusals and failures of Azure's SDK inside of ``with`` are raised as errors of ours."""
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith("azure."):
            raise
        if type(error).__name__ in ("ClientAuthenticationError", "CredentialUnavailableError"):
            raise NotAuthenticated(f"Azure does not know who asks: run `az login`. {error}", status=401) from error
        raise ServerError(f"Azure refuses: {error}", status=int(getattr(error, "status_code", None) or 0)) from error


def find_endpoint(workspace: Any, name: str) -> Any:
    """An endpoint by name, None when there is none."""
    try:
        return workspace.online_endpoints.get(name)
    except Exception as error:  # of the SDK, which may not be imported here
        if type(error).__name__ == "ResourceNotFoundError":
            return None
        raise


def _sdk(workspace: Any) -> Any:
    try:
        from azure.ai.ml import entities  # only for those who deploy
    except ImportError as error:
        raise PackageMissing("Azure ML is reached by azure-ai-ml: pip install 'jupyter-mlops[azureml]'.") from error
    if not all(hasattr(workspace, name) for name in ("models", "online_endpoints", "online_deployments")):
        raise InvalidParameter(
            f"workspace is an azure.ai.ml.MLClient, not {type(workspace).__name__}: MLClient(DefaultAzureCredential(), subscription, group, name)."
        )
    return entities


@contextlib.contextmanager
def _prepared(model_uri: str) -> Iterator[_Prepared]:
    with tempfile.TemporaryDirectory(prefix="mlops-") as place:
        root = model_uri if os.path.isdir(model_uri) else download_artifacts(model_uri, dst_path=os.path.join(place, "from"))
        folder, target = ModelFolder(root), os.path.join(place, "model")
        for path in digest_files(folder.root, (SIGNATURE_FILE,)):  # what is sent is what was looked at, and no link
            os.makedirs(os.path.dirname(os.path.join(target, path)), exist_ok=True)
            folder.copy(path, os.path.join(target, path))
        pyfunc = Model.load(target).flavors.get("python_function")
        if pyfunc is None:
            raise InvalidParameter(f"{without_secrets(model_uri)} has no flavor python_function, by which it could answer.")
        os.mkdir(os.path.join(place, "code"))
        with open(os.path.join(place, "code", "score.py"), "w", encoding="utf-8") as file:
            file.write(_SCRIPT)
        yield _Prepared(target, os.path.join(place, "code"), _conda(target), str(pyfunc.get("python_version", "")))


def _conda(folder: str) -> dict[str, Any]:
    """The model's conda environment, with what Azure's server needs."""
    path = os.path.join(folder, "conda.yaml")
    known = (read_entries(path, "dependencies") if os.path.exists(path) else {}) or _CONDA
    entries = known.get("dependencies") or []
    pip = [line for one in entries if isinstance(one, dict) for line in one.get("pip") or []]
    return {**known, "dependencies": [*(one for one in entries if not isinstance(one, dict)), {"pip": [*pip, "azureml-defaults"]}]}


def _environment(sdk: Any, prepared: _Prepared, **named: Any) -> Any:
    return sdk.Environment(image=BASE_IMAGE, conda_file=prepared.conda, **named)


def _registered(
    sdk: Any, workspace: Any, prepared: _Prepared, name: str, model_uri: str, tags: dict[str, str] | None, undo: contextlib.ExitStack
) -> Any:
    told = {"model_uri": without_secrets(model_uri), "python_version": prepared.python_version, **(tags or {})}
    model = workspace.models.create_or_update(sdk.Model(name=name, path=prepared.model, type="custom_model", tags=told))
    undo.callback(undoing, f"Model {name}", workspace.models.archive, name=model.name, version=model.version)
    return model
