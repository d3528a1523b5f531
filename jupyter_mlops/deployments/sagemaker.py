"""The target ``sagemaker``: endpoints of Amazon SageMaker."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops import sagemaker
from jupyter_mlops.deployments.base import BaseDeploymentClient
from jupyter_mlops.deployments.configs import read_config
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.models.examples import convert_input_example_to_serving_input
from jupyter_mlops.sagemaker.resources import found
from jupyter_mlops.sagemaker.sessions import Session, aws_errors
from jupyter_mlops.serving.clients import read_answer

__all__ = ["SageMakerDeploymentClient", "run_local", "target_help"]

_REGION = "us-west-2"


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Settings of an endpoint, by the names and defaults of `sagemaker.deploy`."""

    assume_role_arn: str | None = None
    execution_role_arn: str | None = None
    bucket: str | None = None
    image_url: str | None = None
    region_name: str | None = None
    archive: bool = False
    instance_type: str | None = None
    instance_count: int | None = None
    synchronous: bool = True
    timeout_seconds: float | None = None
    vpc_config: dict[str, Any] | str | None = None
    data_capture_config: dict[str, Any] | str | None = None
    async_inference_config: dict[str, Any] | str | None = None
    serverless_config: dict[str, Any] | str | None = None
    variant_name: str | None = None
    env: dict[str, str] | str | None = None
    tags: dict[str, str] | str | None = None


class UpdateConfig(Config, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Those of an update, and whether the model comes in the place of others or beside them."""

    mode: str = "replace"


class DeleteConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Those of a removal."""

    assume_role_arn: str | None = None
    region_name: str | None = None
    archive: bool = False
    synchronous: bool = True
    timeout_seconds: float | None = None


class SageMakerDeploymentClient(BaseDeploymentClient):
    """Endpoints of an AWS account in a region.

    Parameters
    ----------
    target_uri : str
        ``sagemaker``, ``sagemaker:/<region>`` or ``sagemaker:/<region>/<ARN of a role to assume>``.

    Examples
    --------
    >>> SageMakerDeploymentClient("sagemaker:/eu-west-1/arn:aws:iam::123456789012:role/lab").region_name
    'eu-west-1'
    """

    def __init__(self, target_uri: str) -> None:
        super().__init__(target_uri)
        region, _, role = target_uri.partition(":")[2].strip("/").partition("/")
        self.region_name, self.assume_role_arn = region or _REGION, role or None

    def create_deployment(
        self, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None, endpoint: str | None = None
    ) -> dict[str, Any]:
        """Make an endpoint, see `sagemaker.deploy`."""
        sagemaker.deploy(name, model_uri, flavor=flavor, mode="create", **self._arguments(config, Config))
        return {"name": name, "flavor": flavor or "python_function"}

    def update_deployment(
        self, name: str, model_uri: str | None = None, flavor: str | None = None, config: dict[str, Any] | None = None,
        endpoint: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Put a model in the place of an endpoint's, or beside it with the setting ``mode="add"``."""
        if model_uri is None:
            raise InvalidParameter("An update of an endpoint of SageMaker needs the model: give model_uri=.")
        sagemaker.deploy(name, model_uri, flavor=flavor, **self._arguments(config, UpdateConfig, mode="replace"))
        return {"name": name, "flavor": flavor or "python_function"}

    def delete_deployment(self, name: str, config: dict[str, Any] | None = None, endpoint: str | None = None) -> None:
        """Remove an endpoint, see `sagemaker.delete`; nothing when there is none of that name."""
        try:
            sagemaker.delete(name, **self._arguments(config, DeleteConfig))
        except NotFound:
            return

    @aws_errors()
    def list_deployments(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        """All endpoints, as SageMaker tells of them, with their names as ``name`` too."""
        pages = self._session().sagemaker.get_paginator("list_endpoints").paginate()
        return [{"name": one["EndpointName"], **one} for page in pages for one in page["Endpoints"]]

    @aws_errors()
    def get_deployment(self, name: str, endpoint: str | None = None) -> dict[str, Any]:
        """An endpoint, as SageMaker tells of it, with its name as ``name`` too.

        Raises
        ------
        NotFound
            There is none of that name.
        """
        known = found(self._session().sagemaker.describe_endpoint, EndpointName=name)
        if known is None:
            raise NotFound(f"There is no endpoint {name!r} in {self.region_name}.")
        return {"name": name, **{key: value for key, value in known.items() if key != "ResponseMetadata"}}

    @aws_errors()
    def predict(self, deployment_name: str | None = None, inputs: Any = None, endpoint: str | None = None) -> Any:
        """What an endpoint predicts: rows as a DataFrame, numbers as an array."""
        body = convert_input_example_to_serving_input(inputs)
        runtime = self._session().client("sagemaker-runtime")
        answer = runtime.invoke_endpoint(EndpointName=deployment_name or endpoint, Body=body, ContentType="application/json")
        return read_answer(answer["Body"].read())

    def _session(self) -> Session:
        return Session(self.region_name, self.assume_role_arn)

    def _arguments(self, config: dict[str, Any] | None, kind: type[msgspec.Struct], **more: Any) -> dict[str, Any]:
        settings = msgspec.to_builtins(read_config(config, kind))
        for name in ("vpc_config", "data_capture_config", "async_inference_config", "serverless_config", "env", "tags"):
            if isinstance(settings.get(name), str):
                settings[name] = _mapping(name, settings[name])
        return {"region_name": self.region_name, "assume_role_arn": self.assume_role_arn, **more, **settings}


def run_local(target: str, name: str, model_uri: str, flavor: str | None = None, config: dict[str, Any] | None = None) -> None:
    """See `sagemaker.run_local`."""
    sagemaker.run_local(name, model_uri, flavor, config)


def target_help() -> str:
    """What the target has to be told."""
    return (
        "sagemaker, sagemaker:/<region>, sagemaker:/<region>/<ARN of a role to assume>: endpoints of Amazon SageMaker.\n"
        f"Settings: {', '.join(field.name for field in msgspec.structs.fields(Config))},\n"
        "as jupyter_mlops.sagemaker.deploy has them; mappings as JSON. An update has mode, too: replace (the default) or add.\n"
        "run-local has port and image."
    )


def _mapping(name: str, text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InvalidParameter(f"config: {name} is a mapping, in JSON: {error}.") from error
