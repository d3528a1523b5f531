"""Models that answer at endpoints of SageMaker."""

from __future__ import annotations

import contextlib
from typing import Any

from jupyter_mlops.entities.undoings import undoing
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, MlflowException, NotFound
from jupyter_mlops.sagemaker.archives import model_archive
from jupyter_mlops.sagemaker.resources import (
    ModelPlan,
    check_app_name,
    found,
    make_model,
    name_of,
    remove_model,
    tag_list,
)
from jupyter_mlops.sagemaker.sessions import Session, aws_errors
from jupyter_mlops.sagemaker.waits import check_waits, wait_for

__all__ = ["DEPLOYMENT_MODES", "delete", "deploy"]

DEPLOYMENT_MODES = ("create", "add", "replace")
_GOING_ON = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


@aws_errors()
def deploy(
    app_name: str, model_uri: str, execution_role_arn: str | None = None, assume_role_arn: str | None = None, bucket: str | None = None,
    image_url: str | None = None, region_name: str = "us-west-2", mode: str = "create", archive: bool = False,
    instance_type: str = "ml.m4.xlarge", instance_count: int = 1, vpc_config: dict[str, Any] | None = None, flavor: str | None = None,
    synchronous: bool = True, timeout_seconds: float = 1200, data_capture_config: dict[str, Any] | None = None, variant_name: str | None = None,
    async_inference_config: dict[str, Any] | None = None, env: dict[str, str] | None = None, tags: dict[str, str] | None = None,
    *, serverless_config: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """Let a model answer at an endpoint of Amazon SageMaker.

    Parameters
    ----------
    app_name : str
        Of the endpoint: letters, digits, and hyphens between them, 63 at most.
    model_uri : str
        ``runs:/…``, ``models:/…``, a path or a URI.
    execution_role_arn : str, optional
        Role that SageMaker takes on; the one that acts now by default.
    assume_role_arn : str, optional
        Role to take on before anything is done.
    bucket : str, optional
        Of S3, for the model's archive; ``mlflow-sagemaker-<region>-<account>`` by default, made when it is not there.
    image_url : str, optional
        Image that serves; ``MLFLOW_SAGEMAKER_DEPLOY_IMG_URL``, else ``mlflow-pyfunc`` of the account's own registry, see
        `push_image_to_ecr`.
    region_name : str, default ``"us-west-2"``
    mode : {"create", "add", "replace"}
        Whether the endpoint must not be there yet, the model comes beside those that are there (without traffic), or in
        their place. Add and replace also create.
    archive : bool, default False
        Keep what is not used any more.
    instance_type : str, default ``"ml.m4.xlarge"``
    instance_count : int, default 1
    vpc_config, data_capture_config, async_inference_config, serverless_config : dict, optional
        As SageMaker's API has them. `serverless_config` takes the place of instances.
    flavor : str, optional
        ``python_function``.
    synchronous : bool, default True
        Wait until it answers; without, `archive` must be True.
    timeout_seconds : float, default 1200, seconds
    variant_name : str, optional
        The model's name by default.
    env : dict of str to str, optional
        More variables for the container.
    tags : dict of str to str, optional

    Returns
    -------
    str
        The name of the endpoint.

    Raises
    ------
    PackageMissing, InvalidState
        boto3 or credentials are missing, before anything is sent.
    AlreadyExists
        The endpoint is there in mode ``create``.
    InvalidParameter, NotFound
        An argument cannot be, or the model or its flavor is not there.
    MlflowException
        SageMaker failed, why; what was made for it is removed. Or, with code ``DEADLINE_EXCEEDED``, it takes longer:
        then all is left as it is.

    Notes
    -----
    Names of models and configurations follow from what is in them, so that a repeated attempt finds what the one before
    left.

    References
    ----------
    ``mlflow.sagemaker.deploy`` of MLflow 1.

    Examples
    --------
    >>> deploy("my-app", "runs:/0/model", mode="swap")
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: mode is one of create, add, replace, not 'swap'.

    With credentials of AWS::

        mlflow.sagemaker.deploy("my-app", "models:/wine@champion", execution_role_arn="arn:aws:iam::123456789012:role/sagemaker")
    """
    if mode not in DEPLOYMENT_MODES:
        raise InvalidParameter(f"mode is one of {', '.join(DEPLOYMENT_MODES)}, not {mode!r}.")
    check_waits(archive, synchronous)
    check_app_name(app_name)
    session = Session(region_name, assume_role_arn)
    with model_archive(model_uri, flavor) as packed, contextlib.ExitStack() as undo:
        before = found(session.sagemaker.describe_endpoint, EndpointName=app_name)
        if before and mode == "create":
            raise AlreadyExists(f"Endpoint {app_name!r} is there: mode='replace' puts the model in the place of its own, mode='add' beside it.")
        in_use = before["EndpointConfigName"] if before else None
        plan = ModelPlan(session, app_name, packed, execution_role_arn, bucket, image_url, vpc_config, env, [in_use])
        variants = session.sagemaker.describe_endpoint_config(EndpointConfigName=in_use)["ProductionVariants"] if in_use and mode == "add" else []
        variant: dict[str, Any] = {"VariantName": variant_name or plan.name, "ModelName": plan.name, "InitialVariantWeight": 0 if variants else 1}
        variant |= {"ServerlessConfig": serverless_config} if serverless_config else {"InstanceType": instance_type, "InitialInstanceCount": int(instance_count)}
        config: dict[str, Any] = {"ProductionVariants": [*variants, variant]}
        config |= {"DataCaptureConfig": data_capture_config} if data_capture_config else {}
        config |= {"AsyncInferenceConfig": async_inference_config} if async_inference_config else {}
        config_name = name_of(app_name, "config", config, plan.name)

        make_model(session, plan, undo, tags)
        if found(session.sagemaker.describe_endpoint_config, EndpointConfigName=config_name) is None:
            session.sagemaker.create_endpoint_config(EndpointConfigName=config_name, Tags=tag_list(app_name, tags), **config)
            undo.callback(undoing, f"Configuration {config_name}", session.sagemaker.delete_endpoint_config, EndpointConfigName=config_name)
        if before:
            session.sagemaker.update_endpoint(EndpointName=app_name, EndpointConfigName=config_name)
        else:
            session.sagemaker.create_endpoint(EndpointName=app_name, EndpointConfigName=config_name, Tags=tag_list(app_name, tags))
            undo.callback(undoing, f"Endpoint {app_name}", session.sagemaker.delete_endpoint, EndpointName=app_name)
        made = undo.pop_all()  # AWS has begun: an interrupt leaves all to it
        if not synchronous:
            return app_name
        _wait(session, app_name, timeout_seconds)
        with made:
            _check_answers(session, app_name, config_name)
            made.pop_all()
    if in_use and not archive:
        _remove_config(session, in_use, {one["ModelName"] for one in config["ProductionVariants"]})
    return app_name


@aws_errors()
def delete(
    app_name: str, region_name: str = "us-west-2", assume_role_arn: str | None = None, archive: bool = False,
    synchronous: bool = True, timeout_seconds: float = 300,
) -> None:  # fmt: skip
    """Remove an endpoint of SageMaker, and its models, configuration and archives unless they are to be kept.

    Parameters
    ----------
    app_name, region_name, assume_role_arn, archive, synchronous, timeout_seconds
        As in `deploy`.

    Raises
    ------
    NotFound
        There is no such endpoint.
    PackageMissing, InvalidState, InvalidParameter, MlflowException
        As in `deploy`.

    References
    ----------
    ``mlflow.sagemaker.delete`` of MLflow 1.

    Examples
    --------
    >>> delete("my-app", synchronous=False)
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: synchronous=False needs archive=True: ...
    """
    check_waits(archive, synchronous)
    session = Session(region_name, assume_role_arn)
    known = found(session.sagemaker.describe_endpoint, EndpointName=check_app_name(app_name))
    if known is None:
        raise NotFound(f"There is no endpoint {app_name!r} in {region_name}.")
    session.sagemaker.delete_endpoint(EndpointName=app_name)
    if not synchronous:
        return

    def look() -> str:
        return str((found(session.sagemaker.describe_endpoint, EndpointName=app_name) or {"EndpointStatus": "Deleted"})["EndpointStatus"])

    wait_for(f"SageMaker endpoint {app_name}", look, ("Deleting",), timeout_seconds)
    if not archive:
        _remove_config(session, known["EndpointConfigName"], set())


def _wait(session: Session, app_name: str, timeout: float) -> None:
    def look() -> str:
        return str(session.sagemaker.describe_endpoint(EndpointName=app_name)["EndpointStatus"])

    wait_for(f"SageMaker endpoint {app_name}", look, _GOING_ON, timeout)


def _check_answers(session: Session, app_name: str, config_name: str) -> None:
    now = session.sagemaker.describe_endpoint(EndpointName=app_name)
    if now["EndpointStatus"] != "InService" or now["EndpointConfigName"] != config_name:
        reason = now.get("FailureReason") or "it says no reason; look at the endpoint's log in CloudWatch"
        raise MlflowException(f"SageMaker could not deploy {app_name!r} ({now['EndpointStatus']}): {reason}.")


def _remove_config(session: Session, name: str, but: set[str]) -> None:
    """Remove a configuration with its models, but those that are used by another."""
    config = found(session.sagemaker.describe_endpoint_config, EndpointConfigName=name)
    if config is None:
        return
    session.sagemaker.delete_endpoint_config(EndpointConfigName=name)
    for variant in config["ProductionVariants"]:
        if variant["ModelName"] not in but:
            remove_model(session, variant["ModelName"])
